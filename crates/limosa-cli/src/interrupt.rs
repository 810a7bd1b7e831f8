//! Ctrl-C, SIGTERM and SIGHUP: the first asks the run to end, the second ends the process.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use limosa_core::{Class, Diagnostic};

/// How often the wish to stop is looked at while something else is waited for.
pub const LOOK: Duration = Duration::from_millis(50);

/// Whether a signal came.
#[derive(Debug, Clone)]
pub struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Catches the signals from now on. Where that is not possible they end the process, which
    /// is as safe as any crash. A signal that was ignored when the process began (`nohup`) stays so.
    pub fn catch() -> Self {
        let asked = Arc::new(AtomicBool::new(false));
        #[cfg(unix)]
        count(&asked);
        Self(asked)
    }

    /// Whether a signal came.
    pub fn came(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Something that is done on a thread of its own.
pub struct Working<T> {
    thread: JoinHandle<()>,
    result: Receiver<T>,
}

impl<T: Send + 'static> Working<T> {
    /// Begins it.
    pub fn begin(work: impl FnOnce() -> T + Send + 'static) -> Self {
        let (sender, result) = sync_channel(1);
        let thread = std::thread::spawn(move || {
            // Nobody may be waiting any more.
            let _ = sender.send(work());
        });
        Self { thread, result }
    }

    /// Waits for its end, or for a signal where one is looked out for: `None`, and the work is left alone.
    pub fn end(self, interrupt: Option<&Interrupt>) -> Option<T> {
        loop {
            match self.result.recv_timeout(LOOK) {
                Ok(result) => return Some(result),
                Err(RecvTimeoutError::Timeout) if interrupt.is_some_and(Interrupt::came) => {
                    return None;
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => match self.thread.join() {
                    Ok(()) => return None,
                    Err(panic) => std::panic::resume_unwind(panic),
                },
            }
        }
    }
}

/// The report of a signal that came before anything was done.
pub fn before_anything() -> Diagnostic {
    let message = "interrupted before anything was done";
    Diagnostic::error("interrupted", Class::Interrupted, message).with_note("nothing was changed")
}

/// The first signal asks, the second ends the process. One thread takes them one after the other: handlers of two
/// signals that come together could both take theirs for the first.
#[cfg(unix)]
fn count(asked: &Arc<AtomicBool>) {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let ignored = ignored();
    let caught = [SIGINT, SIGTERM, SIGHUP];
    let caught = caught
        .into_iter()
        .filter(|signal| ignored >> (signal - 1) & 1 == 0);
    let Ok(mut signals) = signal_hook::iterator::Signals::new(caught) else {
        return;
    };
    let asked = Arc::clone(asked);
    std::thread::spawn(move || {
        for _ in signals.forever() {
            if asked.swap(true, Ordering::SeqCst) {
                signal_hook::low_level::exit(i32::from(Class::Interrupted.exit_code()));
            }
        }
    });
}

/// The mask of the signals that are ignored, as far as the system tells without `unsafe` code.
#[cfg(unix)]
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .unwrap_or(0)
}
