//! Why a step was not done, and how that is reported.

use std::time::Duration;

use limosa_core::plan::Named;
use limosa_core::{Blocker, Class, Diagnostic, Label, PlanError, ScriptError, Step};
use limosa_db::blockers::Tables;
use limosa_db::store::{StoreError, UnitKind};
use limosa_db::{DbError, HeldLock};

use super::failure::{Question, StatementFailure, committed, is_conflict};
use super::others;
use super::unit::UnitRun;
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
    InDoubt(Box<Question>),
    /// A statement in doubt took effect, and the file has another one now.
    AppliedPartChanged,
    /// Another session has to end before a statement in doubt can be decided.
    Busy { who: String, waited: Duration },
    /// Another tool works since its lock was given up: the number of the statement that is next.
    OtherAtWork {
        lock: HeldLock,
        waited: Duration,
        before: u64,
    },
    /// A statement uses a variable whose value is gone with the session that set it.
    VariableLost {
        variable: String,
        line: u64,
        column: u64,
    },
    /// Anything else.
    Problem(Box<Problem>),
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

    /// Whether another session was in the way of a statement of the migration.
    pub(super) fn is_conflict_of_a_statement(&self) -> bool {
        matches!(self, Self::Statement(failure) if is_conflict(&failure.cause))
    }

    /// The server's code for the failure of a statement.
    pub(super) fn code(&self) -> &str {
        match self {
            Self::Statement(failure) => failure.cause.code(),
            _ => "",
        }
    }

    /// Who was in the way, where it was a lock and the server told.
    pub fn blockers(&self) -> &[Blocker] {
        match self {
            Self::Statement(failure) => &failure.blockers,
            _ => &[],
        }
    }

    /// Notes that a transaction that was rolled back had all of the unit in it, with the entry that began it.
    pub fn enclosed(&mut self) {
        if let Self::Statement(failure) = self {
            failure.alone = false;
        }
    }

    /// Whether another session was in the way of one of our own statements.
    pub fn is_conflict(&self) -> bool {
        match self {
            Self::Problem(problem) => problem.cause().is_some_and(is_conflict),
            _ => false,
        }
    }

    /// Whether the step may go well when it is done by itself: another session was in its way, or was faster.
    pub(super) fn is_in_the_way(&self) -> bool {
        match self {
            Self::Guard => true,
            error => error.is_conflict_of_a_statement() || error.is_conflict(),
        }
    }

    /// Names who was in the way, where that is known better now.
    pub fn name(&mut self, blockers: &[Blocker]) {
        if let Self::Statement(failure) = self
            && !blockers.is_empty()
        {
            failure.blockers = blockers.to_vec();
        }
    }

    /// Notes that the statement was not sent, because these tables were in use.
    pub fn in_front_of(mut self, tables: Tables) -> Self {
        if let Self::Statement(failure) = &mut self {
            failure.tables = Some(tables);
            // Nothing was begun that the journal would have to take back.
            failure.alone = false;
        }
        self
    }

    /// The tables that were in use, where the statement was therefore not sent.
    pub fn take_tables(&mut self) -> Option<Tables> {
        match self {
            Self::Statement(failure) => failure.tables.take(),
            _ => None,
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
                    file: Some(failure.place.file.clone()),
                    line: place.map(|label| label.line),
                    column: place.map(|label| label.column),
                    message: failure.cause.to_string(),
                    code: failure.cause.failure().map(|failure| failure.code.clone()),
                    blockers: failure.blockers.clone(),
                };
                return (Some(failed), Problem::report(diagnostic));
            }
            Self::Problem(problem) if problem.is_lost() => {
                Diagnostic::error("connection-lost", Class::Failed, problem.to_string())
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
                if matches!(cause, DbError::Connection(_)) { "connection-lost" } else { "session-not-cleaned" },
                Class::Failed,
                format!("the session could not be cleaned after {name}: {cause}"),
            )
            .with_note(format!("{name} is applied and recorded"))
            .with_help("go on with the same command"),
            Self::VariableLost { variable, line, column } => Diagnostic::error(
                "variable-lost",
                Class::Failed,
                format!("the value of {variable} is gone with the session that set it"),
            )
            .at(Label {
                file: step.script().map(|script| script.file.clone()).unwrap_or_default(),
                line,
                column,
                text: "it is used here".to_owned(),
                excerpt: None,
            })
            .with_note("it was set by a statement that is applied and recorded, and might get another value now")
            .with_help(format!("write the value, or a query for it, in place of {variable}; the statements that are not applied may be changed")),
            Self::InDoubt(question) => question.diagnostic(step),
            Self::AppliedPartChanged => {
                let line = step.units.get(step.done).or(step.units.last()).map_or(1, |unit| unit.line);
                let file = step.script().map(|script| script.file.clone());
                let migration = Named {
                    version: step.version.text().to_owned(),
                    name: step.name.clone(),
                    file,
                };
                let problem = Problem::Plan(PlanError::AppliedPartChanged { migration, line });
                return (Some(failed_step(step, &problem.to_string())), problem);
            }
            Self::Busy { who, waited } => Diagnostic::error(
                "session-still-there",
                Class::Blocked,
                format!("{who} is still there"),
            )
            .with_note(format!("waited {} s; nothing of {name} was changed", waited.as_secs()))
            .with_help("try again when it is gone, end it on the server, or wait longer with --lock-wait"),
            Self::OtherAtWork { lock, waited, before } => others::at_work(&lock, waited, &name, before),
            Self::Script(error) => match step.script() {
                Some(script) => error.diagnostic(script),
                None => Diagnostic::error("unreadable", Class::Failed, error.to_string()),
            },
        };
        (
            Some(Failed {
                line: diagnostic.labels.first().map(|label| label.line),
                ..failed_step(step, &diagnostic.message)
            }),
            Problem::report(diagnostic),
        )
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
