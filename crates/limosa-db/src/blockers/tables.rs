//! Tables that a statement is about to lock: whether they are free, without waiting for them.
//!
//! Whoever waits for a strong lock is in the queue, and everybody who comes later waits behind. A lock that is
//! asked for with `NOWAIT` never is.

use std::time::Duration;

use limosa_core::Blocker;
use limosa_sql::Dialect;
use limosa_sql::facts::TableLock;

use super::mysql;
use super::postgres::Relation;
use crate::store::quote_identifier;
use crate::{DbError, Locked, Session as _};

/// The servers' words for a lock that was not granted.
const NOT_GRANTED: [&str; 2] = ["55P03", "1205"];

/// Tables that are there, and the locks that a statement is going to take on them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tables(Inner);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Inner {
    Postgres(Vec<Relation>),
    Mysql(Vec<TableLock>),
}

/// What was seen of tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Look {
    /// Nobody is in the way.
    Free,
    /// Somebody is; as far as known, who. Those with the oldest transactions come first.
    Held(Vec<Blocker>),
    /// The server does not tell.
    Unknown,
}

/// Whether a lock is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// Not at all.
    No,
    /// As long as the session's lock timeout allows.
    Timeout,
}

impl Tables {
    /// The tables of these locks as the session sees them now; `None` when there are none of them yet.
    ///
    /// # Errors
    /// What the server or the connection answers.
    pub fn of(session: &mut Locked, locks: &[TableLock]) -> Result<Option<Self>, DbError> {
        if locks.is_empty() {
            return Ok(None);
        }
        match session.dialect() {
            Dialect::Postgres => {
                let relations = Relation::all(session, locks)?;
                Ok((!relations.is_empty()).then_some(Self(Inner::Postgres(relations))))
            }
            Dialect::Mysql => {
                let Some(database) = session.reading()?.database else {
                    return Ok(None);
                };
                let qualified = |lock: &TableLock| {
                    let mut lock = lock.clone();
                    if lock.name.len() == 1 {
                        lock.name.insert(0, database.clone());
                    }
                    lock
                };
                Ok(Some(Self(Inner::Mysql(
                    locks.iter().map(qualified).collect(),
                ))))
            }
            Dialect::Sqlite => Ok(None),
        }
    }

    /// Without those that are locked already; `None` when nothing is left.
    #[must_use]
    pub fn without(mut self, taken: &[Self]) -> Option<Self> {
        let Inner::Postgres(relations) = &mut self.0 else {
            return Some(self);
        };
        let have = |one: &Relation| {
            taken.iter().any(|taken| match &taken.0 {
                Inner::Postgres(taken) => taken.iter().any(|taken| taken.covers(one)),
                Inner::Mysql(_) => false,
            })
        };
        relations.retain(|one| !have(one));
        (!relations.is_empty()).then_some(self)
    }

    /// The statements that take the locks in the open transaction of `PostgreSQL`, in the order of the tables'
    /// names, so that two who do so do not wait for each other.
    pub fn lock(&self, wait: Wait) -> String {
        let Inner::Postgres(relations) = &self.0 else {
            return String::new();
        };
        let all: Vec<String> = relations.iter().map(|one| one.lock(wait)).collect();
        all.join("; ")
    }

    /// The statements of `MariaDB` that wait until the locks could be taken, and give them back; `None` where there
    /// are none for that. The server counts whole seconds.
    pub fn queue(&self, session: &Locked, limit: Duration) -> Option<String> {
        let Inner::Mysql(locks) = &self.0 else {
            return None;
        };
        let seconds = limit.as_secs() + u64::from(limit.subsec_nanos() > 0);
        let mariadb = session.server().target.mariadb;
        mariadb.then(|| {
            format!(
                "{} WAIT {}; UNLOCK TABLES",
                lock_tables(locks),
                seconds.max(1)
            )
        })
    }

    /// Looks whether the locks could be taken now, without keeping them. The session has no transaction open.
    ///
    /// # Errors
    /// When the connection is lost; everything else that a server may answer means that it does not tell.
    pub fn look(&self, session: &mut Locked) -> Result<Look, DbError> {
        let taken = match &self.0 {
            Inner::Postgres(_) => {
                session.run("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE")?;
                let taken = session.run(&self.lock(Wait::No));
                session.run("ROLLBACK")?;
                taken
            }
            Inner::Mysql(locks) if session.server().target.mariadb => {
                session.run(&format!("{} NOWAIT; UNLOCK TABLES", lock_tables(locks)))
            }
            Inner::Mysql(locks) => {
                return match mysql::listed(session, locks) {
                    Ok(Some(holders)) if holders.is_empty() => Ok(Look::Free),
                    Ok(Some(holders)) => Ok(Look::Held(holders)),
                    Err(error @ DbError::Connection(_)) => Err(error),
                    Ok(None) | Err(_) => Ok(Look::Unknown),
                };
            }
        };
        match taken {
            Ok(_) => Ok(Look::Free),
            Err(error @ DbError::Connection(_)) => Err(error),
            Err(error) if NOT_GRANTED.contains(&error.code()) => {
                Ok(Look::Held(self.holders(session)?))
            }
            Err(_) => Ok(Look::Unknown),
        }
    }

    /// Who is in the way, as far as the server tells.
    ///
    /// # Errors
    /// When the connection is lost.
    pub fn holders(&self, session: &mut Locked) -> Result<Vec<Blocker>, DbError> {
        match &self.0 {
            Inner::Postgres(relations) => {
                let mut all: Vec<Blocker> = Vec::new();
                for relation in relations {
                    for holder in relation.holders(session)? {
                        if !all.iter().any(|one| one.session == holder.session) {
                            all.push(holder);
                        }
                    }
                }
                all.sort_by_key(|one| std::cmp::Reverse(one.transaction_for));
                Ok(all)
            }
            Inner::Mysql(locks) => {
                let own = session.server().backend.clone();
                Ok(mysql::of_tables(session, &own, locks))
            }
        }
    }
}

/// The statement of `MariaDB` that takes exclusive locks, without how long it waits.
fn lock_tables(locks: &[TableLock]) -> String {
    let quoted = |part: &String| quote_identifier(Dialect::Mysql, part);
    let one = |lock: &TableLock| {
        let name: Vec<String> = lock.name.iter().map(quoted).collect();
        format!("{} WRITE", name.join("."))
    };
    let all: Vec<String> = locks.iter().map(one).collect();
    format!("LOCK TABLES {}", all.join(", "))
}

#[cfg(test)]
mod tests {
    use limosa_sql::facts::{Children, LockMode, Named};

    use super::*;

    #[test]
    fn names_are_quoted_and_nothing_is_waited_for() {
        let lock = TableLock {
            name: vec!["shop".into(), "we`ird; DROP".into()],
            named: Named::Table,
            mode: LockMode::AccessExclusive,
            children: Children::With,
        };
        assert_eq!(
            lock_tables(&[lock]),
            "LOCK TABLES `shop`.`we``ird; DROP` WRITE"
        );
    }
}
