//! Whether the session that began something is still there.

use limosa_core::history::InDoubt;
use limosa_sql::Dialect;

use super::{Limosa, StoreError};
use crate::{Session, sqlite};

impl Limosa {
    /// Whether the server still has the session that began a unit.
    ///
    /// # Errors
    /// What the server answers.
    pub fn is_there(&self, session: &mut dyn Session, doubt: &InDoubt) -> Result<bool, StoreError> {
        let ours = &session.server().backend;
        if (ours.id, &ours.started) == (doubt.backend.0, &doubt.backend.1) {
            // It asks this, so it is not at work on the statement any more.
            return Ok(false);
        }
        if is_elsewhere(session, &doubt.backend.1) {
            // Its lease is ours now. What it sent before is here already (reads wait for it), and what comes later
            // does not pass the check of the lease.
            return Ok(false);
        }
        self.has_session(session, (doubt.backend.0, &doubt.backend.1), &doubt.at)
    }

    /// Whether the server still has a session of ours, which wrote an entry at that time.
    ///
    /// # Errors
    /// What the server answers.
    pub fn has_session(
        &self,
        session: &mut dyn Session,
        (id, started): (i64, &str),
        at: &str,
    ) -> Result<bool, StoreError> {
        let doing = "looking for the session that was interrupted";
        if is_elsewhere(session, started) {
            // Whoever holds the lease is at work.
            let file = include_str!("sql/lease_held.sql");
            return Ok(!self.read(session, doing, file, &[])?.is_empty());
        }
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
            Dialect::Sqlite => return Ok(sqlite::process::is_there(id, started)),
        };
        let values = [
            ("id", id.into()),
            ("started", started.into()),
            ("at", at.into()),
            ("uptime", uptime.into()),
        ];
        let rows = self.read(session, doing, file, &values)?;
        Ok(!rows.is_empty())
    }
}

/// Whether it was a session that cannot be seen from this one: behind a pooler, on another node of a cluster, or on
/// this one before its last start.
fn is_elsewhere(session: &dyn Session, started: &str) -> bool {
    match session.dialect() {
        Dialect::Postgres => started.is_empty(),
        Dialect::Mysql => started != session.server().backend.started,
        Dialect::Sqlite => false,
    }
}
