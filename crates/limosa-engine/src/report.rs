//! How a run ended, as data and as a diagnostic.

use limosa_core::event::Done;
use limosa_core::foreign::ForeignError;
use limosa_core::{Blocker, Class, Diagnostic, Plan, PlanError};
use limosa_db::store::StoreError;
use limosa_db::{ConnectError, DbError, HeldLock, LockError};

mod foreign;
mod plan;

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
    /// Who was in the way, where it was a lock and the server told.
    pub blockers: Vec<Blocker>,
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
    /// Nobody can tell what another tool did.
    #[error(transparent)]
    Foreign(Box<ForeignError>),
    /// The lock was not taken.
    #[error(transparent)]
    Lock(LockError),
    /// Our tables cannot be used.
    #[error("{}", with_cause(.0))]
    Store(#[from] StoreError),
    /// The server or the connection failed at one of our own statements.
    #[error("{doing} failed: {cause}")]
    Db {
        /// What was being done.
        doing: &'static str,
        /// What the server said.
        cause: DbError,
    },
    /// Whatever carries its own report (a failed statement, a plan that changed, …).
    #[error("{}", .0.message)]
    Reported(Box<Diagnostic>),
}

impl Problem {
    /// Whether there is no plan because of an attempt that has not ended.
    pub(crate) fn is_about_an_attempt(&self) -> bool {
        if let Self::Foreign(error) = self {
            return matches!(**error, ForeignError::Unfinished { .. });
        }
        matches!(
            self,
            Self::Plan(PlanError::Unfinished { .. } | PlanError::AppliedPartChanged { .. })
        )
    }

    /// What the server or the connection answered to one of our own statements, but those that take a lock.
    pub(crate) fn cause(&self) -> Option<&DbError> {
        match self {
            Self::Db { cause, .. } => Some(cause),
            Self::Store(error) => error.cause(),
            _ => None,
        }
    }

    /// Whether the connection is gone, so that another one may go on.
    pub(crate) fn is_lost(&self) -> bool {
        match self {
            Self::Reported(diagnostic) => diagnostic.name == "connection-lost",
            Self::Lock(LockError::Db(cause)) => matches!(cause, DbError::Connection(_)),
            other => matches!(other.cause(), Some(DbError::Connection(_))),
        }
    }

    /// Whether another process is at work in the database (`SQLite`).
    pub(crate) fn is_busy(&self) -> bool {
        self.cause()
            .is_some_and(|cause| cause.code().starts_with("SQLITE_BUSY"))
    }

    /// The same with one more note.
    pub(crate) fn with_note(self, note: String) -> Self {
        Self::report(self.diagnostic().with_note(note))
    }

    pub(crate) fn report(diagnostic: Diagnostic) -> Self {
        Self::Reported(Box::new(diagnostic))
    }

    /// The report for people.
    pub fn diagnostic(&self) -> Diagnostic {
        match self {
            Self::Reported(diagnostic) => (**diagnostic).clone(),
            Self::Connect(error) => connect(error),
            Self::Plan(error) => plan::diagnostic(error),
            Self::Foreign(error) => foreign::diagnostic(error),
            Self::Lock(error) => lock(error),
            Self::Store(error) => store(error),
            Self::Db { doing, cause } => server("server-error", doing, cause),
        }
    }
}

fn connect(error: &ConnectError) -> Diagnostic {
    let diagnostic = Diagnostic::error("cannot-connect", Class::Blocked, error.to_string());
    let diagnostic = with_server_words(diagnostic, error.cause.as_ref());
    match &error.hint {
        Some(hint) => diagnostic.with_help(hint),
        None => diagnostic,
    }
}

fn lock(error: &LockError) -> Diagnostic {
    match error {
        LockError::Held { lock, waited } => {
            let diagnostic = Diagnostic::error("lock-held", Class::Blocked, error.to_string())
                .with_note(format!(
                    "waited {} s; nothing was changed",
                    waited.as_secs()
                ))
                .with_help(format!(
                    "try again when {} is done, or wait longer with --lock-wait",
                    lock.tool.unwrap_or("the other migrator")
                ));
            with_end(diagnostic, lock)
        }
        LockError::Interrupted => {
            Diagnostic::error("interrupted", Class::Interrupted, error.to_string())
                .with_note("nothing was changed")
        }
        LockError::Db(cause) => server("lock-failed", "taking the migration lock", cause),
    }
}

/// An error with its cause, on one line.
fn with_cause(error: &StoreError) -> String {
    match std::error::Error::source(error) {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}

/// With the way to end the session that holds the lock, where there is one.
pub(crate) fn with_end(diagnostic: Diagnostic, lock: &HeldLock) -> Diagnostic {
    match lock
        .holder
        .as_ref()
        .and_then(|holder| holder.end.as_deref())
    {
        Some(end) => diagnostic.with_help(format!(
            "if its process is gone and the server does not notice, end its session:\n{end};"
        )),
        None => diagnostic,
    }
}

fn store(error: &StoreError) -> Diagnostic {
    let usage = |name| Diagnostic::error(name, Class::Usage, error.to_string());
    match error {
        StoreError::Db { doing, cause } => server("server-error", doing, cause),
        StoreError::Several(_) => usage("several-histories")
            .with_help("say which one with `schema` in limosa.toml"),
        StoreError::NotOurs { .. } | StoreError::Half { .. } => usage("history-not-ours")
            .with_note("nothing was changed")
            .with_help("rename that table, or keep the tables of Limosa elsewhere: `schema` in limosa.toml"),
        StoreError::Foreign { cause, .. } => {
            let message = with_cause(error);
            let diagnostic = Diagnostic::error("other-table-failed", Class::Failed, message);
            with_server_words(diagnostic, Some(cause)).with_help(
                "grant what is missing, or leave that table alone: `history = \"native\"` in limosa.toml",
            )
        }
        StoreError::NotTheirs { .. } | StoreError::ForeignRow { .. } | StoreError::TableName(_) => usage("other-table-not-understood")
            .with_note("nothing was changed")
            .with_help("name the right table with `tool-table` in limosa.toml, or leave it alone with `history = \"native\"`")
            .with_help("where limosa_history says what is applied and the table is spoilt, drop it, and have it made again\nlimosa up --history mirror"),
        StoreError::NewerFormat { .. } => usage("history-format-newer")
            .with_note("nothing was changed")
            .with_help("use a newer limosa"),
        StoreError::NoSchema { .. } => usage("no-schema")
            .with_help("create the schema, or name another one with `schema` in limosa.toml"),
        StoreError::Row { .. } => {
            Diagnostic::error("history-damaged", Class::Failed, error.to_string())
                .with_note("nothing was changed")
        }
        _ => Diagnostic::error("history-error", Class::Failed, error.to_string()),
    }
}

fn server(name: &'static str, doing: &str, cause: &DbError) -> Diagnostic {
    let diagnostic = Diagnostic::error(name, Class::Failed, format!("{doing} failed: {cause}"));
    with_server_words(diagnostic, Some(cause)).with_help(
        "`limosa status` says what is applied; running the command again goes on from there",
    )
}

fn with_server_words(mut diagnostic: Diagnostic, cause: Option<&DbError>) -> Diagnostic {
    let Some(failure) = cause.and_then(DbError::failure) else {
        return diagnostic;
    };
    for (what, text) in [("detail", &failure.detail), ("hint", &failure.hint)] {
        if let Some(text) = text {
            diagnostic = diagnostic.with_note(format!("{what}: {text}"));
        }
    }
    match &failure.sqlstate {
        Some(state) => diagnostic.with_note(format!("SQLSTATE {state}")),
        None if failure.code.is_empty() => diagnostic,
        None => diagnostic.with_note(format!("the server's code is {}", failure.code)),
    }
}
