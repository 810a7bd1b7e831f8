//! A unit that runs alone: its beginning is committed before it, and its end after it.
//!
//! The end of one and the beginning of the next are committed together, so that between two definitions of `MySQL` and
//! `MariaDB` there is one commit. Whoever dies before it leaves the first in doubt, and after it the second. What
//! could not be decided then, what is the last of its migration, and whatever comes before a pause or a failure, is
//! written down at once.

use limosa_core::ScriptReader;
use limosa_core::plan::UnitMode;
use limosa_db::Session as _;
use limosa_db::probe::{self, Snapshot};
use limosa_db::store::UnitKind;
use limosa_sql::Dialect;

use super::feed::Feed;
use super::recover::Recovered;
use super::unit::{Position, UnitRun, problem};
use super::{Applier, StepError};

impl Applier<'_> {
    pub(super) fn alone(
        &mut self,
        run: &UnitRun<'_>,
        reader: &mut Option<ScriptReader>,
        position: &mut Position<'_>,
    ) -> Result<(), StepError> {
        let mut feed = Feed::new(run);
        let before = self.look(run, &mut feed, reader, position)?;
        if feed.enclosed {
            return self.enclosed(run, &mut feed, reader, position);
        }
        let unseen = feed.last().filter(|_| before.is_none()).map(str::to_owned);
        self.begin_alone(run, position, feed.number, before.as_ref())?;
        self.give_up_others(&feed)?;
        self.timeouts(run)?;
        self.replay(position)?;
        let fed = match before.as_ref().and_then(probe::refused) {
            Some(why) => Err(feed.refuse(self, run, position, why)),
            None => feed.finish(self, run, reader, position),
        };
        let fed = feed.trace.end(self.locked, fed);
        if fed.is_ok() && before.as_ref().is_some_and(probe::was_absent) {
            self.note_made(&feed, position)?;
        }
        let can_be_decided = before.is_some();
        let recovered = match (fed, before) {
            (Err(error), Some(before)) => Some(self.recover_from_error(error, &before)?),
            (Err(error), None) => return Err(self.doubt_after_error(error, unseen.as_deref())),
            (Ok(()), _) => None,
        };
        self.locked
            .reset_settings()
            .map_err(|cause| problem("cleaning the session", cause))?;
        let next = run.step.units.get(run.index + 1);
        let is_followed = self.locked.dialect() == Dialect::Mysql
            && next.is_some_and(|next| next.mode == UnitMode::Alone);
        if is_followed && can_be_decided && recovered.is_none() {
            position.unrecorded = Some(run.index);
            return Ok(());
        }
        self.record_alone(run, position, recovered.as_ref())
    }

    /// Writes that the unit begins, and with it that the one before is done, where that is still to be written.
    fn begin_alone(
        &mut self,
        run: &UnitRun<'_>,
        position: &mut Position<'_>,
        first: u64,
        before: Option<&Snapshot>,
    ) -> Result<(), StepError> {
        if run.index == 0 && self.store.foreign().is_some() {
            // Our journal and the table of the other tool say it together.
            return self
                .in_own_transaction(None, |applier| applier.guard(run, position, first, before));
        }
        match self.guard(run, position, first, before) {
            Err(error) if position.unrecorded.is_some() && error.is_conflict() => {
                self.settle(run, position)?;
                self.guard(run, position, first, before)?;
            }
            begun => begun?,
        }
        position.unrecorded = None;
        Ok(())
    }

    /// Writes that the unit before is done, where that is still to be written.
    pub(super) fn settle(
        &mut self,
        run: &UnitRun<'_>,
        position: &mut Position<'_>,
    ) -> Result<(), StepError> {
        let Some(index) = position.unrecorded.take() else {
            return Ok(());
        };
        self.locked
            .reset_settings()
            .map_err(|cause| problem("cleaning the session", cause))?;
        self.record_alone(&run.earlier(index), position, None)
    }

    /// Writes that a unit that ran alone is done. What it did stays, so only the record is tried again.
    pub(super) fn record_alone(
        &mut self,
        run: &UnitRun<'_>,
        position: &Position<'_>,
        recovered: Option<&Recovered>,
    ) -> Result<(), StepError> {
        self.in_own_transaction(Some(UnitKind::Alone), |applier| {
            applier.done(run, position, UnitKind::Alone, recovered)
        })
    }
}

impl UnitRun<'_> {
    /// An earlier unit of the same step.
    fn earlier(&self, index: usize) -> Self {
        Self {
            unit: &self.step.units[index],
            index,
            last: false,
            ..*self
        }
    }
}
