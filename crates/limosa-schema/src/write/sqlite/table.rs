//! What `ALTER TABLE` can do.

use limosa_sql::Dialect;
use limosa_sql::lexer::{identifier, significant_tokens};
use serde_json::Value;

use super::quoted;
use crate::{Key, Kind, Object, Schema};

/// How a table becomes what it shall be.
#[derive(Debug)]
pub(super) enum Way {
    /// It is that already.
    Nothing,
    /// By statements that change it where it is.
    Alter(Vec<String>),
    /// By a new one that takes its place.
    Rebuild,
    /// It is a virtual one, or becomes one: by dropping it and making it again.
    Anew,
}

/// How a table of both schemas becomes what it is in the second.
pub(super) fn way(from: &Schema, to: &Schema, table: &Key) -> Way {
    let (Some(before), Some(after)) = (from.get(table), to.get(table)) else {
        return Way::Nothing;
    };
    let is_same = before.properties == after.properties
        && same(from, to, table, Kind::Column)
        && same(from, to, table, Kind::Constraint);
    if is_same {
        return Way::Nothing;
    }
    let is_virtual = |one: &Object| one.text_of("form") == Some("virtual");
    if is_virtual(before) || is_virtual(after) {
        return Way::Anew;
    }
    if before.properties != after.properties {
        return Way::Rebuild;
    }
    alter(from, to, table).map_or(Way::Rebuild, Way::Alter)
}

fn same(from: &Schema, to: &Schema, table: &Key, kind: Kind) -> bool {
    let (before, after) = (from.children(table, kind), to.children(table, kind));
    before.len() == after.len()
        && before.iter().zip(after).all(|(before, after)| {
            before.key == after.key
                && before.properties == after.properties
                && before.position == after.position
        })
}

/// Columns that go, then columns that come at the end; `None` where this is not all, or cannot be done so.
fn alter(from: &Schema, to: &Schema, table: &Key) -> Option<Vec<String>> {
    let is_kept = |one: &&Object| to.get(&one.key).is_some();
    let columns = from.children(table, Kind::Column).into_iter();
    let (kept, lost): (Vec<&Object>, Vec<&Object>) = columns.partition(is_kept);
    let after = to.children(table, Kind::Column);
    let unchanged = kept
        .iter()
        .zip(&after)
        .all(|(before, after)| before.key == after.key && before.properties == after.properties);
    if !unchanged || after.len() < kept.len() {
        return None;
    }
    let constraints = from.children(table, Kind::Constraint);
    let stays = |one: &&Object| {
        let other = to.get(&one.key);
        other.is_some_and(|other| other.properties == one.properties)
    };
    if !constraints.iter().all(stays) {
        return None;
    }
    let mut added = to.children(table, Kind::Constraint);
    added.retain(|one| from.get(&one.key).is_none());
    let name = quoted(table.name());
    let mut all = Vec::new();
    for column in lost {
        if !can_go(from, to, table, column) {
            return None;
        }
        let column = quoted(column.key.name());
        all.push(format!("ALTER TABLE {name} DROP COLUMN {column}"));
    }
    for column in &after[kept.len()..] {
        let text = column.text.as_deref()?;
        let before = added.len();
        added.retain(|one| !comes_with(one, column));
        if !can_come(column, before - added.len(), text) {
            return None;
        }
        all.push(format!("ALTER TABLE {name} ADD COLUMN {text}"));
    }
    added.is_empty().then_some(all)
}

/// Whether nothing else speaks of a column that is still there when it goes.
fn can_go(from: &Schema, to: &Schema, table: &Key, column: &Object) -> bool {
    let is_other = |one: &&Object| match one.key.kind {
        Kind::Column => one.key != column.key && one.parent.as_ref() == Some(table),
        Kind::Constraint => one.parent.as_ref() == Some(table),
        Kind::Index | Kind::View | Kind::Trigger => {
            let other = to.get(&one.key);
            other.is_some_and(|other| other.properties == one.properties)
        }
        _ => false,
    };
    let speaks = |one: &Object| match &one.text {
        Some(text) => mentions(text, column.key.name()),
        None => one.properties.values().any(|value| match value {
            Value::Array(list) => list.iter().any(|one| one == column.key.name()),
            Value::String(text) => mentions(text, column.key.name()),
            _ => false,
        }),
    };
    !from.objects().filter(is_other).any(speaks)
}

/// Whether a constraint of a table is written with a column that is new.
fn comes_with(constraint: &Object, column: &Object) -> bool {
    let Some(text) = &column.text else {
        return false;
    };
    match constraint.text_of("form") {
        Some("foreign key") => {
            constraint.list_of("columns") == [column.key.name()] && mentions(text, "references")
        }
        Some("check") => {
            let expression = constraint.text_of("expression").unwrap_or_default();
            mentions(text, "check") && words(expression).all(|word| mentions(text, &word))
        }
        _ => false,
    }
}

/// Whether `ADD COLUMN` takes a definition, also where there are rows.
fn can_come(column: &Object, constraints: usize, text: &str) -> bool {
    let inside = words(text).filter(|word| ["check", "references"].contains(&word.as_str()));
    let default = column.text_of("default");
    let is_constant = default.is_none_or(|default| {
        !default.to_uppercase().starts_with("CURRENT_")
            && significant_tokens(Dialect::Sqlite, default.as_bytes()).count() <= 2
    });
    let has_value = default.is_some_and(|default| default != "NULL");
    is_constant
        && inside.count() == constraints
        && (column.is("nullable") || has_value)
        && !(mentions(text, "references") && has_value)
        && column.text_of("generated_kind") != Some("stored")
        && !mentions(text, "primary")
        && !mentions(text, "unique")
}

/// The words and names of a text, in lower case.
fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    significant_tokens(Dialect::Sqlite, text.as_bytes())
        .filter_map(|token| identifier(&token))
        .map(|word| word.to_lowercase())
}

/// Whether a text has a word or name in it.
pub(super) fn mentions(text: &str, name: &str) -> bool {
    let name = name.to_lowercase();
    words(text).any(|word| word == name)
}
