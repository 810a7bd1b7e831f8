//! Who may do what.

use std::collections::{BTreeMap, BTreeSet};

use limosa_schema::{Key, Kind, Object};
use limosa_sql::Dialect;

use super::catalog::Catalog;
use super::code;
use crate::schema::build::Build as _;
use crate::store::quote_identifier;
use crate::{DbError, Session};

const ROUTINE_GRANTS: &str = include_str!("sql/routine_grants.sql");

/// Privileges by object, grantee, and whether they may be passed on.
type Found = BTreeMap<Key, BTreeMap<(String, bool), Vec<String>>>;

/// Gives the objects their `grants`: `SELECT to 'app'@'%'`. What we ourselves may do is not said.
pub(super) fn grant(
    catalog: &Catalog,
    session: &mut dyn Session,
    objects: &mut [Object],
) -> Result<(), DbError> {
    let us = account(catalog.user.rsplit_once('@').unwrap_or((&catalog.user, "")));
    let views: BTreeSet<String> = catalog.of("view").map(|item| item.text("view")).collect();
    let mut found = Found::new();
    for item in catalog
        .of("grant")
        .filter(|item| !item.says("grantee", &us))
    {
        let mut privilege = item.text("privilege");
        let keys = match (item.some("table"), item.some("column")) {
            (None, _) => vec![Key::new(Kind::Database, Vec::<String>::new())],
            // The columns of a view are no objects of their own.
            (Some(view), Some(column)) if views.contains(&view) => {
                let column = quote_identifier(Dialect::Mysql, &column);
                privilege = format!("{privilege} ({column})");
                vec![Key::new(Kind::View, [view])]
            }
            (Some(table), Some(column)) => vec![Key::new(Kind::Column, [table, column])],
            (Some(table), None) => [Kind::Table, Kind::View, Kind::Sequence]
                .map(|kind| Key::new(kind, [&table]))
                .into(),
        };
        let grantee = (item.text("grantee"), item.says("grantable", "YES"));
        for key in keys {
            let all = found.entry(key).or_default();
            let all = all.entry(grantee.clone()).or_default();
            all.push(privilege.clone());
        }
    }
    if catalog.of("routine").next().is_some() {
        of_routines(catalog, session, &us, &mut found)?;
    }
    for object in objects {
        let Some(all) = found.remove(&object.key) else {
            continue;
        };
        let all = all
            .into_iter()
            .flat_map(|((grantee, passed_on), privileges)| {
                let option = if passed_on { " with grant option" } else { "" };
                let privileges = privileges.into_iter();
                privileges.map(move |one| format!("{one} to {grantee}{option}"))
            });
        let mut all: Vec<String> = all.collect();
        all.sort();
        let granted = std::mem::replace(object, Object::new(object.key.clone()));
        *object = granted.with("grants", Some(all));
    }
    Ok(())
}

/// Those on routines, which only an administrator sees.
fn of_routines(
    catalog: &Catalog,
    session: &mut dyn Session,
    us: &str,
    found: &mut Found,
) -> Result<(), DbError> {
    let rows = match session.query(ROUTINE_GRANTS, &[]) {
        Ok(rows) => rows,
        Err(DbError::Server(_)) => return Ok(()),
        Err(lost) => return Err(lost),
    };
    for row in rows {
        let text = |index: usize| row.text(index).unwrap_or_default();
        let grantee = account((&text(2), &text(3)));
        if grantee == us {
            continue;
        }
        let path = code::path(catalog, &text(1), text(0));
        let mut privileges: Vec<String> = text(4).split(',').map(str::to_uppercase).collect();
        let before = privileges.len();
        privileges.retain(|one| one != "GRANT");
        let passed_on = privileges.len() < before;
        let all = found.entry(Key::new(Kind::Routine, path)).or_default();
        all.entry((grantee, passed_on))
            .or_default()
            .extend(privileges);
    }
    Ok(())
}

/// As the catalog writes it: `'app'@'%'`.
fn account((user, host): (&str, &str)) -> String {
    format!("'{user}'@'{host}'")
}
