//! One schema becomes another.

use std::collections::BTreeSet;

use super::table::{Way, mentions, way};
use super::{made, quoted, rebuild};
use crate::{Key, Kind, Object, Schema};

/// The statements that turn `from` into `to`: what is in the way goes, tables change, and what depends on them comes
/// again. Where a table is made again, all is in one transaction that does not look at foreign keys.
pub(in super::super) fn repair(from: &Schema, to: &Schema) -> Vec<String> {
    let mut changes = Vec::new();
    let mut again: BTreeSet<Key> = BTreeSet::new();
    let mut in_frame = false;
    for table in to.of(Kind::Table) {
        let key = &table.key;
        match way(from, to, key) {
            Way::Nothing => {}
            Way::Alter(statements) => changes.extend(statements),
            Way::Rebuild => {
                in_frame = true;
                again.insert(key.clone());
                changes.extend(rebuild::statements(from, to, key));
            }
            Way::Anew => {
                in_frame = true;
                again.insert(key.clone());
                changes.push(format!("DROP TABLE {}", quoted(key.name())));
                changes.extend(made(std::iter::once(table)));
            }
        }
    }
    let dependent = dependent(from, &again);
    let stays = |one: &Object| {
        let other = to.get(&one.key);
        let is_same = other
            .is_some_and(|other| other.properties == one.properties && other.parent == one.parent);
        is_same && !dependent.contains(&one.key)
    };
    let mut all = in_the_way(from, &stays);
    let lost = from
        .of(Kind::Table)
        .filter(|table| to.get(&table.key).is_none());
    for table in lost {
        // Where foreign keys count, dropping a table deletes the rows that refer to it.
        in_frame = true;
        all.push(format!("DROP TABLE {}", quoted(table.key.name())));
    }
    all.extend(changes);
    let coming = to.objects().filter(|one| match one.key.kind {
        Kind::Table => from.get(&one.key).is_none(),
        Kind::Index | Kind::View | Kind::Trigger => !from.get(&one.key).is_some_and(stays),
        _ => false,
    });
    all.extend(made(coming));
    if in_frame { framed(all) } else { all }
}

/// Triggers, views and indexes that do not stay as they are.
fn in_the_way(from: &Schema, stays: &dyn Fn(&Object) -> bool) -> Vec<String> {
    let kinds = [Kind::Trigger, Kind::View, Kind::Index].into_iter();
    let going = kinds.flat_map(|kind| from.of(kind).filter(|one| !stays(one)));
    going
        .map(|one| {
            let what = one.key.kind.name().to_uppercase();
            format!("DROP {what} {}", quoted(one.key.name()))
        })
        .collect()
}

/// Indexes and triggers of tables that are made again, and views and triggers that speak of them or of each other.
fn dependent(from: &Schema, again: &BTreeSet<Key>) -> BTreeSet<Key> {
    let mut found: BTreeSet<Key> = again.clone();
    loop {
        let before = found.len();
        let names: Vec<String> = found
            .iter()
            .filter(|key| [Kind::Table, Kind::View].contains(&key.kind))
            .map(|key| key.name().to_owned())
            .collect();
        for one in from.objects() {
            let parent = one.parent.as_ref();
            let belongs = parent.is_some_and(|table| found.contains(table));
            let speaks = [Kind::View, Kind::Trigger].contains(&one.key.kind)
                && one
                    .text
                    .as_deref()
                    .is_some_and(|text| names.iter().any(|name| mentions(text, name)));
            if belongs || speaks {
                found.insert(one.key.clone());
            }
        }
        if found.len() == before {
            return found;
        }
    }
}

/// Statements in a transaction that does not look at foreign keys before its end.
fn framed(statements: Vec<String>) -> Vec<String> {
    let before = ["PRAGMA foreign_keys = OFF", "BEGIN IMMEDIATE"];
    let after = [
        "PRAGMA foreign_key_check",
        "COMMIT",
        "PRAGMA foreign_keys = ON",
    ];
    let before = before.map(str::to_owned).into_iter();
    let after = after.map(str::to_owned);
    before.chain(statements).chain(after).collect()
}
