//! Cancels the running statement once the person asks to stop.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use limosa_db::Canceller;

/// How often the wish to stop is looked at. People do not notice less, and it costs nothing.
const LOOK: Duration = Duration::from_millis(50);

/// Runs `work` while a thread watches `interrupted` and cancels what the session is running, again
/// until the work ends: a statement may begin between two looks.
pub(crate) fn watched<T>(
    interrupted: &(dyn Fn() -> bool + Sync),
    canceller: &Canceller,
    work: impl FnOnce() -> T,
) -> T {
    let ended = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let watcher = scope.spawn(|| {
            while !ended.load(Ordering::Acquire) {
                if interrupted() {
                    canceller();
                    // The cancelled work cleans up with statements of its own: leave it in peace.
                    return;
                }
                std::thread::park_timeout(LOOK);
            }
        });
        let result = work();
        ended.store(true, Ordering::Release);
        watcher.thread().unpark();
        result
    })
}
