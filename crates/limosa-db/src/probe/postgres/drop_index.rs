//! `DROP INDEX CONCURRENTLY`: interrupted, the index is still there, perhaps not valid any more, and can be
//! dropped again.

use super::words::Words;
use crate::probe::{Effect, Finding, Snapshot};
use crate::{DbError, Session};

const FIND: &str = include_str!("index.sql");
const IS_THERE: &str = include_str!("index_is_there.sql");

/// Keeps which index it is.
pub(super) fn look(session: &mut dyn Session, sql: &str) -> Result<Option<Snapshot>, DbError> {
    let mut words = Words::of(sql);
    words.eat("drop index concurrently");
    words.eat("if exists");
    let Some(name) = words.qualified() else {
        return Ok(None);
    };
    let rows = session.query(FIND, &[name.into()])?;
    Ok(Some(match rows.first().and_then(|row| row.int(0)) {
        Some(index) => Snapshot::of([("index", index.to_string())]),
        None => Snapshot::default(),
    }))
}

pub(super) fn judge(session: &mut dyn Session, before: &Snapshot) -> Result<Finding, DbError> {
    let Some(index) = before.get("index") else {
        return Ok(Effect::Absent.alone());
    };
    let rows = session.query(IS_THERE, &[index.into()])?;
    Ok(if rows.is_empty() {
        Effect::Present
    } else {
        Effect::Absent
    }
    .alone())
}
