//! Several locks of one session, all or none: ours, and those of other tools.
//!
//! They are tried one after the other, and where one is held everything that was taken is given back before the
//! pause. So two migrators that want the same locks never wait for each other, and nobody who waits holds a
//! snapshot or a lock.

use std::time::Instant;

use crate::lock_wait::Pauses;
use crate::{DbError, HeldLock, LockError, LockHolder, LockWait, OtherKey, OtherLock, Session};

/// How a driver takes one lock of a session, without waiting in the server.
pub(crate) trait SessionLock: Send {
    /// Takes it unless somebody else has it, and says whether it did.
    fn take(&self, session: &mut dyn Session) -> Result<bool, DbError>;

    /// Gives it back.
    fn give_back(&self, session: &mut dyn Session) -> Result<(), DbError>;

    /// Who has it.
    fn holder(&self, session: &mut dyn Session) -> Result<Option<LockHolder>, DbError>;
}

/// A lock, and the tool whose it is unless it is ours.
pub(crate) type Named<'a> = (Option<&'static str>, &'a dyn SessionLock);

/// Takes all of the locks in their order, or none and says which one is held.
pub(crate) fn take_all(
    session: &mut dyn Session,
    locks: &[Named<'_>],
) -> Result<Option<HeldLock>, DbError> {
    for (at, (tool, lock)) in locks.iter().enumerate() {
        if lock.take(session)? {
            continue;
        }
        for (_, taken) in locks[..at].iter().rev() {
            taken.give_back(session)?;
        }
        let holder = lock.holder(session)?;
        return Ok(Some(HeldLock {
            tool: *tool,
            holder,
        }));
    }
    Ok(None)
}

/// What a session locks of other tools, each lock once and in the order of the keys: the same for every migrator.
pub(crate) fn in_order<'a, K: 'a>(
    others: &'a [OtherLock],
    key: impl Fn(&'a OtherKey) -> Option<K>,
) -> Vec<(&'static str, K)> {
    let mut others: Vec<_> = others.iter().collect();
    others.sort_by(|a, b| a.key.cmp(&b.key));
    others.dedup_by(|a, b| a.key == b.key);
    let known = others
        .into_iter()
        .map(|other| key(&other.key).map(|key| (other.tool, key)));
    known.flatten().collect()
}

/// The locks of other tools that a session holds beside ours.
pub(crate) struct OtherLocks {
    locks: Vec<(&'static str, Box<dyn SessionLock>)>,
    /// The expression that is true while the session holds our own lock.
    own: String,
    /// The expression that is true while it holds all of them.
    guard: String,
    given_up: bool,
}

impl OtherLocks {
    /// Of locks that were just taken; `None` without any. `own` is the guard of our own lock, `guard` that of all.
    pub(crate) fn of<L: SessionLock + 'static>(
        locks: Vec<(&'static str, L)>,
        own: &str,
        guard: String,
    ) -> Option<Self> {
        if locks.is_empty() {
            return None;
        }
        let boxed = |(tool, lock)| (tool, Box::new(lock) as Box<dyn SessionLock>);
        Some(Self {
            locks: locks.into_iter().map(boxed).collect(),
            own: own.to_owned(),
            guard,
            given_up: false,
        })
    }

    /// The same for a session whose guard asks for our own lock and perhaps for a lease: all locks in place of ours.
    pub(crate) fn in_guard(mut self, guard: &str) -> Self {
        self.guard = guard.replace(&self.own, &self.guard);
        self
    }

    /// The guard, unless the locks are given up.
    pub(crate) fn guard(&self) -> Option<&str> {
        (!self.given_up).then_some(&self.guard)
    }

    pub(crate) fn give_up(&mut self, session: &mut dyn Session) -> Result<(), DbError> {
        if !self.given_up {
            self.given_up = true;
            for (_, lock) in self.locks.iter().rev() {
                lock.give_back(session)?;
            }
        }
        Ok(())
    }

    pub(crate) fn take(
        &mut self,
        session: &mut dyn Session,
        wait: &mut LockWait<'_>,
    ) -> Result<(), LockError> {
        if !self.given_up {
            return Ok(());
        }
        let all = self.locks.iter();
        let all: Vec<Named<'_>> = all.map(|(tool, lock)| (Some(*tool), &**lock)).collect();
        let mut pauses = Pauses::new(wait.limit);
        loop {
            let asked = Instant::now();
            match take_all(session, &all).map_err(LockError::Db)? {
                Some(held) => pauses.pause(held, asked, wait)?,
                None => break,
            }
        }
        self.given_up = false;
        Ok(())
    }
}
