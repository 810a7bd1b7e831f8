//! `REINDEX`, which can be done again. Interrupted, a concurrent one leaves the new index (`…_ccnew`) or the old
//! one (`…_ccold`) beside the index.

use super::words::Words;
use super::{drop_concurrently, numbers};
use crate::probe::{Effect, Finding, Snapshot};
use crate::{DbError, Row, Session, Value};

const INDEX: &str = include_str!("index.sql");
const TABLE: &str = include_str!("table.sql");
const SCHEMA: &str = include_str!("schema.sql");
const LEFTOVERS: &str = include_str!("reindex_leftovers.sql");

/// Keeps what it goes over, and what others have left there.
pub(super) fn look(session: &mut dyn Session, sql: &str) -> Result<Option<Snapshot>, DbError> {
    let mut words = Words::of(sql);
    words.eat("reindex");
    words.skip_parentheses();
    let (scope, find, column) = if words.eat("index") {
        ("table", INDEX, 1)
    } else if words.eat("table") {
        ("table", TABLE, 0)
    } else if words.eat("schema") {
        ("schema", SCHEMA, 0)
    } else {
        // A database is always the one of the session.
        ("database", "", 0)
    };
    words.eat("concurrently");
    let mut snapshot = Snapshot::default();
    if !find.is_empty() {
        let name = if scope == "schema" {
            words.name()
        } else {
            words.qualified()
        };
        let Some(name) = name else {
            return Ok(None);
        };
        let rows = session.query(find, &[name.into()])?;
        let Some(found) = rows.first().and_then(|row| row.int(column)) else {
            // There is no such thing, which the server will say.
            return Ok(Some(snapshot));
        };
        snapshot.objects.insert(scope.to_owned(), found.to_string());
    }
    let rows = leftovers(session, &snapshot)?;
    snapshot
        .objects
        .insert("leftovers".to_owned(), numbers(&rows, 0));
    Ok(Some(snapshot))
}

/// What is left that was not there before is dropped.
pub(super) fn judge(session: &mut dyn Session, before: &Snapshot) -> Result<Finding, DbError> {
    let Some(known) = before.get("leftovers") else {
        return Ok(Effect::Absent.alone());
    };
    let rows = leftovers(session, before)?;
    let new: Vec<&Row> = (rows.iter())
        .filter(|row| {
            let number = row.text(0).unwrap_or_default();
            !row.is_true(3) && !known.split(' ').any(|one| one == number)
        })
        .collect();
    if let Some(session) = new.iter().find_map(|row| row.int(4)) {
        return Ok(Effect::Busy(session).alone());
    }
    let text = |row: &Row, at| row.text(at).unwrap_or_default();
    Ok(Finding {
        effect: Effect::Absent,
        clean_up: (new.iter())
            .map(|row| drop_concurrently(&text(row, 1), &text(row, 2)))
            .collect(),
    })
}

fn leftovers(session: &mut dyn Session, scope: &Snapshot) -> Result<Vec<Row>, DbError> {
    let [table, schema] = ["table", "schema"].map(|name| Value::from(scope.get(name)));
    session.query(LEFTOVERS, &[table, schema])
}
