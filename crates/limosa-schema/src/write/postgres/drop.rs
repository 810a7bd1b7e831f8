//! The statements that drop objects.

use std::collections::BTreeSet;

use super::super::by_hand;
use super::column::{alter_table, is_its_own};
use super::constraint::is_foreign_key;
use super::datatype::own_functions;
use super::name::{name, quoted};
use super::rights::{comment, target};
use super::{database, foreign, grants};
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
        Kind::Database => {
            let mut all = database::resets(object);
            if object.text_of("comment").is_some() {
                all.push(comment(object, None));
            }
            all.extend(grants::taken_back(schema, object));
            all
        }
        Kind::DefaultPrivileges => database::no_default_privileges(object),
        Kind::UserMapping => vec![format!("DROP USER MAPPING {}", foreign::mapped(object))],
        // With the functions that read and write its values, which need it as it needs them.
        Kind::Type if !own_functions(schema, object).is_empty() => {
            vec![format!("DROP TYPE {} CASCADE", name(&object.key))]
        }
        Kind::Schema if object.key.name() == "public" => {
            vec!["DROP SCHEMA IF EXISTS public".to_owned()]
        }
        kind => match target(object) {
            Some(target) => vec![format!("DROP {target}")],
            None => vec![by_hand(&format!("{kind} {} is dropped", name(&object.key)))],
        },
    }
}

/// The type that a function is dropped with: the one whose values it reads or writes.
pub(super) fn type_of<'s>(
    schema: &'s Schema,
    function: &Object,
    gone: &BTreeSet<Key>,
) -> Option<&'s Object> {
    if function.key.kind != Kind::Routine {
        return None;
    }
    let types = function
        .needs
        .iter()
        .filter(|key| key.kind == Kind::Type && gone.contains(key));
    let mut types = types.filter_map(|key| schema.get(key));
    types.find(|of| {
        own_functions(schema, of)
            .iter()
            .any(|one| one.key == function.key)
    })
}

/// Whether an object is dropped by a statement of its own, also where its table goes: a foreign key between tables
/// that may both go, a check by a function that needs the table.
pub(super) fn is_dropped_apart(schema: &Schema, object: &Object, gone: &BTreeSet<Key>) -> bool {
    if object.key.kind != Kind::Constraint {
        return object.key.kind == Kind::UserMapping;
    }
    if !is_foreign_key(object) {
        return needs_what_needs_its_table(schema, object, gone);
    }
    let other = Key::new(Kind::Table, object.list_of("references"));
    object.parent.as_ref() != Some(&other) && gone.contains(&other)
}

/// Whether a part of a table needs a function that goes, and that needs the table.
pub(super) fn needs_what_needs_its_table(
    schema: &Schema,
    part: &Object,
    gone: &BTreeSet<Key>,
) -> bool {
    let Some(table) = &part.parent else {
        return false;
    };
    let functions = part
        .needs
        .iter()
        .filter(|key| key.kind == Kind::Routine && gone.contains(key));
    let mut functions = functions.filter_map(|key| schema.get(key));
    functions.any(|one| one.needs.contains(table))
}
