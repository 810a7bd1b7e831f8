//! What happens during a run, as it happens. The engine emits events and prints nothing;
//! observers draw the terminal, write JSON lines or collect reports.

use std::time::Duration;

use crate::history::Direction;
use crate::{Blocker, Diagnostic, Plan, Step};

/// Something happened.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// Another migrator holds the lock.
    LockWaiting {
        /// The tool whose lock it is, unless it is ours.
        tool: Option<&'a str>,
        /// Who, as far as the server tells.
        holder: Option<&'a str>,
        /// Since when that session is there, as far as the server tells.
        held_for: Option<Duration>,
        /// How long it was waited for so far.
        waited: Duration,
    },
    /// The connection was lost; another one is opened.
    ConnectionLost {
        /// What was noticed.
        message: &'a str,
        /// For how long it is tried.
        retry_for: Duration,
    },
    /// There is another connection.
    Reconnected {
        /// How long it took.
        waited: Duration,
    },
    /// The plan was made again under the lock and is now carried out.
    Started {
        /// What is left of the plan that was shown.
        plan: &'a Plan,
    },
    /// A migration begins, or goes on at a later unit.
    StepStarted {
        /// The step.
        step: &'a Step,
    },
    /// A statement was sent.
    StatementStarted {
        /// The step.
        step: &'a Step,
        /// Its number among those that are sent, from 1.
        number: u64,
        /// Its text.
        sql: &'a str,
    },
    /// A statement is done.
    StatementFinished {
        /// The step.
        step: &'a Step,
        /// Its number among those that are sent, from 1.
        number: u64,
        /// How long it took.
        duration: Duration,
        /// Rows that it changed, where the server tells.
        rows: Option<u64>,
    },
    /// The server sent a message beside its answer.
    Notice {
        /// `NOTICE`, `WARNING`, …
        severity: &'a str,
        /// The message.
        message: &'a str,
    },
    /// A statement waits for a lock that others hold; told about once a second.
    TableWaiting {
        /// The step.
        step: &'a Step,
        /// The number of the statement, from 1.
        number: u64,
        /// Who holds it, as far as the server tells.
        blockers: &'a [Blocker],
        /// How long the statement has waited so far, in all its attempts.
        waited: Duration,
    },
    /// A statement did not get a lock on a table; its unit was undone and is tried again.
    LockRetry {
        /// The step.
        step: &'a Step,
        /// The number of the statement, from 1.
        number: u64,
        /// What the server said.
        message: &'a str,
        /// Who holds it, as far as the server tells.
        blockers: &'a [Blocker],
        /// The pause before the next attempt.
        pause: Duration,
    },
    /// A migration is done and recorded.
    StepFinished {
        /// The step.
        step: &'a Step,
        /// How long it took.
        duration: Duration,
    },
    /// Another process was faster: it began the migration, or something before it, since the plan was made. What is left
    /// is planned again.
    StepYielded {
        /// The step.
        step: &'a Step,
    },
    /// A migration failed.
    StepFailed {
        /// The step.
        step: &'a Step,
        /// The number of the statement that failed, from 1, where it was a statement.
        number: Option<u64>,
        /// How long it took until then.
        duration: Duration,
    },
    /// Something worth saying.
    Remark(&'a Diagnostic),
}

/// Takes events.
pub trait Observer {
    /// Something happened.
    fn observe(&mut self, event: &Event<'_>);
}

/// An observer that looks away.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Observer for Silent {
    fn observe(&mut self, _event: &Event<'_>) {}
}

/// What was done with a migration, for reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// The version.
    pub version: String,
    /// The name.
    pub name: String,
    /// The direction.
    pub direction: Direction,
    /// How long it took.
    pub duration: Duration,
    /// How many statements it has.
    pub statements: u64,
}

impl Done {
    /// That a step is done.
    pub fn of(step: &Step, duration: Duration) -> Self {
        Self {
            version: step.version.text().to_owned(),
            name: step.name.clone(),
            direction: step.direction,
            duration,
            statements: step.statements(),
        }
    }
}
