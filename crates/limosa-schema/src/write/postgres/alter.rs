//! How an object of one schema becomes that of another.

use serde_json::Value;

use super::super::by_hand;
use super::column::alter_table;
use super::name::{literal, name, quoted};
use super::{code, database, rights, routine};
use crate::{Key, Kind, Object, Schema};

mod datatype;
mod table;

/// What is done about an object that is different.
pub(super) enum Alter {
    /// These statements.
    InPlace(Vec<String>),
    /// These statements, which nothing may be in the way of that was made of the object: views of a column.
    Rewritten(Vec<String>),
    /// It is dropped and made again.
    Again,
}

/// What differs.
pub(super) struct Pair<'s> {
    pub schema: &'s Schema,
    pub before: &'s Object,
    pub after: &'s Object,
    /// The properties that differ and about which nothing was said yet.
    left: Vec<&'s str>,
}

impl<'s> Pair<'s> {
    fn of(schema: &'s Schema, before: &'s Object, after: &'s Object) -> Self {
        let names = before.properties.keys().chain(after.properties.keys());
        let mut left: Vec<&str> = names
            .map(String::as_str)
            .filter(|name| before.properties.get(*name) != after.properties.get(*name))
            .collect();
        left.sort_unstable();
        left.dedup();
        Self {
            schema,
            before,
            after,
            left,
        }
    }

    /// Whether a property differs, about which something is said now.
    pub fn takes(&mut self, property: &str) -> bool {
        let before = self.left.len();
        self.left.retain(|name| *name != property);
        self.left.len() < before
    }

    /// The same for several, of which one is enough.
    pub fn takes_any(&mut self, properties: &[&str]) -> bool {
        properties
            .iter()
            .fold(false, |taken, name| self.takes(name) | taken)
    }

    /// Remarks about what is left.
    fn remarks(&self) -> Vec<String> {
        let shown = |value: Option<&Value>| match value {
            None => "none".to_owned(),
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        };
        self.left
            .iter()
            .map(|name| {
                let (before, after) = (
                    self.before.properties.get(*name),
                    self.after.properties.get(*name),
                );
                by_hand(&format!(
                    "{}: {} is {} and should be {}",
                    self.after.key,
                    name.replace('_', " "),
                    shown(before),
                    shown(after)
                ))
            })
            .collect()
    }
}

/// What is done.
pub(super) fn alter(from: &Schema, to: &Schema, before: &Object, after: &Object) -> Alter {
    let mut pair = Pair::of(to, before, after);
    let mut statements = Vec::new();
    let mut rewritten = false;
    if before.parent != after.parent && after.key.kind != Kind::Sequence {
        return Alter::Again;
    }
    match after.key.kind {
        Kind::Table => table::table(&mut pair, &mut statements),
        Kind::Column => rewritten = table::column(&mut pair, &mut statements),
        Kind::Constraint if constraint(&mut pair, &mut statements) == Fate::MadeAgain => {
            return Alter::Again;
        }
        Kind::Constraint => {}
        Kind::Sequence => datatype::sequence(&mut pair, &mut statements),
        Kind::Type => {
            if !is_used(from, &before.key)
                && !pair.only_rights_left()
                && !datatype::adds_labels(before, after)
            {
                return Alter::Again;
            }
            datatype::type_(from, &mut pair, &mut statements);
        }
        Kind::Domain => datatype::domain(&mut pair, &mut statements),
        Kind::Routine if routine(&mut pair, &mut statements) == Fate::MadeAgain => {
            return Alter::Again;
        }
        Kind::Trigger | Kind::Rule if switched(&mut pair, &mut statements) == Fate::MadeAgain => {
            return Alter::Again;
        }
        Kind::Routine | Kind::Trigger | Kind::Rule => {}
        Kind::Schema => {}
        Kind::Database if pair.takes_any(&["settings", "role_settings"]) => {
            statements.extend(database::resets(before));
            statements.extend(database::settings(after));
        }
        Kind::Database => {}
        Kind::Extension => {
            if pair.takes("version") {
                let version = literal(after.text_of("version").unwrap_or_default());
                statements.push(format!(
                    "ALTER EXTENSION {} UPDATE TO {version}",
                    name(&after.key)
                ));
            }
            if pair.takes("schema") {
                let schema = quoted(after.text_of("schema").unwrap_or_default());
                statements.push(format!(
                    "ALTER EXTENSION {} SET SCHEMA {schema}",
                    name(&after.key)
                ));
            }
        }
        Kind::DefaultPrivileges => return Alter::Again,
        _ if !pair.only_rights_left() => return Alter::Again,
        _ => {}
    }
    statements.extend(rights::changes(&mut pair));
    statements.extend(pair.remarks());
    if rewritten {
        Alter::Rewritten(statements)
    } else {
        Alter::InPlace(statements)
    }
}

/// What every object may have.
const RIGHTS: [&str; 5] = [
    "comment",
    "owner",
    "grants",
    "identity_comment",
    "identity_grants",
];

impl Pair<'_> {
    fn only_rights_left(&self) -> bool {
        self.left.iter().all(|name| RIGHTS.contains(name))
    }

    fn parent(&self) -> Option<&Object> {
        self.after
            .parent
            .as_ref()
            .and_then(|key| self.schema.get(key))
    }
}

/// What becomes of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Altered,
    MadeAgain,
}

/// A constraint that becomes valid is checked; any other is made again.
fn constraint(pair: &mut Pair<'_>, statements: &mut Vec<String>) -> Fate {
    let becomes_valid = pair.takes("not_valid") && !pair.after.is("not_valid");
    let is_valid_as_before = pair.before.is("not_valid") == pair.after.is("not_valid");
    if !pair.only_rights_left() || !(becomes_valid || is_valid_as_before) {
        return Fate::MadeAgain;
    }
    if becomes_valid {
        let table = pair.parent().map(alter_table).unwrap_or_default();
        let name = quoted(pair.after.key.name());
        statements.push(format!("{table} VALIDATE CONSTRAINT {name}"));
    }
    Fate::Altered
}

/// A routine is replaced, as long as what is called and what comes back is the same.
fn routine(pair: &mut Pair<'_>, statements: &mut Vec<String>) -> Fate {
    if pair.only_rights_left() {
        return Fate::Altered;
    }
    let fixed = ["kind", "returns", "arguments", "aggregate_kind"];
    if fixed.iter().any(|name| pair.left.contains(name)) || routine::is_aggregate(pair.after) {
        return Fate::MadeAgain;
    }
    statements.push(routine::replace(pair.after));
    pair.left.retain(|name| RIGHTS.contains(name));
    Fate::Altered
}

/// A trigger or a rule is switched; one that is different is made again.
fn switched(pair: &mut Pair<'_>, statements: &mut Vec<String>) -> Fate {
    let is_switched = pair.takes("enabled");
    if !pair.only_rights_left() {
        return Fate::MadeAgain;
    }
    if is_switched {
        let mut after = pair.after.clone();
        let enabled = after.properties.entry("enabled".to_owned());
        enabled.or_insert_with(|| "origin".into());
        let what = after.key.kind.name().to_uppercase();
        let switch = pair
            .parent()
            .and_then(|table| code::switch(table, &after, &what));
        statements.extend(switch);
    }
    Fate::Altered
}

/// Whether anything needs an object.
fn is_used(schema: &Schema, key: &Key) -> bool {
    schema.objects().any(|one| one.needs.contains(key))
}
