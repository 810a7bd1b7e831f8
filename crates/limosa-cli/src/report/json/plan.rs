//! `limosa.plan/1`: what a run would do.

use limosa_core::{Diagnostic, Step};
use serde::Serialize;

use super::Problem;
use super::in_doubt::InDoubt;
use crate::report::Listed;
use crate::terminal::head;

/// SQL above this many bytes is cut.
const SQL_LIMIT: usize = 64 << 10;

/// The document.
#[derive(Debug, Serialize)]
pub struct PlanDocument {
    document: &'static str,
    /// One for each database, in their order.
    pub databases: Vec<PlanDatabase>,
    /// Why there is no plan.
    pub problems: Vec<Problem>,
    /// The exit code of the process.
    pub exit_code: u8,
}

impl PlanDocument {
    /// Of these databases and problems.
    pub fn new(databases: Vec<PlanDatabase>, problems: &[Diagnostic], exit_code: u8) -> Self {
        Self {
            document: "limosa.plan/1",
            databases,
            problems: problems.iter().map(Problem::from).collect(),
            exit_code,
        }
    }
}

/// The plan for a database.
#[derive(Debug, Serialize)]
pub struct PlanDatabase {
    name: String,
    steps: Vec<PlanStep>,
}

impl PlanDatabase {
    /// Of steps with their statements.
    pub fn new(name: &str, steps: &[(&Step, Vec<Listed>)]) -> Self {
        let steps = steps
            .iter()
            .map(|(step, listed)| PlanStep::new(step, listed))
            .collect();
        Self {
            name: name.to_owned(),
            steps,
        }
    }
}

#[derive(Debug, Serialize)]
struct PlanStep {
    version: String,
    name: String,
    direction: &'static str,
    units_done: usize,
    in_doubt: Option<InDoubt>,
    units: Vec<PlanUnit>,
}

#[derive(Debug, Serialize)]
struct PlanUnit {
    transactional: bool,
    statements: Vec<PlanStatement>,
}

#[derive(Debug, Serialize)]
struct PlanStatement {
    index: u64,
    file: String,
    line: u64,
    sql: String,
    sql_truncated: bool,
    kind: &'static str,
    destroys_data: bool,
    destroys: Vec<String>,
}

impl PlanStep {
    fn new(step: &Step, listed: &[Listed]) -> Self {
        let units = step.units.iter().enumerate().map(|(at, unit)| PlanUnit {
            transactional: matches!(unit.mode, limosa_core::plan::UnitMode::Transaction { .. }),
            statements: listed
                .iter()
                .filter(|one| one.unit == at)
                .map(PlanStatement::from)
                .collect(),
        });
        Self {
            version: step.version.text().to_owned(),
            name: step.name.clone(),
            direction: step.direction.name(),
            units_done: step.done,
            in_doubt: step.in_doubt.as_ref().map(InDoubt::from),
            units: units.collect(),
        }
    }
}

impl From<&Listed> for PlanStatement {
    fn from(listed: &Listed) -> Self {
        let (sql, sql_truncated) = cut(&listed.sql, listed.length);
        Self {
            index: listed.number,
            file: listed.file.clone(),
            line: listed.line,
            sql,
            sql_truncated,
            kind: listed.kind,
            destroys_data: !listed.destroys.is_empty(),
            destroys: listed.destroys.clone(),
        }
    }
}

/// At most [`SQL_LIMIT`] bytes, and whether something is missing.
fn cut(sql: &str, length: usize) -> (String, bool) {
    let sql = head(sql, SQL_LIMIT);
    (sql.to_owned(), sql.len() < length)
}
