//! Effect probes: whether a statement that no transaction undoes took effect.
//!
//! Before such a statement begins, [`look`] describes the objects that it is about, and the description is kept
//! with the entry that the statement begins. When nobody recorded how it ended, [`judge`] looks at the same objects
//! again. Names in a description are qualified, so it does not depend on the session that made it.

mod mysql;
mod postgres;
mod sqlite;

use std::collections::BTreeMap;

use limosa_sql::{Dialect, classify};
use serde::{Deserialize, Serialize};

use crate::{DbError, Session};

/// What the objects of a statement were before it began.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Snapshot {
    /// What each object was, by a name that its probe chose.
    pub objects: BTreeMap<String, String>,
}

/// What became of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Its effect, once what it left behind is cleaned up.
    pub effect: Effect,
    /// Statements that clean up or complete what it left behind, each to be run alone. They can be repeated.
    pub clean_up: Vec<String>,
}

/// Whether a statement took effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Nothing of it is there, or it can be repeated without harm.
    Absent,
    /// All of it is there.
    Present,
    /// A session of somebody else, with this id, is at work on the same objects: to be looked at again when it
    /// is done.
    Busy(i64),
    /// Neither; this was seen, a lowercase fragment.
    Other(String),
}

impl Effect {
    /// The finding without anything to clean up.
    pub fn alone(self) -> Finding {
        Finding {
            effect: self,
            clean_up: vec![],
        }
    }
}

/// Describes the objects of a statement before it begins. `None` when its kind has no probe.
///
/// # Errors
/// What the server or the connection answers.
pub fn look(session: &mut dyn Session, sql: &str) -> Result<Option<Snapshot>, DbError> {
    let facts = classify(sql.as_bytes(), &session.server().target);
    match session.dialect() {
        Dialect::Postgres => postgres::look(session, &facts, sql),
        Dialect::Mysql => mysql::look(session, &facts, sql),
        Dialect::Sqlite => Ok(sqlite::look(&facts, sql)),
    }
}

/// Why a statement must not be sent: what was seen before it says that the server would do a part of it, and then refuse
/// the rest.
pub fn refused(before: &Snapshot) -> Option<String> {
    mysql::refused(before)
}

/// Whether nothing of what the statement is about was there before it (`MySQL` and `MariaDB`).
pub fn was_absent(before: &Snapshot) -> bool {
    mysql::was_absent(before)
}

/// Finds out what became of a statement, given what its objects were before. The statement itself is not needed: the
/// file may have another one by now.
///
/// # Errors
/// What the server or the connection answers.
pub fn judge(session: &mut dyn Session, before: &Snapshot) -> Result<Finding, DbError> {
    match session.dialect() {
        Dialect::Postgres => postgres::judge(session, before),
        Dialect::Mysql => mysql::judge(session, before),
        // What runs alone there can be repeated.
        Dialect::Sqlite => Ok(Effect::Absent.alone()),
    }
}

/// Whether a statement that may commit (`MySQL` and `MariaDB`) never rolls back, and a rollback undoes all of it, as
/// far as its text tells: then an entry that is written before it in the same transaction is there afterwards exactly
/// when it did commit.
///
/// # Errors
/// What the server or the connection answers.
pub fn is_undone_with_its_entry(session: &mut dyn Session, sql: &str) -> Result<bool, DbError> {
    let facts = classify(sql.as_bytes(), &session.server().target);
    match session.dialect() {
        Dialect::Mysql => mysql::is_undone_with_its_entry(session, &facts, sql),
        Dialect::Postgres | Dialect::Sqlite => Ok(false),
    }
}

/// Whether a call or a block that failed may have committed before, where it ran outside of a transaction. Other
/// statements do all or nothing on `PostgreSQL`; what they do elsewhere is not judged here.
///
/// # Errors
/// What the server or the connection answers.
pub fn may_have_committed(session: &mut dyn Session, sql: &str) -> Result<bool, DbError> {
    match session.dialect() {
        Dialect::Postgres => {
            let facts = classify(sql.as_bytes(), &session.server().target);
            postgres::may_have_committed(session, &facts, sql)
        }
        Dialect::Mysql | Dialect::Sqlite => Ok(false),
    }
}
