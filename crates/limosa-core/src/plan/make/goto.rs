//! Going to a version, and beginning at one.

use std::collections::HashSet;

use super::Planner;
use crate::history::{Applied, Direction, InEffect, Origin, Standing};
use crate::plan::{Action, PlanError, Step};
use crate::{Migration, Version};

impl Planner<'_> {
    /// Undoes what is above a version, in the order of application, and applies what is pending up to it.
    pub(super) fn goto(&mut self, to: Option<&Version>) -> Result<(), PlanError> {
        if let Some(to) = to {
            self.known(to)?;
        }
        let above = |version: &Version| to.is_none_or(|to| version > to);
        let (undone, kept): (Vec<&Applied>, Vec<&Applied>) = self
            .newest_first()
            .into_iter()
            .partition(|row| above(&row.version));
        // What is interrupted has to be on the way, and where its way comes first.
        self.none_unfinished(|attempt| match attempt.direction {
            Direction::Up => {
                let here = self.set.get(&attempt.version).is_some();
                !undone.is_empty() || above(&attempt.version) || !here
            }
            Direction::Down => !above(&attempt.version),
        })?;
        self.down(&undone)?;
        let in_effect = InEffect::new(kept.iter().copied());
        if let Some(to) = to {
            let pending = |one: &Migration| {
                one.version <= *to && in_effect.standing(one) != Standing::Applied
            };
            if self.set.migrations.iter().any(pending) {
                self.up(Some(to), None, &kept)?;
            }
        }
        Ok(())
    }

    /// Records everything up to and with a version as applied.
    pub(super) fn baseline(&mut self, version: &Version) -> Result<(), PlanError> {
        if self.set.get(version).is_none() {
            return Err(self.unknown(version));
        }
        // What a baseline that was interrupted has recorded is left as it is.
        let recorded = |row: &Applied| row.origin == Origin::Baseline && row.version <= *version;
        if !self.history.applied.iter().all(recorded) || !self.history.attempts.is_empty() {
            return Err(PlanError::BaselineOnHistory {
                applied: self.history.applied.len(),
            });
        }
        let known: HashSet<&Version> = (self.history.applied.iter())
            .map(|row| &row.version)
            .collect();
        let to_record = |one: &&Migration| one.version <= *version && !known.contains(&one.version);
        for migration in self.set.migrations.iter().filter(to_record) {
            self.readable(migration, migration.up.as_deref())?;
            self.readable(migration, migration.down.as_deref())?;
            self.steps.push(Step {
                version: migration.version.clone(),
                name: migration.name.clone(),
                direction: Direction::Up,
                action: Action::Record(Origin::Baseline),
                record: self.record(migration),
                units: vec![],
                done: 0,
                attempt: None,
                in_doubt: None,
                losses: vec![],
            });
        }
        Ok(())
    }
}
