//! What will be done, as data: the same value is shown, compared and carried out.

mod goal;
mod make;
mod outline;
mod problem;
mod release;
mod sharing;
mod together;
mod units;

pub use goal::{Goal, Order, PlanOptions};
pub use make::{plan, plan_again};
pub use outline::{Outline, Planned, Statements, outline, statements};
pub use problem::{Named, PlanError};
pub use release::is_below;
pub use together::{Room, Transactions, together};
pub use units::Part;

use std::sync::Arc;

use crate::history::{Direction, InDoubt, Origin};
use crate::{Diagnostic, Digest, Script, Version};

/// What a run will do, made by [`plan`] only.
#[derive(Debug, Clone)]
pub struct Plan {
    steps: Vec<Step>,
    remarks: Vec<Diagnostic>,
}

impl Plan {
    /// The steps, in the order in which they are done.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// What is worth saying beside it (newer migrations, a down that comes from the database).
    pub fn remarks(&self) -> &[Diagnostic] {
        &self.remarks
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// How many statements it runs.
    pub fn statements(&self) -> u64 {
        self.steps.iter().map(Step::statements).sum()
    }
}

/// One migration in one direction.
#[derive(Debug, Clone)]
pub struct Step {
    /// The version.
    pub version: Version,
    /// The name.
    pub name: String,
    /// The direction.
    pub direction: Direction,
    /// Whether statements are run.
    pub action: Action,
    /// What is kept of the migration in the history, for a step up.
    pub record: Record,
    /// The units, those that are already recorded as done included.
    pub units: Vec<Unit>,
    /// How many of the units an earlier attempt has done.
    pub done: usize,
    /// The identity of that attempt.
    pub attempt: Option<String>,
    /// The unit after those, when that attempt began it and nobody recorded how it ended: it is decided first.
    pub in_doubt: Option<Box<InDoubt>>,
    /// What destroys data: each thing once, with the first statement that does it.
    pub losses: Vec<StepLoss>,
}

/// How a step is done.
#[derive(Debug, Clone)]
pub enum Action {
    /// The statements of a script are run.
    Run {
        /// The script.
        script: Arc<Script>,
        /// Whether it is the file's or the one stored in the history.
        from: ScriptFrom,
    },
    /// The history is changed and nothing is run (`baseline`, a direction without a script).
    Record(Origin),
}

/// Where a script comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScriptFrom {
    /// The file.
    File,
    /// The history, because there is no such file, or it is another one now.
    History,
}

/// What the history will keep of a step up.
#[derive(Debug, Clone, Default)]
pub struct Record {
    /// The script that is applied.
    pub up: Option<Arc<Script>>,
    /// The script that undoes it.
    pub down: Option<Arc<Script>>,
    /// The name of the layout.
    pub layout: &'static str,
    /// Why it cannot be undone.
    pub irreversible: Option<String>,
    /// Releases below this cannot work with the schema after it.
    pub min_release: Option<String>,
}

/// The smallest piece that is applied atomically together with its record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// How it is run.
    pub mode: UnitMode,
    /// The first statement (index from 0) and the one after the last. Statements that control
    /// transactions are in the range and are not sent.
    pub statements: std::ops::Range<u64>,
    /// The numbers (from 1) of those that are sent, among all that the script sends.
    pub numbers: std::ops::Range<u64>,
    /// The line of the first statement, from 1.
    pub line: u64,
    /// SHA-256 over the statements' texts: what the journal keeps of it.
    pub digest: Digest,
    /// How many locks its statements take at most, when it leaves nothing in the session nor in the transaction, so
    /// that it may share one with other migrations; `None` when it may not.
    pub shared_locks: Option<u32>,
    /// Whether it changes settings of the session.
    pub sets: bool,
}

/// How a unit is run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnitMode {
    /// In a transaction, with its record.
    Transaction {
        /// The modes that the file asks for (`ISOLATION LEVEL SERIALIZABLE`); empty for none.
        modes: String,
    },
    /// By itself, with a record before and after.
    Alone,
}

impl UnitMode {
    /// The modes of its transaction; empty for none.
    pub fn modes(&self) -> &str {
        match self {
            Self::Transaction { modes } => modes,
            Self::Alone => "",
        }
    }
}

/// Data that a step destroys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepLoss {
    /// The number of the statement, from 1.
    pub number: u64,
    /// Its line.
    pub line: u64,
    /// What is destroyed, as `table users` or `column users.email`.
    pub what: String,
    /// Its name alone, as `users.email`.
    pub loss: String,
}

impl Step {
    /// `20261120150210_lowercase_email`.
    pub fn full_name(&self) -> String {
        crate::full_name(self.version.text(), &self.name)
    }

    /// How many statements it sends.
    pub fn statements(&self) -> u64 {
        self.units.last().map_or(0, |unit| unit.numbers.end - 1)
    }

    /// The script, if one is run.
    pub fn script(&self) -> Option<&Script> {
        match &self.action {
            Action::Run { script, .. } => Some(script),
            Action::Record(_) => None,
        }
    }
}
