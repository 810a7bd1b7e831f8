//! The statements that turn one schema into another.

use std::collections::{BTreeMap, BTreeSet};

use super::super::by_hand;
use super::super::order::{Item, ordered_anyway};
use super::alter::{Alter, alter};
use super::make::Maker;
use super::rank::Rank;
use super::{column, drop};
use crate::{Key, Kind, Object, Schema};

/// Ranks of what is altered and made are after those of what is dropped.
const AFTER_DROPS: u32 = 1000;

/// The statements that turn `from` into `to`.
pub(super) fn statements(from: &Schema, to: &Schema) -> Vec<String> {
    let repair = Repair::of(from, to);
    let mut items = repair.drops();
    let made: BTreeSet<Key> = repair.made();
    let mut later = Maker::items(to, &made);
    for item in &mut later {
        let again: Vec<Key> = item
            .made()
            .filter(|key| repair.gone.contains(key))
            .cloned()
            .collect();
        *item = item.clone().after_end_of(&again);
    }
    later.extend(repair.alters.values().flatten().cloned());
    later.extend(repair.defaults());
    later.extend(repair.orders());
    for item in &mut later {
        item.rank += AFTER_DROPS;
    }
    items.extend(later);
    let order = ordered_anyway(&items).into_iter();
    order.flat_map(|one| one.statements.clone()).collect()
}

/// What happens to which object.
struct Repair<'s> {
    from: &'s Schema,
    to: &'s Schema,
    /// What is dropped: for good, or to be made again, and all that goes with it.
    gone: BTreeSet<Key>,
    /// What is altered.
    alters: BTreeMap<Key, Vec<Item>>,
    /// Columns that do without their default while what it calls is made again.
    bare: BTreeSet<Key>,
}

impl<'s> Repair<'s> {
    fn of(from: &'s Schema, to: &'s Schema) -> Self {
        let lost = from.objects().filter(|one| to.get(&one.key).is_none());
        let mut repair = Self {
            from,
            to,
            gone: lost.map(|one| one.key.clone()).collect(),
            alters: BTreeMap::new(),
            bare: BTreeSet::new(),
        };
        let mut disturbed = BTreeSet::new();
        for before in from.objects() {
            let Some(after) = to.get(&before.key) else {
                continue;
            };
            if before.properties == after.properties && before.parent == after.parent {
                continue;
            }
            match alter(from, to, before, after) {
                Alter::Again => {
                    repair.gone.insert(before.key.clone());
                }
                Alter::InPlace(statements) => {
                    let item =
                        Item::makes(Rank::of(before.key.kind).number(), &before.key, statements);
                    let item = item.with(&before.parent).after(&after.needs);
                    repair.alters.insert(before.key.clone(), vec![item]);
                }
                Alter::Rewritten(statements) => {
                    disturbed.insert(before.key.clone());
                    let item =
                        Item::makes(Rank::of(before.key.kind).number(), &before.key, statements);
                    let item = item.with(&before.parent).after(&after.needs);
                    repair.alters.insert(before.key.clone(), vec![item]);
                }
            }
        }
        repair.close(&disturbed);
        repair.loosen();
        let Self { alters, gone, .. } = &mut repair;
        alters.retain(|key, _| !gone.contains(key));
        repair
    }

    /// Adds what has to go because something goes that it needs.
    fn close(&mut self, disturbed: &BTreeSet<Key>) {
        loop {
            let mut more = Vec::new();
            for object in self.from.objects() {
                if self.gone.contains(&object.key) {
                    continue;
                }
                let goes_along = goes_along(object, &self.gone);
                let in_the_way = disturbed.iter().any(|column| is_in_the_way(object, column));
                let needed: Vec<&Key> = object
                    .needs
                    .iter()
                    .filter(|key| self.gone.contains(key))
                    .collect();
                if goes_along
                    || in_the_way
                    || (!needed.is_empty() && is_made_again(object.key.kind))
                {
                    more.push(object.key.clone());
                } else if !needed.is_empty() {
                    self.cannot_do_without(object, &needed);
                }
            }
            if more.is_empty() {
                return;
            }
            self.gone.extend(more);
        }
    }

    /// Takes the defaults away first that call functions which need their table, and go with it.
    fn loosen(&mut self) {
        let columns = self
            .from
            .of(Kind::Column)
            .filter(|one| self.gone.contains(&one.key));
        let in_circle = columns.filter(|one| {
            one.text_of("default").is_some()
                && drop::needs_what_needs_its_table(self.from, one, &self.gone)
        });
        let in_circle: Vec<Key> = in_circle.map(|one| one.key.clone()).collect();
        self.bare.extend(in_circle);
    }

    /// An object that stays, and needs what goes.
    fn cannot_do_without(&mut self, object: &Object, needed: &[&Key]) {
        let Some(after) = self.to.get(&object.key) else {
            return;
        };
        let still: Vec<&&Key> = needed
            .iter()
            .filter(|key| after.needs.contains(key))
            .collect();
        let by_default = object.key.kind == Kind::Column
            && object.text_of("default").is_some()
            && needed.iter().all(|key| column::is_in_default(key.kind));
        if by_default {
            self.bare.insert(object.key.clone());
        } else if let [first, ..] = still.as_slice()
            && !self.alters.contains_key(&object.key)
        {
            let remark = by_hand(&format!(
                "{} needs {first}, which has to be dropped and made again",
                object.key
            ));
            let item = Item::about(Rank::Remark.number(), &object.key, vec![remark]);
            self.alters.insert(object.key.clone(), vec![item]);
        }
    }

    /// What is made: what is new, and what was dropped to be made again.
    fn made(&self) -> BTreeSet<Key> {
        let is_made = |key: &Key| self.gone.contains(key) || self.from.get(key).is_none();
        let all = self.to.objects().map(|one| &one.key);
        all.filter(|key| is_made(key)).cloned().collect()
    }

    /// The statements that drop.
    fn drops(&self) -> Vec<Item> {
        let mut dependents: BTreeMap<&Key, Vec<&Object>> = BTreeMap::new();
        for object in self.from.objects() {
            let columns = match object.key.kind {
                Kind::Table => self.from.children(&object.key, Kind::Column),
                _ => vec![],
            };
            for key in &object.needs {
                // What only a default needs is not the table's.
                let by_default = column::is_in_default(key.kind)
                    && columns.iter().any(|one| one.needs.contains(key));
                if !by_default {
                    dependents.entry(key).or_default().push(object);
                }
            }
        }
        // Each goes with the one that is dropped by a statement.
        let mut with: BTreeMap<&Key, Vec<&Key>> = BTreeMap::new();
        for key in &self.gone {
            if let Some(object) = self.from.get(key)
                && !self.bare.contains(key)
            {
                with.entry(self.dropped_with(object)).or_default().push(key);
            }
        }
        // What belongs to something and has a statement of its own is before that.
        for key in with.keys() {
            let object = self.from.get(key);
            let parent = object.and_then(|one| one.parent.as_ref());
            if let (Some(object), Some(parent)) = (object, parent) {
                dependents.entry(parent).or_default().push(object);
            }
        }
        let mut items = Vec::new();
        for (key, together) in &with {
            let Some(object) = self.from.get(key) else {
                continue;
            };
            let rank = AFTER_DROPS - 1 - Rank::of(key.kind).number();
            let mut item = Item::removes(rank, key, drop::statements(self.from, object));
            item = item.gone(together.iter().copied());
            if key.kind == Kind::Schema {
                item = item.after_end_of(
                    self.gone
                        .iter()
                        .filter(|one| one.path.len() > 1 && one.path.first() == key.path.first()),
                );
            }
            for other in together
                .iter()
                .filter_map(|one| dependents.get(one))
                .flatten()
            {
                if self.gone.contains(&other.key) || self.bare.contains(&other.key) {
                    item = item.after_end_of([&other.key]);
                } else {
                    item = item.after([&other.key]);
                }
            }
            items.push(item);
        }
        for key in &self.bare {
            let rank = AFTER_DROPS - 1 - Rank::Later.number();
            items.push(Item::removes(rank, key, vec![column::drop_default(key)]));
        }
        items
    }

    /// The object with which one goes, itself where there is a statement for it.
    fn dropped_with<'o>(&'o self, object: &'o Object) -> &'o Key {
        if let Some(of) = drop::type_of(self.from, object, &self.gone) {
            return &of.key;
        }
        let mut root = object;
        while goes_along(root, &self.gone) && !drop::is_dropped_apart(self.from, root, &self.gone) {
            let parent = root.parent.as_ref().and_then(|key| self.from.get(key));
            match parent {
                Some(parent) => root = parent,
                None => break,
            }
        }
        &root.key
    }

    /// Gives back the defaults that were in the way.
    fn defaults(&self) -> Vec<Item> {
        let columns = self.bare.iter().filter(|key| !self.gone.contains(*key));
        columns
            .filter_map(|key| self.to.get(key))
            .filter_map(|column| {
                let statement = column::set_default(column)?;
                let item = Item::about(Rank::Later.number(), &column.key, vec![statement]);
                Some(item.after(&column.needs))
            })
            .collect()
    }

    /// What is said of tables whose columns will stand in another order.
    fn orders(&self) -> Vec<Item> {
        let tables = self
            .to
            .of(Kind::Table)
            .filter(|one| self.from.get(&one.key).is_some());
        tables
            .filter_map(|table| {
                let wanted: Vec<&str> = names(self.to.children(&table.key, Kind::Column));
                let old = names(self.from.children(&table.key, Kind::Column));
                let stay = old.iter().copied().filter(|name| wanted.contains(name));
                let new = wanted.iter().copied().filter(|name| !old.contains(name));
                let will_be: Vec<&str> = stay.chain(new).collect();
                (will_be != wanted).then(|| {
                    let remark = by_hand(&format!(
                        "the columns of {} will be in the order {}, and not {}: only a rebuild of the table changes that",
                        table.key,
                        will_be.join(", "),
                        wanted.join(", ")
                    ));
                    Item::about(Rank::Remark.number(), &table.key, vec![remark])
                })
            })
            .collect()
    }
}

fn names(columns: Vec<&Object>) -> Vec<&str> {
    columns.into_iter().map(|one| one.key.name()).collect()
}

/// Whether an object is dropped with what it belongs to.
fn goes_along(object: &Object, gone: &BTreeSet<Key>) -> bool {
    let parent = object.parent.as_ref();
    parent.is_some_and(|key| gone.contains(key))
}

/// Whether the server does not change the type of a column while the object is there.
fn is_in_the_way(object: &Object, column: &Key) -> bool {
    let table = column.table();
    let of_it = object.parent.as_ref() == Some(&table);
    let texts = ["definition", "using", "check"]
        .iter()
        .filter_map(|name| object.text_of(name));
    match object.key.kind {
        Kind::View | Kind::MaterializedView | Kind::Routine => object.needs.contains(&table),
        Kind::Rule | Kind::Policy | Kind::Trigger if of_it => {
            texts.into_iter().any(|text| text.contains(column.name()))
        }
        Kind::Rule | Kind::Policy | Kind::Trigger => object.needs.contains(&table),
        Kind::Publication => object.properties.get("tables").is_some_and(|tables| {
            let path = serde_json::Value::from(table.path.clone());
            let tables = tables.as_array().into_iter().flatten();
            tables
                .into_iter()
                .any(|one| one.get("table") == Some(&path) && one.get("where").is_some())
        }),
        _ => false,
    }
}

/// Whether objects of the kind are dropped and made again where something is in the way: those without rows.
fn is_made_again(kind: Kind) -> bool {
    !matches!(
        kind,
        Kind::Table
            | Kind::Column
            | Kind::Sequence
            | Kind::Type
            | Kind::Domain
            | Kind::Schema
            | Kind::Extension
            | Kind::Database
    )
}
