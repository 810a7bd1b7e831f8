//! Primary keys, foreign keys, checks and indexes.

use std::collections::BTreeMap;

use limosa_schema::{Key, Kind, Object};

use super::catalog::{Catalog, Item};
use super::names::without_database;
use crate::schema::build::{Build as _, beside, object};

/// The index that a primary key is.
const PRIMARY: &str = "PRIMARY";

/// Indexes, and primary keys as constraints. Names of indexes belong to their table.
pub(super) fn indexes(catalog: &Catalog) -> Vec<Object> {
    let mut parts: BTreeMap<(String, String), Vec<&Item>> = BTreeMap::new();
    for item in catalog.sorted("index", |item| item.number("position")) {
        let name = (item.text("table"), item.text("index"));
        parts.entry(name).or_default().push(item);
    }
    let all = parts.into_iter();
    all.filter_map(|((table, name), parts)| {
        let first = *parts.first()?;
        let keys: Vec<String> = parts.iter().map(|part| key(catalog, part)).collect();
        let descends = |part: &&Item| part.says("direction", "D").then(|| "DESC".to_owned());
        let method = match first.text("method") {
            method if method == "BTREE" => None,
            method => Some(method.to_lowercase()),
        };
        let one = if name == PRIMARY {
            object(Kind::Constraint, [&table, &name])
                .with("form", Some("primary key"))
                .with("columns", Some(keys))
        } else {
            object(Kind::Index, [&table, &name])
                .when("unique", first.says("repeats", "0"))
                .with("keys", Some(keys))
        };
        let one = one.with("orders", beside(parts.iter().map(descends))).with(
            "prefixes",
            beside(parts.iter().map(|part| part.some("prefix"))),
        );
        let one = one
            .with("method", method)
            .when(
                "invisible",
                first.says("ignored", "YES") || first.says("visible", "NO"),
            )
            .with("comment", first.some("comment"));
        Some(in_table(one, &table))
    })
    .collect()
}

/// What a part of an index is about: a column, or an expression.
fn key(catalog: &Catalog, part: &Item) -> String {
    part.some("column").unwrap_or_else(|| {
        let expression = part.text("expression");
        format!("({})", without_database(&expression, &catalog.database))
    })
}

/// Foreign keys.
pub(super) fn foreign_keys(catalog: &Catalog) -> Vec<Object> {
    let mut columns: BTreeMap<(String, String), Vec<&Item>> = BTreeMap::new();
    for item in catalog.sorted("foreign key column", |item| item.number("position")) {
        let name = (item.text("table"), item.text("constraint"));
        columns.entry(name).or_default().push(item);
    }
    let all = catalog.of("foreign key");
    all.filter_map(|item| {
        let (table, name) = (item.text("table"), item.text("constraint"));
        let columns = columns.get(&(table.clone(), name.clone()))?;
        let first = columns.first()?;
        let other = first.text("other_table");
        let references = match first.text("other_database") {
            database if database == catalog.database => vec![other],
            database => vec![database, other],
        };
        let of = |what: &str| columns.iter().map(|one| one.text(what)).collect::<Vec<_>>();
        let mut one = object(Kind::Constraint, [&table, &name])
            .with("form", Some("foreign key"))
            .with("columns", Some(of("column")))
            .with("references", Some(references.clone()))
            .with("referenced_columns", Some(of("other_column")))
            .with("on_delete", action(item, "on_delete"))
            .with("on_update", action(item, "on_update"));
        one.needs = vec![Key::new(Kind::Table, references)];
        Some(in_table(one, &table))
    })
    .collect()
}

/// What a foreign key does. To refuse is the default, under either of its names.
fn action(item: &Item, which: &str) -> Option<String> {
    let action = item.text(which).to_lowercase();
    (!["restrict", "no action"].contains(&action.as_str())).then_some(action)
}

/// Checks of tables and of columns.
pub(super) fn checks(catalog: &Catalog) -> Vec<Object> {
    let all = catalog.of("check");
    all.map(|item| {
        let table = item.text("table");
        let expression = without_database(&item.text("expression"), &catalog.database);
        let one = object(Kind::Constraint, [table.clone(), item.text("constraint")])
            .with("form", Some("check"))
            .with("expression", Some(expression))
            .when("of_column", item.says("level", "Column"))
            .when("not_enforced", item.says("enforced", "NO"));
        in_table(one, &table)
    })
    .collect()
}

fn in_table(mut object: Object, table: &str) -> Object {
    object.parent = Some(Key::new(Kind::Table, [table]));
    object
}
