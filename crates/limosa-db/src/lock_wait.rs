//! How every driver waits for the lock between migrators: growing pauses, reported, interruptible.

use std::time::{Duration, Instant};

use crate::{HeldLock, LockError, LockWait};

const FIRST: Duration = Duration::from_millis(50);
const LONGEST: Duration = Duration::from_secs(1);
/// How long a pause goes on before the interruption is looked at again.
const SLICE: Duration = Duration::from_millis(50);
const REPORT_EVERY: Duration = Duration::from_secs(1);

/// The pauses of one wait.
pub(crate) struct Pauses {
    began: Instant,
    limit: Duration,
    next: Duration,
    reported: Option<Instant>,
}

impl Pauses {
    pub(crate) fn new(limit: Duration) -> Self {
        Self {
            began: Instant::now(),
            limit,
            next: FIRST,
            reported: None,
        }
    }

    /// Reports which lock is held when it is time, then pauses; an error when the wait is over.
    /// The pause counts from `asked`, when the lock was last tried. The first is not reported: a server takes a moment
    /// to notice that the session before has ended.
    pub(crate) fn pause(
        &mut self,
        lock: HeldLock,
        asked: Instant,
        wait: &mut LockWait<'_>,
    ) -> Result<(), LockError> {
        let waited = self.began.elapsed();
        if waited >= self.limit {
            return Err(LockError::Held { lock, waited });
        }
        let is_due = match self.reported {
            Some(last) => last.elapsed() >= REPORT_EVERY,
            None => self.next > FIRST,
        };
        if is_due {
            (wait.waiting)(&lock, waited);
            self.reported = Some(Instant::now());
        }
        let pause = self.next.min(self.limit.saturating_sub(waited));
        self.next = (self.next * 2).min(LONGEST);
        loop {
            if (wait.interrupted)() {
                return Err(LockError::Interrupted);
            }
            let left = pause.saturating_sub(asked.elapsed());
            if left.is_zero() {
                return Ok(());
            }
            std::thread::sleep(left.min(SLICE));
        }
    }
}

/// The holder for people: `limosa@10.1.2.3 (user ada, pid 8812)`, without the parts that are not known.
pub(crate) fn describe(
    application: Option<&str>,
    user: Option<&str>,
    address: Option<&str>,
    id: &str,
) -> String {
    let mut text = application.unwrap_or("a session").to_owned();
    if let Some(address) = address {
        text.push('@');
        text.push_str(address);
    }
    text.push_str(" (");
    if let Some(user) = user {
        text.push_str("user ");
        text.push_str(user);
        text.push_str(", ");
    }
    text.push_str(id);
    text.push(')');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_holder_is_described_with_what_is_known() {
        assert_eq!(
            describe(Some("limosa"), Some("ada"), Some("10.1.2.3"), "pid 8812"),
            "limosa@10.1.2.3 (user ada, pid 8812)"
        );
        assert_eq!(describe(None, None, None, "pid 1"), "a session (pid 1)");
    }

    #[test]
    fn an_interrupted_wait_ends_at_once() {
        let mut wait = LockWait {
            limit: Duration::from_secs(60),
            lost: None,
            waiting: &mut |_, _| {},
            interrupted: &|| true,
        };
        let result = Pauses::new(wait.limit).pause(HeldLock::default(), Instant::now(), &mut wait);
        assert!(matches!(result, Err(LockError::Interrupted)));
    }

    #[test]
    fn who_gives_the_lock_back_at_once_is_not_reported() {
        let told = std::cell::Cell::new(0);
        let mut wait = LockWait {
            limit: Duration::from_secs(60),
            lost: None,
            waiting: &mut |_, _| told.set(told.get() + 1),
            interrupted: &|| false,
        };
        let mut pauses = Pauses::new(wait.limit);
        for expected in [0, 1, 1] {
            let paused = pauses.pause(HeldLock::default(), Instant::now(), &mut wait);
            paused.expect("it may go on");
            assert_eq!(told.get(), expected);
        }
    }

    #[test]
    fn a_wait_without_time_tries_once() {
        let mut wait = LockWait {
            limit: Duration::ZERO,
            lost: None,
            waiting: &mut |_, _| panic!("nothing is waited for"),
            interrupted: &|| false,
        };
        let result = Pauses::new(wait.limit).pause(HeldLock::default(), Instant::now(), &mut wait);
        assert!(matches!(result, Err(LockError::Held { .. })));
    }
}
