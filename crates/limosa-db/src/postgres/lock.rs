//! The lock between migrators: a session advisory lock, always polled, so that no waiter holds a snapshot
//! that a concurrent index build would have to wait for.

use std::time::{Duration, Instant};

use sha2::{Digest as _, Sha256};

use super::driver::PostgresSession;
use crate::lock_wait::{Pauses, describe};
use crate::{LockError, LockHolder, LockName, LockWait, Locked, Session as _, Value};

const LOCK: &str = include_str!("lock.sql");
const HOLDER: &str = include_str!("lock_holder.sql");
const END_SESSION: &str = include_str!("end_session.sql");
const GUARD: &str = include_str!("lock_guard.sql");

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
    let key = key(name);
    let (high, low) = halves(key);
    let mut pauses = Pauses::new(wait.limit);
    if let Some(lost) = wait.lost {
        let whose = [Value::Int(lost.id), Value::Text(lost.started.clone())];
        session.query(END_SESSION, &whose).map_err(LockError::Db)?;
    }
    loop {
        let rows = session
            .query(LOCK, &[Value::Int(key)])
            .map_err(LockError::Db)?;
        if rows.first().is_some_and(|row| row.is_true(0)) {
            let expression = GUARD.find("EXISTS").map_or(GUARD, |at| &GUARD[at..]);
            let guard = expression
                .trim_end()
                .replace("{database}", &session.database_oid().to_string())
                .replace("{high}", &high.to_string())
                .replace("{low}", &low.to_string());
            return Ok(Locked::new(session, guard));
        }
        let began = Instant::now();
        let holder = holder(&mut session, high, low)?;
        pauses.pause(holder, began, wait)?;
    }
}

fn holder(
    session: &mut PostgresSession,
    high: u32,
    low: u32,
) -> Result<Option<LockHolder>, LockError> {
    let parameters = [
        Value::Text(session.database_oid().to_string()),
        Value::Text(high.to_string()),
        Value::Text(low.to_string()),
    ];
    let rows = session.query(HOLDER, &parameters).map_err(LockError::Db)?;
    Ok(rows.first().map(|row| {
        let id = row.int(0).unwrap_or_default();
        LockHolder {
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
