//! The lock between migrators: a named lock of the session, always polled.

use std::fmt::Write as _;
use std::time::Instant;

use sha2::{Digest as _, Sha256};

use super::driver::MysqlSession;
use crate::lock_wait::{Pauses, describe};
use crate::{
    DbError, LockError, LockHolder, LockName, LockWait, Locked, Session as _, Value, lease,
};

const LOCK: &str = include_str!("lock.sql");
const IDLE: &str = include_str!("idle.sql");
const HOLDER: &str = include_str!("lock_holder.sql");

/// There is no session with that id.
const NO_SUCH_SESSION: &str = "1094";

/// Its statements that commit by themselves cannot be checked for the lease.
const UNKNOWN_CLUSTER: &str = "this is a cluster of MySQL, where a lock excludes nobody on another node; only clusters of MariaDB are known";

/// The name of the lock: `limosa:` and the first 16 bytes, in hexadecimal, of the SHA-256 of
/// `limosa` NUL database NUL table. Names of locks are server-wide and have at most 64 characters.
pub(super) fn name_of(name: &LockName) -> String {
    let digest = Sha256::digest(format!("limosa\0{}\0{}", name.schema, name.table));
    let mut text = "limosa:".to_owned();
    for byte in &digest[..16] {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// Polls for the lock and turns the session into one that may write.
pub(super) fn take(
    mut session: Box<MysqlSession>,
    name: &LockName,
    wait: &mut LockWait<'_>,
) -> Result<Locked, LockError> {
    let server = session.server();
    if !server.capabilities.session_locks {
        if !server.target.mariadb {
            return Err(LockError::Db(DbError::Client(UNKNOWN_CLUSTER.into())));
        }
        // On every node: nobody holds a lock of another kind.
        return lease::take(session, name, wait, None, &mut |_| Ok(Ok(())));
    }
    let name = name_of(name);
    let parameter = [Value::Text(name.clone())];
    let mut pauses = Pauses::new(wait.limit);
    loop {
        let rows = session.query(LOCK, &parameter).map_err(LockError::Db)?;
        if rows.first().is_some_and(|row| row.is_true(0)) {
            // NULL (nobody holds it) is no proof either.
            let guard = format!("(IS_USED_LOCK('{name}') <=> CONNECTION_ID())");
            return Ok(Locked::new(session, guard));
        }
        let asked = Instant::now();
        let rows = session.query(HOLDER, &parameter).map_err(LockError::Db)?;
        let holder = rows.first().map(|row| {
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
        });
        let ours = wait
            .lost
            .filter(|lost| holder.as_ref().is_some_and(|holder| holder.id == lost.id));
        if let Some(lost) = ours {
            end_idle(&mut session, lost.id)?;
        }
        pauses.pause(holder, asked, wait)?;
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
        let name = LockName {
            schema: "shop".into(),
            table: "limosa_history".into(),
        };
        let text = name_of(&name);
        assert_eq!(text.len(), 39);
        let other = LockName {
            schema: "shop2".into(),
            ..name
        };
        assert_ne!(text, name_of(&other));
    }
}
