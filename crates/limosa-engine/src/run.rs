//! The one loop: plan, show, lock, plan again, carry out.

use limosa_core::event::Observer;
use limosa_core::plan::{Goal, PlanOptions};
use limosa_core::{MigrationSet, Plan};

use crate::{Database, RunFailure, RunReport};

/// What a person says to a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Carry it out.
    Go,
    /// Leave it.
    Stop,
}

/// What to run.
pub struct Request<'a> {
    /// The migrations here.
    pub set: &'a MigrationSet,
    /// What is to be reached.
    pub goal: Goal,
    /// How to plan.
    pub options: PlanOptions,
    /// Shown the plan before the lock is taken (for prompts and `--dry-run`); not called when there is nothing to do.
    pub confirm: &'a mut dyn FnMut(&mut Database, &Plan) -> Answer,
    /// True once the person asked to stop (Ctrl-C); the running statement is cancelled.
    pub interrupted: &'a (dyn Fn() -> bool + Sync),
}

/// Plans, takes the lock, plans again and carries the plan out.
///
/// # Errors
/// With what is applied and why it stopped. A plan that was answered with [`Answer::Stop`] is a
/// report with nothing done.
pub fn run(
    database: Database,
    request: Request<'_>,
    observer: &mut dyn Observer,
) -> Result<RunReport, RunFailure> {
    let _ = (database, request.set, observer);
    todo_run(request.goal)
}

fn todo_run(_goal: Goal) -> Result<RunReport, RunFailure> {
    unreachable!("written next")
}
