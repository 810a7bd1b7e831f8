//! Which tables stand in a picture together.
//!
//! A schema is drawn as several pictures that a person can take in, so the tables are put into groups that have much to
//! do with each other and little with the rest. What is connected and small is a group as it is; what is large is
//! divided by merging, again and again, the two groups that have more foreign keys between them than chance would
//! give (the modularity of the division grows), as long as they are not too large together. A table that everything refers
//! to is so no reason to put everything together. All in integers and in the order of names, so that the same schema
//! gives the same groups.

use std::collections::{BTreeMap, BTreeSet};

use super::relations::Relations;

/// The most tables of a picture.
pub(super) const MOST: usize = 15;
/// Groups with fewer tables than this are put together where they have nothing better.
const FEW: usize = 4;

/// Tables of a picture: their places in [`Relations::tables`], in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Group {
    pub tables: Vec<usize>,
}

/// The groups, in the order of their first tables, and the tables that have no foreign key to or from another one.
pub(super) fn groups(relations: &Relations<'_>) -> (Vec<Group>, Vec<usize>) {
    let weights = weights(relations);
    let (mut whole, mut few, mut alone) = (Vec::new(), Vec::new(), Vec::new());
    for component in components(relations.tables.len(), &weights) {
        match component.len() {
            1 => alone.extend(component),
            2..FEW => few.push(component),
            FEW..=MOST => whole.push(component),
            _ => {
                for part in divided(&component, &weights) {
                    if part.len() < FEW {
                        few.push(part);
                    } else {
                        whole.push(part);
                    }
                }
            }
        }
    }
    whole.extend(packed(few));
    whole.sort();
    let group = |tables| Group { tables };
    (whole.into_iter().map(group).collect(), alone)
}

/// How much two tables have to do with each other.
pub(super) type Weights = BTreeMap<(usize, usize), i64>;

fn weights(relations: &Relations<'_>) -> Weights {
    let mut weights = Weights::new();
    for one in relations.all.iter().filter(|one| one.from != one.to) {
        let pair = (one.from.min(one.to), one.from.max(one.to));
        *weights.entry(pair).or_default() += 2;
    }
    for ((one, other), weight) in &mut weights {
        let [one, other] = [*one, *other].map(|at| &relations.tables[at].key);
        let schema =
            |key: &crate::Key| key.path.len().checked_sub(2).map(|at| key.path[at].clone());
        if schema(one) == schema(other) {
            *weight += 1;
        }
        // `order_items` is more of `orders` than `users` is.
        if stem(one.name()) == stem(other.name()) {
            *weight += 2;
        }
    }
    weights
}

/// The first word of a name, without a plural.
fn stem(name: &str) -> &str {
    let word = name.split(['_', '-', ' ', '.']).next().unwrap_or(name);
    word.strip_suffix('s').unwrap_or(word)
}

/// The parts that hang together, in the order of their first tables.
pub(super) fn components(tables: usize, weights: &Weights) -> Vec<Vec<usize>> {
    let mut root: Vec<usize> = (0..tables).collect();
    fn find(root: &mut [usize], one: usize) -> usize {
        let mut at = one;
        while root[at] != at {
            root[at] = root[root[at]];
            at = root[at];
        }
        at
    }
    for (one, other) in weights.keys() {
        let (one, other) = (find(&mut root, *one), find(&mut root, *other));
        root[one.max(other)] = one.min(other);
    }
    let mut found: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for one in 0..tables {
        found.entry(find(&mut root, one)).or_default().push(one);
    }
    found.into_values().collect()
}

/// A large component in parts.
fn divided(component: &[usize], weights: &Weights) -> Vec<Vec<usize>> {
    let inside: BTreeSet<usize> = component.iter().copied().collect();
    let mut parts: BTreeMap<usize, Vec<usize>> =
        component.iter().map(|one| (*one, vec![*one])).collect();
    let mut degree: BTreeMap<usize, i64> = BTreeMap::new();
    let mut between: Weights = Weights::new();
    for (pair @ (one, other), weight) in weights {
        if inside.contains(one) {
            *degree.entry(*one).or_default() += weight;
            *degree.entry(*other).or_default() += weight;
            between.insert(*pair, *weight);
        }
    }
    let twice_all: i64 = degree.values().sum();
    loop {
        let best = between
            .iter()
            .filter(|((one, other), _)| parts[one].len() + parts[other].len() <= MOST)
            .map(|((one, other), weight)| {
                let gain = weight * twice_all - degree[one] * degree[other];
                // Of those that are as good, the one whose names come first.
                (gain, std::cmp::Reverse((*one, *other)))
            })
            .max();
        let Some((gain, std::cmp::Reverse((one, other)))) = best else {
            break;
        };
        let is_small = parts[&one].len().min(parts[&other].len()) < FEW;
        if gain <= 0 && !is_small {
            break;
        }
        merge(one, other, &mut parts, &mut degree, &mut between);
    }
    parts
        .into_values()
        .map(|mut part| {
            part.sort_unstable();
            part
        })
        .collect()
}

fn merge(
    one: usize,
    other: usize,
    parts: &mut BTreeMap<usize, Vec<usize>>,
    degree: &mut BTreeMap<usize, i64>,
    between: &mut Weights,
) {
    let tables = parts.remove(&other).unwrap_or_default();
    parts.entry(one).or_default().extend(tables);
    let more = degree.remove(&other).unwrap_or_default();
    *degree.entry(one).or_default() += more;
    let old = std::mem::take(between);
    let now = |table: usize| if table == other { one } else { table };
    for ((a, b), weight) in old {
        let (a, b) = (now(a), now(b));
        if a != b {
            *between.entry((a.min(b), a.max(b))).or_default() += weight;
        }
    }
}

/// Small groups side by side in one picture, as many as fit.
fn packed(mut few: Vec<Vec<usize>>) -> Vec<Vec<usize>> {
    few.sort();
    let mut packs: Vec<Vec<usize>> = Vec::new();
    for one in few {
        match packs
            .last_mut()
            .filter(|pack| pack.len() + one.len() <= MOST)
        {
            Some(pack) => pack.extend(one),
            None => packs.push(one),
        }
    }
    for pack in &mut packs {
        pack.sort_unstable();
    }
    packs
}
