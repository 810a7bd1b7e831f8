//! Looking for the tables of other tools by the catalog.

use limosa_core::Layout;
use limosa_sql::Dialect;

use super::columns::{Column, Holds};
use super::name::TableName;
use super::{Foreign, ForeignStore, store_of};
use crate::Session;
use crate::store::statement::Context;
use crate::store::{StoreError, Tables};

/// Where a tool looks for its table when its name has no schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) enum Home {
    /// In the schema where it would be created, and nowhere else.
    First,
    /// In every schema of the path, and the first one that has it counts.
    Path,
    /// In `public`, whatever the path is.
    Public,
}

/// A table that has the name of one: where it is, and its columns.
#[derive(Clone)]
struct Candidate {
    schema: String,
    table: String,
    /// `a table`, or what else it is.
    kind: String,
    is_first: bool,
    is_visible: bool,
    /// Whether names that differ in case are different names.
    cases_differ: bool,
    columns: Vec<Column>,
}

impl Candidate {
    /// Why it is not a table of that tool.
    fn problem(&self, dialect: Dialect, store: &dyn ForeignStore) -> Option<String> {
        if self.kind != "a table" {
            return Some(format!("it is {}", self.kind));
        }
        let wanted = store.columns().iter();
        wanted
            .copied()
            .find_map(|(name, holds)| self.lacks(dialect, name, holds))
    }

    fn lacks(&self, dialect: Dialect, name: &str, holds: Holds) -> Option<String> {
        let found = self
            .columns
            .iter()
            .find(|column| column.name.eq_ignore_ascii_case(name));
        match found {
            None => Some(format!("it has no column {name}")),
            Some(column) if !column.can_hold(dialect, holds) => Some(format!(
                "its column {name} has the type {}",
                column.type_name
            )),
            Some(_) => None,
        }
    }

    /// Whether a tool means it by a name without a schema.
    fn is_in(&self, home: Home) -> bool {
        match home {
            Home::First => self.is_first,
            Home::Path => self.is_visible,
            Home::Public => self.schema == "public",
        }
    }

    fn is_named(&self, name: &str) -> bool {
        if self.cases_differ {
            self.table == name
        } else {
            self.table.eq_ignore_ascii_case(name)
        }
    }

    fn not_theirs(&self, dialect: Dialect, tool: Layout, reason: String) -> StoreError {
        StoreError::NotTheirs {
            tool: tool.name(),
            table: self.qualified(dialect),
            reason,
        }
    }

    fn qualified(&self, dialect: Dialect) -> String {
        match dialect {
            Dialect::Sqlite => self.table.clone(),
            Dialect::Postgres | Dialect::Mysql => format!("{}.{}", self.schema, self.table),
        }
    }
}

impl Foreign {
    /// The table of a tool: the one that is there, else where the tool would create it. `None` when there is no
    /// such tool for this kind of database.
    ///
    /// # Errors
    /// When a table of that name is not one of the tool.
    pub fn find(
        session: &mut dyn Session,
        tool: Layout,
        name: Option<&str>,
        ignored_chars: &str,
    ) -> Result<Option<Self>, StoreError> {
        let dialect = session.dialect();
        let Some(store) = store_of(tool).filter(|store| store.supports(dialect)) else {
            return Ok(None);
        };
        let name = TableName::parse(dialect, name.unwrap_or(store.table()))?;
        let found = look(session, name.schema.as_deref(), &[&name.table])?
            .into_iter()
            .find(|one| {
                one.is_named(&name.table) && (name.schema.is_some() || one.is_in(store.home()))
            });
        let exists = found.is_some();
        let (schema, table) = match found {
            Some(found) => {
                if let Some(reason) = found.problem(dialect, store) {
                    return Err(found.not_theirs(dialect, tool, reason));
                }
                (found.schema, found.table)
            }
            None => {
                let public = (store.home() == Home::Public).then_some("public");
                let home = Tables::home(session, name.schema.as_deref().or(public))?;
                (home.schema().to_owned(), name.table)
            }
        };
        Ok(Some(Self {
            tool,
            schema,
            table,
            exists,
            ignored_chars: ignored_chars.to_owned(),
        }))
    }

    /// Looks again for a table that was not there: the tool may have made it while its lock was waited for.
    ///
    /// # Errors
    /// When a table of that name is not one of the tool.
    pub fn look_again(&mut self, session: &mut dyn Session) -> Result<(), StoreError> {
        let dialect = session.dialect();
        let found = look(session, Some(&self.schema), &[&self.table])?;
        let Some(found) = found.into_iter().find(|one| one.is_named(&self.table)) else {
            return Ok(());
        };
        match found.problem(dialect, self.store()) {
            None => self.exists = true,
            Some(reason) => return Err(found.not_theirs(dialect, self.tool, reason)),
        }
        self.table = found.table;
        Ok(())
    }

    /// Every tool whose table is there under its usual name, with that name. Two tools may use the same table.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn find_all(session: &mut dyn Session) -> Result<Vec<(Layout, String)>, StoreError> {
        let all = find_usual(session)?.into_iter();
        Ok(all.map(|(tool, found)| (tool, found.table)).collect())
    }

    /// Where those tables are: schema and name.
    pub(in crate::store) fn find_places(
        session: &mut dyn Session,
    ) -> Result<Vec<(String, String)>, StoreError> {
        let all = find_usual(session)?.into_iter();
        Ok(all.map(|(_, found)| (found.schema, found.table)).collect())
    }

    /// Its schema and name.
    pub(in crate::store) fn place(&self) -> (String, String) {
        (self.schema.clone(), self.table.clone())
    }
}

/// The tables that are there under the usual name of a tool.
fn find_usual(session: &mut dyn Session) -> Result<Vec<(Layout, Candidate)>, StoreError> {
    let dialect = session.dialect();
    let stores: Vec<(Layout, &dyn ForeignStore)> = Layout::ALL
        .into_iter()
        .filter_map(|tool| {
            let store = store_of(tool).filter(|store| store.supports(dialect))?;
            Some((tool, store))
        })
        .collect();
    let names: Vec<&str> = stores.iter().map(|(_, store)| store.table()).collect();
    let found = look(session, None, &names)?;
    let mut tools = Vec::new();
    for one in found {
        for (tool, store) in &stores {
            if one.is_named(store.table())
                && one.is_in(store.home())
                && one.problem(dialect, *store).is_none()
            {
                tools.push((*tool, one.clone()));
            }
        }
    }
    Ok(tools)
}

/// The tables of these names that an unqualified name may mean, or those of a schema.
fn look(
    session: &mut dyn Session,
    schema: Option<&str>,
    names: &[&str],
) -> Result<Vec<Candidate>, StoreError> {
    let dialect = session.dialect();
    let file = match dialect {
        Dialect::Postgres => include_str!("../sql/find_foreign_postgres.sql"),
        Dialect::Mysql => include_str!("../sql/find_foreign_mysql.sql"),
        Dialect::Sqlite => include_str!("../sql/find_foreign_sqlite.sql"),
    };
    let context = Context {
        dialect,
        tables: None,
        foreign: None,
        lock: "",
        guard: "",
    };
    // No name has this character.
    let names = names.join("\u{1}");
    let values = [("names", names.into()), ("schema", schema.into())];
    let statement = context.prepare(file, &values);
    let rows = session
        .query(&statement.sql, &statement.parameters)
        .map_err(|cause| StoreError::Db {
            doing: "looking for the tables of other tools",
            cause,
        })?;
    let mut found: Vec<Candidate> = Vec::new();
    for row in &rows {
        let text = |at| row.text(at).unwrap_or_default();
        let column = Column {
            name: text(3),
            type_name: text(4),
        };
        match found.last_mut() {
            Some(last) if (&last.schema, &last.table) == (&text(0), &text(1)) => {
                last.columns.push(column);
            }
            _ => found.push(Candidate {
                schema: text(0),
                table: text(1),
                kind: text(2),
                is_first: row.is_true(5),
                is_visible: row.is_true(6),
                cases_differ: row.is_true(7),
                columns: vec![column],
            }),
        }
    }
    Ok(found)
}
