//! The lock between migrators: a session advisory lock, always polled, so that no waiter holds a snapshot
//! that a concurrent index build would have to wait for.

use std::time::{Duration, Instant};

use sha2::{Digest as _, Sha256};

use super::driver::PostgresSession;
use crate::lock_wait::{Pauses, describe};
use crate::other_locks::{OtherLocks, SessionLock, in_order, take_all, with_ours};
use crate::store::statement::without_comments;
use crate::{
    DbError, LockError, LockHolder, LockWait, Locked, Locks, OtherKey, Session, Value, lease,
};

const LOCK: &str = include_str!("lock.sql");
const UNLOCK: &str = include_str!("unlock.sql");
const LEASES: &str = include_str!("lock_leases.sql");
const ADMISSION: &str = include_str!("lock_admission.sql");
const HOLDER: &str = include_str!("lock_holder.sql");
const END_SESSION: &str = include_str!("end_session.sql");
const GUARD: &str = include_str!("lock_guard.sql");
const GUARD_ALL: &str = include_str!("lock_guard_all.sql");

/// Something passes the key of one session on and the statements to another.
const CHANGES: &str =
    "the session of the server changes between two statements, so a lock cannot be held";

/// The key of the advisory lock: the first eight bytes, big-endian, of the SHA-256 of
/// `limosa` NUL schema NUL table.
pub(super) fn key(locks: &Locks) -> i64 {
    let digest = Sha256::digest(format!("limosa\0{}\0{}", locks.schema, locks.table));
    let mut first = [0; 8];
    first.copy_from_slice(&digest[..8]);
    i64::from_be_bytes(first)
}

/// The two halves by which `pg_locks` shows a key.
fn halves(key: i64) -> (u32, u32) {
    let bits = key.cast_unsigned();
    let low = u32::try_from(bits & 0xffff_ffff);
    let high = u32::try_from(bits >> 32);
    // Both are of 32 bits by construction.
    (high.unwrap_or_default(), low.unwrap_or_default())
}

/// Polls for the locks and turns the session into one that may write. Where a lock of the session excludes nobody
/// there is a lease, and no lock of another tool.
pub(super) fn take(
    mut session: Box<PostgresSession>,
    locks: &Locks,
    wait: &mut LockWait<'_>,
) -> Result<Locked, LockError> {
    let own = Key::of(key(locks), &session);
    if !session.server().capabilities.session_locks {
        return lease::take(session, locks, wait, None, &mut |session| {
            own.admits(session)
        });
    }
    let others = in_order(&locks.others, |key| match key {
        OtherKey::Number(number) => Some(Key::of(*number, &session)),
        OtherKey::Name(_) => None,
    });
    let all = with_ours(&own, &others);
    let mut pauses = Pauses::new(wait.limit);
    if let Some(lost) = wait.lost {
        let whose = [Value::Int(lost.id), Value::Text(lost.started.clone())];
        session.query(END_SESSION, &whose).map_err(LockError::Db)?;
    }
    loop {
        let asked = Instant::now();
        match take_all(&mut *session, &all).map_err(LockError::Db)? {
            Some(held) => pauses.pause(held, asked, wait)?,
            None => break,
        }
    }
    let guard = guard_of(&[&own]);
    let others = OtherLocks::of(&own, others, guard_of);
    // Asked after the lock was taken: from then on nobody can take a lease.
    let leases = session.query(LEASES, &[locks.schema.as_str().into()]);
    let locked = if leases.map_err(LockError::Db)?.is_empty() {
        Locked::new(session, guard)
    } else {
        lease::take(session, locks, wait, Some(&guard), &mut |_| Ok(Ok(())))?
    };
    Ok(locked.with_others(others))
}

/// The expression that is true while this session holds all of these locks, of which there is at least one.
fn guard_of(keys: &[&Key]) -> String {
    let [database, high, low] = &keys[0].shown;
    let pair = |key: &&Key| {
        let [_, high, low] = &key.shown;
        format!("('{high}'::pg_catalog.oid, '{low}'::pg_catalog.oid)")
    };
    let pairs: Vec<String> = keys.iter().map(pair).collect();
    let file = if keys.len() == 1 { GUARD } else { GUARD_ALL };
    without_comments(file)
        .trim()
        .replace("{database}", database)
        .replace("{high}", high)
        .replace("{low}", low)
        .replace("{count}", &pairs.len().to_string())
        .replace("{keys}", &pairs.join(", "))
}

/// The key of a lock, and how `pg_locks` shows it.
struct Key {
    number: i64,
    /// The process that serves the session.
    backend: i64,
    /// The database, and the two halves of the number.
    shown: [String; 3],
}

impl Key {
    fn of(number: i64, session: &PostgresSession) -> Self {
        let (high, low) = halves(number);
        Self {
            number,
            backend: session.server().backend.id,
            shown: [session.database_oid(), high, low].map(|part| part.to_string()),
        }
    }

    /// Whether nobody holds the lock without a pooler; if somebody does, who.
    fn admits(&self, session: &mut dyn Session) -> Result<Result<(), Option<LockHolder>>, DbError> {
        let rows = session.query(ADMISSION, &[Value::Int(self.number)])?;
        if rows.first().is_some_and(|row| row.is_true(0)) {
            return Ok(Ok(()));
        }
        self.holder(session).map(Err)
    }
}

impl SessionLock for Key {
    fn take(&self, session: &mut dyn Session) -> Result<bool, DbError> {
        let parameters = [Value::Int(self.number), Value::Int(self.backend)];
        let rows = session.query(LOCK, &parameters)?;
        match rows.first().and_then(|row| row.int(0)) {
            Some(taken) => Ok(taken == 1),
            None => Err(DbError::Client(CHANGES.into())),
        }
    }

    fn give_back(&self, session: &mut dyn Session) -> Result<(), DbError> {
        session.query(UNLOCK, &[Value::Int(self.number)]).map(drop)
    }

    fn holder(&self, session: &mut dyn Session) -> Result<Option<LockHolder>, DbError> {
        let parameters = self.shown.clone().map(Value::Text);
        let rows = session.query(HOLDER, &parameters)?;
        Ok(rows.first().map(|row| {
            let id = row.int(0).unwrap_or_default();
            LockHolder {
                end: Some(format!("SELECT pg_terminate_backend({id})")),
                id,
                who: describe(
                    row.text(1).as_deref(),
                    row.text(2).as_deref(),
                    row.text(3).as_deref(),
                    &format!("pid {id}"),
                ),
                since: row
                    .int(4)
                    .and_then(|seconds| u64::try_from(seconds).ok())
                    .map(Duration::from_secs),
            }
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_never_changes() {
        // Other versions of this program must exclude this one: the formula is for ever.
        let locks = Locks {
            schema: "public".into(),
            table: "limosa_history".into(),
            others: vec![],
        };
        assert_eq!(key(&locks), key(&locks.clone()));
        assert_eq!(halves(-1), (u32::MAX, u32::MAX));
        assert_eq!(halves(1), (0, 1));
    }
}
