//! What is one row of a catalog and is there or not: databases, tablespaces, subscriptions. The server writes the
//! row when everything else is done.

use super::words::Words;
use crate::probe::{Effect, Finding, Snapshot};
use crate::{DbError, Session};

/// A kind of object.
struct Object {
    words: &'static str,
    /// Finds its number and a text that changes when it is altered.
    find: &'static str,
}

const OBJECTS: [Object; 3] = [
    Object {
        words: "database",
        find: include_str!("database.sql"),
    },
    Object {
        words: "tablespace",
        find: include_str!("tablespace.sql"),
    },
    Object {
        words: "subscription",
        find: include_str!("subscription.sql"),
    },
];

/// What is done with it.
#[derive(Clone, Copy)]
enum Change {
    Create,
    Alter,
    Drop,
}

fn object_of(kind: &str) -> Option<(Change, &'static Object)> {
    let (change, object) = kind.split_once('_')?;
    let change = match change {
        "create" => Change::Create,
        "alter" => Change::Alter,
        "drop" => Change::Drop,
        _ => return None,
    };
    let object = OBJECTS.iter().find(|one| one.words == object)?;
    Some((change, object))
}

/// Keeps what there is of that name.
pub(super) fn look(
    session: &mut dyn Session,
    kind: &str,
    sql: &str,
) -> Result<Option<Snapshot>, DbError> {
    let Some((_, object)) = object_of(kind) else {
        return Ok(None);
    };
    let mut words = Words::of(sql);
    words.skip();
    words.eat(object.words);
    words.eat("if exists");
    let Some(name) = words.name() else {
        return Ok(None);
    };
    let mut snapshot = Snapshot::of([("name", name)]);
    if let Some(state) = state(session, object, &snapshot)? {
        snapshot.objects.insert("state".to_owned(), state);
    }
    Ok(Some(snapshot))
}

pub(super) fn judge(
    session: &mut dyn Session,
    kind: &str,
    before: &Snapshot,
) -> Result<Finding, DbError> {
    let (Some((change, object)), Some(_)) = (object_of(kind), before.get("name")) else {
        return Ok(Effect::Absent.alone());
    };
    let now = state(session, object, before)?;
    let present = match (change, before.get("state"), now.as_deref()) {
        (Change::Create, None, Some(_)) => true,
        (Change::Drop, Some(_), None) => true,
        (Change::Alter, Some(before), Some(now)) => before != now,
        _ => false,
    };
    Ok(if present {
        Effect::Present
    } else {
        Effect::Absent
    }
    .alone())
}

fn state(
    session: &mut dyn Session,
    object: &Object,
    of: &Snapshot,
) -> Result<Option<String>, DbError> {
    let rows = session.query(object.find, &[of.get("name").into()])?;
    Ok(rows.first().and_then(|row| row.text(0)))
}
