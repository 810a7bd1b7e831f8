//! Applying what is pending.

use std::collections::HashSet;

use super::{Planner, named};
use crate::history::{Applied, Attempt, Direction, InEffect, Standing, State, Status};
use crate::plan::{Named, Order, PlanError, ScriptFrom, Step, release};
use crate::{Diagnostic, Migration, Version, full_name};

impl Planner<'_> {
    /// Applies what is pending, given what will be applied before.
    pub(super) fn up(
        &mut self,
        to: Option<&Version>,
        limit: Option<usize>,
        applied: &[&Applied],
    ) -> Result<(), PlanError> {
        let rows: HashSet<&Version> = applied.iter().map(|row| &row.version).collect();
        let status =
            Status::new(self.set, self.history, self.target.dialect).map_err(PlanError::Script)?;
        let wrong = |state: State| -> Vec<Named> {
            status
                .in_state(state)
                .filter(|one| rows.contains(one.version))
                .map(|one| Named {
                    version: one.version.text().to_owned(),
                    name: one.name.to_owned(),
                    file: one
                        .migration
                        .and_then(|migration| migration.files.first().cloned()),
                })
                .collect()
        };
        let in_effect = InEffect::new(applied.iter().copied());
        self.none_partial(&in_effect, to)?;
        let (changed, missing) = (wrong(State::Changed), wrong(State::Missing));
        if !changed.is_empty() {
            return Err(PlanError::Changed(changed));
        }
        if !missing.is_empty() {
            return Err(PlanError::Missing(missing));
        }
        self.begun_elsewhere()?;
        self.newer(&status, &rows)?;
        // Large where there are many migrations, and nothing below looks at it.
        drop(status);
        let highest = rows.iter().max().copied();
        let pending: Vec<_> = self
            .set
            .migrations
            .iter()
            .filter(|one| {
                to.is_none_or(|to| one.version <= *to)
                    && in_effect.standing(one) == Standing::Pending
            })
            .take(limit.unwrap_or(usize::MAX))
            .collect();
        if let (Order::Strict, Some(highest)) = (self.options.order, highest) {
            let below: Vec<_> = pending
                .iter()
                .filter(|one| {
                    one.version < *highest && self.history.attempt(&one.version).is_none()
                })
                .map(|one| named(one))
                .collect();
            if !below.is_empty() {
                return Err(PlanError::OutOfOrder {
                    pending: below,
                    highest: highest.text().to_owned(),
                });
            }
        }
        self.steps.reserve_exact(pending.len());
        for migration in pending {
            let attempt = self.history.attempt(&migration.version);
            let step = self.step_up(migration, attempt)?;
            self.steps.push(step);
        }
        Ok(())
    }

    /// Refuses where only a part is applied of what a baseline stands for.
    fn none_partial(
        &self,
        in_effect: &InEffect<'_>,
        to: Option<&Version>,
    ) -> Result<(), PlanError> {
        for migration in &self.set.migrations {
            if to.is_some_and(|to| migration.version > *to) {
                break;
            }
            if let Standing::Partial(lacks) = in_effect.standing(migration) {
                return Err(PlanError::Partial {
                    baseline: named(migration),
                    replaces: migration.replaces().len(),
                    lacks: lacks.iter().map(ToString::to_string).collect(),
                });
            }
        }
        Ok(())
    }

    /// What began and has no file here: a newer release is at it, or its file is missing.
    fn begun_elsewhere(&mut self) -> Result<(), PlanError> {
        let highest = self.set.migrations.last().map(|one| &one.version);
        for attempt in &self.history.attempts {
            if attempt.direction == Direction::Down || self.set.get(&attempt.version).is_some() {
                continue;
            }
            if highest.is_some_and(|highest| attempt.version < *highest) {
                return Err(self.unfinished(attempt));
            }
            let name = full_name(attempt.version.text(), &attempt.name);
            let message = format!(
                "{name} was begun by a newer release, was interrupted, and is not known here"
            );
            self.remarks.push(Diagnostic::note("newer", message));
        }
        Ok(())
    }

    /// Says what a newer release did, and refuses where that shuts this release out.
    fn newer(&mut self, status: &Status<'_>, rows: &HashSet<&Version>) -> Result<(), PlanError> {
        let newer: Vec<_> = status
            .in_state(State::Newer)
            .filter(|one| rows.contains(one.version))
            .collect();
        for one in &newer {
            let wanted = one.applied.and_then(|row| row.min_release.as_deref());
            if let (Some(wanted), Some(ours)) = (wanted, self.options.release.as_deref())
                && release::is_below(ours, wanted)
            {
                return Err(PlanError::ReleaseTooOld {
                    migration: Named {
                        version: one.version.text().to_owned(),
                        name: one.name.to_owned(),
                        file: None,
                    },
                    min_release: wanted.to_owned(),
                    release: ours.to_owned(),
                });
            }
        }
        if let Some(last) = newer.last() {
            let name = full_name(last.version.text(), last.name);
            let message = match newer.len() {
                1 => format!("{name} was applied by a newer release and is not known here"),
                n => format!(
                    "{n} migrations up to {name} were applied by a newer release and are not known here"
                ),
            };
            self.remarks.push(Diagnostic::note("newer", message));
        }
        Ok(())
    }

    pub(super) fn step_up(
        &self,
        migration: &Migration,
        attempt: Option<&Attempt>,
    ) -> Result<Step, PlanError> {
        if let Some(reason) = &migration.opaque {
            return Err(PlanError::Opaque {
                migration: named(migration),
                direction: Direction::Up,
                reason: reason.clone(),
            });
        }
        let (version, name) = (migration.version.clone(), migration.name.clone());
        let script = migration
            .up
            .clone()
            .map(|script| (script, ScriptFrom::File));
        self.readable(migration, migration.down.as_deref())?;
        let record = self.record(migration);
        self.step(
            named(migration),
            version,
            name,
            Direction::Up,
            script,
            record,
            attempt,
        )
    }
}
