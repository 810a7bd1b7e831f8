//! Calls and compound statements of `MySQL` and `MariaDB` in the transaction that records them.
//!
//! They may commit in the middle, so they are units of their own. When they do not, they are undone by a rollback
//! and by a crash like any other rows, and so is the entry that begins them. When they do, that entry is committed
//! with what they did: after a failure or a crash it is there, and the unit is in doubt. This holds as long as they
//! do not roll back themselves, which their text has to say.

use limosa_core::ScriptReader;
use limosa_db::store::UnitKind;
use limosa_db::{DbError, probe};

use super::feed::Feed;
use super::trace::{self, Rollback, Trace};
use super::unit::{Position, UnitRun, commit, problem};
use super::{Applier, StepError};

impl Applier<'_> {
    /// Whether the statement of a unit is such a one.
    pub(super) fn can_be_enclosed(&mut self, feed: &Feed) -> Result<bool, StepError> {
        let Some(sql) = feed.may_commit() else {
            return Ok(false);
        };
        match probe::is_undone_with_its_entry(self.locked, sql) {
            // What the server has against the names in it, it says better when the statement is sent.
            Err(DbError::Server(_)) => Ok(false),
            known => known.map_err(|cause| problem("looking at what a statement does", cause)),
        }
    }

    /// Runs it.
    pub(super) fn enclosed(
        &mut self,
        run: &UnitRun<'_>,
        feed: &mut Feed,
        reader: &mut Option<ScriptReader>,
        position: &mut Position<'_>,
    ) -> Result<(), StepError> {
        self.settle(run, position)?;
        let first = feed.number;
        self.begin_with("", None, |applier| {
            applier.guard(run, position, first, None)
        })?;
        self.timeouts(run)?;
        self.replay(position)?;
        self.locked
            .run(trace::SAVEPOINT)
            .map_err(|cause| problem("preparing to undo a failure", cause))?;
        feed.trace = Trace::Savepoint;
        if let Err(error) = feed.finish(self, run, reader, position) {
            return Err(self.after_rollback(run, position, error));
        }
        // A commit has taken the savepoint away.
        let committed = self.locked.run(trace::RELEASE).is_err();
        if committed {
            commit(self.locked)?;
        }
        self.locked
            .reset_settings()
            .map_err(|cause| problem("cleaning the session", cause))?;
        if committed {
            return self.record_alone(run, position, None);
        }
        self.done(run, position, UnitKind::Transaction, None)?;
        commit(self.locked)
    }

    /// Rolls back after a failure, and finds out whether the entry that began the unit was committed.
    fn after_rollback(
        &mut self,
        run: &UnitRun<'_>,
        position: &Position<'_>,
        mut error: StepError,
    ) -> StepError {
        let rollback = trace::rolls_back_all(self.locked);
        match self
            .store
            .has_begun(self.locked, position.attempt, run.index)
        {
            Ok(false) => {
                error.enclosed();
                if rollback == Rollback::Partial {
                    error.not_undone();
                }
            }
            Ok(true) => error.not_undone(),
            // The connection is gone: whoever comes next reads the journal.
            Err(_) => {}
        }
        error
    }
}
