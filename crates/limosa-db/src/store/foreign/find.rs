//! Looking for the tables of other tools by the catalog.

use limosa_core::Layout;
use limosa_sql::Dialect;

use super::{Foreign, ForeignStore, store_of};
use crate::Session;
use crate::store::statement::Context;
use crate::store::{StoreError, Tables};

/// A table that has the name of one: where it is, and its columns.
struct Candidate {
    schema: String,
    table: String,
    columns: Vec<String>,
}

impl Candidate {
    fn missing(&self, store: &dyn ForeignStore) -> Option<&'static str> {
        let wanted = store.columns().iter();
        let has = |column: &str| {
            self.columns
                .iter()
                .any(|one| one.eq_ignore_ascii_case(column))
        };
        wanted.copied().find(|column| !has(column))
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
        let name = name.unwrap_or(store.table());
        let (schema, table) = match name.split_once('.') {
            Some((schema, table)) if dialect != Dialect::Sqlite => (Some(schema), table),
            _ => (None, name),
        };
        let found = look(session, schema, &[table])?.into_iter().next();
        let exists = found.is_some();
        let (schema, table) = match found {
            Some(found) => {
                if let Some(column) = found.missing(store) {
                    return Err(StoreError::NotTheirs {
                        tool: tool.name(),
                        table: format!("{}.{}", found.schema, found.table),
                        column,
                    });
                }
                (found.schema, found.table)
            }
            None => {
                let home = Tables::home(session, schema)?;
                (home.schema().to_owned(), table.to_owned())
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

    /// Every tool whose table is there under its usual name, with that name. Two tools may use the same table.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn find_all(session: &mut dyn Session) -> Result<Vec<(Layout, String)>, StoreError> {
        let dialect = session.dialect();
        let stores: Vec<(Layout, &dyn ForeignStore, &str)> = Layout::ALL
            .into_iter()
            .filter_map(|tool| {
                let store = store_of(tool).filter(|store| store.supports(dialect))?;
                let name = store.table();
                Some((
                    tool,
                    store,
                    name.split_once('.').map_or(name, |(_, table)| table),
                ))
            })
            .collect();
        let names: Vec<&str> = stores.iter().map(|(.., name)| *name).collect();
        let found = look(session, None, &names)?;
        let mut tools = Vec::new();
        for one in &found {
            for (tool, store, name) in &stores {
                if one.table.eq_ignore_ascii_case(name) && one.missing(*store).is_none() {
                    tools.push((*tool, one.table.clone()));
                }
            }
        }
        Ok(tools)
    }
}

/// The tables of these names that an unqualified name means, or those of a schema.
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
    let names = names.join(",");
    let values = [("names", names.into()), ("schema", schema.into())];
    let statement = context.prepare(file, &values);
    let rows = session
        .query(&statement.sql, &statement.parameters)
        .map_err(|cause| StoreError::Db {
            doing: "looking for the tables of other tools",
            cause,
        })?;
    Ok(rows
        .iter()
        .map(|row| Candidate {
            schema: row.text(0).unwrap_or_default(),
            table: row.text(1).unwrap_or_default(),
            columns: row
                .text(2)
                .unwrap_or_default()
                .split(' ')
                .map(str::to_owned)
                .collect(),
        })
        .collect())
}
