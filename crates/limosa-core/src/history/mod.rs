//! What is applied now, and what began and did not end: values that a store reads and
//! the planner works on.

mod in_effect;
#[cfg(test)]
pub(crate) mod samples;
mod state;

pub use in_effect::{InEffect, Standing};
pub use state::{Counts, MigrationState, State, Status};

use crate::{ScriptOptions, Version};

/// How a row of the history came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Its statements were run by Limosa.
    Applied,
    /// It was recorded without being run (`baseline`).
    Baseline,
    /// Another tool applied it, and its record was taken over.
    Adopted,
}

impl Origin {
    /// The word in the table.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Baseline => "baseline",
            Self::Adopted => "adopted",
        }
    }
}

/// What the history keeps of one direction of a migration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StoredScript {
    /// SHA-256 of the raw bytes, hexadecimal; `None` when there was no such script.
    pub sha256: Option<String>,
    /// The checksum over the tokens (see [`Checksums`](crate::Checksums)).
    pub tokens: Option<String>,
    /// The text as written. `None` when there was no script, it was above [`TEXT_LIMIT`], or it
    /// was not asked for.
    pub text: Option<String>,
    /// What its author asked for.
    pub options: ScriptOptions,
    /// Whether the text is stored (also when it was not asked for).
    pub text_stored: bool,
}

/// Texts above this many bytes are not stored; going back then needs the file.
pub const TEXT_LIMIT: u64 = 1 << 20;

/// An applied migration, as the history has it.
#[derive(Debug, Clone)]
pub struct Applied {
    /// Its place in the order of application, from 1, with gaps where something was reverted.
    pub sequence: i64,
    /// Its version, with the text as it was when it was applied.
    pub version: Version,
    /// Its name.
    pub name: String,
    /// The name of the layout that it was read in.
    pub layout: String,
    /// How the row came to be.
    pub origin: Origin,
    /// The script that was run.
    pub up: StoredScript,
    /// The script that undoes it.
    pub down: StoredScript,
    /// Why it cannot be undone, when its author said so.
    pub irreversible: Option<String>,
    /// The release that applied it.
    pub release: Option<String>,
    /// Releases below this cannot work with the schema after it.
    pub min_release: Option<String>,
    /// When, as RFC 3339 in UTC with milliseconds.
    pub applied_at: String,
    /// How long its statements took, in milliseconds.
    pub duration_ms: i64,
    /// How many statements it had.
    pub statements: i64,
    /// Who, as `user@host` of the process.
    pub applied_by: String,
}

/// SHA-256 of no bytes: what is stored for a migration without a script.
pub const EMPTY_SHA256: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// The direction of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// Applying.
    Up,
    /// Undoing.
    Down,
}

impl Direction {
    /// `up` or `down`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down => "down",
        }
    }
}

/// A migration that began and has not ended: some of its units are recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// The identity of the attempt in the journal.
    pub id: String,
    /// The version, as text.
    pub version: Version,
    /// The name.
    pub name: String,
    /// Applying or undoing.
    pub direction: Direction,
    /// The digests of the units that are done, in order.
    pub done: Vec<String>,
    /// The unit after these that was started and not recorded as done or failed.
    pub in_doubt: Option<InDoubt>,
    /// The last recorded failure: the statement's number (from 1) and the server's message.
    pub failure: Option<(i64, String)>,
}

/// A unit of which it is not known whether it took effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InDoubt {
    /// Its index, from 0.
    pub unit: i64,
    /// The server's side of the session that began it: id and start.
    pub backend: (i64, String),
    /// When, as RFC 3339.
    pub at: String,
    /// The first statement of it (number from 1).
    pub statement: i64,
    /// Its digest.
    pub digest: String,
    /// Whether it answered with an error, and what it did before that is not undone.
    pub failed: bool,
    /// What was written down about the objects of its statement before it began, where its kind has an effect
    /// probe.
    pub before: Option<String>,
}

/// Everything that a plan needs to know about the database.
#[derive(Debug, Clone, Default)]
pub struct History {
    /// What is applied, in the order of application.
    pub applied: Vec<Applied>,
    /// What began and has not ended.
    pub attempts: Vec<Attempt>,
    /// The number of the newest entry of the journal; 0 without one.
    pub newest_entry: i64,
}

impl History {
    /// The row of a version.
    pub fn get(&self, version: &Version) -> Option<&Applied> {
        self.applied.iter().find(|row| row.version == *version)
    }

    /// The unfinished attempt at a version.
    pub fn attempt(&self, version: &Version) -> Option<&Attempt> {
        self.attempts
            .iter()
            .find(|attempt| attempt.version == *version)
    }

    /// The highest version that is applied.
    pub fn highest(&self) -> Option<&Version> {
        self.applied.iter().map(|row| &row.version).max()
    }
}
