//! Reading the history and the journal.

use limosa_core::history::{Applied, Attempt, Direction, History, InDoubt, Origin, StoredScript};
use limosa_core::journal::JournalEntry;
use limosa_core::{ScriptOptions, Version};

use super::{Limosa, StoreError};
use crate::{Row, Session};

/// Whether the stored texts are read with the history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Texts {
    /// They are not needed.
    Without,
    /// Down scripts are read.
    Downs,
    /// Up scripts are read.
    Ups,
}

impl Limosa {
    /// What is applied, and what began and has not ended.
    ///
    /// # Errors
    /// When the tables cannot be read.
    pub fn history(&self, session: &mut dyn Session, texts: Texts) -> Result<History, StoreError> {
        let set = ("set", self.set.as_str().into());
        let downs = ("downs", i64::from(texts == Texts::Downs).into());
        let ups = ("ups", i64::from(texts == Texts::Ups).into());
        let doing = "reading the history";
        let file = include_str!("sql/history.sql");
        let rows = self.read(session, doing, file, &[set.clone(), downs, ups])?;
        let applied = rows.iter().map(applied).collect::<Result<_, _>>()?;
        let rows = self.read(session, doing, include_str!("sql/attempts.sql"), &[set])?;
        Ok(History {
            applied,
            attempts: attempts(&rows)?,
        })
    }

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
        let file = include_str!("sql/newest.sql");
        let values = [("limit", limit.into())];
        let rows = self.read(session, "reading the journal", file, &values)?;
        Ok(rows.iter().map(entry).collect())
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

fn version(row: &Row, at: usize, table: &'static str) -> Result<Version, StoreError> {
    Version::number(&row.text(at).unwrap_or_default()).map_err(|error| StoreError::Row {
        table,
        reason: error.to_string(),
    })
}

fn options(row: &Row, at: usize) -> Result<ScriptOptions, StoreError> {
    serde_json::from_str(&row.text(at).unwrap_or_default()).map_err(|error| StoreError::Row {
        table: "limosa_history",
        reason: error.to_string(),
    })
}

fn applied(row: &Row) -> Result<Applied, StoreError> {
    Ok(Applied {
        sequence: row.int(0).unwrap_or_default(),
        version: version(row, 1, "limosa_history")?,
        name: row.text(2).unwrap_or_default(),
        layout: row.text(3).unwrap_or_default(),
        origin: match row.text(4).as_deref() {
            Some("baseline") => Origin::Baseline,
            Some("adopted") => Origin::Adopted,
            _ => Origin::Applied,
        },
        up: StoredScript {
            sha256: row.text(5),
            tokens: row.text(6),
            options: options(row, 7)?,
            text_stored: row.is_true(20),
            text: row.text(21),
        },
        down: StoredScript {
            sha256: row.text(8),
            tokens: row.text(9),
            options: options(row, 10)?,
            text_stored: row.is_true(11),
            text: row.text(12),
        },
        irreversible: row.text(13),
        release: row.text(14),
        min_release: row.text(15),
        applied_at: row.text(16).unwrap_or_default(),
        duration_ms: row.int(17).unwrap_or_default(),
        statements: row.int(18).unwrap_or_default(),
        applied_by: row.text(19).unwrap_or_default(),
    })
}

/// Folds the entries of each unfinished attempt, which come in the order in which they were written.
fn attempts(rows: &[Row]) -> Result<Vec<Attempt>, StoreError> {
    let mut attempts: Vec<Attempt> = Vec::new();
    for row in rows {
        let id = row.text(0).unwrap_or_default();
        let at = match attempts.iter().position(|attempt| attempt.id == id) {
            Some(at) => at,
            None => {
                attempts.push(Attempt {
                    id,
                    version: version(row, 1, "limosa_journal")?,
                    name: row.text(2).unwrap_or_default(),
                    direction: match row.text(3).as_deref() {
                        Some("down") => Direction::Down,
                        _ => Direction::Up,
                    },
                    done: vec![],
                    in_doubt: None,
                    failure: None,
                });
                attempts.len() - 1
            }
        };
        let attempt = &mut attempts[at];
        match row.text(5).as_deref() {
            Some("unit-started") => {
                attempt.failure = None;
                attempt.in_doubt = Some(InDoubt {
                    unit: row.int(4).unwrap_or_default(),
                    backend: (
                        row.int(8).unwrap_or_default(),
                        row.text(9).unwrap_or_default(),
                    ),
                    at: row.text(10).unwrap_or_default(),
                    statement: row.int(7).unwrap_or(1),
                    digest: row.text(6).unwrap_or_default(),
                    failed: false,
                    before: row.text(11),
                });
            }
            Some("unit-done") => {
                attempt.in_doubt = None;
                attempt.failure = None;
                attempt.done.push(row.text(6).unwrap_or_default());
            }
            Some(event @ ("unit-failed" | "unit-in-doubt")) => {
                // What an undecided failure has left is not undone, so the unit stays in doubt.
                match &mut attempt.in_doubt {
                    Some(doubt) if event == "unit-in-doubt" => doubt.failed = true,
                    _ => attempt.in_doubt = None,
                }
                let message = row.text(11).unwrap_or_default();
                attempt.failure = Some((row.int(7).unwrap_or(1), message));
            }
            _ => {}
        }
    }
    // An attempt whose first unit was undone by the server left nothing: it is pending.
    attempts.retain(|attempt| !attempt.done.is_empty() || attempt.in_doubt.is_some());
    Ok(attempts)
}
