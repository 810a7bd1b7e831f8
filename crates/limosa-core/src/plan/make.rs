//! Makes plans.

mod down;
mod goto;
mod step;
mod up;

use std::collections::BTreeMap;

use limosa_sql::Target;

use super::{Goal, Named, Plan, PlanError, PlanOptions, Step, Transactions, together};
use crate::history::{Applied, Attempt, Direction, History, InEffect};
use crate::script::Environment;
use crate::{Diagnostic, Migration, MigrationSet, Version};

/// Plans how to reach a goal. Reads the scripts of the migrations that it concerns, and nothing else.
///
/// # Errors
/// When the goal cannot be reached as asked; nothing was changed.
pub fn plan(
    set: &MigrationSet,
    history: &History,
    goal: &Goal,
    options: &PlanOptions,
    target: &Target,
    environment: Environment<'_>,
) -> Result<Plan, PlanError> {
    plan_again(&[], set, history, goal, options, target, environment)
}

/// Like [`plan`], after it was done before: scripts whose bytes are still the same are not split again.
///
/// # Errors
/// As for [`plan`].
pub fn plan_again(
    shown: &[Step],
    set: &MigrationSet,
    history: &History,
    goal: &Goal,
    options: &PlanOptions,
    target: &Target,
    environment: Environment<'_>,
) -> Result<Plan, PlanError> {
    let mut planner = Planner {
        shown: shown
            .iter()
            .map(|step| ((&step.version, step.direction), step))
            .collect(),
        set,
        history,
        options,
        target,
        environment,
        steps: vec![],
        remarks: vec![],
    };
    match goal {
        Goal::Up { to, limit } => {
            if let Some(to) = to {
                planner.known(to)?;
            }
            planner.none_unfinished(|attempt| attempt.direction == Direction::Down)?;
            let rows: Vec<&Applied> = history.applied.iter().collect();
            planner.up(to.as_ref(), *limit, &rows)?;
        }
        Goal::Down { limit, to } => {
            planner.none_unfinished(|attempt| attempt.direction == Direction::Up)?;
            let mut rows = planner.newest_first();
            if let Some(to) = to {
                let row = history.get(to).ok_or_else(|| planner.not_applied(to))?;
                rows.retain(|one| one.sequence > row.sequence);
                // What is half undone is below, and would stay so.
                planner.none_unfinished(|attempt| {
                    !rows.iter().any(|one| one.version == attempt.version)
                })?;
            } else if let Some(limit) = limit {
                rows.truncate(*limit);
            }
            planner.down(&rows)?;
        }
        Goal::Goto(to) => planner.goto(to.as_ref())?,
        Goal::Redo => {
            planner.none_unfinished(|attempt| attempt.direction == Direction::Up)?;
            if let Some(row) = planner.newest_first().first() {
                let named = || named_row(row, None);
                planner.down(&[row])?;
                let migration = set.get(&row.version).filter(|one| row.is_of(one));
                let migration = migration.ok_or_else(|| match set.baseline_of(&row.version) {
                    Some(_) => planner.unknown(&row.version),
                    None => PlanError::Missing(vec![named()]),
                })?;
                let step = planner.step_up(migration, None)?;
                planner.steps.push(step);
            }
        }
        Goal::Baseline(version) => planner.baseline(version)?,
    }
    if options.transactions == Transactions::All {
        together(&planner.steps, target.dialect)?;
    }
    Ok(Plan {
        steps: planner.steps,
        remarks: planner.remarks,
    })
}

struct Planner<'a> {
    shown: BTreeMap<(&'a Version, Direction), &'a Step>,
    set: &'a MigrationSet,
    history: &'a History,
    options: &'a PlanOptions,
    target: &'a Target,
    environment: Environment<'a>,
    steps: Vec<Step>,
    remarks: Vec<Diagnostic>,
}

impl<'a> Planner<'a> {
    /// What is applied, the last application first.
    fn newest_first(&self) -> Vec<&'a Applied> {
        let mut rows: Vec<_> = self.history.applied.iter().collect();
        rows.sort_by_key(|row| std::cmp::Reverse(row.sequence));
        // What was interrupted on its way down is finished first.
        rows.sort_by_key(|row| self.history.attempt(&row.version).is_none());
        rows
    }

    /// Refuses while a migration is unfinished that is in the way.
    fn none_unfinished(&self, in_the_way: impl Fn(&Attempt) -> bool) -> Result<(), PlanError> {
        match self.history.attempts.iter().find(|one| in_the_way(one)) {
            None => Ok(()),
            Some(attempt) => Err(self.unfinished(attempt)),
        }
    }

    fn unfinished(&self, attempt: &Attempt) -> PlanError {
        let migration = self.set.get(&attempt.version);
        PlanError::Unfinished {
            migration: Named {
                version: attempt.version.text().to_owned(),
                name: attempt.name.clone(),
                file: migration.and_then(|one| one.files.first().cloned()),
            },
            direction: attempt.direction,
        }
    }

    fn known(&self, version: &Version) -> Result<(), PlanError> {
        if self.set.get(version).is_some() || self.history.get(version).is_some() {
            return Ok(());
        }
        Err(self.unknown(version))
    }

    /// Why one cannot go back to that version.
    fn not_applied(&self, version: &Version) -> PlanError {
        match self.set.get(version) {
            Some(migration) => PlanError::NotApplied {
                migration: named(migration),
            },
            None => self.unknown(version),
        }
    }

    /// Why a version cannot be reached that has neither a file nor a row.
    fn unknown(&self, version: &Version) -> PlanError {
        let here = self.set.baseline_of(version).map(named);
        let row = || {
            InEffect::new(&self.history.applied)
                .row(version)
                .map(|row| named_row(row, None))
        };
        if let Some(by) = here.or_else(row) {
            return PlanError::Replaced {
                version: version.text().to_owned(),
                by,
            };
        }
        let all = self.set.migrations.iter().map(|one| one.version.text());
        let nearest = all
            .map(|text| (strsim::damerau_levenshtein(text, version.text()), text))
            .min()
            .filter(|(distance, text)| *distance * 3 <= text.len())
            .map(|(_, text)| text.to_owned());
        PlanError::UnknownVersion {
            version: version.text().to_owned(),
            nearest,
        }
    }
}

fn named(migration: &Migration) -> Named {
    Named {
        version: migration.version.text().to_owned(),
        name: migration.name.clone(),
        file: migration.files.first().cloned(),
    }
}

fn named_row(row: &Applied, migration: Option<&Migration>) -> Named {
    Named {
        version: row.version.text().to_owned(),
        name: row.name.clone(),
        file: migration.and_then(|migration| migration.files.first().cloned()),
    }
}

#[cfg(test)]
mod tests;
