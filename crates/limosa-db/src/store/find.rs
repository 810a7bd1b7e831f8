//! Where our tables are, and whether they are ours.

use limosa_sql::Dialect;

use super::statement::{Context, Prepared, quote_identifier};
use crate::{DbError, Locks, OtherLock, Row, Session, Value};

/// The place of our tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tables {
    schema: String,
}

/// A role that may write to the history though it is not its owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Writer {
    /// The role, as the server names it.
    pub role: String,
    /// What it may do: `INSERT, UPDATE`.
    pub grants: String,
}

/// Why our tables cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The server or the connection failed.
    #[error("{doing} failed")]
    Db {
        /// What was being done.
        doing: &'static str,
        /// What the server said.
        #[source]
        cause: DbError,
    },
    /// More than one schema has our tables.
    #[error("limosa_history is in more than one schema: {}", .0.join(", "))]
    Several(Vec<String>),
    /// A table has our name and other columns.
    #[error("{table} is not a table of Limosa: it has no column {column}")]
    NotOurs {
        /// Its qualified name.
        table: String,
        /// The first column that it should have.
        column: String,
    },
    /// One of the two tables is there without the other.
    #[error("{present} is there, but {absent} is not")]
    Half {
        /// The one that is there, qualified.
        present: String,
        /// The one that is not.
        absent: &'static str,
    },
    /// A newer Limosa made the tables.
    #[error("the tables of Limosa have format {found}, this program knows formats up to {known}")]
    NewerFormat {
        /// The format of the tables.
        found: i64,
        /// The newest format that is known here.
        known: i64,
    },
    /// There is no schema to create them in.
    #[error("there is no schema {schema}to create the tables of Limosa in")]
    NoSchema {
        /// The configured one with a blank behind it, or nothing.
        schema: String,
    },
    /// The server or the connection failed at the table of another tool.
    #[error("{doing} {table}, the table of {tool}, failed")]
    Foreign {
        /// What was being done.
        doing: &'static str,
        /// The tool.
        tool: &'static str,
        /// Its table.
        table: String,
        /// What the server said.
        #[source]
        cause: DbError,
    },
    /// A table has the name of another tool's table and is none.
    #[error("{table} is not a table of {tool}: {reason}")]
    NotTheirs {
        /// The tool.
        tool: &'static str,
        /// Its qualified name.
        table: String,
        /// What it has not, or is instead.
        reason: String,
    },
    /// The configured name of another tool's table cannot be read.
    #[error("`{0}` is not the name of a table")]
    TableName(String),
    /// What the table of another tool says cannot be understood.
    #[error("{table}, the table of {tool}, cannot be understood: {reason}")]
    ForeignRow {
        /// The tool.
        tool: &'static str,
        /// Its table.
        table: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A row cannot be understood.
    #[error("a row of {table} cannot be understood: {reason}")]
    Row {
        /// The table.
        table: &'static str,
        /// What is wrong with it.
        reason: String,
    },
}

impl StoreError {
    /// What the server or the connection answered, if it was one of them.
    pub fn cause(&self) -> Option<&DbError> {
        match self {
            Self::Db { cause, .. } | Self::Foreign { cause, .. } => Some(cause),
            _ => None,
        }
    }
}

impl Tables {
    pub(super) const HISTORY: &'static str = "limosa_history";
    pub(super) const JOURNAL: &'static str = "limosa_journal";
    /// The lease between migrators, which is there only where leases are used.
    pub(super) const LEASE: &'static str = "limosa_lock";
    /// The format that this program writes.
    pub(super) const FORMAT: i64 = 1;

    pub(crate) fn in_schema(schema: &str) -> Self {
        Self {
            schema: schema.to_owned(),
        }
    }

    /// The schema (on `MySQL` the database) that they are in.
    pub fn schema(&self) -> &str {
        &self.schema
    }

    /// What is locked while a migrator works on them, with these locks of other tools.
    pub fn locks(&self, others: Vec<OtherLock>) -> Locks {
        Locks {
            schema: self.schema.clone(),
            table: Self::HISTORY.to_owned(),
            others,
        }
    }

    pub(super) fn quoted(&self, dialect: Dialect, table: &str) -> String {
        format!(
            "{}.{}",
            quote_identifier(dialect, &self.schema),
            quote_identifier(dialect, table)
        )
    }

    /// Looks for our tables by the catalog, in all schemas unless one is configured.
    ///
    /// # Errors
    /// When there are several, or they are not ours, or of a newer format.
    pub fn find(
        session: &mut dyn Session,
        schema: Option<&str>,
    ) -> Result<Option<Self>, StoreError> {
        let rows = Self::look(session, schema)?;
        let tables = Self::found(session, schema, &rows)?;
        if let Some(tables) = &tables {
            tables.read_format(session)?;
        }
        Ok(tables)
    }

    /// The statement that looks for them in the catalog.
    pub(super) fn question(dialect: Dialect, schema: Option<&str>) -> Prepared {
        let file = match dialect {
            Dialect::Postgres => include_str!("sql/find_postgres.sql"),
            Dialect::Mysql => include_str!("sql/find_mysql.sql"),
            Dialect::Sqlite => include_str!("sql/find_sqlite.sql"),
        };
        let schema = schema.filter(|_| dialect != Dialect::Sqlite);
        question(dialect, file, &[("schema", schema.into())])
    }

    fn look(session: &mut dyn Session, schema: Option<&str>) -> Result<Vec<Row>, StoreError> {
        let Prepared { sql, parameters } = Self::question(session.dialect(), schema);
        let doing = "looking for the tables of Limosa";
        let rows = session.query(&sql, &parameters);
        rows.map_err(|cause| StoreError::Db { doing, cause })
    }

    /// Where they are, by the rows of that statement. Their format is not looked at.
    pub(super) fn found(
        session: &mut dyn Session,
        schema: Option<&str>,
        rows: &[Row],
    ) -> Result<Option<Self>, StoreError> {
        match Self::of_rows(session, rows) {
            // Where DDL commits by itself, somebody may have created the other one between our look at the catalog
            // and that at the journal. Entries come after both, so a second look is certain.
            Err(StoreError::Half { .. }) if session.dialect() == Dialect::Mysql => {
                let rows = Self::look(session, schema)?;
                Self::of_rows(session, &rows)
            }
            found => found,
        }
    }

    fn of_rows(session: &mut dyn Session, rows: &[Row]) -> Result<Option<Self>, StoreError> {
        let dialect = session.dialect();
        let found: Vec<(String, String, String)> = rows
            .iter()
            .map(|row| {
                let text = |at| row.text(at).unwrap_or_default();
                (text(0), text(1), text(2))
            })
            .collect();
        let mut schemas: Vec<&String> = found.iter().map(|(schema, ..)| schema).collect();
        schemas.dedup();
        let schema = match schemas.as_slice() {
            [] => return Ok(None),
            [one] => (*one).clone(),
            several => {
                return Err(StoreError::Several(
                    several.iter().map(|one| (*one).clone()).collect(),
                ));
            }
        };
        for (table, absent) in [
            (Self::HISTORY, Self::JOURNAL),
            (Self::JOURNAL, Self::HISTORY),
        ] {
            let qualified = format!("{schema}.{table}");
            let Some((.., columns)) = found.iter().find(|(_, name, _)| name == table) else {
                continue;
            };
            let columns: Vec<&str> = columns.split(' ').collect();
            if let Some(column) = columns_of(table).find(|column| !columns.contains(column)) {
                let column = column.to_owned();
                return Err(StoreError::NotOurs {
                    table: qualified,
                    column,
                });
            }
            if found.iter().any(|(_, name, _)| name == absent) {
                continue;
            }
            let tables = Self {
                schema: schema.clone(),
            };
            if table == Self::JOURNAL && dialect == Dialect::Mysql && tables.is_new(session)? {
                // DDL commits by itself, and the journal is created first: somebody is at it, or
                // died there, and the history comes yet.
                return Ok(None);
            }
            return Err(StoreError::Half {
                present: qualified,
                absent,
            });
        }
        Ok(Some(Self { schema }))
    }

    /// Whether the journal has no entry but its format.
    fn is_new(&self, session: &mut dyn Session) -> Result<bool, StoreError> {
        let doing = "looking for entries of the journal";
        let rows = ask(
            session,
            Some(self),
            doing,
            "SELECT 1 FROM {journal} WHERE event <> 'format' LIMIT 1",
            &[],
        )?;
        Ok(rows.is_empty())
    }

    /// Reads their format, and refuses a newer one.
    ///
    /// # Errors
    /// When the journal cannot be read, or the format is newer.
    pub(super) fn read_format(&self, session: &mut dyn Session) -> Result<(), StoreError> {
        let doing = "reading the format of the tables of Limosa";
        let file = include_str!("sql/format.sql");
        let rows = ask(session, Some(self), doing, file, &[])?;
        Self::check_format(rows.first().and_then(|row| row.int(0)))
    }

    /// Refuses a newer format than this program knows.
    pub(super) fn check_format(found: Option<i64>) -> Result<(), StoreError> {
        match found {
            Some(found) if found > Self::FORMAT => Err(StoreError::NewerFormat {
                found,
                known: Self::FORMAT,
            }),
            _ => Ok(()),
        }
    }

    /// Where our tables would be created: in the configured schema, else in the current one.
    ///
    /// # Errors
    /// When there is no such schema.
    pub fn home(session: &mut dyn Session, schema: Option<&str>) -> Result<Self, StoreError> {
        let Some(Prepared { sql, parameters }) = Self::home_question(session.dialect(), schema)
        else {
            return Ok(Self::in_schema("main"));
        };
        let doing = "looking for the current schema";
        let rows = session.query(&sql, &parameters);
        let rows = rows.map_err(|cause| StoreError::Db { doing, cause })?;
        Self::home_of(&rows, schema)
    }

    /// The statement that looks for that place; `None` where there are no schemas.
    pub(super) fn home_question(dialect: Dialect, schema: Option<&str>) -> Option<Prepared> {
        let file = match dialect {
            Dialect::Postgres => include_str!("sql/home_postgres.sql"),
            Dialect::Mysql => include_str!("sql/home_mysql.sql"),
            Dialect::Sqlite => return None,
        };
        Some(question(dialect, file, &[("schema", schema.into())]))
    }

    /// That place, by the rows of that statement.
    pub(super) fn home_of(rows: &[Row], schema: Option<&str>) -> Result<Self, StoreError> {
        let row = rows.first();
        match row.and_then(|row| row.text(0)) {
            Some(found) if row.is_some_and(|row| row.is_true(1)) => Ok(Self { schema: found }),
            _ => Err(StoreError::NoSchema {
                schema: schema
                    .map(|schema| format!("{schema} "))
                    .unwrap_or_default(),
            }),
        }
    }

    /// Whether [`Tables::writers`] can know about all roles: on `MySQL` and `MariaDB` the grants of others
    /// are hidden from users that may not read the system's tables.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn sees_grants(session: &mut dyn Session) -> Result<bool, StoreError> {
        if session.dialect() != Dialect::Mysql {
            return Ok(true);
        }
        let doing = "looking for grants";
        let rows = session
            .query(include_str!("sql/grantees_mysql.sql"), &[])
            .map_err(|cause| StoreError::Db { doing, cause })?;
        Ok(rows.first().is_some_and(|row| row.is_true(0)))
    }

    /// Roles that may write to the history beside its owner and administrators, as far as the server tells.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn writers(&self, session: &mut dyn Session) -> Result<Vec<Writer>, StoreError> {
        let dialect = session.dialect();
        let file = match dialect {
            Dialect::Postgres => include_str!("sql/writers_postgres.sql"),
            Dialect::Mysql => include_str!("sql/writers_mysql.sql"),
            // Whoever may write the file may do everything; there is nobody to name.
            Dialect::Sqlite => return Ok(Vec::new()),
        };
        let schema: Value = self.schema.as_str().into();
        let doing = "looking for roles that may write to the history";
        let rows = ask(session, Some(self), doing, file, &[("schema", schema)])?;
        let writer = |row: &Row| Writer {
            role: row.text(0).unwrap_or_default(),
            grants: row.text(1).unwrap_or_default(),
        };
        Ok(rows.iter().map(writer).collect())
    }
}

/// A statement about the catalog.
fn question(dialect: Dialect, file: &str, values: &[(&str, Value)]) -> Prepared {
    Context {
        dialect,
        tables: None,
        foreign: None,
        lock: "",
        guard: "",
    }
    .question(file, values)
}

/// Runs one of our reading statements.
fn ask(
    session: &mut dyn Session,
    tables: Option<&Tables>,
    doing: &'static str,
    file: &str,
    values: &[(&str, Value)],
) -> Result<Vec<Row>, StoreError> {
    let context = Context {
        dialect: session.dialect(),
        tables,
        foreign: None,
        lock: "",
        guard: "",
    };
    let statement = context.question(file, values);
    session
        .query(&statement.sql, &statement.parameters)
        .map_err(|cause| StoreError::Db { doing, cause })
}

/// The columns that a table of ours must have, by our own CREATE TABLE.
fn columns_of(table: &'static str) -> impl Iterator<Item = &'static str> {
    let file = include_str!("sql/create_sqlite.sql");
    let create = file.split(';').find(move |create| {
        let name = if table == Tables::HISTORY {
            "{history}"
        } else {
            "{journal}"
        };
        create.contains(&format!("CREATE TABLE {name}"))
    });
    create.unwrap_or_default().lines().filter_map(|line| {
        let column = line.strip_prefix("    ")?.split(' ').next()?;
        column
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'_' || byte.is_ascii_digit())
            .then_some(column)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_expected_columns_come_from_our_own_create_table() {
        let history: Vec<_> = columns_of(Tables::HISTORY).collect();
        assert_eq!(history.first(), Some(&"sequence"));
        assert!(history.contains(&"up_sha256") && !history.contains(&"UNIQUE"));
        assert_eq!(columns_of(Tables::JOURNAL).next(), Some("id"));
    }
}
