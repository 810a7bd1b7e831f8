//! A statement that failed, or of which nobody knows whether it did, and how that is reported.

use limosa_core::history::InDoubt;
use limosa_core::{Blocker, Class, Diagnostic, Step};
use limosa_db::DbError;
use limosa_db::blockers::Tables;

use super::place::Place;
use super::recover::Recovered;

/// How many sessions are named that are in the way.
const NAMED: usize = 5;

/// What only a person can answer: whether a statement took effect.
#[derive(Debug)]
pub(crate) struct Question {
    pub doubt: InDoubt,
    pub why: Why,
    /// The statement, while it is the one in the file.
    pub place: Option<Place>,
}

/// Why it is not known whether a statement took effect.
#[derive(Debug)]
pub(crate) enum Why {
    /// Its kind has no effect probe.
    NotSeen,
    /// This was seen of its objects.
    Seen(String),
}

/// A statement that failed.
#[derive(Debug)]
pub(crate) struct StatementFailure {
    pub attempt: String,
    pub unit: usize,
    /// The number among those that are sent, from 1.
    pub number: u64,
    pub place: Place,
    pub cause: DbError,
    pub alone: bool,
    /// Whether the person asked to stop while it ran.
    pub interrupted: bool,
    /// Whether nothing of the unit is left.
    pub undone: bool,
    /// Who was in the way, where it was a lock and the server told.
    pub blockers: Vec<Blocker>,
    /// The tables that were in use, where the statement was therefore not sent.
    pub tables: Option<Tables>,
    /// What its effect probe found, when it ran alone.
    pub recovered: Option<Recovered>,
    /// Why what it left behind could not be taken away at once.
    pub not_cleaned: Option<String>,
    /// The numbers of the statements that are committed.
    pub committed: std::ops::Range<u64>,
    /// Whether our journal says so; it does not where the table of another tool is kept alone.
    pub is_recorded: bool,
}

impl Question {
    pub(super) fn diagnostic(&self, step: &Step) -> Diagnostic {
        let (statement, version) = (self.doubt.statement, &step.version);
        let message = format!(
            "it is not known whether statement {statement} of {} took effect",
            step.full_name()
        );
        let at = &self.doubt.at;
        let begun = if self.doubt.failed {
            format!("it failed at {at}, and what was done before the error is not undone")
        } else {
            format!("it was begun at {at} and nobody recorded how it ended")
        };
        let mut diagnostic = Diagnostic::error("in-doubt", Class::Undecided, message)
            .with_note(begun)
            .with_note(match &self.why {
                Why::NotSeen => "what this kind of statement does cannot be seen afterwards",
                Why::Seen(what) => what,
            });
        if let Some(place) = &self.place {
            let text = format!("statement {statement} of {}", step.statements());
            diagnostic = diagnostic.at(place.label(text, None));
        } else if let Some(script) = step.script() {
            diagnostic = diagnostic
                .in_file(script.file.clone())
                .with_note("the file has another statement there now");
        }
        let resolve = format!("limosa resolve {version} --statement {statement} --as");
        diagnostic
            .with_help(format!(
                "look at the database. If it took effect:\n{resolve} applied"
            ))
            .with_help(format!("if it did not:\n{resolve} not-applied"))
    }
}

impl StatementFailure {
    /// The report of the failure, in the manner of a compiler.
    pub(super) fn diagnostic(&self, step: &Step) -> Diagnostic {
        let total = step.statements();
        let text = match total {
            0 | 1 => String::new(),
            _ => format!("statement {} of {total}", self.number),
        };
        let error = self.cause.failure().and_then(|failure| failure.position);
        let label = self.place.label(text, error);
        let lost = matches!(self.cause, DbError::Connection(_));
        let (name, class) = match () {
            () if self.interrupted => ("interrupted", Class::Interrupted),
            () if lost => ("connection-lost", Class::Failed),
            () if waited_in_vain(&self.cause) => ("lock-timeout", Class::Failed),
            () => ("statement-failed", Class::Failed),
        };
        let mut diagnostic = Diagnostic::error(name, class, self.cause.to_string()).at(label);
        diagnostic = said_by_server(diagnostic, &self.cause);
        let failure = self.cause.failure();
        if failure.and_then(|failure| failure.sqlstate.as_deref()) == Some("25001") {
            diagnostic = diagnostic.with_help(
                "the server does not run this inside a transaction: put `-- limosa: no-transaction` at the head of the file",
            );
        }
        for blocker in self.blockers.iter().take(NAMED) {
            diagnostic = diagnostic.with_note(format!("in the way: {blocker}"));
        }
        if let Some(others @ 1..) = self.blockers.len().checked_sub(NAMED) {
            diagnostic = diagnostic.with_note(match others {
                1 => "and 1 other session".to_owned(),
                others => format!("and {others} other sessions"),
            });
        }
        diagnostic = diagnostic.with_note(self.what_is_committed(step, lost));
        if let Some(recovered) = &self.recovered
            && !recovered.cleaned.is_empty()
        {
            let cleaned = recovered.cleaned.join("; ");
            diagnostic =
                diagnostic.with_note(format!("what it left behind is taken away: {cleaned}"));
        }
        if let Some(cause) = &self.not_cleaned {
            let why = if self.interrupted {
                String::new()
            } else {
                format!(": {cause}")
            };
            diagnostic = diagnostic
                .with_note(format!("what it left behind is not taken away yet{why}"))
                .with_note("the next run takes it away first");
        }
        let conflict = is_conflict(&self.cause);
        let command = match step.direction {
            limosa_core::history::Direction::Up => "limosa up",
            limosa_core::history::Direction::Down => "limosa down",
        };
        diagnostic.with_help(match (self.interrupted, lost) {
            _ if !self.is_recorded && self.has_left_something() => format!(
                "nothing remembers how far it came: take it back by hand, or finish it; then {command}"
            ),
            _ if !self.undone && !lost && self.not_cleaned.is_none() => format!(
                "look at the database, then say what you saw:\nlimosa resolve {} --statement {} --as applied|not-applied",
                step.version, self.number
            ),
            (true, _) | (_, true) => format!("go on with {command}"),
            _ if waited_in_vain(&self.cause) => format!(
                "wait for the transaction that is in the way, or end it; then go on with {command}"
            ),
            _ if conflict => format!(
                "another session was in the way until the budget for waiting was used up; try again with {command}"
            ),
            _ => format!("correct the file, then {command}"),
        })
    }

    fn has_left_something(&self) -> bool {
        !self.committed.is_empty() || !self.undone
    }

    fn what_is_committed(&self, step: &Step, lost: bool) -> String {
        let name = step.full_name();
        let committed = match (self.is_recorded, self.committed.is_empty()) {
            (true, _) => committed(&name, &self.committed),
            (false, true) => format!("nothing of {name} was committed by this run"),
            (false, false) => committed(&name, &self.committed).replace(" and recorded", ""),
        };
        match (lost, self.alone) {
            (true, true) => format!(
                "{committed}; whether statement {} ran is not known here",
                self.number
            ),
            (true, false) => format!("{committed}; the server undoes the rest"),
            (false, _) if !self.undone => format!(
                "{committed}; what the statements up to {} did before the error is not undone",
                self.number
            ),
            _ => committed,
        }
    }
}

/// Adds what the server said beside its message.
pub(crate) fn said_by_server(mut diagnostic: Diagnostic, cause: &DbError) -> Diagnostic {
    let Some(failure) = cause.failure() else {
        return diagnostic;
    };
    for (what, text) in [
        ("detail", &failure.detail),
        ("hint", &failure.hint),
        ("context", &failure.context),
    ] {
        if let Some(text) = text {
            diagnostic = diagnostic.with_note(format!("{what}: {text}"));
        }
    }
    diagnostic.with_note(match &failure.sqlstate {
        Some(state) if *state != failure.code => {
            format!("the server's code is {} (SQLSTATE {state})", failure.code)
        }
        Some(state) => format!("SQLSTATE {state}"),
        None => format!("the server's code is {}", failure.code),
    })
}

/// Whether another session was in the way: it can be tried again as it is.
pub(super) fn is_conflict(cause: &DbError) -> bool {
    waited_in_vain(cause)
        || cause.is_deadlock()
        || cause.code().starts_with("SQLITE_BUSY")
        || cause.code().starts_with("SQLITE_LOCKED")
}

/// Whether a lock was not granted in time.
fn waited_in_vain(cause: &DbError) -> bool {
    matches!(cause.code(), "55P03" | "1205")
}

/// What is committed of a migration.
pub(super) fn committed(name: &str, statements: &std::ops::Range<u64>) -> String {
    match statements.end - statements.start {
        0 => format!("nothing of {name} is committed"),
        1 => format!("statement {} is committed and recorded", statements.start),
        _ => format!(
            "statements {} to {} are committed and recorded",
            statements.start,
            statements.end - 1
        ),
    }
}
