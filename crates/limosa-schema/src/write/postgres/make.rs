//! The statements that make objects, in their order.

use std::collections::BTreeSet;

use super::super::order::{Circle, Item, ordered};
use super::rank::Rank;
use super::{code, column, constraint, datatype, known, other, relation, routine, sequence, table};
use crate::{Key, Kind, Object, Schema};

/// Makes some of the objects of a schema.
pub(super) struct Maker<'s> {
    /// The schema.
    pub schema: &'s Schema,
    /// Which of its objects: those that are not there yet.
    pub wanted: &'s BTreeSet<Key>,
    /// What is first made without that which needs a part of the schema that needs it.
    pub apart: BTreeSet<Key>,
}

impl<'s> Maker<'s> {
    /// The items of all that are wanted, such that none waits for itself, where that can be had.
    pub fn items(schema: &'s Schema, wanted: &'s BTreeSet<Key>) -> Vec<Item> {
        let mut maker = Self {
            schema,
            wanted,
            apart: BTreeSet::new(),
        };
        loop {
            let items = maker.all();
            let Err(Circle(circle)) = ordered(&items) else {
                return items;
            };
            let before = maker.apart.len();
            maker.apart.extend(circle);
            if maker.apart.len() == before {
                return items;
            }
        }
    }

    fn all(&self) -> Vec<Item> {
        let wanted = self.schema.objects().filter(|one| self.makes(&one.key));
        wanted
            .flat_map(|one| {
                let mut items = self.of(one);
                let remarks = known::remarks(one);
                if !remarks.is_empty() {
                    items.push(Item::about(Rank::Remark.number(), &one.key, remarks));
                }
                items
            })
            .collect()
    }

    /// Whether an object is wanted.
    pub fn makes(&self, key: &Key) -> bool {
        self.wanted.contains(key)
    }

    /// Whether it is first made without what can be added to it later.
    pub fn is_apart(&self, key: &Key) -> bool {
        self.apart.contains(key)
    }

    fn of(&self, object: &Object) -> Vec<Item> {
        match object.key.kind {
            Kind::Table => table::items(self, object),
            Kind::Column => column::items(self, object),
            Kind::Constraint => constraint::items(self, object),
            Kind::Sequence => sequence::items(self, object),
            Kind::Type => datatype::items(self, object),
            Kind::Domain => datatype::domain_items(self, object),
            Kind::Routine => routine::items(self, object),
            Kind::View | Kind::MaterializedView => relation::view_items(self, object),
            Kind::Index => relation::index_items(self, object),
            Kind::Statistics => relation::statistics_items(self, object),
            Kind::Trigger => code::trigger_items(self, object),
            Kind::Rule => code::rule_items(self, object),
            Kind::Policy => code::policy_items(self, object),
            _ => other::items(self, object),
        }
    }
}
