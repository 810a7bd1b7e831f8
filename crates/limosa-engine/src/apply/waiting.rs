//! Who keeps a statement waiting, told while it waits.

use std::time::{Duration, Instant};

use super::tables::Attempt;
use limosa_core::event::{Event, Observer};
use limosa_core::{Blocker, Step};
use limosa_db::{Backend, Connector, Locked, Session, blockers};
use limosa_sql::facts::TableLock;

/// How long a statement runs before they are looked at, at most.
const FIRST: Duration = Duration::from_millis(500);
/// How long connecting may take: the statement may be done meanwhile.
const CONNECT: Duration = Duration::from_secs(2);
/// How long no connection is tried again after one failed.
const RETRY: Duration = Duration::from_secs(30);

/// A second session, opened when something waits, that sees what the first one waits for.
pub(crate) struct Waiting {
    connector: Option<Connector>,
    session: Option<Box<dyn Session>>,
    refused: Option<Instant>,
    /// Who was in the way when the statement that runs, or that ran last, was looked at last.
    pub seen: Vec<Blocker>,
    /// What that statement is known to lock.
    pub locks: Vec<TableLock>,
    /// How long the earlier attempts at the same unit have waited.
    pub before: Duration,
    /// How the attempt that is made gets its locks.
    pub(super) attempt: Attempt,
}

impl Waiting {
    /// How often others are looked at while a statement runs.
    pub const EVERY: Duration = Duration::from_secs(1);

    /// For what this session will wait for.
    pub fn of(session: &Locked) -> Self {
        Self {
            // Behind a pooler the server's session is another one each time, and a second connection could wait
            // for a place that the first one has.
            connector: (session.server().capabilities.lasting_sessions)
                .then(|| session.connector()),
            session: None,
            refused: None,
            seen: Vec::new(),
            locks: Vec::new(),
            before: Duration::ZERO,
            attempt: Attempt::Bare,
        }
    }

    /// How long a statement runs before others are looked at: before it gives up.
    pub fn first(lock_timeout: Option<Duration>) -> Duration {
        lock_timeout.map_or(FIRST, |limit| (limit / 2).min(FIRST))
    }

    /// Looks at who keeps a statement waiting and tells it. Returns when to look again. What cannot be found out
    /// is not told: the statement is what matters.
    pub(super) fn look(&mut self, statement: &Sent<'_>, observer: &mut dyn Observer) -> Duration {
        let Some(session) = self.session() else {
            return Self::EVERY;
        };
        match blockers::of_waiting(session, statement.backend, statement.locks) {
            Ok(found) => self.seen = found,
            Err(_) => self.session = None,
        }
        if !self.seen.is_empty() {
            observer.observe(&Event::TableWaiting {
                step: statement.step,
                number: statement.number,
                blockers: &self.seen,
                waited: self.before + statement.since.elapsed(),
            });
        }
        Self::EVERY
    }

    fn session(&mut self) -> Option<&mut dyn Session> {
        if self.session.is_none() && self.refused.is_none_or(|at| at.elapsed() > RETRY) {
            match self.connector.as_ref()?.connect_within(CONNECT) {
                Ok(session) => self.session = Some(session),
                Err(_) => self.refused = Some(Instant::now()),
            }
        }
        match &mut self.session {
            Some(session) => Some(&mut **session),
            None => None,
        }
    }
}

/// A statement that is running.
pub(super) struct Sent<'a> {
    pub step: &'a Step,
    pub number: u64,
    /// The session that runs it.
    pub backend: &'a Backend,
    /// What it is known to lock.
    pub locks: &'a [TableLock],
    pub since: Instant,
}
