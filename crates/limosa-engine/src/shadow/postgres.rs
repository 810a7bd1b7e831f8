//! Databases of shadows on PostgreSQL.
//!
//! Each has an advisory lock, which the session that made it holds as long as it lives: a database whose lock nobody
//! holds has no owner.

use std::time::{Duration, Instant};

use limosa_db::store::quote_identifier;
use limosa_db::{DbError, Locked, Session as _, Value};
use limosa_sql::Dialect;

use super::name;

pub(super) const CLUSTER: &str = include_str!("postgres/cluster.sql");
pub(super) const IDENTITY: &str = include_str!("postgres/identity.sql");
const LOCK: &str = include_str!("postgres/lock.sql");
const UNLOCK: &str = include_str!("postgres/unlock.sql");
const LEFT: &str = include_str!("postgres/left.sql");
const SESSIONS: &str = include_str!("postgres/sessions.sql");

/// How long the sessions of a database may take to end after they were closed.
const CLOSING: Duration = Duration::from_secs(5);

/// Makes an empty database. It is locked first, so that nobody takes it for a leftover.
pub(super) fn create(admin: &mut Locked, name: &str) -> Result<(), DbError> {
    made(admin, name, "template0")
}

/// Makes a copy of a database whose sessions were closed.
pub(super) fn copy(admin: &mut Locked, of: &str, name: &str) -> Result<(), DbError> {
    // The server itself looks again only after a tenth of a second.
    let deadline = Instant::now() + CLOSING;
    while !admin.query(SESSIONS, &[of.into()])?.is_empty() && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(1));
    }
    made(admin, name, of)
}

/// Removes the databases whose owners are gone, as far as this login may.
pub(super) fn remove_leftovers(admin: &mut Locked) -> Result<(), DbError> {
    let rows = admin.query(LEFT, &[])?;
    let names = rows.iter().filter_map(|row| row.text(0));
    for left in names.filter(|one| name::is_ours(one)) {
        let locked = admin.query(LOCK, &[left.as_str().into()])?;
        if locked.first().is_some_and(|row| row.is_true(0)) && drop(admin, &left).is_err() {
            unlock(admin, &left)?;
        }
    }
    Ok(())
}

fn made(admin: &mut Locked, name: &str, template: &str) -> Result<(), DbError> {
    admin.query(LOCK, &[name.into()])?;
    let create = format!(
        "CREATE DATABASE {} TEMPLATE {}",
        quote_identifier(Dialect::Postgres, name),
        quote_identifier(Dialect::Postgres, template)
    );
    let made = admin.run(&create);
    if made.is_err() {
        unlock(admin, name)?;
    }
    made.map(|_| ())
}

/// Drops a database and gives its lock back.
pub(super) fn drop(admin: &mut Locked, name: &str) -> Result<(), DbError> {
    let quoted = quote_identifier(Dialect::Postgres, name);
    let force = if admin.server().target.version.0 >= 13 {
        " WITH (FORCE)"
    } else {
        ""
    };
    admin.run(&format!("DROP DATABASE IF EXISTS {quoted}{force}"))?;
    unlock(admin, name)
}

fn unlock(admin: &mut Locked, name: &str) -> Result<(), DbError> {
    admin.query(UNLOCK, &[Value::from(name)]).map(|_| ())
}
