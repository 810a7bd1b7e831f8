//! Why a step was not done, and how that is reported.

use limosa_core::history::InDoubt;
use limosa_core::{Blocker, Class, Diagnostic, Excerpt, Label, ScriptError, Step};
use limosa_db::DbError;
use limosa_db::store::{StoreError, UnitKind};
use limosa_sql::facts::InTransaction;
use limosa_sql::{Dialect, Target, classify};

use super::unit::UnitRun;
use crate::report::CONNECTION_LOST;
use crate::{Failed, Problem};

/// Why a step was not done.
#[derive(Debug)]
pub(crate) enum StepError {
    /// The guard of a unit said no: another process was faster.
    Guard,
    /// The unit changes rows that no rollback takes back, and has to begin anew: its beginning was not committed.
    KeepsRows,
    /// A statement failed.
    Statement(Box<StatementFailure>),
    /// The file is another one than the plan was made for.
    FileChanged { file: String },
    /// The rows do not satisfy the foreign keys after the migration (`SQLite`).
    ForeignKeys {
        table: String,
        parent: String,
        count: usize,
        file: String,
    },
    /// The migration dropped the tables that it has to be recorded in.
    HistoryRemoved { alone: bool },
    /// The person asked to stop before a unit began, or before it was tried again: the number of its first
    /// statement.
    Stopped { before: u64 },
    /// The session could not be cleaned after a step that is recorded.
    Cleaning { cause: DbError },
    /// The script cannot be read.
    Script(ScriptError),
    /// Nobody can know whether the statement that an earlier session began took effect.
    InDoubt { doubt: Box<InDoubt>, why: String },
    /// Anything else.
    Problem(Box<Problem>),
}

/// A statement that failed.
#[derive(Debug)]
pub(crate) struct StatementFailure {
    pub attempt: String,
    pub unit: usize,
    /// The number among those that are sent, from 1.
    pub number: u64,
    pub file: String,
    pub line: u64,
    pub column: u64,
    /// The text as it may be shown.
    pub shown: String,
    pub cause: DbError,
    pub alone: bool,
    /// Whether the person asked to stop while it ran.
    pub interrupted: bool,
    /// Whether nothing of the unit is left.
    pub undone: bool,
    /// Who was in the way, where it was a lock and the server told.
    pub blockers: Vec<Blocker>,
    /// The numbers of the statements that are committed.
    pub committed: std::ops::Range<u64>,
}

impl From<ScriptError> for StepError {
    fn from(error: ScriptError) -> Self {
        Self::Script(error)
    }
}

impl From<StoreError> for StepError {
    fn from(error: StoreError) -> Self {
        Self::Problem(Box::new(error.into()))
    }
}

impl StepError {
    /// An error of one of our own statements at the end of a unit: when our tables are gone, the unit
    /// dropped them.
    pub fn at_record(error: StoreError, kind: UnitKind) -> Self {
        // Undefined table or schema, on PostgreSQL, MySQL and SQLite.
        const GONE: [&str; 4] = ["42P01", "3F000", "1146", "1049"];
        match &error {
            StoreError::Db { cause, .. }
                if GONE.contains(&cause.code())
                    || cause.to_string().contains("no such table: ") =>
            {
                Self::HistoryRemoved {
                    alone: kind == UnitKind::Alone,
                }
            }
            _ => error.into(),
        }
    }

    /// The person asked to stop before a unit.
    pub(super) fn stopped(run: &UnitRun<'_>) -> Self {
        Self::Stopped {
            before: run.unit.numbers.start,
        }
    }

    /// Whether the connection is gone, and nobody asked for that.
    pub fn is_lost(&self) -> bool {
        match self {
            Self::Statement(failure) => {
                matches!(failure.cause, DbError::Connection(_)) && !failure.interrupted
            }
            Self::Cleaning { cause } => matches!(cause, DbError::Connection(_)),
            Self::Problem(problem) => problem.is_lost(),
            _ => false,
        }
    }

    /// The number of the statement that failed, from 1.
    pub fn statement(&self) -> Option<u64> {
        match self {
            Self::Statement(failure) => Some(failure.number),
            _ => None,
        }
    }

    /// Who was in the way, where it was a lock and the server told.
    pub fn blockers(&self) -> &[Blocker] {
        match self {
            Self::Statement(failure) => &failure.blockers,
            _ => &[],
        }
    }

    /// Notes that something of the failed unit is left.
    pub fn not_undone(&mut self) {
        if let Self::Statement(failure) = self {
            failure.undone = false;
        }
    }

    /// For the report: the statement that failed, if it was one, and the problem.
    pub fn report(self, step: &Step) -> (Option<Failed>, Problem) {
        let name = step.full_name();
        let diagnostic = match self {
            Self::Statement(failure) => {
                let diagnostic = failure.diagnostic(step);
                let place = diagnostic.labels.first();
                let failed = Failed {
                    version: step.version.text().to_owned(),
                    name: step.name.clone(),
                    statement: Some(failure.number),
                    file: Some(failure.file.clone()),
                    line: place.map(|label| label.line),
                    column: place.map(|label| label.column),
                    message: failure.cause.to_string(),
                    code: failure.cause.failure().map(|failure| failure.code.clone()),
                    blockers: failure.blockers.clone(),
                };
                return (Some(failed), Problem::report(diagnostic));
            }
            Self::Problem(problem) if problem.is_lost() => {
                Diagnostic::error(CONNECTION_LOST, Class::Failed, problem.to_string())
                    .with_note(format!("what of {name} is committed is recorded with it in the database"))
                    .with_help("go on with the same command")
            }
            Self::Problem(problem) => {
                let failed = failed_step(step, &problem.to_string());
                return (Some(failed), *problem);
            }
            Self::Guard | Self::KeepsRows => Diagnostic::error(
                "guard-refused",
                Class::Failed,
                format!("{name} was not begun: the lock is lost, or the history is not what the plan was made for"),
            )
            .with_help("look at `limosa status`, then run the command again"),
            Self::FileChanged { file } => Diagnostic::error(
                "file-changed",
                Class::Failed,
                format!("{file} was changed after the plan was made"),
            )
            .with_note(format!("nothing of {name} was committed by this run"))
            .with_help("look at the new plan with `limosa plan`, then run the command again"),
            Self::ForeignKeys { table, parent, count, file } => Diagnostic::error(
                "foreign-key-violated",
                Class::Failed,
                match count {
                    1 => format!("a row of {table} refers to a row of {parent} that is not there"),
                    n => format!("{n} rows refer to rows that are not there, the first from {table} to {parent}"),
                },
            )
            .in_file(file)
            .with_note(format!("{name} was rolled back; foreign keys are checked when a migration ends"))
            .with_help(format!("correct the rows in the migration: PRAGMA foreign_key_check({table}) lists them")),
            Self::HistoryRemoved { alone } => {
                let line = step.units.last().map_or(1, |unit| unit.line);
                let file = step.script().map(|script| script.file.clone()).unwrap_or_default();
                let failed = Failed { line: Some(line), ..failed_step(step, "the tables of Limosa are gone") };
                let state = if alone { "it was committed by the server" } else { "it was rolled back" };
                let diagnostic = Diagnostic::error(
                    "history-removed",
                    Class::Failed,
                    format!("{name} drops the tables of Limosa, so it cannot be recorded"),
                )
                .at(Label { file, line, column: 1, text: String::new(), excerpt: None })
                .with_note(state)
                .with_help("drop only what the migrations made, not the whole schema")
                .with_help("or keep the tables of Limosa in a schema of their own: `schema` in limosa.toml");
                return (Some(failed), Problem::report(diagnostic));
            }
            Self::Stopped { before } => Diagnostic::error(
                "interrupted",
                Class::Interrupted,
                format!("interrupted before statement {before} of {} in {name}", step.statements()),
            )
            .with_note(committed(&name, &(1..before)))
            .with_help("go on with the same command"),
            Self::Cleaning { cause } => Diagnostic::error(
                if matches!(cause, DbError::Connection(_)) { CONNECTION_LOST } else { "session-not-cleaned" },
                Class::Failed,
                format!("the session could not be cleaned after {name}: {cause}"),
            )
            .with_note(format!("{name} is applied and recorded"))
            .with_help("go on with the same command"),
            Self::InDoubt { doubt, why } => in_doubt(step, &doubt, why),
            Self::Script(error) => match step.script() {
                Some(script) => error.diagnostic(script),
                None => Diagnostic::error("unreadable", Class::Failed, error.to_string()),
            },
        };
        (
            Some(failed_step(step, &diagnostic.message)),
            Problem::report(diagnostic),
        )
    }
}

/// The question that only a person can answer.
fn in_doubt(step: &Step, doubt: &InDoubt, why: String) -> Diagnostic {
    let statement = doubt.statement;
    let message = format!(
        "it is not known whether statement {statement} of {} took effect",
        step.full_name()
    );
    let diagnostic = Diagnostic::error("in-doubt", Class::Undecided, message)
        .with_note(if doubt.failed {
            format!("it failed at {}, and what was done before the error is not undone", doubt.at)
        } else {
            format!("it was begun at {} and nobody recorded how it ended", doubt.at)
        })
        .with_note(why)
        .with_help(format!(
            "look at the database, then say what you saw:\nlimosa resolve {} --as applied|not-applied",
            step.version
        ));
    match (step.script(), step.units.get(step.done)) {
        (Some(script), Some(unit)) => diagnostic.at(Label {
            file: script.file.clone(),
            line: unit.line,
            column: 1,
            text: format!("statement {statement}"),
            excerpt: None,
        }),
        _ => diagnostic,
    }
}

fn failed_step(step: &Step, message: &str) -> Failed {
    Failed {
        version: step.version.text().to_owned(),
        name: step.name.clone(),
        statement: None,
        file: step.script().map(|script| script.file.clone()),
        line: None,
        column: None,
        message: message.to_owned(),
        code: None,
        blockers: vec![],
    }
}

impl StatementFailure {
    /// The report of the failure, in the manner of a compiler.
    fn diagnostic(&self, step: &Step) -> Diagnostic {
        let total = step.statements();
        let (line, column) = self.place();
        let label = Label {
            file: self.file.clone(),
            line,
            column,
            text: match total {
                0 | 1 => String::new(),
                _ => format!("statement {} of {total}", self.number),
            },
            excerpt: Some(self.excerpt()),
        };
        let lost = matches!(self.cause, DbError::Connection(_));
        let (name, class) = match () {
            () if self.interrupted => ("interrupted", Class::Interrupted),
            () if lost => (CONNECTION_LOST, Class::Failed),
            () if waited_in_vain(&self.cause) => ("lock-timeout", Class::Failed),
            () => ("statement-failed", Class::Failed),
        };
        let mut diagnostic = Diagnostic::error(name, class, self.cause.to_string()).at(label);
        if let Some(failure) = self.cause.failure() {
            for (what, text) in [
                ("detail", &failure.detail),
                ("hint", &failure.hint),
                ("context", &failure.context),
            ] {
                if let Some(text) = text {
                    diagnostic = diagnostic.with_note(format!("{what}: {text}"));
                }
            }
            let code = match &failure.sqlstate {
                Some(state) if *state != failure.code => {
                    format!("the server's code is {} (SQLSTATE {state})", failure.code)
                }
                Some(state) => format!("SQLSTATE {state}"),
                None => format!("the server's code is {}", failure.code),
            };
            diagnostic = diagnostic.with_note(code);
            if failure.sqlstate.as_deref() == Some("25001") {
                diagnostic = diagnostic.with_help(
                    "the server does not run this inside a transaction: put `-- limosa: no-transaction` at the head of the file",
                );
            }
        }
        for blocker in &self.blockers {
            diagnostic = diagnostic.with_note(format!("in the way: {blocker}"));
        }
        diagnostic = diagnostic.with_note(self.what_is_committed(step, lost));
        if let Some(index) = self.invalid_index() {
            diagnostic = diagnostic
                .with_note(format!("the server leaves an invalid index {index} behind"))
                .with_help(format!(
                    "take the invalid index away first:\nDROP INDEX CONCURRENTLY {index};"
                ));
        }
        let conflict = is_conflict(&self.cause);
        let command = match step.direction {
            limosa_core::history::Direction::Up => "limosa up",
            limosa_core::history::Direction::Down => "limosa down",
        };
        diagnostic.with_help(match (self.interrupted, lost) {
            _ if !self.undone && !lost => format!(
                "look at the database, then say what you saw:\nlimosa resolve {} --as applied|not-applied",
                step.version
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

    /// The index whose concurrent build failed, as the statement names it.
    fn invalid_index(&self) -> Option<String> {
        let facts = classify(self.shown.as_bytes(), &Target::newest(Dialect::Postgres));
        let concurrent = self.alone
            && facts.kind == "create_index"
            && facts.transaction == InTransaction::Forbidden
            // The name is taken, so this statement built nothing.
            && self.cause.code() != "42P07";
        concurrent.then(|| facts.changes.into_iter().next().map(|change| change.name))?
    }

    fn what_is_committed(&self, step: &Step, lost: bool) -> String {
        let committed = committed(&step.full_name(), &self.committed);
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

    /// Where the server says the error is, else where the statement begins.
    fn place(&self) -> (u64, u64) {
        let Some(before) = self.marked_from().and_then(|at| self.shown.get(..at)) else {
            return (self.line, self.column);
        };
        let lines = before.matches('\n').count() as u64;
        let characters = before
            .rsplit('\n')
            .next()
            .unwrap_or_default()
            .chars()
            .count() as u64;
        let column = if lines == 0 {
            self.column + characters
        } else {
            characters + 1
        };
        (self.line + lines, column)
    }

    fn marked_from(&self) -> Option<usize> {
        self.cause
            .failure()?
            .position
            .filter(|at| *at <= self.shown.len())
    }

    /// The statement, or the part of a long one around the error.
    fn excerpt(&self) -> Excerpt {
        const LINES: usize = 12;
        let indent = " ".repeat(usize::try_from(self.column - 1).unwrap_or(0));
        let text = format!("{indent}{}", self.shown);
        let from = self.marked_from().map(|at| at + indent.len());
        let around = from.unwrap_or(indent.len()).min(text.len());
        let line_of_error = text[..floor(&text, around)].matches('\n').count();
        let first = line_of_error.saturating_sub(if from.is_some() { LINES / 2 } else { 0 });
        let start: usize = text.split_inclusive('\n').take(first).map(str::len).sum();
        let length: usize = text[start..]
            .split_inclusive('\n')
            .take(LINES)
            .map(str::len)
            .sum();
        let shown = text[start..start + length]
            .trim_end_matches(['\n', '\r'])
            .to_owned();
        let marked = match from {
            Some(at) if at >= start && at < start + shown.len() => {
                let at = floor(&text, at) - start;
                let word = shown[at..].find(|c: char| !(c.is_alphanumeric() || c == '_'));
                let end = match word {
                    Some(0) | None if at == shown.len() => at,
                    Some(0) => at + shown[at..].chars().next().map_or(0, char::len_utf8),
                    Some(length) => at + length,
                    None => shown.len(),
                };
                at..end
            }
            _ => indent.len().saturating_sub(start).min(shown.len())..shown.len(),
        };
        Excerpt {
            first_line: self.line + first as u64,
            text: shown,
            marked,
        }
    }
}

/// Whether another session was in the way: it can be tried again as it is.
pub(super) fn is_conflict(cause: &DbError) -> bool {
    waited_in_vain(cause)
        || matches!(cause.code(), "40P01" | "40001" | "1213")
        || cause.code().starts_with("SQLITE_BUSY")
        || cause.code().starts_with("SQLITE_LOCKED")
}

/// Whether a lock was not granted in time.
fn waited_in_vain(cause: &DbError) -> bool {
    matches!(cause.code(), "55P03" | "1205")
}

/// What is committed of a migration.
fn committed(name: &str, statements: &std::ops::Range<u64>) -> String {
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

/// The nearest character boundary at or below an offset.
fn floor(text: &str, mut at: usize) -> usize {
    at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
