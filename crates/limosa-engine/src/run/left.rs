//! What is left of a plan that was shown.

use std::collections::HashMap;

use limosa_core::event::Done;
use limosa_core::history::{Direction, History};
use limosa_core::plan::Goal;
use limosa_core::{Class, Diagnostic, Plan, Step, Version};

use super::Request;
use crate::Problem;
use crate::sequences::Sequences;

/// The plan that is left, and the sequences of the history that it was made for.
pub(super) struct Left {
    pub plan: Plan,
    pub sequences: Sequences,
}

impl Left {
    /// Plans again for a history that was read under the lock. What another process did meanwhile is left
    /// out; what was not shown is refused.
    pub fn of(
        shown: &Plan,
        request: &Request<'_>,
        history: &History,
        target: &limosa_sql::Target,
        done: &[Done],
    ) -> Result<Self, Problem> {
        let plan = limosa_core::plan::plan_again(
            shown.steps(),
            request.set,
            history,
            &remaining(&request.goal, done),
            &request.options,
            target,
            request.environment,
        )
        .map_err(Problem::Plan)?;
        let known: HashMap<_, &Step> = (shown.steps().iter())
            .map(|other| (identity(other), other))
            .collect();
        for step in plan.steps() {
            match known.get(&identity(step)) {
                Some(other) if same_work(step, other) => {}
                Some(_) => return Err(Problem::report(file_changed(step))),
                None => return Err(Problem::report(plan_changed(step))),
            }
        }
        Ok(Self {
            plan,
            sequences: Sequences::of(history),
        })
    }
}

/// A goal that counts migrations counts those that are already done.
fn remaining(goal: &Goal, done: &[Done]) -> Goal {
    match goal {
        Goal::Up {
            to,
            limit: Some(limit),
        } => Goal::Up {
            to: to.clone(),
            limit: Some(limit.saturating_sub(done.len())),
        },
        Goal::Down {
            to,
            limit: Some(limit),
        } => Goal::Down {
            to: to.clone(),
            limit: Some(limit.saturating_sub(done.len())),
        },
        // Its other half.
        Goal::Redo if !done.is_empty() => Goal::Up {
            to: done
                .last()
                .and_then(|one| Version::number(&one.version).ok()),
            limit: Some(usize::from(done.len() < 2)),
        },
        other => other.clone(),
    }
}

/// By what a step is found again.
fn identity(step: &Step) -> (&Version, Direction) {
    (&step.version, step.direction)
}

fn same_work(step: &Step, other: &Step) -> bool {
    let sha256 = |step: &Step| step.script().map(|script| script.sha256);
    sha256(step) == sha256(other) && step.units == other.units
}

fn plan_changed(step: &Step) -> Diagnostic {
    let message = format!(
        "another process changed the history: {} {} was not in the plan that was shown",
        step.direction.name(),
        step.full_name()
    );
    Diagnostic::error("plan-changed", Class::Blocked, message)
        .with_note("nothing was done by this run")
        .with_help("look at the new plan with `limosa plan`, then run the command again")
}

fn file_changed(step: &Step) -> Diagnostic {
    let file = step
        .script()
        .map_or_else(|| step.full_name(), |script| script.file.clone());
    let message = format!("{file} was changed after the plan was shown");
    Diagnostic::error("plan-changed", Class::Blocked, message)
        .with_note("nothing was done by this run")
        .with_help("look at the new plan with `limosa plan`, then run the command again")
}
