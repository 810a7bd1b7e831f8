//! `limosa.plan/1`: what a run would do.

use limosa_core::{Diagnostic, Plan, Step};
use limosa_sql::Target;
use serde::Serialize;

use super::Problem;
use super::in_doubt::InDoubt;
use crate::report::{Listed, list};
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
    /// Of a plan, with its statements.
    pub fn new(name: &str, plan: &Plan, target: &Target) -> Result<Self, Diagnostic> {
        let steps = plan.steps().iter();
        let steps = steps.map(|step| Ok(PlanStep::new(step, list(step, target)?)));
        Ok(Self {
            name: name.to_owned(),
            steps: steps.collect::<Result<_, Diagnostic>>()?,
        })
    }

    /// Nothing to do.
    pub fn empty(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            steps: Vec::new(),
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
    fn new(step: &Step, listed: Vec<Listed>) -> Self {
        // Both are in the same order.
        let mut listed = listed.into_iter().peekable();
        let units = step.units.iter().enumerate().map(|(at, unit)| PlanUnit {
            transactional: matches!(unit.mode, limosa_core::plan::UnitMode::Transaction { .. }),
            statements: std::iter::from_fn(|| listed.next_if(|one| one.unit == at))
                .map(PlanStatement::from)
                .collect(),
        });
        Self {
            version: step.version.text().to_owned(),
            name: step.name.clone(),
            direction: step.direction.name(),
            units_done: step.done,
            in_doubt: step.in_doubt.as_deref().map(InDoubt::from),
            units: units.collect(),
        }
    }
}

impl From<Listed> for PlanStatement {
    fn from(listed: Listed) -> Self {
        let (sql, sql_truncated) = cut(&listed.sql, listed.length);
        Self {
            index: listed.number,
            file: listed.file,
            line: listed.line,
            sql,
            sql_truncated,
            kind: listed.kind,
            destroys_data: !listed.destroys.is_empty(),
            destroys: listed.destroys,
        }
    }
}

/// At most [`SQL_LIMIT`] bytes, and whether something is missing.
fn cut(sql: &str, length: usize) -> (String, bool) {
    let sql = head(sql, SQL_LIMIT);
    (sql.to_owned(), sql.len() < length)
}
