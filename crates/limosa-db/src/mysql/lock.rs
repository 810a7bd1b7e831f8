//! The lock between migrators: a named lock of the session, always polled.

use std::fmt::Write as _;
use std::time::Instant;

use sha2::{Digest as _, Sha256};

use super::driver::MysqlSession;
use crate::lock_wait::{Pauses, describe};
use crate::other_locks::{OtherLocks, SessionLock, in_order, take_all, with_ours};
use crate::{
    DbError, LockError, LockHolder, LockWait, Locked, Locks, OtherKey, Session, Value, lease,
};

const LOCK: &str = include_str!("lock.sql");
const UNLOCK: &str = include_str!("unlock.sql");
const IDLE: &str = include_str!("idle.sql");
const HOLDER: &str = include_str!("lock_holder.sql");

/// There is no session with that id.
const NO_SUCH_SESSION: &str = "1094";

/// Its statements that commit by themselves cannot be checked for the lease.
const UNKNOWN_CLUSTER: &str = "this is a cluster of MySQL, where a lock excludes nobody on another node; only clusters of MariaDB are known";

/// The name of the lock: `limosa:` and the first 16 bytes, in hexadecimal, of the SHA-256 of
/// `limosa` NUL database NUL table. Names of locks are server-wide and have at most 64 characters.
pub(super) fn name_of(locks: &Locks) -> String {
    let digest = Sha256::digest(format!("limosa\0{}\0{}", locks.schema, locks.table));
    format!("limosa:{}", hex(&digest[..16]))
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// Polls for the locks and turns the session into one that may write. On a cluster there is a lease, and no lock of
/// another tool.
pub(super) fn take(
    mut session: Box<MysqlSession>,
    locks: &Locks,
    wait: &mut LockWait<'_>,
) -> Result<Locked, LockError> {
    let server = session.server();
    if !server.capabilities.session_locks {
        if !server.target.mariadb {
            return Err(LockError::Db(DbError::Client(UNKNOWN_CLUSTER.into())));
        }
        // On every node: nobody holds a lock of another kind.
        return lease::take(session, locks, wait, None, &mut |_| Ok(Ok(())));
    }
    let own = Name(name_of(locks));
    let others = in_order(&locks.others, |key| match key {
        OtherKey::Name(name) => Some(Name(name.clone())),
        OtherKey::Number(_) => None,
    });
    let all = with_ours(&own, &others);
    let mut pauses = Pauses::new(wait.limit);
    loop {
        let asked = Instant::now();
        let Some(held) = take_all(&mut *session, &all).map_err(LockError::Db)? else {
            break;
        };
        let holder = held.holder.as_ref().map(|holder| holder.id);
        if let Some(lost) = wait.lost.filter(|lost| holder == Some(lost.id)) {
            end_idle(&mut session, lost.id)?;
        }
        pauses.pause(held, asked, wait)?;
    }
    let guard = guard_of(&[&own]);
    let others = OtherLocks::of(&own, others, guard_of);
    Ok(Locked::new(session, guard).with_others(others))
}

/// The expression that is true while this session holds all of these locks.
fn guard_of(names: &[&Name]) -> String {
    let held = |name: &&Name| {
        // NULL (nobody holds it) is no proof either. In hexadecimal, since quotes depend on sql_mode.
        let name = hex(name.0.as_bytes());
        format!("IS_USED_LOCK(_utf8mb4 x'{name}') <=> CONNECTION_ID()")
    };
    let held: Vec<String> = names.iter().map(held).collect();
    format!("({})", held.join(" AND "))
}

/// The name of a lock.
struct Name(String);

impl Name {
    fn parameter(&self) -> [Value; 1] {
        [Value::Text(self.0.clone())]
    }
}

impl SessionLock for Name {
    fn take(&self, session: &mut dyn Session) -> Result<bool, DbError> {
        let rows = session.query(LOCK, &self.parameter())?;
        Ok(rows.first().is_some_and(|row| row.is_true(0)))
    }

    fn give_back(&self, session: &mut dyn Session) -> Result<(), DbError> {
        session.query(UNLOCK, &self.parameter()).map(drop)
    }

    fn holder(&self, session: &mut dyn Session) -> Result<Option<LockHolder>, DbError> {
        let rows = session.query(HOLDER, &self.parameter())?;
        Ok(rows.first().map(|row| {
            let id = row.int(0).unwrap_or_default();
            LockHolder {
                id,
                end: Some(format!("KILL {id}")),
                who: describe(
                    None,
                    row.text(1).as_deref(),
                    row.text(2).as_deref().filter(|host| !host.is_empty()),
                    &format!("connection {id}"),
                ),
                since: None,
            }
        }))
    }
}

/// Ends a session of ours whose connection was lost and that holds the lock. One that still runs a statement is
/// left to it: what it has done by its end need not be done again.
fn end_idle(session: &mut MysqlSession, id: i64) -> Result<(), LockError> {
    let idle = session
        .query(IDLE, &[Value::Int(id)])
        .map_err(LockError::Db)?;
    if idle.is_empty() {
        return Ok(());
    }
    match session.query(&format!("KILL {id}"), &[]) {
        // It ended by itself.
        Err(DbError::Server(failure)) if failure.code == NO_SUCH_SESSION => Ok(()),
        ended => ended.map(drop).map_err(LockError::Db),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_never_changes_and_fits() {
        let locks = Locks {
            schema: "shop".into(),
            table: "limosa_history".into(),
            others: vec![],
        };
        let text = name_of(&locks);
        assert_eq!(text.len(), 39);
        let other = Locks {
            schema: "shop2".into(),
            ..locks
        };
        assert_ne!(text, name_of(&other));
    }
}
