//! Locks on the tables that a statement is known to need: taken, or looked at, before it is sent.
//!
//! A statement that waits for a strong lock is in the queue, and everybody who comes later waits behind it. So
//! in a transaction its locks are taken first, by a statement that does not wait; a statement that runs alone
//! (on `MySQL` and `MariaDB`) is sent when its tables were seen to be free.

use std::time::{Duration, Instant};

use limosa_db::blockers::{Look, Tables, Wait};
use limosa_db::{DbError, Failure, Session as _};
use limosa_sql::Dialect;

use super::feed::Feed;
use super::held::Held;
use super::unit::{Position, UnitRun, problem};
use super::waiting::{Sent, Waiting};
use super::{Applier, StepError};

/// How an attempt at a unit gets its locks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Attempt {
    /// By the statement itself, which waits as long as the lock timeout is.
    Bare,
    /// Without waiting for any that is known.
    NoWait,
    /// By waiting for them, so long at most.
    Wait(Duration),
}

/// Errors of our LOCK TABLE that are no reason not to try the statement itself: no right to lock that table
/// (a foreign key needs less), it was dropped meanwhile, it cannot be locked.
const GO_ON: [&str; 4] = ["42501", "42P01", "42809", "0A000"];

impl Applier<'_> {
    /// Takes the locks of a statement in the open transaction of `PostgreSQL`.
    pub(super) fn take_locks(
        &mut self,
        feed: &mut Feed,
        run: &UnitRun<'_>,
        position: &Position<'_>,
        held: &Held,
        number: u64,
    ) -> Result<(), StepError> {
        let attempt = self.waiting.attempt;
        if self.locked.dialect() != Dialect::Postgres || run.is_alone() || attempt == Attempt::Bare
        {
            return Ok(());
        }
        let doing = |cause| problem("looking at the tables of a statement", cause);
        let locks = feed.not_created(&held.locks);
        let Some(tables) = Tables::of(self.locked, &locks).map_err(doing)? else {
            return Ok(());
        };
        let Some(tables) = tables.without(&feed.taken) else {
            return Ok(());
        };
        let taken = match attempt {
            Attempt::Wait(limit) => {
                let statement = run
                    .options
                    .statement_timeout
                    .or(self.locked.settings().statement_timeout);
                let timeout = self.lock_timeout(run);
                self.locked
                    .set_timeouts(Some(limit), statement)
                    .map_err(doing)?;
                let taken = self.lock(run, &savepoint(&tables, Wait::Timeout), held, number, limit);
                if taken.is_ok() {
                    self.locked
                        .set_timeouts(timeout, statement)
                        .map_err(doing)?;
                }
                taken
            }
            _ => self.lock(
                run,
                &savepoint(&tables, Wait::No),
                held,
                number,
                Duration::ZERO,
            ),
        };
        match taken {
            Ok(()) => {
                feed.taken.push(tables);
                Ok(())
            }
            Err(cause) if GO_ON.contains(&cause.code()) => self
                .locked
                .run("ROLLBACK TO SAVEPOINT limosa_lock; RELEASE SAVEPOINT limosa_lock")
                .map(drop)
                .map_err(doing),
            Err(cause) => {
                let shown = held.shown(self.locked.dialect());
                let (line, column) = (held.line, held.column);
                let failure = self.failure(run, position, number, line, column, &shown, cause);
                Err(failure.in_front_of(tables))
            }
        }
    }

    /// Runs a statement of ours that waits so long for locks, and tells for whom.
    fn lock(
        &mut self,
        run: &UnitRun<'_>,
        sql: &str,
        held: &Held,
        number: u64,
        limit: Duration,
    ) -> Result<(), DbError> {
        let backend = self.locked.server().backend.clone();
        let sent = Sent {
            step: run.step,
            number,
            backend: &backend,
            locks: &held.locks,
            since: Instant::now(),
        };
        let Self {
            locked,
            watch,
            waiting,
            observer,
            interrupted,
            ..
        } = self;
        let first = Waiting::first(Some(limit));
        let locked = watch.statement(*interrupted, || {
            if limit.is_zero() {
                return locked.run(sql);
            }
            locked.run_watched(sql, first, &mut || waiting.look(&sent, *observer))
        });
        locked.map(drop)
    }

    /// Notes the tables that a unit which runs alone has made: until its step is done they are nobody else's.
    pub(super) fn note_made(
        &mut self,
        feed: &Feed,
        position: &mut Position<'_>,
    ) -> Result<(), StepError> {
        for name in &feed.created {
            let name = self.full_name(std::slice::from_ref(name))?;
            position.made.insert(name);
        }
        Ok(())
    }

    /// The name of a table with its database, in lower case.
    fn full_name(&mut self, name: &[String]) -> Result<String, StepError> {
        let name = name.join(".").to_lowercase();
        if name.contains('.') {
            return Ok(name);
        }
        let reading = self.locked.reading();
        let reading = reading.map_err(|cause| problem("asking for the database", cause))?;
        Ok(format!("{}.{name}", reading.database.unwrap_or_default()).to_lowercase())
    }

    /// Looks at the tables of a statement that runs alone, before anything is written about it.
    pub(super) fn see_tables(
        &mut self,
        feed: &Feed,
        run: &UnitRun<'_>,
        position: &Position<'_>,
    ) -> Result<(), StepError> {
        let Some(held) = feed.only() else {
            return Ok(());
        };
        let attempt = self.waiting.attempt;
        if self.locked.dialect() != Dialect::Mysql || attempt == Attempt::Bare {
            return Ok(());
        }
        let doing = |cause| problem("looking at the tables of a statement", cause);
        let mut locks = Vec::new();
        for lock in &held.locks {
            if !position.made.contains(&self.full_name(&lock.name)?) {
                locks.push(lock.clone());
            }
        }
        let Some(tables) = Tables::of(self.locked, &locks).map_err(doing)? else {
            return Ok(());
        };
        let number = run.unit.numbers.start;
        let cause = match attempt {
            Attempt::Wait(limit) => {
                let Some(sql) = tables.queue(self.locked, limit) else {
                    return Ok(());
                };
                match self.lock(run, &sql, held, number, limit) {
                    Err(cause) if cause.code() == "1205" || self.watch.has_stopped() => cause,
                    Err(cause @ DbError::Connection(_)) => return Err(doing(cause)),
                    // Without the right to lock tables the statement is tried as it is.
                    _ => return Ok(()),
                }
            }
            _ => match tables.look(self.locked).map_err(doing)? {
                Look::Held(holders) => {
                    self.waiting.seen = holders;
                    in_use()
                }
                _ => return Ok(()),
            },
        };
        let shown = held.shown(self.locked.dialect());
        let failure = self.failure(run, position, number, held.line, held.column, &shown, cause);
        Err(failure.in_front_of(tables))
    }
}

/// The statements that take the locks such that one that may not be taken does not end the transaction.
fn savepoint(tables: &Tables, wait: Wait) -> String {
    format!(
        "SAVEPOINT limosa_lock; {}; RELEASE SAVEPOINT limosa_lock",
        tables.lock(wait)
    )
}

/// What the server would have said after the lock timeout.
fn in_use() -> DbError {
    DbError::Server(Box::new(Failure {
        message: "a table of the statement is in use by another session".to_owned(),
        code: "1205".to_owned(),
        sqlstate: Some("HY000".to_owned()),
        ..Failure::default()
    }))
}
