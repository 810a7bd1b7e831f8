//! Waiting for an `SQLite` database in which another process is at work. There that process is kept out by its
//! transaction and not by a lock of ours, so what we read and write ourselves may find it busy.

use std::time::{Duration, Instant};

use limosa_core::event::{Event, Observer};
use limosa_core::{Class, Diagnostic};
use limosa_db::LockError;

use crate::{Problem, interrupt};

/// The pause between two attempts, each of which waits for the lock timeout by itself.
const PAUSE: Duration = Duration::from_millis(50);
const REPORT_EVERY: Duration = Duration::from_secs(1);

/// For how long to wait, and who ends it.
pub(super) struct Wait<'a> {
    pub limit: Duration,
    pub interrupted: &'a (dyn Fn() -> bool + Sync),
    /// How many migrations this run has done.
    pub done: usize,
}

/// Does something again while the database is busy.
pub(super) fn when_free<T>(
    wait: &Wait<'_>,
    observer: &mut dyn Observer,
    mut work: impl FnMut() -> Result<T, Problem>,
) -> Result<T, Problem> {
    let began = Instant::now();
    let mut told = None;
    loop {
        match work() {
            Err(problem) if problem.is_busy() => {}
            result => return result,
        }
        let waited = began.elapsed();
        if waited >= wait.limit {
            return Err(busy(waited, wait.done));
        }
        if told.is_none_or(|at: Instant| at.elapsed() >= REPORT_EVERY) {
            told = Some(Instant::now());
            observer.observe(&Event::LockWaiting {
                tool: None,
                holder: None,
                held_for: None,
                waited,
            });
        }
        if !interrupt::pause(PAUSE, wait.interrupted) {
            return Err(Problem::Lock(LockError::Interrupted));
        }
    }
}

fn busy(waited: Duration, done: usize) -> Problem {
    let message = "another process is writing to the database";
    let waited = format!("waited {} s", waited.as_secs());
    let diagnostic = if done == 0 {
        Diagnostic::error("database-busy", Class::Blocked, message)
            .with_note(format!("{waited}; nothing was changed"))
    } else {
        Diagnostic::error("database-busy", Class::Failed, message)
            .with_note(format!("{waited}; what was done before is recorded"))
    };
    Problem::report(diagnostic.with_help(
        "run the command again when the other process is done, or wait longer with --lock-wait",
    ))
}
