//! Deciding what became of a unit that an earlier session began and nobody recorded the end of.
//!
//! It is decided under the lock, once that session is gone: by the effect probe of its statement, whose look at the
//! objects before the statement began is kept with the entry that began it.

use std::time::{Duration, Instant};

use limosa_core::history::InDoubt;
use limosa_core::plan::{Part, UnitMode};
use limosa_core::{ScriptReader, Step};
use limosa_db::probe::{self, Effect, Finding, Snapshot};
use limosa_db::store::Entry;
use limosa_db::{LockError, LockHolder};
use serde::{Deserialize, Serialize};

use super::feed::Feed;
use super::unit::{Position, UnitRun, problem};
use super::{Applier, StepError};
use crate::Problem;

/// How often it is looked whether a session is gone.
const LOOK_AGAIN: Duration = Duration::from_millis(200);

/// What the entry that begins a unit keeps for whoever has to decide it.
#[derive(Serialize, Deserialize)]
pub(super) struct Before {
    pub probe: Snapshot,
}

impl Before {
    pub fn to_json(&self) -> String {
        // A map of texts cannot fail to be written.
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl Applier<'_> {
    /// Describes the objects of a statement that runs alone, as the session of the file sees them, before
    /// anything is written about it.
    pub(super) fn look(
        &mut self,
        run: &UnitRun<'_>,
        feed: &mut Feed,
        reader: &mut Option<ScriptReader>,
        position: &mut Position<'_>,
    ) -> Result<Option<Snapshot>, StepError> {
        self.replay(position)?;
        feed.until_statement(self, run, reader, position)?;
        let seen = match feed.last() {
            Some(sql) => probe::look(self.locked, sql)
                .map_err(|cause| problem("looking at what a statement is about", cause))?,
            None => None,
        };
        if !position.settings.is_empty() {
            // Our own tables are written without the settings of the file.
            self.locked
                .reset_settings()
                .map_err(|cause| problem("cleaning the session", cause))?;
        }
        Ok(seen)
    }

    /// Decides the unit in doubt. Gives the number of units that are done then.
    pub(super) fn recover(
        &mut self,
        step: &Step,
        position: &Position<'_>,
        doubt: &InDoubt,
    ) -> Result<usize, StepError> {
        self.wait_for_end(doubt)?;
        let finding = self.judge(step, doubt)?;
        let limit = self.locked.settings().statement_timeout;
        for statement in &finding.clean_up {
            self.locked
                .set_timeouts(None, limit)
                .and_then(|()| self.locked.run(statement))
                .map_err(|cause| problem("cleaning up after an interrupted statement", cause))?;
        }
        let (event, found, done) = match finding.effect {
            Effect::Present => ("unit-done", "present", step.done + 1),
            Effect::Absent if finding.clean_up.is_empty() => ("unit-failed", "absent", step.done),
            Effect::Absent => ("unit-failed", "leftover", step.done),
            Effect::Other(why) => return Err(undecided(doubt, why)),
        };
        let detail = serde_json::json!({
            "recovered": { "found": found, "cleaned": finding.clean_up },
        });
        let backend = self.locked.server().backend.clone();
        let entry = Entry {
            unit: Some(step.done),
            digest: Some(&doubt.digest),
            statement: u64::try_from(doubt.statement).ok(),
            detail: Some(detail.to_string()),
            ..self.entry(step, position, event, &backend)
        };
        if !self.store.journal_entry(self.locked, &entry)? {
            return Err(StepError::Guard);
        }
        self.locked
            .reset_session()
            .map_err(|cause| problem("cleaning the session", cause))?;
        Ok(done)
    }

    fn judge(&mut self, step: &Step, doubt: &InDoubt) -> Result<Finding, StepError> {
        let before = doubt
            .before
            .as_deref()
            .and_then(|detail| serde_json::from_str::<Before>(detail).ok());
        let Some(Before { probe: before }) = before else {
            return Err(undecided(
                doubt,
                "what this kind of statement does cannot be seen afterwards".to_owned(),
            ));
        };
        let unit = step.units.get(step.done);
        let same = unit.is_some_and(|unit| unit.digest == doubt.digest);
        let Some(sql) = same
            .then(|| self.statement_in_doubt(step))
            .transpose()?
            .flatten()
        else {
            return Err(undecided(
                doubt,
                "it is another statement in the file now".to_owned(),
            ));
        };
        probe::judge(self.locked, &sql, &before)
            .map_err(|cause| problem("looking at what an interrupted statement has done", cause))
    }

    /// The only statement of the unit in doubt, as it was sent.
    fn statement_in_doubt(&self, step: &Step) -> Result<Option<String>, StepError> {
        let (Some(script), Some(unit)) = (step.script(), step.units.get(step.done)) else {
            return Ok(None);
        };
        let target = self.locked.server().target;
        let mut reader = ScriptReader::open(script, target.dialect, self.environment)?;
        let mut found = None;
        while let Some(text) = reader.next() {
            let text = text?;
            if text.index >= unit.statements.end {
                break;
            }
            if text.index >= unit.statements.start
                && Part::of(&text.facts(&target), false) == Part::Statement
            {
                found = Some(text.sql.to_owned());
            }
        }
        Ok(found.filter(|_| unit.mode == UnitMode::Alone))
    }

    /// Waits until the session that began the unit is gone: until then it may still work on it.
    fn wait_for_end(&mut self, doubt: &InDoubt) -> Result<(), StepError> {
        let began = Instant::now();
        let (id, started) = (doubt.backend.0, doubt.backend.1.as_str());
        let ours = &self.locked.server().backend;
        if (ours.id, ours.started.as_str()) == (id, started) {
            return Ok(());
        }
        let mut told = None;
        while self.store.is_there(self.locked, doubt)? {
            let waited = began.elapsed();
            let holder = LockHolder {
                id,
                who: format!("the session {id} that began statement {}", doubt.statement),
                since: None,
            };
            if waited >= self.settings.lock_wait {
                let held = LockError::Held {
                    holder: Some(holder),
                    waited,
                };
                return Err(StepError::Problem(Box::new(Problem::Lock(held))));
            }
            if told.is_none_or(|at: Instant| at.elapsed() >= Duration::from_secs(1)) {
                told = Some(Instant::now());
                self.observer
                    .observe(&limosa_core::event::Event::LockWaiting {
                        holder: Some(&holder.who),
                        held_for: None,
                        waited,
                    });
            }
            if !self.pause(LOOK_AGAIN) {
                return Err(StepError::Problem(Box::new(Problem::Lock(
                    LockError::Interrupted,
                ))));
            }
        }
        Ok(())
    }
}

fn undecided(doubt: &InDoubt, why: String) -> StepError {
    StepError::InDoubt {
        doubt: Box::new(doubt.clone()),
        why,
    }
}
