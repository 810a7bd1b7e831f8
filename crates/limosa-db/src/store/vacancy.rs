//! Whether a database is empty, and how much a transaction may hold there.

use limosa_sql::Dialect;

use super::{Limosa, StoreError};
use crate::Session;

/// What is known about a database before migrations share transactions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Vacancy {
    /// Nothing is in it but the tables of Limosa, and what belongs to extensions.
    pub is_empty: bool,
    /// How many locks the server can hold for all sessions together; `None` where there is no such limit.
    pub locks: Option<u32>,
    /// A definition may do more than it says: there are event triggers (`PostgreSQL`).
    pub is_triggered: bool,
}

impl Limosa {
    /// Looks whether the database is empty; `None` where each definition commits by itself, and sharing is not
    /// possible.
    ///
    /// # Errors
    /// What the server answers.
    pub fn vacancy(&self, session: &mut dyn Session) -> Result<Option<Vacancy>, StoreError> {
        let file = match session.dialect() {
            Dialect::Postgres => include_str!("sql/vacancy_postgres.sql"),
            Dialect::Mysql => return Ok(None),
            Dialect::Sqlite => include_str!("sql/vacancy_sqlite.sql"),
        };
        let schema = [("schema", self.tables.schema().into())];
        let rows = self.read(
            session,
            "looking whether the database is empty",
            file,
            &schema,
        )?;
        Ok(rows.first().map(|row| Vacancy {
            is_empty: row.is_true(0),
            is_triggered: row.is_true(2),
            locks: row.int(1).map(|all| u32::try_from(all).unwrap_or(u32::MAX)),
        }))
    }
}
