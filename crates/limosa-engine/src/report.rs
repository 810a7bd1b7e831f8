//! How a run ended, as data and as a diagnostic.

use limosa_core::event::Done;
use limosa_core::{Class, Diagnostic, Plan, PlanError};
use limosa_db::{ConnectError, DbError, LockError};

/// A run that reached its goal.
#[derive(Debug)]
pub struct RunReport {
    /// The plan that was carried out.
    pub plan: Plan,
    /// What was done.
    pub done: Vec<Done>,
}

/// A run that did not reach its goal. Says what is applied.
#[derive(Debug)]
pub struct RunFailure {
    /// What was done before.
    pub done: Vec<Done>,
    /// The statement that failed, where it was one.
    pub failed: Option<Failed>,
    /// Why.
    pub problem: Problem,
}

/// The migration and statement that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed {
    /// The version.
    pub version: String,
    /// The name.
    pub name: String,
    /// The statement's number in its script, from 1.
    pub statement: Option<u64>,
    /// The file.
    pub file: Option<String>,
    /// The line of the place that the server named, else of the statement, from 1.
    pub line: Option<u64>,
    /// The column in characters, from 1.
    pub column: Option<u64>,
    /// The server's message.
    pub message: String,
    /// The server's code.
    pub code: Option<String>,
}

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// There is no connection.
    #[error(transparent)]
    Connect(ConnectError),
    /// There is no plan.
    #[error(transparent)]
    Plan(PlanError),
    /// The lock was not taken.
    #[error(transparent)]
    Lock(LockError),
    /// The server or the connection failed at one of our own statements.
    #[error("{doing} failed")]
    Db {
        /// What was being done.
        doing: &'static str,
        /// What the server said.
        #[source]
        cause: DbError,
    },
    /// Whatever carries its own report (a failed statement, tables that are not ours, a plan that changed, …).
    #[error("{}", .0.message)]
    Reported(Box<Diagnostic>),
}

impl Problem {
    /// The report for people.
    pub fn diagnostic(&self) -> Diagnostic {
        match self {
            Self::Reported(diagnostic) => (**diagnostic).clone(),
            other => Diagnostic::error("failed", Class::Failed, other.to_string()),
        }
    }
}
