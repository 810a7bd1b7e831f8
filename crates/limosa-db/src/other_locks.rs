//! Several locks of one session, all or none: ours, and those of other tools.
//!
//! They are tried one after the other, and where one is held everything that was taken is given back before the
//! pause. So two migrators that want the same locks never wait for each other, and nobody who waits holds a
//! snapshot or a lock.

use std::time::Instant;

use crate::lock_wait::Pauses;
use crate::{
    DbError, HeldLock, LockError, LockHolder, LockWait, OtherKey, OtherLock, Session, Waits,
};

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

/// A lock of another tool, as a driver takes it.
pub(crate) struct Other<L> {
    tool: &'static str,
    waits: Waits,
    lock: L,
}

/// What a session locks of other tools, each lock once and in the order of the keys: the same for every migrator.
pub(crate) fn in_order<'a, L: 'a>(
    others: &'a [OtherLock],
    lock: impl Fn(&'a OtherKey) -> Option<L>,
) -> Vec<Other<L>> {
    let mut others: Vec<_> = others.iter().collect();
    others.sort_by(|a, b| (&a.key, a.waits).cmp(&(&b.key, b.waits)));
    others.dedup_by(|later, first| later.key == first.key);
    let known = others.into_iter().map(|other| {
        Some(Other {
            tool: other.tool,
            waits: other.waits,
            lock: lock(&other.key)?,
        })
    });
    known.flatten().collect()
}

/// All of a session's locks, in the order in which they are taken.
pub(crate) fn with_ours<'a, L: SessionLock>(own: &'a L, others: &'a [Other<L>]) -> Vec<Named<'a>> {
    let named = |other: &'a Other<L>| (Some(other.tool), &other.lock as &dyn SessionLock);
    std::iter::once((None, own as &dyn SessionLock))
        .chain(others.iter().map(named))
        .collect()
}

/// The locks of other tools that a session holds beside ours.
pub(crate) struct OtherLocks {
    /// Those that are given up, and taken again.
    waited_for: Vec<(&'static str, Box<dyn SessionLock>)>,
    given_up: bool,
    /// The expression that is true while the session holds our own lock.
    own: String,
    /// While it holds all of them.
    all: String,
    /// While it holds those that are never given up.
    kept: String,
}

impl OtherLocks {
    /// Of locks that were just taken; `None` without any. `guard` makes the expression that is true while the session
    /// holds certain locks.
    pub(crate) fn of<L: SessionLock + 'static>(
        own: &L,
        others: Vec<Other<L>>,
        guard: impl Fn(&[&L]) -> String,
    ) -> Option<Self> {
        if others.is_empty() {
            return None;
        }
        let is_kept = |other: &&Other<L>| other.waits == Waits::ByAsking;
        let guard = |others: &mut dyn Iterator<Item = &Other<L>>| {
            let others = others.map(|other| &other.lock);
            guard(&std::iter::once(own).chain(others).collect::<Vec<_>>())
        };
        Some(Self {
            given_up: false,
            own: guard(&mut std::iter::empty()),
            all: guard(&mut others.iter()),
            kept: guard(&mut others.iter().filter(is_kept)),
            waited_for: others
                .into_iter()
                .filter(|other| !is_kept(&other))
                .map(|other| (other.tool, Box::new(other.lock) as Box<dyn SessionLock>))
                .collect(),
        })
    }

    /// The same for a session whose guard asks for our own lock and perhaps for a lease: more locks in place of ours.
    pub(crate) fn in_guard(self, guard: &str) -> Self {
        Self {
            all: guard.replace(&self.own, &self.all),
            kept: guard.replace(&self.own, &self.kept),
            ..self
        }
    }

    /// The guard, without what is given up.
    pub(crate) fn guard(&self) -> &str {
        if self.given_up { &self.kept } else { &self.all }
    }

    pub(crate) fn give_up(&mut self, session: &mut dyn Session) -> Result<(), DbError> {
        if !self.given_up {
            self.given_up = true;
            for (_, lock) in self.waited_for.iter().rev() {
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
        let locks = self.waited_for.iter();
        let locks: Vec<Named<'_>> = locks.map(|(tool, lock)| (Some(*tool), &**lock)).collect();
        let mut pauses = Pauses::new(wait.limit);
        loop {
            let asked = Instant::now();
            match take_all(session, &locks).map_err(LockError::Db)? {
                Some(held) => pauses.pause(held, asked, wait)?,
                None => break,
            }
        }
        self.given_up = false;
        Ok(())
    }
}
