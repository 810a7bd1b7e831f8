//! `ALTER TABLE … DETACH PARTITION … CONCURRENTLY`: interrupted, the partition is neither attached nor free, until
//! `FINALIZE`.

use super::qualified;
use super::words::Words;
use crate::probe::{Effect, Finding, Snapshot};
use crate::{DbError, Session};

const FIND: &str = include_str!("partition.sql");
const NOW: &str = include_str!("partition_now.sql");

/// Keeps which partition it is, and how it stands to its table.
pub(super) fn look(session: &mut dyn Session, sql: &str) -> Result<Option<Snapshot>, DbError> {
    let mut words = Words::of(sql);
    words.eat("alter table");
    words.eat("if exists");
    words.eat("only");
    let Some(table) = words.qualified() else {
        return Ok(None);
    };
    if !words.eat("detach partition") {
        return Ok(None);
    }
    let Some(partition) = words.qualified() else {
        return Ok(None);
    };
    let rows = session.query(FIND, &[table.into(), partition.into()])?;
    let Some(row) = rows.first() else {
        // It is not attached, which the server will say.
        return Ok(Some(Snapshot::default()));
    };
    let number = |at| row.int(at).unwrap_or_default().to_string();
    let state = if row.is_true(2) {
        "pending"
    } else {
        "attached"
    };
    Ok(Some(Snapshot::of([
        ("table", number(0)),
        ("partition", number(1)),
        ("state", state.to_owned()),
    ])))
}

pub(super) fn judge(session: &mut dyn Session, before: &Snapshot) -> Result<Finding, DbError> {
    let (Some(table), Some(partition), Some("attached")) = (
        before.get("table"),
        before.get("partition"),
        before.get("state"),
    ) else {
        return Ok(Effect::Absent.alone());
    };
    let rows = session.query(NOW, &[table.into(), partition.into()])?;
    let Some(row) = rows.first() else {
        return Ok(Effect::Present.alone());
    };
    if !row.is_true(0) {
        return Ok(Effect::Absent.alone());
    }
    let text = |at| row.text(at).unwrap_or_default();
    let (table, partition) = (qualified(&text(1), &text(2)), qualified(&text(3), &text(4)));
    Ok(Finding {
        effect: Effect::Present,
        clean_up: vec![format!(
            "ALTER TABLE {table} DETACH PARTITION {partition} FINALIZE"
        )],
    })
}
