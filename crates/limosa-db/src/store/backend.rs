//! Whether the session that began something is still there.

use limosa_core::history::InDoubt;
use limosa_sql::Dialect;

use super::{Limosa, StoreError};
use crate::Session;

impl Limosa {
    /// Whether the server still has the session that began a unit.
    ///
    /// # Errors
    /// What the server answers.
    pub fn is_there(&self, session: &mut dyn Session, doubt: &InDoubt) -> Result<bool, StoreError> {
        let doing = "looking for the session that was interrupted";
        let mut uptime = None;
        let file = match session.dialect() {
            Dialect::Postgres => include_str!("sql/backend_postgres.sql"),
            Dialect::Mysql => {
                // After a restart ids begin anew.
                let rows = session
                    .query("SHOW GLOBAL STATUS LIKE 'Uptime'", &[])
                    .map_err(|cause| StoreError::Db { doing, cause })?;
                uptime = rows.first().and_then(|row| row.text(1));
                include_str!("sql/backend_mysql.sql")
            }
            // A process that is gone has given its locks back; we could not write while it is there.
            Dialect::Sqlite => return Ok(false),
        };
        let values = [
            ("id", doubt.backend.0.into()),
            ("started", doubt.backend.1.as_str().into()),
            ("at", doubt.at.as_str().into()),
            ("uptime", uptime.into()),
        ];
        let rows = self.read(session, doing, file, &values)?;
        Ok(!rows.is_empty())
    }
}
