//! Deciding what became of a statement that runs alone, when its answer is missing or an error.
//!
//! What was seen of its objects before it began is kept with the entry that began it. When nobody recorded how it
//! ended, it is decided under the lock, once the session that began it is gone: by the effect probe of its kind.
//! After an error the same is done at once, so that nothing of it is left.

use std::time::{Duration, Instant};

use limosa_core::event::Event;
use limosa_core::history::{Attempt, InDoubt};
use limosa_core::plan::statements;
use limosa_core::{Diagnostic, ScriptReader, Step};
use limosa_db::probe::{self, Effect, Finding, Snapshot};
use limosa_db::store::{Entry, Stage, Texts};
use limosa_db::{DbError, Session};
use limosa_sql::Dialect;
use serde::Deserialize;

use super::failure::{Question, StatementFailure, Why, is_conflict};
use super::feed::Feed;
use super::patience::Patience;
use super::place::Place;
use super::unit::{Position, UnitRun, problem};
use super::{Applier, StepError};

/// How often it is looked whether a session is gone.
const LOOK_AGAIN: Duration = Duration::from_millis(200);

const CLEANING: &str = "cleaning up after an interrupted statement";

/// What the entry that begins a unit keeps for whoever has to decide it.
#[derive(Deserialize)]
pub(super) struct Before {
    probe: Snapshot,
}

impl Before {
    pub fn to_json(probe: &Snapshot) -> String {
        serde_json::json!({ "probe": probe }).to_string()
    }

    fn of(doubt: &InDoubt) -> Option<Self> {
        let detail = doubt.before.as_deref()?;
        serde_json::from_str(detail).ok()
    }
}

/// What became of a statement, once what it left behind is cleaned up.
#[derive(Debug)]
pub(crate) struct Recovered {
    effect: Effect,
    /// The statements that cleaned up.
    pub cleaned: Vec<String>,
}

impl Recovered {
    /// Whether all of it is there.
    pub fn took_effect(&self) -> bool {
        self.effect == Effect::Present
    }

    /// What the journal says about it.
    pub fn to_json(&self) -> serde_json::Value {
        let found = match (&self.effect, self.cleaned.is_empty()) {
            (Effect::Present, _) => "present",
            (_, true) => "absent",
            (_, false) => "leftover",
        };
        serde_json::json!({ "found": found, "cleaned": self.cleaned })
    }

    /// The detail of its entry in the journal.
    pub fn to_detail(&self) -> String {
        serde_json::json!({ "recovered": self.to_json() }).to_string()
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
        self.see_tables(feed, run, position)?;
        let seen = match feed.last() {
            Some(sql) => match probe::look(self.locked, sql) {
                // What the server has against the names in it, it says better when the statement is sent.
                Err(DbError::Server(_)) => None,
                seen => {
                    seen.map_err(|cause| problem("looking at what a statement is about", cause))?
                }
            },
            None => None,
        };
        feed.enclosed = self.can_be_enclosed(feed)?;
        if !position.settings.is_empty() {
            // Our own tables are written without the settings of the file.
            self.locked
                .reset_settings()
                .map_err(|cause| problem("cleaning the session", cause))?;
        }
        Ok(seen)
    }

    /// Decides a unit in doubt, and whether it took effect. If so the reader has passed it.
    pub(super) fn recover(
        &mut self,
        run: &UnitRun<'_>,
        doubt: &InDoubt,
        reader: &mut Option<ScriptReader>,
        position: &mut Position<'_>,
    ) -> Result<bool, StepError> {
        if !run.unit.digest.is(&doubt.digest) {
            self.recover_changed(run.step, doubt, position)?;
            return Ok(false);
        }
        self.wait_for_end(position, doubt)?;
        let beginning = position.mark();
        self.replay(position)?;
        if self.locked.dialect() != Dialect::Sqlite {
            // Whoever may change the objects is named at the head of the unit.
            Feed::new(run).until_statement(self, run, reader, position)?;
        }
        let recovered = self.decided(run.step, doubt, position)?;
        if recovered.took_effect() {
            return Ok(true);
        }
        self.rewind(run, beginning, reader, position)?;
        Ok(false)
    }

    /// Decides a unit in doubt that the file does not have any more. Only what had no effect may be changed.
    pub(super) fn recover_changed(
        &mut self,
        step: &Step,
        doubt: &InDoubt,
        position: &mut Position<'_>,
    ) -> Result<(), StepError> {
        self.wait_for_end(position, doubt)?;
        self.replay(position)?;
        let recovered = self.decided(step, doubt, position)?;
        if recovered.took_effect() {
            return Err(StepError::AppliedPartChanged);
        }
        Ok(())
    }

    /// After an error of a statement: cleans up what it left behind. When it has taken effect all the same, that is
    /// no error any more.
    pub(super) fn recover_from_error(
        &mut self,
        error: StepError,
        before: &Snapshot,
    ) -> Result<Recovered, StepError> {
        // The server says that the name is taken: whatever has it is not of this statement.
        const TAKEN: &str = "42P07";
        let StepError::Statement(mut failure) = error else {
            return Err(error);
        };
        let answered = failure.cause.failure().is_some();
        if !answered || !failure.undone || failure.cause.code() == TAKEN {
            return Err(StepError::Statement(failure));
        }
        match self.found_and_cleaned(&mut failure, before)? {
            // Without anything to complete the server's word counts: it failed.
            Some(recovered) if recovered.took_effect() && !recovered.cleaned.is_empty() => {
                Ok(recovered)
            }
            Some(recovered) => {
                failure.recovered = Some(recovered);
                Err(StepError::Statement(failure))
            }
            None => {
                failure.undone = false;
                Err(StepError::Statement(failure))
            }
        }
    }

    /// After an error of a statement whose effect cannot be seen: what a procedure had committed before the error
    /// stays, so it is in doubt unless it cannot have committed anything.
    pub(super) fn doubt_after_error(
        &mut self,
        mut error: StepError,
        sql: Option<&str>,
    ) -> StepError {
        let StepError::Statement(failure) = &error else {
            return error;
        };
        // Without a context the error is one of the call itself: nothing inside has run.
        let inside = failure
            .cause
            .failure()
            .is_some_and(|failure| failure.context.is_some());
        // What cannot be found out counts as if it had.
        if let Some(sql) = sql.filter(|_| inside)
            && probe::may_have_committed(self.locked, sql).unwrap_or(true)
        {
            error.not_undone();
        }
        error
    }

    /// `None` when it stays in doubt: then the next run decides it.
    fn found_and_cleaned(
        &mut self,
        failure: &mut StatementFailure,
        before: &Snapshot,
    ) -> Result<Option<Recovered>, StepError> {
        let cleaned = probe::judge(self.locked, before).and_then(|finding| {
            if matches!(finding.effect, Effect::Absent | Effect::Present) {
                self.clean_up(&finding)?;
            }
            Ok(finding)
        });
        match cleaned {
            Ok(Finding {
                effect: effect @ (Effect::Absent | Effect::Present),
                clean_up: cleaned,
            }) => Ok(Some(Recovered { effect, cleaned })),
            Ok(_) => Ok(None),
            // Another connection goes on from here.
            Err(cause @ DbError::Connection(_)) => Err(problem(CLEANING, cause)),
            Err(cause) => {
                failure.not_cleaned = Some(cause.to_string());
                Ok(None)
            }
        }
    }

    /// Looks until nobody else is at work on the objects, cleans up, and writes down what was found.
    fn decided(
        &mut self,
        step: &Step,
        doubt: &InDoubt,
        position: &mut Position<'_>,
    ) -> Result<Recovered, StepError> {
        let Some(Before { probe: before }) = Before::of(doubt) else {
            return Err(self.undecided(step, doubt, Why::NotSeen));
        };
        let look = |session: &mut dyn Session| {
            probe::judge(session, &before).map_err(|cause| {
                problem("looking at what an interrupted statement has done", cause)
            })
        };
        let mut finding = look(self.locked)?;
        self.wait_while(
            doubt,
            |id| {
                format!(
                    "the session {id} that works on what statement {} is about",
                    doubt.statement
                )
            },
            &mut |applier| {
                finding = look(applier.locked)?;
                Ok(match &finding.effect {
                    Effect::Busy(session) => Some(*session),
                    _ => None,
                })
            },
        )?;
        if let Effect::Other(seen) = finding.effect {
            return Err(self.undecided(step, doubt, Why::Seen(seen)));
        }
        self.tell(step, doubt, &finding);
        self.clean_up(&finding).map_err(|cause| {
            let refused = matches!(cause, DbError::Server(_)) && !is_conflict(&cause);
            if self.watch.has_stopped() {
                stopped(doubt)
            } else if refused && self.locked.dialect() == Dialect::Mysql {
                let statements = finding.clean_up.join("; ");
                let why = format!("only a part of it is there, and the server refuses the rest: {statements}: {cause}");
                self.undecided(step, doubt, Why::Seen(why))
            } else {
                problem(CLEANING, cause)
            }
        })?;
        let recovered = Recovered {
            effect: finding.effect,
            cleaned: finding.clean_up,
        };
        self.note_recovered(step, doubt, position, &recovered)?;
        Ok(recovered)
    }

    /// Says what was found, before it is cleaned up: that may have to wait.
    fn tell(&mut self, step: &Step, doubt: &InDoubt, finding: &Finding) {
        let cleaning = finding.clean_up.join("; ");
        let found = match (&finding.effect, cleaning.as_str()) {
            (Effect::Present, "") => "took effect".to_owned(),
            (Effect::Present, _) => format!("is completed now: {cleaning}"),
            (_, "") => "did not take effect".to_owned(),
            (_, _) => format!("what it left behind is taken away: {cleaning}"),
        };
        let (statement, name) = (doubt.statement, step.full_name());
        let message = format!("statement {statement} of {name} was interrupted, and {found}");
        let remark = Diagnostic::note("recovered", message);
        self.observer.observe(&Event::Remark(&remark));
    }

    /// On `PostgreSQL` it waits for as long as it takes, and stops nobody, like a concurrent statement. On `MySQL`
    /// everybody would wait behind it, so it waits in short attempts.
    fn clean_up(&mut self, finding: &Finding) -> Result<(), DbError> {
        if self.locked.dialect() == Dialect::Postgres && !finding.clean_up.is_empty() {
            // It is concurrent, too.
            self.locked.give_up_others()?;
        }
        let settings = self.locked.settings();
        let statement_timeout = settings.statement_timeout;
        let lock_timeout = match self.locked.dialect() {
            Dialect::Mysql => settings.lock_timeout,
            Dialect::Postgres | Dialect::Sqlite => None,
        };
        for statement in &finding.clean_up {
            let mut patience = Patience::new(
                self.settings.lock_budget,
                lock_timeout,
                self.locked.dialect(),
            );
            loop {
                self.locked.set_timeouts(lock_timeout, statement_timeout)?;
                let Self {
                    locked,
                    watch,
                    interrupted,
                    ..
                } = &mut *self;
                let Err(error) = watch.statement(*interrupted, || locked.run(statement)) else {
                    break;
                };
                let waited = lock_timeout.unwrap_or_default();
                let pause = is_conflict(&error).then(|| patience.next(waited)).flatten();
                if !pause.is_some_and(|pause| self.pause(pause)) {
                    return Err(error);
                }
            }
        }
        Ok(())
    }

    fn note_recovered(
        &mut self,
        step: &Step,
        doubt: &InDoubt,
        position: &Position<'_>,
        recovered: &Recovered,
    ) -> Result<(), StepError> {
        self.locked
            .reset_settings()
            .map_err(|cause| problem("cleaning the session", cause))?;
        let event = if recovered.took_effect() {
            "unit-done"
        } else {
            "unit-failed"
        };
        let backend = self.locked.server().backend.clone();
        let entry = Entry {
            unit: Some(step.done),
            digest: Some(doubt.digest.clone()),
            statement: u64::try_from(doubt.statement).ok(),
            detail: Some(recovered.to_detail()),
            ..self.entry(step, position, event, &backend)
        };
        let taken_back = step.done == 0 && !recovered.took_effect();
        let change = taken_back.then(|| position.change(step, Stage::TakenBack));
        if !(self.store).journal_with(self.locked, &[entry], change.as_ref())? {
            return Err(StepError::Guard);
        }
        Ok(())
    }

    /// Waits until the session that began the unit is gone: until then it may still work on it.
    fn wait_for_end(&mut self, position: &Position<'_>, doubt: &InDoubt) -> Result<(), StepError> {
        let id = doubt.backend.0;
        self.wait_while(
            doubt,
            |id| format!("the session {id} that began statement {}", doubt.statement),
            &mut |applier| {
                let is_there = applier.store.is_there(applier.locked, doubt)?;
                // On SQLite it is no ghost, but another migrator at work, which may have ended the unit.
                if applier.locked.dialect() == Dialect::Sqlite
                    && !applier.is_in_doubt(position, doubt)?
                {
                    return Err(StepError::Guard);
                }
                Ok(is_there.then_some(id))
            },
        )
    }

    /// Whether the journal still says that the unit is begun and not ended.
    fn is_in_doubt(&mut self, position: &Position<'_>, doubt: &InDoubt) -> Result<bool, StepError> {
        let attempts = self.store.history(self.locked, Texts::Without)?.attempts;
        let same = |one: &Attempt| {
            let now = one.in_doubt.as_ref();
            one.id == position.attempt
                && now.is_some_and(|now| (now.unit, &now.at) == (doubt.unit, &doubt.at))
        };
        Ok(attempts.iter().any(same))
    }

    /// Waits while a session is in the way, saying which, as long as for the lock between migrators.
    fn wait_while(
        &mut self,
        doubt: &InDoubt,
        name: impl Fn(i64) -> String,
        in_the_way: &mut dyn FnMut(&mut Self) -> Result<Option<i64>, StepError>,
    ) -> Result<(), StepError> {
        let began = Instant::now();
        let mut told = None;
        while let Some(id) = in_the_way(self)? {
            let (who, waited) = (name(id), began.elapsed());
            if waited >= self.settings.lock_wait {
                return Err(StepError::Busy { who, waited });
            }
            if told.is_none_or(|at: Instant| at.elapsed() >= Duration::from_secs(1)) {
                told = Some(Instant::now());
                self.observer.observe(&Event::LockWaiting {
                    tool: None,
                    holder: Some(&who),
                    held_for: None,
                    waited,
                });
            }
            if !self.pause(LOOK_AGAIN) {
                return Err(stopped(doubt));
            }
        }
        Ok(())
    }

    /// The question that only a person can answer.
    fn undecided(&self, step: &Step, doubt: &InDoubt, why: Why) -> StepError {
        let same = step
            .units
            .get(step.done)
            .is_some_and(|unit| unit.digest.is(&doubt.digest));
        StepError::InDoubt(Box::new(Question {
            doubt: doubt.clone(),
            why,
            place: same.then(|| self.statement(step, doubt)).flatten(),
        }))
    }

    /// Where the statement stands, and its text as it may be shown. It is only shown: without it the question is
    /// the same.
    fn statement(&self, step: &Step, doubt: &InDoubt) -> Option<Place> {
        let number = u64::try_from(doubt.statement).ok()?;
        let target = self.locked.server().target;
        let mut place = None;
        statements(
            step.script()?,
            &step.units,
            &target,
            self.environment,
            &mut |planned| {
                if planned.number == number {
                    let file = step.script().map_or("", |script| &script.file);
                    place = Some(Place::of(file, &planned.text, target.dialect));
                }
            },
        )
        .ok()?;
        place
    }
}

fn stopped(doubt: &InDoubt) -> StepError {
    StepError::Stopped {
        before: u64::try_from(doubt.statement).unwrap_or(1),
    }
}
