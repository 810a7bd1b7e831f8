//! The order of statements: by rank and name, and each after what it needs.

use std::collections::{BTreeMap, BTreeSet};

use crate::Key;

/// What a statement may have to wait for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Milestone {
    /// It is no longer there, or no longer in the way.
    Gone(Key),
    /// It is there, and as it should be.
    There(Key),
}

/// Statements that stand together.
#[derive(Debug, Clone)]
pub(super) struct Item {
    /// Where it stands among the others as far as nothing else decides.
    pub rank: u32,
    /// What it is about.
    pub key: Key,
    /// What is reached once it has run.
    pub reaches: BTreeSet<Milestone>,
    /// What has to be reached before.
    pub needs: BTreeSet<Milestone>,
    /// The statements.
    pub statements: Vec<String>,
}

impl Item {
    /// Statements after which an object is there.
    pub fn makes(rank: u32, key: &Key, statements: Vec<String>) -> Self {
        let reaches = BTreeSet::from([Milestone::There(key.clone())]);
        Self {
            rank,
            key: key.clone(),
            reaches,
            needs: BTreeSet::new(),
            statements,
        }
    }

    /// Statements after which an object is gone.
    pub fn removes(rank: u32, key: &Key, statements: Vec<String>) -> Self {
        let reaches = BTreeSet::from([Milestone::Gone(key.clone())]);
        Self {
            reaches,
            ..Self::makes(rank, key, statements)
        }
    }

    /// Statements about an object that others make.
    pub fn about(rank: u32, key: &Key, statements: Vec<String>) -> Self {
        Self {
            reaches: BTreeSet::new(),
            needs: BTreeSet::from([Milestone::There(key.clone())]),
            ..Self::makes(rank, key, statements)
        }
    }

    /// The same, after which some more are there.
    pub fn with<'k>(mut self, keys: impl IntoIterator<Item = &'k Key>) -> Self {
        let keys = keys.into_iter().cloned().map(Milestone::There);
        self.reaches.extend(keys);
        self
    }

    /// The same, after which some more are gone.
    pub fn gone<'k>(mut self, keys: impl IntoIterator<Item = &'k Key>) -> Self {
        let keys = keys.into_iter().cloned().map(Milestone::Gone);
        self.reaches.extend(keys);
        self
    }

    /// What is there once it has run.
    pub fn made(&self) -> impl Iterator<Item = &Key> {
        self.reaches.iter().filter_map(|one| match one {
            Milestone::There(key) => Some(key),
            Milestone::Gone(_) => None,
        })
    }

    /// The same after others are there.
    pub fn after<'k>(mut self, keys: impl IntoIterator<Item = &'k Key>) -> Self {
        let keys = keys.into_iter().cloned().map(Milestone::There);
        self.needs.extend(keys);
        self
    }

    /// The same after others are gone.
    pub fn after_end_of<'k>(mut self, keys: impl IntoIterator<Item = &'k Key>) -> Self {
        let keys = keys.into_iter().cloned().map(Milestone::Gone);
        self.needs.extend(keys);
        self
    }
}

/// Those that wait for each other, and what stands between two such circles.
#[derive(Debug)]
pub(super) struct Circle(pub BTreeSet<Key>);

/// The items in an order in which each is after what it needs, and otherwise by rank and key. What nobody makes is
/// there already.
pub(super) fn ordered(items: &[Item]) -> Result<Vec<&Item>, Circle> {
    let mut queue = Queue::of(items);
    let mut order = Vec::with_capacity(items.len());
    loop {
        match queue.next_ready() {
            Some(item) => order.push(item),
            None if queue.left.is_empty() => return Ok(order),
            None => {
                let circle = queue.circle().into_iter();
                return Err(Circle(circle.map(|one| items[one].key.clone()).collect()));
            }
        }
    }
}

/// The same, where the first of those that wait for each other does not wait.
pub(super) fn ordered_anyway(items: &[Item]) -> Vec<&Item> {
    let mut queue = Queue::of(items);
    let mut order = Vec::with_capacity(items.len());
    loop {
        if let Some(item) = queue.next_ready() {
            order.push(item);
            continue;
        }
        let circle = queue.circle().into_iter();
        match circle.min_by_key(|&one| queue.place(one)) {
            Some(first) => order.push(queue.take(first)),
            None => return order,
        }
    }
}

/// A place: rank, key and number.
type Place<'i> = (u32, &'i Key, usize);

/// Items that have no place yet.
struct Queue<'i> {
    items: &'i [Item],
    waits_for: Vec<BTreeSet<usize>>,
    lets_go: Vec<Vec<usize>>,
    left: BTreeSet<usize>,
    ready: BTreeSet<Place<'i>>,
}

impl<'i> Queue<'i> {
    fn of(items: &'i [Item]) -> Self {
        let mut makers: BTreeMap<&Milestone, Vec<usize>> = BTreeMap::new();
        for (number, item) in items.iter().enumerate() {
            for milestone in &item.reaches {
                makers.entry(milestone).or_default().push(number);
            }
        }
        let mut queue = Self {
            items,
            waits_for: vec![BTreeSet::new(); items.len()],
            lets_go: vec![Vec::new(); items.len()],
            left: (0..items.len()).collect(),
            ready: BTreeSet::new(),
        };
        for (number, item) in items.iter().enumerate() {
            let needed = item.needs.iter().filter_map(|one| makers.get(one));
            for &maker in needed.flatten() {
                if maker != number && queue.waits_for[number].insert(maker) {
                    queue.lets_go[maker].push(number);
                }
            }
            if queue.waits_for[number].is_empty() {
                queue.ready.insert(queue.place(number));
            }
        }
        queue
    }

    fn place(&self, number: usize) -> Place<'i> {
        (self.items[number].rank, &self.items[number].key, number)
    }

    fn next_ready(&mut self) -> Option<&'i Item> {
        let (_, _, number) = self.ready.pop_first()?;
        Some(self.take(number))
    }

    fn take(&mut self, number: usize) -> &'i Item {
        self.left.remove(&number);
        for &other in &self.lets_go[number] {
            self.waits_for[other].remove(&number);
            if self.waits_for[other].is_empty() && self.left.contains(&other) {
                self.ready.insert(self.place(other));
            }
        }
        &self.items[number]
    }

    /// Those left that wait for each other, without those that only wait for them.
    fn circle(&self) -> BTreeSet<usize> {
        let mut circle = self.left.clone();
        loop {
            let is_waited_for =
                |one: &usize| self.lets_go[*one].iter().any(|it| circle.contains(it));
            let members: BTreeSet<usize> = circle.iter().copied().filter(is_waited_for).collect();
            if members.len() == circle.len() {
                return members;
            }
            circle = members;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

    use super::*;
    use crate::Kind;

    fn key(name: &str) -> Key {
        Key::new(Kind::Table, [name])
    }

    fn names(order: &[&Item]) -> String {
        order.iter().map(|one| one.key.name()).collect()
    }

    #[test]
    fn each_is_after_what_it_needs_and_otherwise_by_rank_and_name() {
        let items = [
            Item::makes(2, &key("c"), vec![]),
            Item::makes(1, &key("b"), vec![]).after([&key("c"), &key("nobody's")]),
            Item::makes(3, &key("d"), vec![]),
            Item::makes(1, &key("a"), vec![]),
            Item::removes(0, &key("e"), vec![]).after([&key("d")]),
        ];
        assert_eq!(names(&ordered(&items).unwrap()), "acbde");
    }

    #[test]
    fn those_in_a_circle_are_told_and_only_then_the_first_goes_first() {
        let items = [
            Item::makes(1, &key("a"), vec![]).after([&key("b")]),
            Item::makes(1, &key("b"), vec![]).after([&key("a")]),
            Item::makes(1, &key("c"), vec![]),
            Item::makes(1, &key("d"), vec![]).after([&key("b")]),
        ];
        let Circle(circle) = ordered(&items).unwrap_err();
        assert_eq!(circle, BTreeSet::from([key("a"), key("b")]));
        assert_eq!(names(&ordered_anyway(&items)), "cabd");
    }

    proptest! {
        #[test]
        fn none_is_before_what_it_needs_whatever_the_order_in_which_they_are_given(
            ranks in vec(0_u32..4, 1..20),
            edges in vec((0_usize..20, 0_usize..20), 0..40),
            turned in any::<bool>(),
        ) {
            let name = |number: usize| key(&format!("{number:02}"));
            let mut items: Vec<Item> = (0..ranks.len()).map(|one| {
                // Only what has a lower number is needed, so there is no circle.
                let needed = edges.iter().filter(|(from, to)| *from == one && *to < one);
                let needed: Vec<Key> = needed.map(|(_, to)| name(*to)).collect();
                Item::makes(ranks[one], &name(one), vec![]).after(&needed)
            }).collect();
            let order = names(&ordered(&items).unwrap());
            prop_assert_eq!(order.len(), ranks.len() * 2);
            for (from, to) in edges.iter().filter(|(from, to)| to < from && *from < ranks.len()) {
                let at = |number: &usize| {
                    let all: Vec<&str> = order.as_bytes().chunks(2).map(|one| str::from_utf8(one).unwrap()).collect();
                    all.iter().position(|one| *one == format!("{number:02}")).unwrap()
                };
                prop_assert!(at(to) < at(from));
            }
            if turned {
                items.reverse();
            }
            prop_assert_eq!(names(&ordered(&items).unwrap()), order.clone());
            prop_assert_eq!(names(&ordered_anyway(&items)), order);
        }
    }
}
