//! What our tables say in one look: what is applied, what began and has not ended, how the journal ends.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use limosa_core::history::{Applied, Attempt, Direction, History, InDoubt, Origin, StoredScript};
use limosa_core::journal::JournalEntry;
use limosa_core::{ScriptOptions, Version};
use limosa_sql::Dialect;

use super::statement::Prepared;
use super::{Limosa, StoreError, Tables};
use crate::{DbError, Row, Session};

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

/// What our tables say at one moment.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// What is applied, and what began and has not ended.
    pub history: History,
    /// The two newest entries of all sets, newest first, without those about the table of another tool.
    pub newest: Vec<JournalEntry>,
}

impl Limosa {
    /// What is applied, and what began and has not ended.
    ///
    /// # Errors
    /// When the tables cannot be read, or are of a newer format.
    pub fn history(&self, session: &mut dyn Session, texts: Texts) -> Result<History, StoreError> {
        let statement = self.state_statement(session.dialect(), texts);
        match session.query(&statement.sql, &statement.parameters) {
            Ok(rows) => Ok(Self::state(rows)?.history),
            Err(cause) => Err(self.unreadable(session, cause)),
        }
    }

    /// The statement that reads what [`Limosa::state`] understands.
    pub fn state_statement(&self, dialect: Dialect, texts: Texts) -> Prepared {
        let values = [
            ("set", self.set.as_str().into()),
            ("ups", i64::from(texts == Texts::Ups).into()),
            ("downs", i64::from(texts == Texts::Downs).into()),
        ];
        self.context(dialect, "", "")
            .question(include_str!("sql/state.sql"), &values)
    }

    /// What the rows of that statement say.
    ///
    /// # Errors
    /// When a row cannot be understood, or the tables are of a newer format.
    pub fn state(mut rows: Vec<Row>) -> Result<Seen, StoreError> {
        rows.sort_by_cached_key(|row| (row.int(0), row.int(1)));
        let begin = rows.partition_point(|row| row.int(0) < Some(HISTORY));
        let end = rows.partition_point(|row| row.int(0) <= Some(HISTORY));
        let history: Vec<Row> = rows.drain(begin..end).collect();
        let of = |kind| {
            let begin = rows.partition_point(|row| row.int(0) < Some(kind));
            let end = rows.partition_point(|row| row.int(0) <= Some(kind));
            &rows[begin..end]
        };
        Tables::check_format(of(FORMAT).last().and_then(|row| row.int(DETAIL)))?;
        let newest: Vec<JournalEntry> = of(NEWEST).iter().rev().map(newest).collect();
        Ok(Seen {
            history: History {
                applied: (history.into_iter())
                    .map(applied)
                    .collect::<Result<_, _>>()?,
                attempts: attempts(of(ATTEMPTS))?,
                newest_entry: newest.first().map_or(0, |entry| entry.id),
            },
            newest,
        })
    }

    /// Why the tables cannot be read: tables of a newer format may look in any way.
    pub fn unreadable(&self, session: &mut dyn Session, cause: DbError) -> StoreError {
        if matches!(cause, DbError::Server(_))
            && cause.code() != "SQLITE_BUSY"
            && let Err(error) = self.tables.read_format(session)
        {
            return error;
        }
        StoreError::Db {
            doing: "reading the history",
            cause,
        }
    }
}

// The kinds of the rows.
const HISTORY: i64 = 1;
const ATTEMPTS: i64 = 2;
const FORMAT: i64 = 3;
const NEWEST: i64 = 4;

/// The column of the detail of an entry of the journal.
const DETAIL: usize = 18;

pub(super) fn version(row: &Row, at: usize, table: &'static str) -> Result<Version, StoreError> {
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

/// Takes its texts out of the row.
fn applied(mut row: Row) -> Result<Applied, StoreError> {
    Ok(Applied {
        sequence: row.int(1).unwrap_or_default(),
        version: version(&row, 2, "limosa_history")?,
        origin: match row.take_text(5).as_deref() {
            Some("baseline") => Origin::Baseline,
            Some("adopted") => Origin::Adopted,
            _ => Origin::Applied,
        },
        up: StoredScript {
            sha256: row.take_text(6),
            tokens: row.take_text(7),
            options: options(&row, 10)?,
            text_stored: row.is_true(16),
            text: row.take_text(21),
        },
        down: StoredScript {
            sha256: row.take_text(8),
            tokens: row.take_text(9),
            options: options(&row, 11)?,
            text_stored: row.is_true(17),
            text: row.take_text(22),
        },
        name: row.take_text(3).unwrap_or_default(),
        layout: row.take_text(4).unwrap_or_default(),
        irreversible: row.take_text(18),
        release: row.take_text(19),
        min_release: row.take_text(20),
        applied_at: row.take_text(12).unwrap_or_default(),
        duration_ms: row.int(14).unwrap_or_default(),
        statements: row.int(15).unwrap_or_default(),
        applied_by: row.take_text(13).unwrap_or_default(),
    })
}

fn newest(row: &Row) -> JournalEntry {
    let text = |at| row.text(at).unwrap_or_default();
    JournalEntry {
        id: row.int(1).unwrap_or_default(),
        at: text(12),
        run: text(7),
        event: text(6),
        version: row.text(2),
        name: row.text(3),
        direction: row.text(5),
        unit: row.int(14),
        statement: row.int(15),
        actor: text(13),
        detail: row.text(DETAIL),
        attempt: row.text(4),
        backend: row.int(16),
        backend_start: row.text(8),
    }
}

/// Folds the entries of each unfinished attempt, which come in the order in which they were written.
fn attempts(rows: &[Row]) -> Result<Vec<Attempt>, StoreError> {
    let mut attempts: Vec<Attempt> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for row in rows {
        let text = |at| row.text(at).unwrap_or_default();
        let at = match known.entry(text(4)) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(new) => {
                attempts.push(Attempt {
                    id: new.key().clone(),
                    version: version(row, 2, "limosa_journal")?,
                    name: text(3),
                    direction: match row.text(5).as_deref() {
                        Some("down") => Direction::Down,
                        _ => Direction::Up,
                    },
                    done: vec![],
                    in_doubt: None,
                    failure: None,
                });
                *new.insert(attempts.len() - 1)
            }
        };
        let attempt = &mut attempts[at];
        match row.text(6).as_deref() {
            Some("unit-started") => {
                attempt.failure = None;
                attempt.in_doubt = Some(InDoubt {
                    unit: row.int(14).unwrap_or_default(),
                    backend: (row.int(16).unwrap_or_default(), text(8)),
                    at: text(12),
                    statement: row.int(15).unwrap_or(1),
                    digest: text(7),
                    failed: false,
                    before: row.text(DETAIL),
                });
            }
            Some("unit-done") => {
                attempt.in_doubt = None;
                attempt.failure = None;
                attempt.done.push(text(7));
            }
            Some(event @ ("unit-failed" | "unit-in-doubt")) => {
                // What an undecided failure has left is not undone, so the unit stays in doubt.
                match &mut attempt.in_doubt {
                    Some(doubt) if event == "unit-in-doubt" => doubt.failed = true,
                    _ => attempt.in_doubt = None,
                }
                attempt.failure = Some((row.int(15).unwrap_or(1), text(DETAIL)));
            }
            _ => {}
        }
    }
    // An attempt whose first unit was undone by the server left nothing: it is pending.
    attempts.retain(|attempt| !attempt.done.is_empty() || attempt.in_doubt.is_some());
    Ok(attempts)
}
