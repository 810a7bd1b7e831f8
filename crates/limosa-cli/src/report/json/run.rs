//! `limosa.run/1`: what `up`, `down`, `goto`, `redo` and `baseline` did.

use limosa_core::event::Done;
use limosa_core::{Diagnostic, Severity};
use serde::Serialize;

use super::{Blocker, Problem};
use crate::stop::exit_code;

/// The document.
#[derive(Debug, Serialize)]
pub struct RunDocument {
    document: &'static str,
    /// One for each database that was reached, in their order.
    pub databases: Vec<RunDatabase>,
    /// Why nothing was begun, where it was not because of one database.
    pub problems: Vec<Problem>,
    /// The exit code of the process.
    pub exit_code: u8,
}

impl RunDocument {
    /// Of these databases and problems.
    pub fn new(databases: Vec<RunDatabase>, problems: &[Diagnostic], exit_code: u8) -> Self {
        Self {
            document: "limosa.run/1",
            databases,
            problems: problems.iter().map(Problem::from).collect(),
            exit_code,
        }
    }
}

/// What was done in a database.
#[derive(Debug, Serialize)]
pub struct RunDatabase {
    name: String,
    applied: Vec<Applied>,
    failed: Option<Failed>,
    exit_code: u8,
}

impl RunDatabase {
    /// What was done, and what failed.
    pub fn new(name: &str, done: &[Done], failed: Option<(Failed, u8)>) -> Self {
        let (failed, exit_code) = failed.map_or((None, 0), |(failed, code)| (Some(failed), code));
        Self {
            name: name.to_owned(),
            applied: done.iter().map(Applied::from).collect(),
            failed,
            exit_code,
        }
    }
}

#[derive(Debug, Serialize)]
struct Applied {
    version: String,
    name: String,
    direction: &'static str,
    duration_ms: u64,
    statements: u64,
}

impl From<&Done> for Applied {
    fn from(done: &Done) -> Self {
        Self {
            version: done.version.clone(),
            name: done.name.clone(),
            direction: done.direction.name(),
            duration_ms: u64::try_from(done.duration.as_millis()).unwrap_or(u64::MAX),
            statements: done.statements,
        }
    }
}

/// What failed. The parts that are not known are null.
#[derive(Debug, Default, Serialize)]
pub struct Failed {
    version: Option<String>,
    statement: Option<u64>,
    file: Option<String>,
    line: Option<u64>,
    column: Option<u64>,
    message: String,
    code: Option<String>,
    /// Who was in the way, where it was a lock on a table.
    blockers: Vec<Blocker>,
    /// The name of the problem, as `limosa explain` takes it.
    problem: Option<&'static str>,
}

impl Failed {
    /// A statement.
    pub fn statement(failed: &limosa_engine::Failed, problem: &'static str) -> Self {
        Self {
            version: Some(failed.version.clone()),
            statement: failed.statement,
            file: failed.file.clone(),
            line: failed.line,
            column: failed.column,
            message: failed.message.clone(),
            code: failed.code.clone(),
            blockers: Blocker::all(&failed.blockers),
            problem: Some(problem),
        }
    }

    /// Anything else: no connection, no plan, files that cannot be read.
    pub fn problems(problems: &[Diagnostic]) -> (Self, u8) {
        let first = problems
            .iter()
            .find(|one| one.severity == Severity::Error)
            .or(problems.first());
        let label = first.and_then(|one| one.labels.first());
        let failed = Self {
            file: label.map(|label| label.file.clone()),
            line: label.map(|label| label.line),
            column: label.map(|label| label.column),
            message: first.map_or_else(String::new, |one| one.message.clone()),
            problem: first.map(|one| one.name),
            ..Self::default()
        };
        (failed, exit_code(problems))
    }
}
