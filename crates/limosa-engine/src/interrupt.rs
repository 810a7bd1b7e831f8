//! Cancels the running statement once the person asks to stop.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use limosa_db::{Canceller, DbError};

/// How often the wish to stop is looked at. People do not notice less, and it costs nothing.
const LOOK: Duration = Duration::from_millis(50);

/// Knows whether a statement of a migration is running. Only those are cancelled: our own are short, and what
/// they write has to be whole.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    running: Mutex<bool>,
    stopped: AtomicBool,
}

impl Watch {
    /// Runs a statement that may be cancelled. A request to cancel that is under way is waited for, so that it
    /// does not meet the next statement.
    pub(crate) fn statement<T>(
        &self,
        interrupted: &(dyn Fn() -> bool + Sync),
        statement: impl FnOnce() -> Result<T, DbError>,
    ) -> Result<T, DbError> {
        if interrupted() {
            self.stopped.store(true, Ordering::SeqCst);
            return Err(DbError::Client("interrupted before it was sent".into()));
        }
        self.answer(statement)
    }

    /// Waits for the answer to a statement that may be cancelled, and was sent before. A request to cancel that is under
    /// way is waited for as by [`Watch::statement`].
    pub(crate) fn answer<T>(&self, answer: impl FnOnce() -> T) -> T {
        *self.running() = true;
        let answer = answer();
        *self.running() = false;
        answer
    }

    /// Whether a statement was cancelled, or not sent, because the person asked to stop.
    pub(crate) fn has_stopped(&self) -> bool {
        self.stopped.load(Ordering::SeqCst)
    }

    fn running(&self) -> MutexGuard<'_, bool> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Runs `work` while a thread watches `interrupted` and cancels the statement that is running. It does so
/// again until that has ended: a request may arrive just before the statement does.
pub(crate) fn watched<T>(
    interrupted: &(dyn Fn() -> bool + Sync),
    canceller: &Canceller,
    watch: &Watch,
    work: impl FnOnce() -> T,
) -> T {
    let ended = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let watcher = scope.spawn(|| {
            while !ended.load(Ordering::Acquire) {
                if interrupted() {
                    let running = watch.running();
                    if *running {
                        watch.stopped.store(true, Ordering::SeqCst);
                        canceller();
                    }
                }
                std::thread::park_timeout(LOOK);
            }
        });
        // Also when the work panics: the scope waits for the thread.
        let _ended = Ended(&ended, watcher.thread());
        work()
    })
}

/// Ends the watching thread when it goes.
struct Ended<'a>(&'a AtomicBool, &'a std::thread::Thread);

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
        self.1.unpark();
    }
}

/// Pauses; false when the person asked to stop.
pub(crate) fn pause(pause: Duration, interrupted: &(dyn Fn() -> bool + Sync)) -> bool {
    let end = Instant::now() + pause;
    loop {
        if interrupted() {
            return false;
        }
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return true;
        }
        std::thread::park_timeout(left.min(LOOK));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::AtomicUsize;

    use limosa_db::Outcome;

    use super::*;

    #[test]
    fn work_that_panics_ends_the_watch() {
        let canceller: Canceller = Arc::new(|| {});
        let work = std::panic::AssertUnwindSafe(|| {
            watched(&|| false, &canceller, &Watch::default(), || {
                panic!("an observer");
            })
        });
        assert!(std::panic::catch_unwind(work).is_err());
    }

    #[test]
    fn a_statement_is_cancelled_again_until_it_ends_and_nothing_after_it() {
        let requests = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&requests);
        let canceller: Canceller = Arc::new(move || {
            count.fetch_add(1, Ordering::SeqCst);
        });
        let watch = Watch::default();
        let (asked, looks) = (AtomicBool::new(false), AtomicUsize::new(0));
        let interrupted = || {
            looks.fetch_add(1, Ordering::SeqCst);
            asked.load(Ordering::SeqCst)
        };
        watched(&interrupted, &canceller, &watch, || {
            let cancelled = watch.statement(&interrupted, || {
                asked.store(true, Ordering::SeqCst);
                // The first request missed it.
                while requests.load(Ordering::SeqCst) < 2 {
                    std::thread::yield_now();
                }
                Ok(Outcome::default())
            });
            assert!(cancelled.is_ok() && watch.has_stopped());
            let (sent, from) = (
                requests.load(Ordering::SeqCst),
                looks.load(Ordering::SeqCst),
            );
            while looks.load(Ordering::SeqCst) < from + 3 {
                std::thread::yield_now();
            }
            assert_eq!(requests.load(Ordering::SeqCst), sent);
            let refused =
                watch.statement::<Outcome>(&interrupted, || unreachable!("it is not sent"));
            assert!(refused.is_err());
        });
    }
}
