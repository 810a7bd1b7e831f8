//! Messages that a server sends beside its answers, kept until they can be told.

use std::mem::take;
use std::sync::{Arc, Mutex, PoisonError};

use limosa_core::event::{Event, Observer};
use limosa_db::Session;

/// The messages of a session that were not told yet.
#[derive(Clone, Default)]
pub(crate) struct Notices(Arc<Mutex<Vec<(String, String)>>>);

impl Notices {
    /// Collects the messages of a session from now on.
    pub fn of(session: &mut dyn Session) -> Self {
        let notices = Self::default();
        let kept = notices.clone();
        session.on_notice(Box::new(move |severity, message| {
            let message = (severity.to_owned(), message.to_owned());
            kept.0
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(message);
        }));
        notices
    }

    /// Forgets what our own statements caused.
    pub fn forget(&self) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }

    /// What came since the last time: severities and texts.
    pub fn take(&self) -> Vec<(String, String)> {
        take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Tells what came since the last time.
    pub fn tell(&self, observer: &mut dyn Observer) {
        for (severity, message) in &self.take() {
            observer.observe(&Event::Notice { severity, message });
        }
    }
}
