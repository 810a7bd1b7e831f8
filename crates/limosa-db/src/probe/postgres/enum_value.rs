//! `ALTER TYPE … ADD VALUE`, where the server runs it alone: before `PostgreSQL` 12.

use super::words::Words;
use crate::probe::{Effect, Finding, Snapshot};
use crate::{DbError, Session, Value};

const FIND: &str = include_str!("enum.sql");
const NOW: &str = include_str!("enum_value.sql");

/// Keeps which type it is, and whether the value is there.
pub(super) fn look(session: &mut dyn Session, sql: &str) -> Result<Option<Snapshot>, DbError> {
    let mut words = Words::of(sql);
    words.eat("alter type");
    let Some(name) = words.qualified() else {
        return Ok(None);
    };
    words.eat("add value");
    words.eat("if not exists");
    let Some(value) = words.string() else {
        return Ok(None);
    };
    let rows = session.query(FIND, &[name.into()])?;
    let Some(found) = rows.first().and_then(|row| row.int(0)) else {
        return Ok(Some(Snapshot::default()));
    };
    let mut snapshot = Snapshot::of([("type", found.to_string()), ("value", value)]);
    if is_there(session, &snapshot)? {
        // It has nothing to do.
        snapshot = Snapshot::default();
    }
    Ok(Some(snapshot))
}

pub(super) fn judge(session: &mut dyn Session, before: &Snapshot) -> Result<Finding, DbError> {
    let new = before.get("type").is_some() && is_there(session, before)?;
    Ok(if new { Effect::Present } else { Effect::Absent }.alone())
}

fn is_there(session: &mut dyn Session, of: &Snapshot) -> Result<bool, DbError> {
    let parameters = ["type", "value"].map(|name| Value::from(of.get(name)));
    Ok(!session.query(NOW, &parameters)?.is_empty())
}
