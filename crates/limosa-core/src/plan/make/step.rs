//! Putting one step together.

use std::sync::Arc;

use super::Planner;
use crate::history::{Attempt, Direction, Origin};
use crate::plan::{Action, Named, Outline, PlanError, Record, ScriptFrom, Step, outline};
use crate::{Migration, Script, Version};

impl Planner<'_> {
    /// Refuses a script that cannot be read to its end: it is stored with its checksums, and what is
    /// found while working is found too late. What was shown was read then.
    pub(super) fn readable(
        &self,
        migration: &Migration,
        script: Option<&Script>,
    ) -> Result<(), PlanError> {
        let shown = (&migration.version, Direction::Up);
        match script {
            Some(script) if !self.shown.contains_key(&shown) => {
                let checksums = script.checksums(self.target.dialect);
                checksums
                    .map(drop)
                    .map_err(|error| PlanError::Script(Box::new(error.diagnostic(script))))
            }
            _ => Ok(()),
        }
    }

    /// What the history keeps of a migration.
    pub(super) fn record(&self, migration: &Migration) -> Record {
        Record {
            up: migration.up.clone(),
            down: migration.down.clone(),
            layout: self.set.layout.name(),
            irreversible: migration.irreversible.clone(),
            min_release: migration.min_release.clone(),
        }
    }

    /// The outline of a script as it was shown, if its bytes are still the same.
    fn outlined(
        &self,
        version: &Version,
        direction: Direction,
        script: &Script,
    ) -> Option<Outline> {
        let step = self.shown.get(&(version, direction))?;
        let same = step.script()?.sha256 == script.sha256;
        // A file that cannot be read any more is reported by reading it again.
        (same && script.is_unchanged().unwrap_or(false)).then(|| Outline {
            units: step.units.clone(),
            losses: step.losses.clone(),
        })
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "one place that puts a step together"
    )]
    pub(super) fn step(
        &self,
        named: Named,
        version: Version,
        name: String,
        direction: Direction,
        script: Option<(Arc<Script>, ScriptFrom)>,
        record: Record,
        attempt: Option<&Attempt>,
    ) -> Result<Step, PlanError> {
        let done = attempt.map_or(&[][..], |attempt| &attempt.done);
        let (action, units, losses) = match script {
            Some((script, from)) => {
                let outline = match self.outlined(&version, direction, &script) {
                    Some(outline) => outline,
                    None => outline(&script, self.target, self.environment, done)?,
                };
                (Action::Run { script, from }, outline.units, outline.losses)
            }
            None => (Action::Record(Origin::Applied), vec![], vec![]),
        };
        let differs = done
            .iter()
            .enumerate()
            .find(|(at, digest)| units.get(*at).is_none_or(|unit| !unit.digest.is(digest)));
        if let Some((at, _)) = differs {
            let line = units.get(at).or(units.last()).map_or(1, |unit| unit.line);
            return Err(PlanError::AppliedPartChanged {
                migration: named,
                line,
            });
        }
        Ok(Step {
            version,
            name,
            direction,
            action,
            record,
            units,
            done: done.len(),
            attempt: attempt.map(|attempt| attempt.id.clone()),
            in_doubt: attempt
                .and_then(|attempt| attempt.in_doubt.clone())
                .map(Box::new),
            losses,
        })
    }
}
