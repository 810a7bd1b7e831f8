//! The settings of a session, and how they are put back.

use std::time::Duration;

use rusqlite::Connection;
use rusqlite::types::Value as PragmaValue;

/// The pragmas of a session that scripts change. They are read when the session begins and put back afterwards.
///
/// `case_sensitive_like` cannot be read, so it cannot be put back; `journal_mode`, `user_version` and the like
/// belong to the file, not to the session. The second half says whether it can be changed inside a transaction.
const PRAGMAS: &[(&str, Inside)] = &[
    ("automatic_index", Inside::Works),
    ("cache_size", Inside::Works),
    ("cell_size_check", Inside::Works),
    ("defer_foreign_keys", Inside::Works),
    ("foreign_keys", Inside::Ignored),
    ("ignore_check_constraints", Inside::Works),
    ("legacy_alter_table", Inside::Works),
    ("locking_mode", Inside::Ignored),
    ("query_only", Inside::Works),
    ("read_uncommitted", Inside::Works),
    ("recursive_triggers", Inside::Works),
    ("reverse_unordered_selects", Inside::Works),
    ("synchronous", Inside::Ignored),
    ("temp_store", Inside::Ignored),
    ("trusted_schema", Inside::Works),
    ("writable_schema", Inside::Works),
];

/// Whether a pragma can be changed inside a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Inside {
    Works,
    Ignored,
}

/// What the pragmas were when the session began.
#[derive(Debug, Clone, Default)]
pub(super) struct Remembered(Vec<(&'static str, Inside, PragmaValue)>);

impl Remembered {
    /// Reads all of them.
    pub(super) fn read(connection: &Connection) -> rusqlite::Result<Self> {
        let mut remembered = Vec::with_capacity(PRAGMAS.len());
        for (name, inside) in PRAGMAS {
            if let Some(value) = read(connection, name)? {
                remembered.push((*name, *inside, value));
            }
        }
        Ok(Self(remembered))
    }

    /// Puts back those that differ.
    pub(super) fn restore(&self, connection: &Connection) -> rusqlite::Result<()> {
        for (name, inside, wanted) in &self.0 {
            if *inside == Inside::Ignored && !connection.is_autocommit() {
                continue;
            }
            if read(connection, name)?.as_ref() != Some(wanted) {
                connection.pragma_update(None, name, wanted)?;
            }
        }
        Ok(())
    }
}

fn read(connection: &Connection, name: &str) -> rusqlite::Result<Option<PragmaValue>> {
    let mut value = None;
    connection.pragma_query(None, name, |row| {
        value = Some(row.get(0)?);
        Ok(())
    })?;
    Ok(value)
}

/// How long to wait for a lock of another connection; without a limit it is as long as can be said.
pub(super) fn busy_timeout(limit: Option<Duration>) -> Duration {
    const LONGEST: Duration = Duration::from_millis(i32::MAX as u64);
    limit.map_or(LONGEST, |limit| {
        limit.clamp(Duration::from_millis(1), LONGEST)
    })
}

/// What a migration may have left in the session's temporary schema, to be dropped.
pub(super) const TEMPORARY_OBJECTS: &str = include_str!("temporary_objects.sql");
/// The databases that a migration may have attached.
pub(super) const ATTACHED: &str = include_str!("attached.sql");
