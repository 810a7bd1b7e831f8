//! In which order tables are filled.

use std::collections::BTreeSet;

use super::table::{Table, tables};
use crate::{Key, Schema};

/// The tables of a schema in the order in which they can be filled.
#[derive(Debug, Clone)]
pub struct Filling {
    /// The tables.
    pub tables: Vec<Table>,
    /// Tables that need rows of each other, so that neither can be the first, unless constraints are deferred.
    pub entangled: BTreeSet<Key>,
}

impl Filling {
    /// The tables of a schema.
    pub fn of(schema: &Schema) -> Self {
        let mut left = tables(schema);
        let known: BTreeSet<Key> = left.iter().map(|one| one.key.clone()).collect();
        let mut filling = Self {
            tables: Vec::with_capacity(left.len()),
            entangled: BTreeSet::new(),
        };
        let mut done: BTreeSet<Key> = BTreeSet::new();
        while !left.is_empty() {
            let waits = |table: &Table, also_optional: bool| {
                table.foreign_keys.iter().any(|key| {
                    (also_optional || !key.is_optional)
                        && key.parent != table.key
                        && known.contains(&key.parent)
                        && !done.contains(&key.parent)
                })
            };
            let free = left.iter().position(|table| !waits(table, true));
            // In a circle a key that may be NULL is left out at first.
            let opened = free.or_else(|| left.iter().position(|table| !waits(table, false)));
            let mut table = left.remove(opened.unwrap_or(0));
            if opened.is_none() {
                filling.entangled.insert(table.key.clone());
            }
            let is_later = |index: &usize| {
                let key = &table.foreign_keys[*index];
                key.is_optional
                    && key.parent != table.key
                    && known.contains(&key.parent)
                    && !done.contains(&key.parent)
            };
            table.later = (0..table.foreign_keys.len()).filter(is_later).collect();
            done.insert(table.key.clone());
            filling.tables.push(table);
        }
        filling
    }
}
