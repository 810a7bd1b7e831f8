//! Doing one step of a plan: its units, each together with its record.

mod alone;
mod attached;
mod attempts;
mod enclosed;
mod error;
mod failure;
mod feed;
mod held;
mod kept_rows;
mod others;
mod patience;
mod place;
mod record;
mod recover;
mod stretch;
mod tables;
mod trace;
mod unit;
mod variables;
mod waiting;

pub(crate) use error::StepError;
pub(crate) use failure::said_by_server;
pub(crate) use held::discreet;
pub(crate) use place::Place;
pub(crate) use record::{Kept, event_of, kept_scripts};
pub(crate) use stretch::{End, Framing, Member, Stretched};
pub(crate) use waiting::Waiting;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use limosa_core::event::{Done, Event, Observer};
use limosa_core::plan::{Action, UnitMode};
use limosa_core::script::Environment;
use limosa_core::{ScriptReader, Step};
use limosa_db::store::{Entry, Stage, Stores, UnitKind};
use limosa_db::{DbError, Locked};

use crate::Settings;
use crate::interrupt::Watch;
use crate::notices::Notices;
use crate::sequences::HistoryPlace;
use kept_rows::Beginning;
use unit::{Position, UnitRun};

/// What does steps.
pub(crate) struct Applier<'a> {
    pub locked: &'a mut Locked,
    pub store: &'a Stores,
    pub settings: &'a Settings,
    pub run: &'a str,
    pub environment: Environment<'a>,
    pub interrupted: &'a (dyn Fn() -> bool + Sync),
    pub watch: &'a Watch,
    pub waiting: &'a mut Waiting,
    pub observer: &'a mut dyn Observer,
    pub notices: &'a Notices,
    /// Whether a definition may do more than it says, by an event trigger.
    pub is_triggered: bool,
}

impl Applier<'_> {
    /// Does a step, at its place in the history. `told` says that its beginning is known.
    pub fn step(
        &mut self,
        step: &Step,
        attempt: &str,
        place: &HistoryPlace,
        told: bool,
    ) -> Result<Done, StepError> {
        let started = Instant::now();
        if !told {
            self.observer.observe(&Event::StepStarted { step });
        }
        let result = self.units(step, attempt, place, started);
        let duration = started.elapsed();
        // What a migration did to the session never reaches the next one, nor our own tables.
        let cleaned = self.locked.reset_session();
        match result {
            Ok(()) => {
                cleaned.map_err(|cause| StepError::Cleaning { cause })?;
                self.observer
                    .observe(&Event::StepFinished { step, duration });
                Ok(Done::of(step, duration))
            }
            // Another connection may go on.
            Err(error) if error.is_lost() => Err(error),
            Err(StepError::Guard) => {
                self.observer.observe(&Event::StepYielded { step });
                Err(StepError::Guard)
            }
            Err(error) => {
                self.failed(step, &error, place, duration);
                Err(error)
            }
        }
    }

    /// Writes down and tells that a step failed.
    fn failed(&mut self, step: &Step, error: &StepError, place: &HistoryPlace, duration: Duration) {
        self.note_failure(step, error, place);
        self.observer.observe(&Event::StepFailed {
            step,
            number: error.statement(),
            duration,
        });
    }

    fn units(
        &mut self,
        step: &Step,
        attempt: &str,
        place: &HistoryPlace,
        started: Instant,
    ) -> Result<(), StepError> {
        // What the history keeps of a script is found out while it runs, where that is not too late.
        let kept = if is_one_transaction(step) {
            Kept::before(step, self.locked.dialect(), self.store)?
        } else {
            Kept::of(step, self.locked.dialect(), self.store)?
        };
        let violations = self.foreign_keys_before(step)?;
        let mut position = Position {
            attempt,
            place,
            started,
            knows_duration: true,
            kept,
            settings: Vec::new(),
            live: 0,
            violations,
            beginning: Beginning::WithWork,
            lost: variables::Lost::new(),
            unrecorded: None,
            made: BTreeSet::new(),
        };
        let script = match &step.action {
            Action::Run { script, .. } => script,
            Action::Record(_) => return self.record_only(step, &position),
        };
        if !is_one_transaction(step) && !script.is_unchanged()? {
            // Units are committed one by one, so the file is compared before the first of them.
            return Err(StepError::FileChanged {
                file: script.file.clone(),
            });
        }
        let mut reader = Some(ScriptReader::hashing(
            script,
            self.locked.dialect(),
            self.environment,
        )?);
        let mut recorded = false;
        for (index, unit) in step.units.iter().enumerate() {
            let run = UnitRun {
                step,
                unit,
                index,
                last: index + 1 == step.units.len(),
                options: &script.options,
            };
            if index < step.done {
                let reader = reader
                    .as_mut()
                    .expect("it is taken by the last unit, which is not done");
                run.skip(reader, &mut position, &self.locked.server().target)?;
                continue;
            }
            if (self.interrupted)() {
                self.settle(&run, &mut position)?;
                return Err(StepError::stopped(&run));
            }
            if let Some(doubt) = step.in_doubt.as_ref().filter(|_| index == step.done)
                && self.recover(&run, doubt, &mut reader, &mut position)?
            {
                continue;
            }
            self.unit_with_patience(&run, &mut reader, &mut position)?;
            recorded = run.last;
        }
        if let Some(doubt) = step
            .in_doubt
            .as_ref()
            .filter(|_| step.done >= step.units.len())
        {
            self.recover_changed(step, doubt, &mut position)?;
        }
        if recorded {
            return Ok(());
        }
        // The last statement was in doubt, or is not in the file any more.
        self.in_own_transaction(Some(UnitKind::Alone), |applier| {
            applier.finish(step, &position, UnitKind::Alone)
        })
    }

    /// Writes down that a step failed. The report of the failure is more important than this entry,
    /// so trouble with it is not reported.
    fn note_failure(&mut self, step: &Step, error: &StepError, place: &HistoryPlace) {
        let StepError::Statement(failure) = error else {
            return;
        };
        if matches!(failure.cause, DbError::Connection(_) | DbError::Input(_)) {
            return;
        }
        let mut detail = serde_json::json!({
            "message": failure.cause.to_string(),
            "code": failure.cause.code(),
        });
        if let Some(recovered) = &failure.recovered {
            detail["recovered"] = recovered.to_json();
        }
        let backend = self.locked.server().backend.clone();
        let unit = step.units.get(failure.unit);
        let entry = |event, detail| Entry {
            run: self.run,
            event,
            attempt: Some(&failure.attempt),
            version: Some(step.version.text()),
            name: Some(&step.name),
            direction: Some(step.direction),
            unit: Some(failure.unit),
            digest: unit.map(|unit| unit.digest.to_string()),
            statement: Some(failure.number),
            backend: Some((backend.id, &backend.started)),
            actor: &self.settings.actor,
            detail,
        };
        let detail = Some(detail.to_string());
        let entries = match (failure.undone, failure.alone) {
            // A statement that ran alone takes its entry back with this one; a transaction
            // took its own entry back when it was rolled back.
            (true, true) => vec![entry("unit-failed", detail)],
            (true, false) => vec![entry("unit-undone", detail)],
            (false, true) => vec![entry("unit-in-doubt", detail)],
            // So what a rollback has not undone needs that entry again.
            (false, false) => vec![entry("unit-started", None), entry("unit-in-doubt", detail)],
        };
        // The other tool is told at the first unit that somebody is at work on the migration.
        let stage = if failure.undone {
            Stage::TakenBack
        } else {
            Stage::Begins { in_units: true }
        };
        let change = (failure.unit == 0).then(|| place.change(step, stage));
        let _ = (self.store).journal_with(self.locked, &entries, change.as_ref());
    }
}

/// Whether a step is one transaction: what it reads can be compared with the plan before anything of it
/// is committed, so its file is read once.
fn is_one_transaction(step: &Step) -> bool {
    matches!(step.units.as_slice(), [unit] if unit.mode != UnitMode::Alone) && step.done == 0
}
