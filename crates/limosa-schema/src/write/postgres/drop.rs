//! The statements that drop objects.

use std::collections::BTreeSet;

use super::super::by_hand;
use super::column::{alter_table, is_its_own};
use super::constraint::is_foreign_key;
use super::name::{name, quoted};
use super::rights::target;
use crate::{Key, Kind, Object, Schema};

/// The statements that drop an object; none where it goes with another.
pub(super) fn statements(schema: &Schema, object: &Object) -> Vec<String> {
    let parent = object.parent.as_ref().and_then(|key| schema.get(key));
    let of_table = |what: &str| {
        let alter = parent.map(alter_table).unwrap_or_default();
        vec![format!("{alter} DROP {what} {}", quoted(object.key.name()))]
    };
    match object.key.kind {
        Kind::Column if parent.is_some_and(|one| one.key.kind != Kind::Table) => match parent {
            Some(view) if object.text_of("default").is_some() => vec![format!(
                "{} ALTER COLUMN {} DROP DEFAULT",
                alter_table(view),
                quoted(object.key.name())
            )],
            _ => vec![],
        },
        Kind::Column if !is_its_own(object) => vec![],
        Kind::Column => of_table("COLUMN"),
        Kind::Constraint => of_table("CONSTRAINT"),
        Kind::Trigger if object.is("inherited") => vec![],
        Kind::Database | Kind::Language | Kind::DefaultPrivileges => {
            vec![by_hand(&format!("{} is dropped", object.key))]
        }
        kind => match target(object) {
            Some(target) => vec![format!("DROP {target}")],
            None => vec![by_hand(&format!("{kind} {} is dropped", name(&object.key)))],
        },
    }
}

/// Whether an object is dropped by a statement of its own, also where its table goes: a foreign key between tables
/// that may both go.
pub(super) fn is_dropped_apart(object: &Object, gone: &BTreeSet<Key>) -> bool {
    if !is_foreign_key(object) {
        return false;
    }
    let other = Key::new(Kind::Table, object.list_of("references"));
    object.parent.as_ref() != Some(&other) && gone.contains(&other)
}
