//! Reading the journal, and what single entries say.

use limosa_core::Version;
use limosa_core::journal::JournalEntry;
use limosa_sql::Dialect;

use super::state::version;
use super::{Limosa, Prepared, StoreError};
use crate::{Row, Session};

impl Limosa {
    /// The names of all sets that have something applied.
    ///
    /// # Errors
    /// When the table cannot be read.
    pub fn sets(&self, session: &mut dyn Session) -> Result<Vec<String>, StoreError> {
        let file = include_str!("sql/sets.sql");
        let rows = self.read(session, "reading the history", file, &[])?;
        Ok(rows.iter().filter_map(|row| row.text(0)).collect())
    }

    /// Whether it is recorded that an attempt reached its end.
    ///
    /// # Errors
    /// When the table cannot be read.
    pub fn has_ended(&self, session: &mut dyn Session, attempt: &str) -> Result<bool, StoreError> {
        let file = include_str!("sql/attempt_ended.sql");
        let values = [("attempt", attempt.into())];
        let rows = self.read(session, "reading the journal", file, &values)?;
        Ok(!rows.is_empty())
    }

    /// Whether the journal says that a unit was begun, and not that it was taken back.
    ///
    /// # Errors
    /// When the table cannot be read.
    pub fn has_begun(
        &self,
        session: &mut dyn Session,
        attempt: &str,
        unit: usize,
    ) -> Result<bool, StoreError> {
        let file = include_str!("sql/unit_begun.sql");
        let unit = i64::try_from(unit).unwrap_or(i64::MAX);
        let values = [("attempt", attempt.into()), ("unit", unit.into())];
        let rows = self.read(session, "reading the journal", file, &values)?;
        let begun = rows.first().and_then(|row| row.int(0));
        Ok(begun.is_some_and(|times| times > 0))
    }

    /// The detail of what was last written down about each version, oldest first; a version may come again.
    ///
    /// # Errors
    /// When the table cannot be read.
    pub fn records(
        &self,
        session: &mut dyn Session,
    ) -> Result<Vec<(Version, Option<String>)>, StoreError> {
        let file = include_str!("sql/records.sql");
        let values = [("set", self.set.as_str().into())];
        let rows = self.read(session, "reading the journal", file, &values)?;
        rows.iter()
            .map(|row| Ok((version(row, 0, "limosa_journal")?, row.text(1))))
            .collect()
    }

    /// Whether a run has written an entry of this kind.
    ///
    /// # Errors
    /// When the table cannot be read.
    pub fn has_noted(
        &self,
        session: &mut dyn Session,
        run: &str,
        event: &str,
    ) -> Result<bool, StoreError> {
        let file = include_str!("sql/run_noted.sql");
        let values = [("run", run.into()), ("event", event.into())];
        let rows = self.read(session, "reading the journal", file, &values)?;
        Ok(!rows.is_empty())
    }

    /// The newest entries of the journal, oldest first.
    ///
    /// # Errors
    /// When the table cannot be read.
    pub fn journal(
        &self,
        session: &mut dyn Session,
        limit: usize,
    ) -> Result<Vec<JournalEntry>, StoreError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let values = [("set", self.set.as_str().into()), ("limit", limit.into())];
        let file = include_str!("sql/journal.sql");
        let rows = self.read(session, "reading the journal", file, &values)?;
        Ok(rows.iter().rev().map(entry).collect())
    }

    /// The newest entries of all sets, newest first, without those about the table of another tool.
    ///
    /// # Errors
    /// When the table cannot be read.
    pub fn newest(
        &self,
        session: &mut dyn Session,
        limit: i64,
    ) -> Result<Vec<JournalEntry>, StoreError> {
        let Prepared { sql, parameters } = self.newest_question(session.dialect(), limit);
        let rows = session.query(&sql, &parameters);
        let doing = "reading the journal";
        let rows = rows.map_err(|cause| StoreError::Db { doing, cause })?;
        Ok(Self::newest_of(&rows))
    }

    /// The statement that asks for the newest entries.
    pub fn newest_question(&self, dialect: Dialect, limit: i64) -> Prepared {
        let file = include_str!("sql/newest.sql");
        let values = [("limit", limit.into())];
        self.context(dialect, "", "").question(file, &values)
    }

    /// The entries in its answer.
    pub fn newest_of(rows: &[Row]) -> Vec<JournalEntry> {
        rows.iter().map(entry).collect()
    }

    /// The entries of the newest runs, oldest first: of those whose name begins with `run`, or that have an entry
    /// about a version whose text ends with `version`.
    ///
    /// # Errors
    /// When the table cannot be read.
    pub fn runs(
        &self,
        session: &mut dyn Session,
        limit: usize,
        run: Option<&str>,
        version: Option<&str>,
    ) -> Result<Vec<JournalEntry>, StoreError> {
        let values = [
            ("set", self.set.as_str().into()),
            ("limit", i64::try_from(limit).unwrap_or(i64::MAX).into()),
            ("run", format!("{}%", run.unwrap_or_default()).into()),
            (
                "version",
                version.map(|version| format!("%{version}")).into(),
            ),
        ];
        let file = include_str!("sql/runs.sql");
        let rows = self.read(session, "reading the journal", file, &values)?;
        Ok(rows.iter().map(entry).collect())
    }
}

fn entry(row: &Row) -> JournalEntry {
    JournalEntry {
        id: row.int(0).unwrap_or_default(),
        at: row.text(1).unwrap_or_default(),
        run: row.text(2).unwrap_or_default(),
        event: row.text(3).unwrap_or_default(),
        version: row.text(4),
        name: row.text(5),
        direction: row.text(6),
        unit: row.int(7),
        statement: row.int(8),
        actor: row.text(9).unwrap_or_default(),
        detail: row.text(10),
        attempt: row.text(11),
        backend: row.int(12),
        backend_start: row.text(13),
    }
}
