//! Databases of shadows on MySQL and MariaDB.
//!
//! Each has a named lock, which the session that made it holds as long as it lives: a database whose lock nobody
//! holds has no owner. On a server that is not ours the work is done by a user who sees nothing but these databases,
//! where we may make one.

mod copy;

use limosa_db::store::quote_identifier;
use limosa_db::{DbError, Locked, Session as _, Value};
use limosa_sql::Dialect;

pub(super) use copy::copy;

use super::{Same, name};
use crate::identity;

pub(super) const CLUSTER: &str = include_str!("mysql/cluster.sql");
pub(super) const IDENTITY: &str = include_str!("mysql/identity.sql");
const LOCK: &str = include_str!("mysql/lock.sql");
const UNLOCK: &str = include_str!("mysql/unlock.sql");
const DATABASES: &str = include_str!("mysql/databases.sql");
const USERS: &str = include_str!("mysql/users.sql");

/// A user and a password.
pub(super) type Login = (String, String);

/// Makes an empty database, for this user. It is locked first, so that nobody takes it for a leftover.
pub(super) fn create(admin: &mut Locked, name: &str, user: Option<&str>) -> Result<(), DbError> {
    lock(admin, name)?;
    let made = made(admin, name, user);
    if made.is_err() {
        drop(admin, name)?;
    }
    made
}

fn made(admin: &mut Locked, name: &str, user: Option<&str>) -> Result<(), DbError> {
    admin.run(&format!("CREATE DATABASE {}", quoted(name)))?;
    if let Some(user) = user {
        // In the name of a database that is granted, `_` stands for any character.
        let pattern = quoted(&name.replace('_', "\\_"));
        admin.run(&format!("GRANT ALL ON {pattern}.* TO '{user}'@'%'"))?;
    }
    Ok(())
}

/// Drops a database and gives its lock back.
pub(super) fn drop(admin: &mut Locked, name: &str) -> Result<(), DbError> {
    admin.run(&format!("DROP DATABASE IF EXISTS {}", quoted(name)))?;
    unlock(admin, name)
}

/// Makes a user who reaches no database yet, if this server and login allow it.
pub(super) fn create_user(admin: &mut Locked) -> Option<Login> {
    let user = name::fresh();
    // Rules for passwords ask for letters of both kinds, digits and others.
    let password = format!("Aa1-{}{}", identity::digits(), identity::digits());
    lock(admin, &user).ok()?;
    let create = format!("CREATE USER '{user}'@'%' IDENTIFIED BY '{password}'");
    match admin.run(&create) {
        Ok(_) => Some((user, password)),
        Err(_) => {
            unlock(admin, &user).ok()?;
            None
        }
    }
}

/// Drops such a user and gives their lock back.
pub(super) fn drop_user(admin: &mut Locked, user: &str) -> Result<(), DbError> {
    admin.run(&format!("DROP USER IF EXISTS '{user}'@'%'"))?;
    unlock(admin, user)
}

/// Removes the databases and users whose owners are gone, as far as this login may.
pub(super) fn remove_leftovers(admin: &mut Locked) -> Result<(), DbError> {
    for left in left(admin, DATABASES)? {
        if lock(admin, &left)? {
            let _ = drop(admin, &left);
            unlock(admin, &left)?;
        }
    }
    // Who may not read the users has made none.
    for left in left(admin, USERS).unwrap_or_default() {
        if lock(admin, &left)? {
            let _ = drop_user(admin, &left);
            unlock(admin, &left)?;
        }
    }
    Ok(())
}

fn left(admin: &mut Locked, sql: &str) -> Result<Vec<String>, DbError> {
    let rows = admin.query(sql, &[])?;
    let names = rows.iter().filter_map(|row| row.text(0));
    Ok(names.filter(|one| name::is_ours(one)).collect())
}

fn lock(admin: &mut Locked, name: &str) -> Result<bool, DbError> {
    let rows = admin.query(LOCK, &[Value::from(name)])?;
    Ok(rows.first().is_some_and(|row| row.is_true(0)))
}

fn unlock(admin: &mut Locked, name: &str) -> Result<(), DbError> {
    admin.query(UNLOCK, &[Value::from(name)]).map(|_| ())
}

fn quoted(name: &str) -> String {
    quote_identifier(Dialect::Mysql, name)
}
