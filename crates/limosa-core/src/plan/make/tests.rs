//! Plans for every goal, and why there is none.

mod backwards;
mod baselines;
mod forwards;
mod interrupted;
mod properties;
mod transactions;

use limosa_sql::{Dialect, Target};

use crate::history::samples::{row, set, version};
use crate::history::{Direction, History};
use crate::plan::{Goal, Named, Order, Plan, PlanError, PlanOptions, Step, plan};
use crate::{Migration, MigrationSet};

/// Files beside a history.
struct Desk {
    files: MigrationSet,
    history: History,
    options: PlanOptions,
}

impl Desk {
    fn new(files: Vec<Migration>) -> Self {
        Self {
            files: set(files),
            history: History::default(),
            options: PlanOptions::default(),
        }
    }

    /// With these applied as they are, in this order.
    fn with_applied(files: Vec<Migration>, applied: &[Migration]) -> Self {
        let mut desk = Self::new(files);
        let rows = (1..).zip(applied).map(|(sequence, one)| row(sequence, one));
        desk.history.applied = rows.collect();
        desk
    }

    fn out_of_order(mut self) -> Self {
        self.options.order = Order::OutOfOrder;
        self
    }

    fn try_plan(&self, goal: &Goal) -> Result<Plan, PlanError> {
        let target = Target::newest(Dialect::Postgres);
        plan(
            &self.files,
            &self.history,
            goal,
            &self.options,
            &target,
            &|_| None,
        )
    }

    fn plan(&self, goal: &Goal) -> Plan {
        self.try_plan(goal)
            .unwrap_or_else(|error| panic!("{error:?}"))
    }

    /// The steps as `+1 -2`.
    fn steps(&self, goal: &Goal) -> String {
        shape(&self.plan(goal))
    }

    fn error(&self, goal: &Goal) -> PlanError {
        match self.try_plan(goal) {
            Ok(plan) => panic!("there should be no plan, but it is {}", shape(&plan)),
            Err(error) => error,
        }
    }

    /// Does what a plan says, as the engine would.
    fn carry_out(&mut self, plan: &Plan) {
        for step in plan.steps() {
            self.finish(step);
        }
    }

    fn finish(&mut self, step: &Step) {
        self.history
            .attempts
            .retain(|one| one.version != step.version);
        match step.direction {
            Direction::Down => self
                .history
                .applied
                .retain(|one| one.version != step.version),
            Direction::Up => {
                let last = self.history.applied.iter().map(|one| one.sequence).max();
                let migration = self.files.get(&step.version).unwrap();
                self.history
                    .applied
                    .push(row(last.unwrap_or(0) + 1, migration));
            }
        }
    }

    /// The versions that are applied, sorted.
    fn applied(&self) -> Vec<&str> {
        let mut rows: Vec<_> = self
            .history
            .applied
            .iter()
            .map(|one| &one.version)
            .collect();
        rows.sort_unstable();
        rows.into_iter().map(crate::Version::text).collect()
    }
}

fn shape(plan: &Plan) -> String {
    let steps = plan.steps().iter().map(|step| {
        let sign = if step.direction == Direction::Up {
            '+'
        } else {
            '-'
        };
        format!("{sign}{}", step.version)
    });
    steps.collect::<Vec<_>>().join(" ")
}

/// The versions of the migrations that a problem is about.
fn versions(named: &[Named]) -> Vec<&str> {
    named.iter().map(|one| one.version.as_str()).collect()
}

const UP: Goal = Goal::Up {
    to: None,
    limit: None,
};

fn up_to(text: &str) -> Goal {
    Goal::Up {
        to: Some(version(text)),
        limit: None,
    }
}

fn down(limit: usize) -> Goal {
    Goal::Down {
        limit: Some(limit),
        to: None,
    }
}

fn down_to(text: &str) -> Goal {
    Goal::Down {
        limit: None,
        to: Some(version(text)),
    }
}

const DOWN_ALL: Goal = Goal::Down {
    limit: None,
    to: None,
};

fn goto(text: &str) -> Goal {
    Goal::Goto(Some(version(text)))
}
