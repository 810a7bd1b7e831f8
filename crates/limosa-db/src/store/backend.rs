//! Whether the session that began something is still there.

use limosa_sql::Dialect;

use super::{Limosa, StoreError};
use crate::Session;

impl Limosa {
    /// Whether the server still has a session with this id that began at this time.
    ///
    /// # Errors
    /// What the server answers.
    pub fn is_there(
        &self,
        session: &mut dyn Session,
        (id, started): (i64, &str),
    ) -> Result<bool, StoreError> {
        let file = match session.dialect() {
            Dialect::Postgres => include_str!("sql/backend_postgres.sql"),
            Dialect::Mysql => include_str!("sql/backend_mysql.sql"),
            // A process that is gone has given its locks back; we could not write while it is there.
            Dialect::Sqlite => return Ok(false),
        };
        let values = [("id", id.into()), ("started", started.into())];
        let rows = self.read(
            session,
            "looking for the session that was interrupted",
            file,
            &values,
        )?;
        Ok(!rows.is_empty())
    }
}
