//! Why there is no plan. Nothing was changed.

use crate::history::Direction;
use crate::{Diagnostic, full_name};

/// A migration as it is named in a problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The version.
    pub version: String,
    /// The name.
    pub name: String,
    /// Its file, where there is one.
    pub file: Option<String>,
}

impl Named {
    /// `20261120150210_lowercase_email`.
    pub fn full_name(&self) -> String {
        full_name(&self.version, &self.name)
    }
}

/// Why there is no plan.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// Pending migrations are below the highest applied one.
    #[error("{} pending below the highest applied version {highest}", count(pending.len()))]
    OutOfOrder {
        /// Those.
        pending: Vec<Named>,
        /// The highest applied version.
        highest: String,
    },
    /// Files differ from what was applied.
    #[error("{} changed after being applied", count(.0.len()))]
    Changed(Vec<Named>),
    /// Applied migrations have no file here.
    #[error("{} applied and without a file here", count(.0.len()))]
    Missing(Vec<Named>),
    /// There is no migration of that version, neither as a file nor in the history.
    #[error("there is no migration {version}")]
    UnknownVersion {
        /// As asked for.
        version: String,
        /// The nearest that there is.
        nearest: Option<String>,
    },
    /// A migration has no file here: a baseline stands for it.
    #[error("{version} is replaced by {}", .by.full_name())]
    Replaced {
        /// As asked for.
        version: String,
        /// The baseline.
        by: Named,
    },
    /// Of what a baseline stands for only a part is applied.
    #[error(
        "{} stands for {replaces} migrations, of which {} {} not applied",
        .baseline.full_name(),
        lacks.len(),
        if lacks.len() == 1 { "is" } else { "are" }
    )]
    Partial {
        /// The baseline.
        baseline: Named,
        /// How many it stands for.
        replaces: usize,
        /// Those that are not applied.
        lacks: Vec<String>,
    },
    /// One cannot go back to a migration that is not applied.
    #[error("{} is not applied", .migration.full_name())]
    NotApplied {
        /// It.
        migration: Named,
    },
    /// A migration is code of another tool.
    #[error("{} cannot be {}: {reason}", .migration.full_name(), done(*.direction))]
    Opaque {
        /// It.
        migration: Named,
        /// What was to be done with it.
        direction: Direction,
        /// Why.
        reason: String,
    },
    /// The author said that it cannot be undone.
    #[error("{} is irreversible: {reason}", .migration.full_name())]
    Irreversible {
        /// It.
        migration: Named,
        /// The author's reason.
        reason: String,
    },
    /// There is nothing to undo it with.
    #[error("{} has no down", .migration.full_name())]
    NoDown {
        /// It.
        migration: Named,
    },
    /// Its down is too large to be stored, and the file is missing or another one.
    #[error("the down of {} is not stored, and its file is not the one that was applied", .migration.full_name())]
    DownNeedsFile {
        /// It.
        migration: Named,
    },
    /// A newer migration says that this release cannot work with the schema.
    #[error("{} needs release {min_release} or newer, this is {release}", .migration.full_name())]
    ReleaseTooOld {
        /// It.
        migration: Named,
        /// What it asks for.
        min_release: String,
        /// Ours.
        release: String,
    },
    /// A script cannot be read; the report says where and why.
    #[error("{}", .0.message)]
    Script(Box<Diagnostic>),
    /// A script asks for something that cannot be recorded exactly once.
    #[error("{file}:{line}: {reason}")]
    Unsupported {
        /// The file.
        file: String,
        /// The line, from 1.
        line: u64,
        /// The column in characters, from 1.
        column: u64,
        /// The statement.
        sql: String,
        /// Why, a lowercase fragment.
        reason: &'static str,
        /// What to do instead.
        help: &'static str,
    },
    /// The part of the file that is already applied is another one now.
    #[error("the applied part of {} was changed", .migration.full_name())]
    AppliedPartChanged {
        /// It.
        migration: Named,
        /// The line of the first unit that differs, from 1.
        line: u64,
    },
    /// Another migration has to be finished first.
    #[error("{} was interrupted on its way {} and has to be finished first", .migration.full_name(), .direction.name())]
    Unfinished {
        /// It.
        migration: Named,
        /// Where it was going.
        direction: Direction,
    },
    /// Not everything can be in one transaction, which was asked for.
    #[error("{} cannot be in one transaction with others: {reason}", .migration.full_name())]
    NotTogether {
        /// The first that cannot.
        migration: Named,
        /// The line of the statement that is in the way, from 1.
        line: u64,
        /// Why, a lowercase fragment.
        reason: &'static str,
    },
    /// Everything up to that version must be pending for a baseline.
    #[error("the history is not empty: {applied} migrations are applied")]
    BaselineOnHistory {
        /// How many rows there are.
        applied: usize,
    },
}

fn count(number: usize) -> String {
    if number == 1 {
        "1 migration is".to_owned()
    } else {
        format!("{number} migrations are")
    }
}

fn done(direction: Direction) -> &'static str {
    match direction {
        Direction::Up => "run",
        Direction::Down => "undone here",
    }
}
