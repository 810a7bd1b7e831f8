//! `limosa.plan/1`: what a run would do. It has every statement, so it is written while the scripts are read.

use std::cell::RefCell;
use std::io::{self, Write};
use std::iter::Peekable;

use limosa_core::plan::{Unit, UnitMode};
use limosa_core::{Diagnostic, Plan, Step};
use limosa_sql::Target;
use serde::ser::{Error, SerializeSeq as _};
use serde::{Serialize, Serializer};

use super::Problem;
use super::in_doubt::InDoubt;
use crate::report::{Listed, Listing};
use crate::terminal::{Draft, head, not_kept};

/// SQL above this many bytes is cut.
const SQL_LIMIT: usize = 64 << 10;

/// The plan for a database.
#[derive(Debug)]
pub struct PlanDatabase {
    /// Its name.
    pub name: String,
    /// The plan, and the server that it is for; `None` when there is nothing to do.
    pub plan: Option<(Plan, Target)>,
}

/// Writes the document: one plan for each database, in their order, or why there is none.
///
/// # Errors
/// When a script cannot be read any more.
pub fn plan_document(
    databases: &[PlanDatabase],
    problems: &[Diagnostic],
    exit_code: u8,
) -> Result<Draft, Diagnostic> {
    let failure = Failure::default();
    let document = PlanDocument {
        document: "limosa.plan/1",
        databases: (databases.iter())
            .map(|one| DatabaseView {
                name: &one.name,
                steps: Steps {
                    plan: one.plan.as_ref(),
                    failure: &failure,
                },
            })
            .collect(),
        problems: problems.iter().map(Problem::from).collect(),
        exit_code,
    };
    let mut draft = Draft::new();
    let written = serde_json::to_writer_pretty(&mut draft, &document).map_err(io::Error::from);
    let written = written.and_then(|()| writeln!(draft));
    match (failure.0.into_inner(), written) {
        (Some(problem), _) => Err(problem),
        (None, Err(error)) => Err(not_kept(&error)),
        (None, Ok(())) => Ok(draft),
    }
}

/// Why the document cannot be written: a script that cannot be read.
#[derive(Default)]
struct Failure(RefCell<Option<Diagnostic>>);

impl Failure {
    fn of<E: Error>(&self, problem: Diagnostic) -> E {
        let error = E::custom(&problem.message);
        self.0.replace(Some(problem));
        error
    }
}

#[derive(Serialize)]
struct PlanDocument<'d> {
    document: &'static str,
    databases: Vec<DatabaseView<'d>>,
    problems: Vec<Problem>,
    /// The exit code of the process.
    exit_code: u8,
}

#[derive(Serialize)]
struct DatabaseView<'d> {
    name: &'d str,
    steps: Steps<'d>,
}

struct Steps<'d> {
    plan: Option<&'d (Plan, Target)>,
    failure: &'d Failure,
}

#[derive(Serialize)]
struct StepView<'d> {
    version: &'d str,
    name: &'d str,
    direction: &'static str,
    units_done: usize,
    in_doubt: Option<InDoubt>,
    units: Units<'d>,
}

struct Units<'d> {
    step: &'d Step,
    target: &'d Target,
    failure: &'d Failure,
}

#[derive(Serialize)]
struct UnitView<'d> {
    transactional: bool,
    statements: StatementsOf<'d>,
}

/// The statements of a unit. The units of a step share one reading of its script.
struct StatementsOf<'d> {
    unit: usize,
    listing: &'d RefCell<Peekable<Listing<'d>>>,
    failure: &'d Failure,
}

#[derive(Serialize)]
struct StatementView<'d> {
    index: u64,
    file: &'d str,
    line: u64,
    sql: &'d str,
    sql_truncated: bool,
    kind: &'static str,
    destroys_data: bool,
    destroys: &'d [String],
}

impl Serialize for Steps<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let steps = self.plan.iter().flat_map(|(plan, target)| {
            plan.steps().iter().map(|step| StepView {
                version: step.version.text(),
                name: &step.name,
                direction: step.direction.name(),
                units_done: step.done,
                in_doubt: step.in_doubt.as_deref().map(InDoubt::from),
                units: Units {
                    step,
                    target,
                    failure: self.failure,
                },
            })
        });
        serializer.collect_seq(steps)
    }
}

impl Serialize for Units<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let failure = self.failure;
        let listing = Listing::of(self.step, self.target);
        let listing = listing.map_err(|problem| failure.of::<S::Error>(problem))?;
        let listing = RefCell::new(listing.peekable());
        let view = |(at, unit): (usize, &Unit)| UnitView {
            transactional: matches!(unit.mode, UnitMode::Transaction { .. }),
            statements: StatementsOf {
                unit: at,
                listing: &listing,
                failure,
            },
        };
        serializer.collect_seq(self.step.units.iter().enumerate().map(view))
    }
}

impl Serialize for StatementsOf<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut sequence = serializer.serialize_seq(None)?;
        let mut listing = self.listing.borrow_mut();
        let is_of_unit = |next: &Result<Listed, Diagnostic>| {
            next.as_ref().map_or(true, |one| one.unit == self.unit)
        };
        while let Some(one) = listing.next_if(is_of_unit) {
            let one = one.map_err(|problem| self.failure.of::<S::Error>(problem))?;
            sequence.serialize_element(&StatementView::from(&one))?;
        }
        sequence.end()
    }
}

impl<'d> From<&'d Listed> for StatementView<'d> {
    fn from(listed: &'d Listed) -> Self {
        let sql = head(&listed.sql, SQL_LIMIT);
        Self {
            index: listed.number,
            file: &listed.file,
            line: listed.line,
            sql,
            sql_truncated: sql.len() < listed.length,
            kind: listed.kind,
            destroys_data: !listed.destroys.is_empty(),
            destroys: &listed.destroys,
        }
    }
}
