//! The statements that make one object.

use super::super::by_hand;
use super::super::order::Item;
use super::literal;
use crate::{Key, Kind, Object, Schema};

/// The statements for an object that stands for itself; what belongs to a table comes with it.
pub(super) fn item(schema: &Schema, object: &Object) -> Option<Item> {
    let rank = match object.key.kind {
        Kind::Database => 0,
        Kind::Sequence => 1,
        Kind::Table => 2,
        Kind::Routine => 3,
        Kind::View => 4,
        Kind::Event => 5,
        Kind::Trigger => 6 + number(object, "order"),
        _ => return None,
    };
    let item = Item::makes(rank, &object.key, statements(object));
    if object.key.kind != Kind::Table {
        return Some(item.after(&object.needs).after(&object.parent));
    }
    let constraints = schema.children(&object.key, Kind::Constraint).into_iter();
    let others: Vec<&Key> = constraints
        .flat_map(|one| &one.needs)
        .filter(|key| **key != object.key)
        .collect();
    Some(item.after(others))
}

fn number(object: &Object, property: &str) -> u32 {
    let number = object
        .properties
        .get(property)
        .and_then(serde_json::Value::as_u64);
    number
        .and_then(|number| u32::try_from(number).ok())
        .unwrap_or_default()
}

/// The statements that make it, with the settings that it is to be read in.
pub(super) fn statements(object: &Object) -> Vec<String> {
    if object.key.kind == Kind::Database {
        // It is there already, and mostly as it should be.
        return object.text.iter().cloned().collect();
    }
    let Some(text) = &object.text else {
        return vec![by_hand(&format!(
            "{} is not written: its text is not known",
            object.key
        ))];
    };
    in_its_settings(object, vec![text.clone()])
}

/// Statements between those that set how an object is read, and those that take it back.
pub(super) fn in_its_settings(object: &Object, statements: Vec<String>) -> Vec<String> {
    let mut all = Vec::new();
    let mut after = Vec::new();
    let mode = object.text_of("sql_mode").map(|mode| match mode {
        "none" => "",
        mode => mode,
    });
    let zone = object
        .text_of("time_zone")
        .filter(|_| object.key.kind == Kind::Event);
    for (setting, value) in [("sql_mode", mode), ("time_zone", zone)] {
        if let Some(value) = value {
            all.push(format!("SET {setting} = {}", literal(value)));
            after.push(format!("SET {setting} = DEFAULT"));
        }
    }
    all.extend(statements);
    all.extend(after);
    all
}
