//! Taking over into our history what another tool did.

use limosa_core::Version;
use limosa_core::foreign::Moved;
use limosa_core::history::{Direction, History, StoredScript};

use super::statement::Prepared;
use super::write::{entry_values, record_values};
use super::{Entry, Limosa, Recorded, StoreError};
use crate::{Locked, Value};

/// What another tool did, ready to be written down.
pub struct Taken<'a> {
    /// The run.
    pub run: &'a str,
    /// Who takes it over, as `user@host`.
    pub actor: &'a str,
    /// The version of the program.
    pub tool_version: &'a str,
    /// The other tool.
    pub tool: &'static str,
    /// Our history before it.
    pub history: &'a History,
    /// What it did.
    pub moved: &'a Moved,
    /// What is kept of the scripts of each that it applied, up and down.
    pub scripts: &'a [(StoredScript, StoredScript)],
    /// An identity for each row.
    pub fresh: &'a dyn Fn() -> String,
}

impl Taken<'_> {
    /// The entry about one migration.
    fn entry<'e>(
        &'e self,
        attempt: &'e str,
        version: &'e Version,
        name: &'e str,
        event: &'e str,
    ) -> Entry<'e> {
        Entry {
            run: self.run,
            event,
            attempt: Some(attempt),
            version: Some(version.text()),
            name: Some(name),
            actor: self.actor,
            detail: Some(serde_json::json!({ "by": self.tool }).to_string()),
            ..Entry::default()
        }
    }
}

impl Limosa {
    /// Writes the rows and an entry of the journal for each, in the transaction that is open. False when the lock
    /// is lost, or the history is another one meanwhile.
    pub(super) fn take_over(
        &self,
        session: &mut Locked,
        taken: &Taken<'_>,
    ) -> Result<bool, StoreError> {
        let history = taken.moved.onto(taken.history);
        for version in &taken.moved.back {
            let Some(row) = taken.history.get(version) else {
                continue;
            };
            let attempt = (taken.fresh)();
            let values = [
                ("attempt", attempt.as_str().into()),
                ("set", self.set.as_str().into()),
                ("recorded", row.version.text().into()),
            ];
            let delete = include_str!("sql/history_delete.sql");
            let event = Entry {
                direction: Some(Direction::Down),
                ..taken.entry(&attempt, &row.version, &row.name, "reverted")
            };
            if !self.change(session, delete, &values)? || !self.note(session, &event)? {
                return Ok(false);
            }
        }
        for (one, (up, down)) in taken.moved.ahead.iter().zip(taken.scripts) {
            let version = &one.row.version;
            let sequence = history.get(version).map_or(1, |row| row.sequence);
            let attempt = (taken.fresh)();
            let row = Recorded {
                sequence: sequence - 1,
                attempt: &attempt,
                version: version.text(),
                name: &one.row.name,
                layout: &one.row.layout,
                origin: one.row.origin.name(),
                up,
                down,
                irreversible: one.row.irreversible.as_deref(),
                release: None,
                min_release: one.row.min_release.as_deref(),
                statements: 0,
                duration_ms: Some(0),
                applied_at: Some(one.row.applied_at.as_str()).filter(|at| !at.is_empty()),
                actor: &one.row.applied_by,
                tool_version: taken.tool_version,
            };
            let values = record_values(&self.set, &row);
            let event = Entry {
                direction: Some(Direction::Up),
                ..taken.entry(&attempt, version, &one.row.name, "adopted")
            };
            let insert = include_str!("sql/history_insert.sql");
            if !self.change(session, insert, &values)? || !self.note(session, &event)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn note(&self, session: &mut Locked, entry: &Entry<'_>) -> Result<bool, StoreError> {
        let values = entry_values(&self.set, entry);
        self.change(session, include_str!("sql/journal_insert.sql"), &values)
    }

    /// Runs a statement that has to change one row.
    fn change(
        &self,
        session: &mut Locked,
        file: &str,
        values: &[(&str, Value)],
    ) -> Result<bool, StoreError> {
        let lock = session.guard().to_owned();
        let dialect = session.dialect();
        let Prepared { sql, parameters } =
            self.context(dialect, &lock, "1 = 1").prepare(file, values);
        let changed = session.execute(&sql, &parameters);
        let doing = "taking over what another tool did";
        changed
            .map(|changed| changed == 1)
            .map_err(|cause| StoreError::Db { doing, cause })
    }
}
