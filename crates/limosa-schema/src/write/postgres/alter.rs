//! How an object of one schema becomes that of another.

use serde_json::Value;

use super::super::by_hand;
use super::column::alter_table;
use super::name::{literal, name, quoted};
use super::{code, database, rights, routine};
use crate::{Key, Kind, Object, Schema};

mod table;
mod types;

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
        Kind::Constraint => {
            if pair.takes("not_valid") && !after.is("not_valid") && pair.only_rights_left() {
                let table = pair.parent().map(alter_table).unwrap_or_default();
                statements.push(format!(
                    "{table} VALIDATE CONSTRAINT {}",
                    quoted(after.key.name())
                ));
            } else if !pair.only_rights_left() || before.is("not_valid") != after.is("not_valid") {
                return Alter::Again;
            }
        }
        Kind::Sequence => types::sequence(&mut pair, &mut statements),
        Kind::Type => {
            if !is_used(from, &before.key)
                && !pair.only_rights_left()
                && !types::adds_labels(before, after)
            {
                return Alter::Again;
            }
            types::type_(from, &mut pair, &mut statements);
        }
        Kind::Domain => types::domain(&mut pair, &mut statements),
        Kind::Routine => {
            if !pair.only_rights_left() {
                let fixed = ["kind", "returns", "arguments", "aggregate_kind"];
                if fixed.iter().any(|name| pair.left.contains(name)) || routine::is_aggregate(after)
                {
                    return Alter::Again;
                }
                statements.push(routine::replace(after));
                pair.left.retain(|name| RIGHTS.contains(name));
            }
        }
        Kind::Trigger | Kind::Rule => {
            if pair.takes("enabled") && pair.only_rights_left() {
                let mut switched = after.clone();
                switched
                    .properties
                    .entry("enabled".to_owned())
                    .or_insert_with(|| "origin".into());
                let what = if after.key.kind == Kind::Rule {
                    "RULE"
                } else {
                    "TRIGGER"
                };
                statements.extend(
                    pair.parent()
                        .and_then(|table| code::switch(table, &switched, what)),
                );
            } else if !pair.only_rights_left() {
                return Alter::Again;
            }
        }
        Kind::Schema => {}
        Kind::Database => {
            if pair.takes_any(&["settings", "role_settings"]) {
                statements.extend(database::resets(before));
                statements.extend(database::settings(after));
            }
        }
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

/// Whether anything needs an object.
fn is_used(schema: &Schema, key: &Key) -> bool {
    schema.objects().any(|one| one.needs.contains(key))
}
