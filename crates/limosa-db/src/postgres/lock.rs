//! The lock between migrators: a session advisory lock, always polled, so that no waiter holds a snapshot
//! that a concurrent index build would have to wait for.

use std::time::{Duration, Instant};

use sha2::{Digest as _, Sha256};

use super::driver::PostgresSession;
use crate::lock_wait::{Pauses, describe};
use crate::{
    DbError, Executor, LockError, LockHolder, LockName, LockWait, Locked, Session as _, Value,
    lease,
};

const LOCK: &str = include_str!("lock.sql");
const LEASES: &str = include_str!("lock_leases.sql");
const ADMISSION: &str = include_str!("lock_admission.sql");
const HOLDER: &str = include_str!("lock_holder.sql");
const END_SESSION: &str = include_str!("end_session.sql");
const GUARD: &str = include_str!("lock_guard.sql");

/// Something passes the key of one session on and the statements to another.
const CHANGES: &str =
    "the session of the server changes between two statements, so a lock cannot be held";

/// The key of the advisory lock: the first eight bytes, big-endian, of the SHA-256 of
/// `limosa` NUL schema NUL table.
pub(super) fn key(name: &LockName) -> i64 {
    let digest = Sha256::digest(format!("limosa\0{}\0{}", name.schema, name.table));
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

/// Polls for the lock and turns the session into one that may write.
pub(super) fn take(
    mut session: Box<PostgresSession>,
    name: &LockName,
    wait: &mut LockWait<'_>,
) -> Result<Locked, LockError> {
    let key = Key::of(name, &session);
    if !session.server().capabilities.session_locks {
        return lease::take(session, name, wait, None, &mut |session| {
            key.admits(session)
        });
    }
    let parameters = [
        Value::Int(key.number),
        Value::Int(session.server().backend.id),
    ];
    let mut pauses = Pauses::new(wait.limit);
    if let Some(lost) = wait.lost {
        let whose = [Value::Int(lost.id), Value::Text(lost.started.clone())];
        session.query(END_SESSION, &whose).map_err(LockError::Db)?;
    }
    loop {
        let began = Instant::now();
        let rows = session.query(LOCK, &parameters).map_err(LockError::Db)?;
        match rows.first().and_then(|row| row.int(0)) {
            Some(1) => break,
            Some(_) => {
                let holder = key.holder(&mut *session).map_err(LockError::Db)?;
                pauses.pause(holder, began, wait)?;
            }
            None => return Err(LockError::Db(DbError::Client(CHANGES.into()))),
        }
    }
    let guard = key.guard();
    // Asked after the lock was taken: from then on nobody can take a lease.
    let leases = session.query(LEASES, &[name.schema.as_str().into()]);
    if leases.map_err(LockError::Db)?.is_empty() {
        return Ok(Locked::new(session, guard));
    }
    lease::take(session, name, wait, Some(&guard), &mut |_| Ok(Ok(())))
}

/// The key of a lock, and how `pg_locks` shows it.
struct Key {
    number: i64,
    /// The database, and the two halves of the number.
    shown: [String; 3],
}

impl Key {
    fn of(name: &LockName, session: &PostgresSession) -> Self {
        let number = key(name);
        let (high, low) = halves(number);
        Self {
            number,
            shown: [session.database_oid(), high, low].map(|part| part.to_string()),
        }
    }

    /// The expression that is true while this session holds the lock.
    fn guard(&self) -> String {
        let expression = GUARD.find("EXISTS").map_or(GUARD, |at| &GUARD[at..]);
        let [database, high, low] = &self.shown;
        expression
            .trim_end()
            .replace("{database}", database)
            .replace("{high}", high)
            .replace("{low}", low)
    }

    /// Whether nobody holds the lock without a pooler; if somebody does, who.
    fn admits(
        &self,
        session: &mut dyn Executor,
    ) -> Result<Result<(), Option<LockHolder>>, DbError> {
        let rows = session.query(ADMISSION, &[Value::Int(self.number)])?;
        if rows.first().is_some_and(|row| row.is_true(0)) {
            return Ok(Ok(()));
        }
        self.holder(session).map(Err)
    }

    fn holder(&self, session: &mut dyn Executor) -> Result<Option<LockHolder>, DbError> {
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
        let name = LockName {
            schema: "public".into(),
            table: "limosa_history".into(),
        };
        assert_eq!(key(&name), key(&name.clone()));
        assert_eq!(halves(-1), (u32::MAX, u32::MAX));
        assert_eq!(halves(1), (0, 1));
    }
}
