//! Doing a unit, and again while locks on tables keep it from being done.
//!
//! A statement that waits for a strong lock makes everybody wait who comes after it. So an attempt does not wait
//! where its tables are known ([`super::tables`]); between attempts they are looked at, which disturbs nobody.
//! Where they are not known, an attempt waits for the lock timeout, is undone, and the traffic passes before the
//! next one.

use std::time::{Duration, Instant};

use limosa_core::ScriptReader;
use limosa_core::event::Event;
use limosa_db::DbError;
use limosa_db::blockers::{Look, Tables};
use limosa_sql::Dialect;

use super::failure::is_conflict;
use super::kept_rows::Beginning;
use super::patience::Patience;
use super::tables::Attempt;
use super::unit::{Mark, Position, UnitRun, problem};
use super::{Applier, StepError};
use crate::interrupt;
use crate::sequences::HistoryPlace;

/// How often it is told who is in the way.
const TELL: Duration = Duration::from_secs(1);

/// What becomes of a unit that was kept from being done.
enum Next {
    Again(Attempt),
    UsedUp,
    Stopped,
}

impl Applier<'_> {
    /// Does a unit, and again while locks on tables keep it from being done.
    pub(super) fn unit_with_patience(
        &mut self,
        run: &UnitRun<'_>,
        reader: &mut Option<ScriptReader>,
        position: &mut Position<'_>,
    ) -> Result<(), StepError> {
        let cleaning = |cause| problem("cleaning the session", cause);
        let (beginning, attached) = (position.mark(), self.attached().map_err(cleaning)?);
        let timeout = self.lock_timeout(run);
        let budget = self.settings.lock_budget;
        let mut patience = Patience::new(budget, timeout, self.locked.dialect());
        self.waiting.before = Duration::ZERO;
        position.beginning = Beginning::WithWork;
        self.waiting.attempt = patience.first();
        loop {
            let Err(mut error) = self.unit(run, reader, position) else {
                return Ok(());
            };
            if !error.is_lost() {
                self.settle(run, position)?;
            }
            if matches!(error, StepError::KeepsRows) {
                position.beginning = Beginning::Before;
                self.locked.reset_settings().map_err(cleaning)?;
                self.rewind(run, beginning, reader, position)?;
                continue;
            }
            let Some((number, message)) = self.conflict(run, position.beginning, &error) else {
                return Err(error);
            };
            patience.failed(self.waiting.attempt);
            let next = match error.take_tables() {
                Some(tables) => self.until_free(run, number, &message, &tables, &mut patience)?,
                None => {
                    self.see_holders(&mut error);
                    self.until_next(
                        run,
                        position.place,
                        (number, &message),
                        &error,
                        &mut patience,
                    )
                }
            };
            match next {
                Next::Again(attempt) => self.waiting.attempt = attempt,
                Next::UsedUp => {
                    error.name(&self.waiting.seen);
                    return Err(error);
                }
                Next::Stopped => return Err(StepError::stopped(run)),
            }
            self.waiting.before = budget.saturating_sub(patience.left);
            self.detach_but(&attached).map_err(cleaning)?;
            self.locked.reset_settings().map_err(cleaning)?;
            self.rewind(run, beginning, reader, position)?;
        }
    }

    /// Names who uses the tables of the statement that waited in vain, when nobody was seen while it waited. What
    /// cannot be found out is not told.
    fn see_holders(&mut self, error: &mut StepError) {
        let locks = std::mem::take(&mut self.waiting.locks);
        if !error.blockers().is_empty() || locks.is_empty() {
            return;
        }
        if let Ok(Some(tables)) = Tables::of(self.locked, &locks)
            && let Ok(holders) = tables.holders(self.locked)
        {
            error.name(&holders);
        }
    }

    /// Pauses before an attempt of which nothing is known.
    fn until_next(
        &mut self,
        run: &UnitRun<'_>,
        place: &HistoryPlace,
        (number, message): (u64, &str),
        error: &StepError,
        patience: &mut Patience,
    ) -> Next {
        let waited = self.lock_timeout(run).unwrap_or_default();
        let Some(pause) = patience.next(waited) else {
            return Next::UsedUp;
        };
        self.note_failure(run.step, error, place);
        self.observer.observe(&Event::LockRetry {
            step: run.step,
            number,
            message,
            blockers: error.blockers(),
            pause,
        });
        if self.pause(pause) {
            Next::Again(patience.first())
        } else {
            Next::Stopped
        }
    }

    /// Looks at the tables until they are free, or an attempt may wait for them.
    fn until_free(
        &mut self,
        run: &UnitRun<'_>,
        number: u64,
        message: &str,
        tables: &Tables,
        patience: &mut Patience,
    ) -> Result<Next, StepError> {
        let doing = |cause| problem("looking at the tables of a statement", cause);
        let budget = self.settings.lock_budget;
        self.waiting.seen = tables.holders(self.locked).map_err(doing)?;
        self.observer.observe(&Event::LockRetry {
            step: run.step,
            number,
            message,
            blockers: &self.waiting.seen,
            pause: patience.look,
        });
        let mut told: Option<Instant> = None;
        loop {
            if !self.waiting.seen.is_empty() && told.is_none_or(|told| told.elapsed() >= TELL) {
                told = Some(Instant::now());
                self.observer.observe(&Event::TableWaiting {
                    step: run.step,
                    number,
                    blockers: &self.waiting.seen,
                    waited: budget.saturating_sub(patience.left),
                });
            }
            let Some(pause) = patience.next_look() else {
                return Ok(Next::UsedUp);
            };
            if !self.pause(pause) {
                return Ok(Next::Stopped);
            }
            match tables.look(self.locked).map_err(doing)? {
                Look::Free => return Ok(Next::Again(Attempt::NoWait)),
                Look::Unknown => return Ok(Next::Again(Attempt::Bare)),
                Look::Held(holders) => self.waiting.seen = holders,
            }
            let passed = patience.since.map(|since| since.elapsed());
            let passed = passed.unwrap_or_default();
            if let Some(limit) = patience.may_wait(&self.waiting.seen, passed) {
                return Ok(Next::Again(Attempt::Wait(limit)));
            }
        }
    }

    /// How long a statement of the unit waits for a lock; `None` is without a limit.
    pub(super) fn lock_timeout(&self, run: &UnitRun<'_>) -> Option<Duration> {
        run.options
            .lock_timeout
            .or(self.locked.settings().lock_timeout)
    }

    /// The statement and the server's words, when a lock was in the way and nothing of the unit is left.
    fn conflict(
        &self,
        run: &UnitRun<'_>,
        beginning: Beginning,
        error: &StepError,
    ) -> Option<(u64, String)> {
        let dialect = self.locked.dialect();
        let (number, cause, repeatable): (u64, &DbError, bool) = match error {
            // A concurrent build that is the victim of a deadlock leaves an index behind, unless its probe has
            // seen to that.
            StepError::Statement(failure) => {
                let repeatable =
                    !run.is_alone() || dialect != Dialect::Postgres || failure.recovered.is_some();
                (failure.number, &failure.cause, failure.undone && repeatable)
            }
            // What a unit that runs alone has done stays when its record cannot be written, and so does a
            // beginning that was written before.
            StepError::Problem(problem) => {
                let repeatable = !run.is_alone() && beginning == Beginning::WithWork;
                (run.unit.numbers.start, problem.cause()?, repeatable)
            }
            _ => return None,
        };
        (repeatable && is_conflict(cause)).then(|| (number, cause.to_string()))
    }

    /// Pauses; false when the person asked to stop.
    pub(super) fn pause(&self, pause: Duration) -> bool {
        interrupt::pause(pause, self.interrupted)
    }

    /// Goes back to the beginning of a unit: in the script, and in what is known of the session's settings.
    pub(super) fn rewind(
        &mut self,
        run: &UnitRun<'_>,
        beginning: Mark,
        reader: &mut Option<ScriptReader>,
        position: &mut Position<'_>,
    ) -> Result<(), StepError> {
        position.return_to(beginning);
        *reader = self.reader_at(run, position)?;
        // Reading over the units before has found their settings again.
        position.return_to(beginning);
        Ok(())
    }

    /// The script again, read up to the beginning of the unit.
    fn reader_at(
        &mut self,
        run: &UnitRun<'_>,
        position: &mut Position<'_>,
    ) -> Result<Option<ScriptReader>, StepError> {
        let Some(script) = run.step.script() else {
            return Ok(None);
        };
        let mut reader = ScriptReader::hashing(script, self.locked.dialect(), self.environment)?;
        let target = self.locked.server().target;
        let lost = position.lost.clone();
        for (index, unit) in run.step.units.iter().enumerate().take(run.index) {
            UnitRun {
                unit,
                index,
                last: false,
                ..*run
            }
            .skip(&mut reader, position, &target)?;
        }
        // Those that this session has set are still there.
        position.lost = lost;
        Ok(Some(reader))
    }
}
