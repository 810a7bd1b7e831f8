//! How long is waited for locks on tables, and how: the decisions.
//!
//! A table that is always in use would never be free at the moment of a look. There an attempt waits in the queue,
//! for a short time if all who use it are quick, and else so rarely that it takes a small share of the time.

use std::time::{Duration, Instant};

use limosa_core::Blocker;
use limosa_sql::Dialect;

use super::tables::Attempt;

/// The first pause between attempts; each next one is twice as long, up to [`LONGEST`].
const FIRST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(5);

/// The first pause before a look at the tables; each next one is twice as long, up to [`LONGEST_LOOK`].
const FIRST_LOOK: Duration = Duration::from_millis(50);
const LONGEST_LOOK: Duration = Duration::from_millis(500);

/// Of so much time one part is spent waiting in the queue: readers of the table see their 95th percentile
/// unchanged, with room to spare.
const SHARE: u32 = 60;
/// The first wait in the queue on `PostgreSQL` (a second on `MariaDB`); each next one is twice as long, up to the lock timeout.
const FIRST_WAIT: Duration = Duration::from_millis(50);
/// A transaction below this age ends soon.
const YOUNG: Duration = Duration::from_millis(500);

/// What is left of the budget for waiting, and what comes next.
pub(super) struct Patience {
    pub(super) left: Duration,
    pause: Duration,
    pub(super) look: Duration,
    /// The time since the first conflict.
    pub(super) since: Option<Instant>,
    /// The time that was spent in the queue in vain.
    queued: Duration,
    /// How long the next wait in the queue is.
    wait: Duration,
    /// The lock timeout.
    longest: Duration,
    /// Whether it was waited for those who seemed quick.
    trusted: bool,
}

impl Patience {
    pub(super) fn new(budget: Duration, timeout: Option<Duration>, dialect: Dialect) -> Self {
        let longest = timeout.unwrap_or_default();
        Self {
            left: budget,
            pause: FIRST,
            look: FIRST_LOOK,
            since: None,
            queued: Duration::ZERO,
            wait: match dialect {
                // The server counts seconds.
                Dialect::Mysql => Duration::from_secs(1),
                _ => FIRST_WAIT.min(longest),
            },
            longest,
            trusted: false,
        }
    }

    /// How the first attempt gets its locks. One that cannot be repeated waits, and so does one that may wait
    /// for ever.
    pub(super) fn first(&self) -> Attempt {
        if self.left.is_zero() || self.longest.is_zero() {
            Attempt::Bare
        } else {
            Attempt::NoWait
        }
    }

    /// The pause before the next attempt, after one that waited for `waited`; `None` when the budget is used up.
    pub(super) fn next(&mut self, waited: Duration) -> Option<Duration> {
        let pause = self.pause;
        self.left = self.left.checked_sub(waited + pause)?;
        self.pause = (pause * 2).min(LONGEST);
        Some(pause)
    }

    /// The pause before the next look; `None` when the budget is used up.
    pub(super) fn next_look(&mut self) -> Option<Duration> {
        let pause = self.look;
        self.left = self.left.checked_sub(pause)?;
        self.look = (pause * 2).min(LONGEST_LOOK);
        Some(pause)
    }

    /// Notes an attempt that failed.
    pub(super) fn failed(&mut self, attempt: Attempt) {
        self.since.get_or_insert_with(Instant::now);
        if let Attempt::Wait(limit) = attempt {
            self.queued += limit;
            self.left = self.left.saturating_sub(limit);
        }
    }

    /// How long the next attempt may wait in the queue, if it may, given who is in the way.
    pub(super) fn may_wait(&mut self, holders: &[Blocker], passed: Duration) -> Option<Duration> {
        let quick = |one: &Blocker| one.transaction_for.is_some_and(|age| age < YOUNG);
        let trusts = !self.trusted && holders.iter().all(quick);
        let earned = (self.queued + self.wait) * SHARE <= passed;
        if !trusts && !earned {
            return None;
        }
        self.trusted |= trusts;
        let wait = self.wait;
        self.wait = (wait * 2).min(self.longest).max(wait);
        Some(wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const L: Duration = Duration::from_secs(2);

    fn patience(budget: u64) -> Patience {
        Patience::new(Duration::from_secs(budget), Some(L), Dialect::Postgres)
    }

    fn reader(age: Duration) -> Blocker {
        Blocker {
            transaction_for: Some(age),
            ..Blocker::default()
        }
    }

    #[test]
    fn pauses_grow_and_end_with_the_budget() {
        let mut patience = patience(10);
        let mut pauses = Vec::new();
        while let Some(pause) = patience.next(Duration::from_secs(1)) {
            pauses.push(pause.as_millis());
        }
        assert_eq!(pauses, [100, 200, 400, 800, 1600]);
    }

    #[test]
    fn without_a_budget_or_a_timeout_the_statement_waits_itself() {
        assert_eq!(patience(0).first(), Attempt::Bare);
        assert_eq!(patience(1).first(), Attempt::NoWait);
        let endless = Patience::new(Duration::from_secs(9), None, Dialect::Postgres);
        assert_eq!(endless.first(), Attempt::Bare);
    }

    #[test]
    fn waits_in_the_queue_behind_the_old_take_a_small_share_of_the_time() {
        let mut patience = patience(300);
        let old = [reader(Duration::from_secs(600))];
        let (mut passed, mut queued) = (Duration::ZERO, Duration::ZERO);
        let mut waits = Vec::new();
        while passed < Duration::from_secs(1000) {
            if let Some(wait) = patience.may_wait(&old, passed) {
                patience.failed(Attempt::Wait(wait));
                queued += wait;
                waits.push(wait);
                assert!(queued * SHARE <= passed + wait * SHARE);
            }
            passed += Duration::from_millis(100);
        }
        assert_eq!(waits[0], FIRST_WAIT);
        assert_eq!(waits.iter().max(), Some(&L));
        assert!(queued * SHARE <= passed, "{waits:?}");
    }

    #[test]
    fn the_quick_are_waited_for_once_and_at_once() {
        let mut patience = patience(300);
        let quick = [reader(Duration::from_millis(20))];
        assert_eq!(patience.may_wait(&quick, Duration::ZERO), Some(FIRST_WAIT));
        patience.failed(Attempt::Wait(FIRST_WAIT));
        assert_eq!(patience.may_wait(&quick, Duration::ZERO), None);
        let hidden = [Blocker::default()];
        let mut other = self::patience(300);
        assert_eq!(other.may_wait(&hidden, Duration::ZERO), None);
    }
}
