//! The locks of other tools, which are given up for the time of a concurrent statement.
//!
//! A tool that waits for its lock in the server holds a snapshot, and a concurrent build ends only when all older
//! snapshots have: each would wait for the other. So the locks are given up before such a statement, and taken
//! again before the next unit.

use std::time::Duration;

use limosa_core::{Class, Diagnostic};
use limosa_db::{HeldLock, LockError, LockWait};

use super::failure::committed;
use super::feed::Feed;
use super::unit::{UnitRun, problem};
use super::{Applier, StepError};
use crate::report::with_end;
use crate::run::tell_waiting;

impl Applier<'_> {
    /// Takes the locks of other tools where they were given up: nobody else is at work while a unit runs.
    pub(super) fn take_others(&mut self, run: &UnitRun<'_>) -> Result<(), StepError> {
        let Self {
            locked,
            observer,
            interrupted,
            settings,
            ..
        } = self;
        let mut wait = LockWait {
            limit: settings.lock_wait,
            lost: None,
            waiting: &mut |lock, waited| tell_waiting(*observer, lock, waited),
            interrupted: &|| interrupted(),
        };
        locked.take_others(&mut wait).map_err(|error| match error {
            LockError::Held { lock, waited } => StepError::OtherAtWork {
                lock,
                waited,
                before: run.unit.numbers.start,
            },
            LockError::Interrupted => StepError::stopped(run),
            LockError::Db(cause) => problem("taking the locks of other tools again", cause),
        })
    }

    /// Gives them up where the next statement would wait for those who wait for them.
    pub(super) fn give_up_others(&mut self, feed: &Feed) -> Result<(), StepError> {
        if !feed.only().is_some_and(|held| held.awaits_snapshots) {
            return Ok(());
        }
        self.locked
            .give_up_others()
            .map_err(|cause| problem("giving the locks of other tools up", cause))
    }
}

/// Another tool was faster to take its lock, and has it for too long.
pub(super) fn at_work(lock: &HeldLock, waited: Duration, name: &str, before: u64) -> Diagnostic {
    let tool = lock.tool.unwrap_or("the other tool");
    let diagnostic = Diagnostic::error("lock-held", Class::Failed, lock.to_string())
        .with_note("it was given up for the time of a statement that runs concurrently, so that nobody waits for ever")
        .with_note(format!("waited {} s; {}", waited.as_secs(), committed(name, &(1..before))))
        .with_help(format!("go on with the same command when {tool} is done, or wait longer with --lock-wait"));
    with_end(diagnostic, lock)
}
