//! What is different between a database and its migrations, and whether it counts.

use std::collections::{BTreeMap, BTreeSet};

use limosa_schema::{Change, Difference, Key, Kind, Object, PropertyChange, Schema, diff, write};
use serde_json::Value;

use super::counted::{PARTITION_OF, PARTITIONS, is_privilege, is_privileges_only, within, without};

/// What counts beside what always does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counting {
    /// Owners and grants.
    pub privileges: bool,
    /// Partitions of one side only, the order of columns, blanks and comments within texts.
    pub everything: bool,
}

/// A difference. *Before* is what the migrations make, *after* what the database is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// What is different.
    pub difference: Difference,
    /// Whether it is a finding.
    pub counts: bool,
    /// What it is about.
    pub about: About,
}

/// What a difference is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// What migrations make.
    Structure,
    /// Owners and grants, which administrators give.
    Privileges,
    /// Partitions, which jobs make and drop.
    Partitions,
}

/// What is different, in the order of the objects, and the statements that would make the database what its
/// migrations make. `user` is the role that reads the database.
pub(super) fn found(
    files: &Schema,
    database: &Schema,
    user: &str,
    counting: Counting,
) -> (Vec<Found>, Vec<String>) {
    let database = &usual_owner(database, user);
    let apart = partitions_of_one(files, database);
    let mut all = structure(files, database, &apart, counting);
    all.extend(others(files, database, &apart, counting));
    all.sort_by(|a, b| a.difference.key.cmp(&b.difference.key));
    let mut repair = Vec::new();
    if all.iter().any(|one| one.counts) {
        let wanted = wanted(files, database, &apart, &all, counting);
        repair = write::repair(database, &wanted);
    }
    (all, repair)
}

/// What migrations make.
fn structure(
    files: &Schema,
    database: &Schema,
    apart: &BTreeSet<Key>,
    counting: Counting,
) -> Vec<Found> {
    let differences = diff(&without(files, apart), &without(database, apart));
    let found = differences.into_iter().map(|difference| Found {
        counts: counting.everything
            || !matches!(
                difference.change,
                Change::OrderOnly { .. } | Change::TextOnly(_)
            ),
        about: About::Structure,
        difference,
    });
    found.collect()
}

/// Owners and grants, and partitions of one side.
fn others(
    files: &Schema,
    database: &Schema,
    apart: &BTreeSet<Key>,
    counting: Counting,
) -> Vec<Found> {
    let mut all = Vec::new();
    for difference in diff(files, database) {
        let Difference { key, change } = difference;
        let of_both = match &change {
            Change::Changed(all) | Change::Privileges(all) => all.as_slice(),
            _ => &[],
        };
        let mut tell = |about, change| {
            all.push(Found {
                counts: match about {
                    About::Privileges => counting.privileges,
                    About::Structure | About::Partitions => counting.everything,
                },
                about,
                difference: Difference {
                    key: key.clone(),
                    change,
                },
            });
        };
        let those = |is_one: &dyn Fn(&str) -> bool| -> Vec<_> {
            let those = of_both.iter().filter(|one| is_one(&one.name));
            those.cloned().collect()
        };
        let privileges = those(&is_privilege);
        let partitions = those(&|name| name == PARTITIONS);
        if !privileges.is_empty() {
            tell(About::Privileges, Change::Privileges(privileges));
        }
        if !partitions.is_empty() {
            tell(About::Partitions, Change::Changed(partitions));
        }
        if apart.contains(&key) {
            tell(About::Partitions, change);
        } else if let Some(all) = privileges_of_one(files.get(&key), database.get(&key)) {
            tell(About::Privileges, Change::Privileges(all));
        }
    }
    all
}

/// What one side tells of an object that is listed there for its privileges alone.
fn privileges_of_one(
    before: Option<&Object>,
    after: Option<&Object>,
) -> Option<Vec<PropertyChange>> {
    let (one, is_before) = match (before, after) {
        (Some(one), None) => (one, true),
        (None, Some(one)) => (one, false),
        _ => return None,
    };
    let change = |(name, value): (&String, &Value)| PropertyChange {
        name: name.clone(),
        before: is_before.then(|| value.clone()),
        after: (!is_before).then(|| value.clone()),
    };
    is_privileges_only(one).then(|| one.properties.iter().map(change).collect())
}

/// Partitions that only one side has, with what belongs to them.
fn partitions_of_one(files: &Schema, database: &Schema) -> BTreeSet<Key> {
    let only = |here: &Schema, there: &Schema| {
        within(here, |object| {
            object.properties.contains_key(PARTITION_OF) && there.get(&object.key).is_none()
        })
    };
    let mut apart = only(files, database);
    apart.extend(only(database, files));
    apart
}

/// Whoever runs the migrations owns what they make. Where that is not the owner of the database, it is told of every
/// object there, and of none in a shadow.
fn usual_owner(schema: &Schema, user: &str) -> Schema {
    let is_users = |object: &Object| object.text_of(OWNER) == Some(user);
    if !schema.objects().any(is_users) {
        return schema.clone();
    }
    let objects = schema.objects().map(|one| {
        let mut object = one.clone();
        if is_users(one) {
            object.properties.remove(OWNER);
        }
        object
    });
    Schema::new(schema.dialect, schema.server.clone(), objects)
}

const OWNER: &str = "owner";

/// What the database should be: what the migrations make, with everything of the database that does not count.
fn wanted(
    files: &Schema,
    database: &Schema,
    apart: &BTreeSet<Key>,
    found: &[Found],
    counting: Counting,
) -> Schema {
    let stays = |object: &&Object| {
        (!counting.everything && apart.contains(&object.key))
            || (!counting.privileges && is_privileges_only(object))
    };
    let mut objects: Vec<Object> = (files.objects().filter(|one| !stays(one)))
        .cloned()
        .collect();
    for object in &mut objects {
        let Some(now) = database.get(&object.key) else {
            continue;
        };
        let uncounted = found
            .iter()
            .filter(|one| !one.counts && one.difference.key == object.key);
        let changes = uncounted.flat_map(|one| one.difference.change.properties());
        let names: BTreeSet<&str> = changes.map(|one| one.name.as_str()).collect();
        for name in names {
            match now.properties.get(name) {
                Some(value) => object.properties.insert(name.to_owned(), value.clone()),
                None => object.properties.remove(name),
            };
        }
    }
    objects.extend(database.objects().filter(stays).cloned());
    if !counting.everything {
        order_as_in(database, &mut objects);
    }
    Schema::new(files.dialect, files.server.clone(), objects)
}

/// Columns that are in the database stand as they do there, the others behind them.
fn order_as_in(database: &Schema, objects: &mut [Object]) {
    let mut tables: BTreeMap<Key, Vec<usize>> = BTreeMap::new();
    for (number, object) in objects.iter().enumerate() {
        if let (Kind::Column, Some(_), Some(table)) =
            (object.key.kind, object.position, &object.parent)
        {
            tables.entry(table.clone()).or_default().push(number);
        }
    }
    for numbers in tables.values_mut() {
        numbers.sort_by_key(|number| {
            let object = &objects[*number];
            let now = database.get(&object.key).and_then(|one| one.position);
            (now.unwrap_or(u32::MAX), object.position)
        });
        for (number, position) in numbers.iter().zip(1..) {
            objects[*number].position = Some(position);
        }
    }
}

#[cfg(test)]
mod tests;
