//! The differences of two schemas, named by object and property.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use limosa_sql::Dialect;
use limosa_sql::lexer::significant_tokens;
use serde_json::Value;

use crate::{Key, Kind, Object, Schema};

/// How an object of one schema is not the same in the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Which object.
    pub key: Key,
    /// How.
    pub change: Change,
}

/// What is different about an object. *Before* is the first schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// It was there before and is not now. What belongs to it goes without saying.
    Lost,
    /// It was not there before. What belongs to it goes without saying.
    LeftBehind,
    /// Properties differ, those of privileges among them.
    Changed(Vec<PropertyChange>),
    /// The columns are the same and stand in another order.
    OrderOnly {
        /// The columns that both have, as they stood.
        before: Vec<String>,
        /// As they stand.
        after: Vec<String>,
    },
    /// Only blanks and comments within texts differ.
    TextOnly(Vec<PropertyChange>),
    /// Only owner and grants differ.
    Privileges(Vec<PropertyChange>),
}

impl Change {
    /// Its name in JSON: `left_behind`.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Lost => "lost",
            Self::LeftBehind => "left_behind",
            Self::Changed(_) => "changed",
            Self::OrderOnly { .. } => "order_only",
            Self::TextOnly(_) => "text_only",
            Self::Privileges(_) => "privileges",
        }
    }

    /// The properties that differ.
    pub fn properties(&self) -> &[PropertyChange] {
        match self {
            Self::Changed(all) | Self::TextOnly(all) | Self::Privileges(all) => all,
            Self::Lost | Self::LeftBehind | Self::OrderOnly { .. } => &[],
        }
    }
}

/// A property that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PropertyChange {
    /// Its name.
    pub name: String,
    /// What it was; `None` where it had none.
    pub before: Option<Value>,
    /// What it is.
    pub after: Option<Value>,
}

/// `type: integer → bigint`.
impl fmt::Display for PropertyChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |value: &Option<Value>| match value {
            None => "none".to_owned(),
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        };
        let name = self.name.replace('_', " ");
        let (before, after) = (shown(&self.before), shown(&self.after));
        write!(f, "{name}: {before} → {after}")
    }
}

/// Properties about who may do what.
const PRIVILEGES: [&str; 2] = ["owner", "grants"];

/// What is different in `after`, in the order of the keys.
pub fn diff(before: &Schema, after: &Schema) -> Vec<Difference> {
    let mut found = Vec::new();
    for object in before.objects() {
        match after.get(&object.key) {
            Some(other) => {
                found.extend(
                    changed(before.dialect, object, other).map(|change| Difference {
                        key: object.key.clone(),
                        change,
                    }),
                );
            }
            None if !goes_with_its_parent(object, before, after) => found.push(Difference {
                key: object.key.clone(),
                change: Change::Lost,
            }),
            None => {}
        }
    }
    let new = after.objects().filter(|one| before.get(&one.key).is_none());
    found.extend(
        new.filter(|one| !goes_with_its_parent(one, after, before))
            .map(|one| Difference {
                key: one.key.clone(),
                change: Change::LeftBehind,
            }),
    );
    found.extend(reordered(before, after));
    found.sort_by(|a, b| a.key.cmp(&b.key));
    found
}

/// Whether what an object belongs to is missing in the other schema as well.
fn goes_with_its_parent(object: &Object, here: &Schema, there: &Schema) -> bool {
    let Some(parent) = &object.parent else {
        return false;
    };
    here.get(parent).is_some() && there.get(parent).is_none()
}

fn changed(dialect: Dialect, before: &Object, after: &Object) -> Option<Change> {
    let names: BTreeSet<&String> = before
        .properties
        .keys()
        .chain(after.properties.keys())
        .collect();
    let mut all: Vec<PropertyChange> = names
        .into_iter()
        .filter(|name| before.properties.get(*name) != after.properties.get(*name))
        .map(|name| PropertyChange {
            name: name.clone(),
            before: before.properties.get(name).cloned(),
            after: after.properties.get(name).cloned(),
        })
        .collect();
    if before.parent != after.parent {
        let path = |key: &Option<Key>| key.as_ref().map(|key| Value::from(key.dotted()));
        all.push(PropertyChange {
            name: "belongs_to".to_owned(),
            before: path(&before.parent),
            after: path(&after.parent),
        });
    }
    match all.as_slice() {
        [] => None,
        all if all.iter().all(|one| is_text_only(dialect, one)) => {
            Some(Change::TextOnly(all.to_vec()))
        }
        all if all
            .iter()
            .all(|one| PRIVILEGES.contains(&one.name.as_str())) =>
        {
            Some(Change::Privileges(all.to_vec()))
        }
        _ => Some(Change::Changed(all)),
    }
}

/// Whether two texts consist of the same tokens.
fn is_text_only(dialect: Dialect, change: &PropertyChange) -> bool {
    let (Some(Value::String(before)), Some(Value::String(after))) = (&change.before, &change.after)
    else {
        return false;
    };
    if !["body", "definition"].contains(&change.name.as_str()) {
        return false;
    }
    let tokens = |text: &str| -> Vec<Vec<u8>> {
        significant_tokens(dialect, text.as_bytes())
            .map(|token| token.text.to_vec())
            .collect()
    };
    tokens(before) == tokens(after)
}

/// Tables whose columns stand in another order. A column that only one of them has says nothing about it.
fn reordered(before: &Schema, after: &Schema) -> Vec<Difference> {
    let columns = |schema: &Schema| {
        let mut tables: BTreeMap<Key, Vec<(Option<u32>, String)>> = BTreeMap::new();
        for column in schema.of(Kind::Column) {
            if let Some(parent) = &column.parent {
                let entry = tables.entry(parent.clone()).or_default();
                entry.push((column.position, column.key.name().to_owned()));
            }
        }
        for columns in tables.values_mut() {
            columns.sort();
        }
        tables
    };
    let now = columns(after);
    let differs = |(key, before): (Key, Vec<(Option<u32>, String)>)| {
        let after = now.get(&key)?;
        let common = |these: &[(Option<u32>, String)], those: &[(Option<u32>, String)]| {
            let names: BTreeSet<&String> = those.iter().map(|(_, name)| name).collect();
            let these = these.iter().map(|(_, name)| name);
            these
                .filter(|name| names.contains(name))
                .cloned()
                .collect::<Vec<_>>()
        };
        let (before, after) = (common(&before, after), common(after, &before));
        (before != after).then_some(Difference {
            key,
            change: Change::OrderOnly { before, after },
        })
    };
    columns(before).into_iter().filter_map(differs).collect()
}
