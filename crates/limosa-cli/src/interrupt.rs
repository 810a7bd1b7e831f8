//! Ctrl-C, SIGTERM and SIGHUP: the first asks the run to end, the second ends the process.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether a signal came.
#[derive(Debug, Clone)]
pub struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Catches the signals from now on. Where that is not possible they end the process, which
    /// is as safe as any crash.
    pub fn catch() -> Self {
        let asked = Arc::new(AtomicBool::new(false));
        #[cfg(unix)]
        for signal in [
            signal_hook::consts::SIGINT,
            signal_hook::consts::SIGTERM,
            signal_hook::consts::SIGHUP,
        ] {
            let code = i32::from(limosa_core::Class::Interrupted.exit_code());
            // In this order: only the second signal finds the flag set.
            let _ =
                signal_hook::flag::register_conditional_shutdown(signal, code, Arc::clone(&asked))
                    .and_then(|_| signal_hook::flag::register(signal, Arc::clone(&asked)));
        }
        Self(asked)
    }

    /// Whether a signal came.
    pub fn came(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
