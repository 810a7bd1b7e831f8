//! Waiting for locks on tables: short attempts with growing pauses, within a budget.
//!
//! A statement that waits for a lock makes everybody wait who comes after it, so an attempt is
//! short (the lock timeout), is undone, and the traffic passes before the next one.

use std::time::{Duration, Instant};

use limosa_core::ScriptReader;
use limosa_core::event::Event;
use limosa_db::DbError;
use limosa_sql::Dialect;

use super::error::is_conflict;
use super::kept_rows::Beginning;
use super::unit::{Position, UnitRun};
use super::{Applier, StepError};
use crate::Problem;

/// The first pause; each next one is twice as long, up to [`LONGEST`].
const FIRST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(5);

/// How often the wish to stop is looked at during a pause.
const LOOK: Duration = Duration::from_millis(50);

/// What is left of the budget for waiting.
struct Patience {
    left: Duration,
    pause: Duration,
}

impl Patience {
    /// The pause before the next attempt, after one that waited for `waited`; `None` when the budget is used up.
    fn next(&mut self, waited: Duration) -> Option<Duration> {
        let pause = self.pause;
        self.left = self.left.checked_sub(waited + pause)?;
        self.pause = (pause * 2).min(LONGEST);
        Some(pause)
    }
}

impl Applier<'_> {
    /// Does a unit, and again while locks on tables keep it from being done.
    pub(super) fn unit_with_patience(
        &mut self,
        run: &UnitRun<'_>,
        reader: &mut Option<ScriptReader>,
        position: &mut Position<'_>,
    ) -> Result<(), StepError> {
        let settings = position.settings.len();
        let cleaning = |cause| {
            StepError::Problem(Box::new(Problem::Db {
                doing: "cleaning the session",
                cause,
            }))
        };
        let (live, attached) = (position.live, self.attached().map_err(cleaning)?);
        let timeout = self.lock_timeout(run);
        self.waiting.before = Duration::ZERO;
        let mut patience = Patience {
            left: self.settings.lock_budget,
            pause: FIRST,
        };
        position.beginning = Beginning::WithWork;
        loop {
            let Err(error) = self.unit(run, reader, position) else {
                return Ok(());
            };
            if matches!(error, StepError::KeepsRows) {
                position.beginning = Beginning::Before;
                self.locked.reset_settings().map_err(cleaning)?;
                position.settings.truncate(settings);
                position.live = live;
                *reader = self.reader_at(run, position)?;
                position.settings.truncate(settings);
                continue;
            }
            let Some((number, cause)) = self.conflict(run, &error) else {
                return Err(error);
            };
            let message = cause.to_string();
            let Some(pause) = patience.next(timeout.unwrap_or_default()) else {
                return Err(error);
            };
            self.waiting.before = self.settings.lock_budget.saturating_sub(patience.left);
            self.note_failure(run.step, &error);
            let step = run.step;
            self.observer.observe(&Event::LockRetry {
                step,
                number,
                message: &message,
                blockers: error.blockers(),
                pause,
            });
            if !self.pause(pause) {
                return Err(StepError::stopped(run));
            }
            self.detach_but(&attached).map_err(cleaning)?;
            self.locked.reset_settings().map_err(cleaning)?;
            position.settings.truncate(settings);
            position.live = live;
            *reader = self.reader_at(run, position)?;
            position.settings.truncate(settings);
        }
    }

    /// How long a statement of the unit waits for a lock; `None` is without a limit.
    pub(super) fn lock_timeout(&self, run: &UnitRun<'_>) -> Option<Duration> {
        run.options
            .lock_timeout
            .or(self.locked.settings().lock_timeout)
    }

    /// The statement and the server's words, when a lock was in the way and nothing of the unit is left.
    fn conflict<'e>(&self, run: &UnitRun<'_>, error: &'e StepError) -> Option<(u64, &'e DbError)> {
        let dialect = self.locked.dialect();
        // A concurrent build that is the victim of a deadlock leaves an index behind, unless its probe has seen to that.
        let (number, cause, repeatable) = match error {
            StepError::Statement(failure) => {
                let repeatable =
                    !run.is_alone() || dialect == Dialect::Mysql || failure.recovered.is_some();
                (failure.number, &failure.cause, failure.undone && repeatable)
            }
            StepError::Problem(problem) => match &**problem {
                Problem::Db { cause, .. } => {
                    let repeatable = !run.is_alone() || dialect == Dialect::Mysql;
                    (run.unit.numbers.start, cause, repeatable)
                }
                _ => return None,
            },
            _ => return None,
        };
        (repeatable && is_conflict(cause)).then_some((number, cause))
    }

    /// Pauses; false when the person asked to stop.
    pub(super) fn pause(&self, pause: Duration) -> bool {
        let end = Instant::now() + pause;
        loop {
            if (self.interrupted)() {
                return false;
            }
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return true;
            }
            std::thread::park_timeout(left.min(LOOK));
        }
    }

    /// The script again, read up to the beginning of the unit.
    pub(super) fn reader_at(
        &mut self,
        run: &UnitRun<'_>,
        position: &mut Position<'_>,
    ) -> Result<Option<ScriptReader>, StepError> {
        let Some(script) = run.step.script() else {
            return Ok(None);
        };
        let mut reader = ScriptReader::hashing(script, self.locked.dialect(), self.environment)?;
        let target = self.locked.server().target;
        for (index, unit) in run.step.units.iter().enumerate().take(run.index) {
            UnitRun {
                unit,
                index,
                last: false,
                ..*run
            }
            .skip(&mut reader, position, &target)?;
        }
        Ok(Some(reader))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_end_with_the_budget() {
        let mut patience = Patience {
            left: Duration::from_secs(10),
            pause: FIRST,
        };
        let mut pauses = Vec::new();
        while let Some(pause) = patience.next(Duration::from_secs(1)) {
            pauses.push(pause.as_millis());
        }
        assert_eq!(pauses, [100, 200, 400, 800, 1600]);
    }
}
