//! Which row is which, in two contents of a table.

use std::borrow::Cow;
use std::collections::HashMap;

use super::alike::plain;
use super::{Cell, Table};

/// The rows of a table, before and after.
pub(super) struct Matching {
    /// Columns that are on both sides, by their places.
    pub(super) common: Vec<Common>,
    /// Rows that are the same ones.
    pub(super) pairs: Vec<(usize, usize)>,
    /// Rows that are gone.
    pub(super) lost: Vec<usize>,
    /// Rows that are new.
    pub(super) added: Vec<usize>,
}

/// A column that is on both sides.
pub(super) struct Common {
    pub(super) before: usize,
    pub(super) after: usize,
    same_type: bool,
}

impl Common {
    /// Whether a value is the same.
    pub(super) fn is_same(&self, before: &[Cell], after: &[Cell]) -> bool {
        let before = before.get(self.before).and_then(Option::as_deref);
        let after = after.get(self.after).and_then(Option::as_deref);
        match (before, after) {
            (Some(before), Some(after)) => {
                before == after || (!self.same_type && plain(before) == plain(after))
            }
            (before, after) => before == after,
        }
    }

    fn form<'c>(&self, cell: &'c Cell) -> Option<Cow<'c, str>> {
        if self.same_type {
            cell.as_deref().map(Cow::Borrowed)
        } else {
            cell.as_deref().map(plain)
        }
    }
}

/// A row by some of its values.
type Named<'c> = Vec<Option<Cow<'c, str>>>;

impl Matching {
    /// Matches rows by a key, then those that are left by all their values, then by most of them.
    pub(super) fn of(before: &Table, after: &Table) -> Self {
        let common: Vec<Common> = before
            .columns
            .iter()
            .enumerate()
            .filter_map(|(index, column)| {
                let other = after.column(&column.name)?;
                Some(Common {
                    before: index,
                    after: other,
                    same_type: column.of == after.columns[other].of,
                })
            })
            .collect();
        let mut matching = Self {
            common,
            pairs: Vec::new(),
            lost: (0..before.rows.len()).collect(),
            added: (0..after.rows.len()).collect(),
        };
        matching.by_key(before, after);
        let all: Vec<usize> = (0..matching.common.len()).collect();
        if !all.is_empty() {
            matching.by_values(before, after, &all);
        }
        matching.by_likeness(before, after);
        matching.pairs.sort_unstable();
        matching
    }

    fn name<'c>(&self, row: &'c [Cell], columns: &[usize], is_before: bool) -> Named<'c> {
        let of = |index: &usize| {
            let common = &self.common[*index];
            let at = if is_before {
                common.before
            } else {
                common.after
            };
            row.get(at).and_then(|cell| common.form(cell))
        };
        columns.iter().map(of).collect()
    }

    /// By the first key whose columns are on both sides and tell the rows apart there.
    fn by_key(&mut self, before: &Table, after: &Table) {
        let usable = |key: &Vec<usize>| -> Option<Vec<usize>> {
            let places = key.iter().map(|at| {
                let mut all = self.common.iter();
                all.position(|common| common.before == *at)
            });
            let places: Vec<usize> = places.collect::<Option<_>>()?;
            let is_unique = |rows: &[Vec<Cell>], is_before: bool| {
                let mut names: Vec<Named<'_>> = rows
                    .iter()
                    .map(|row| self.name(row, &places, is_before))
                    .collect();
                let count = names.len();
                let complete = names.iter().all(|name| name.iter().all(Option::is_some));
                names.sort_unstable();
                names.dedup();
                complete && names.len() == count
            };
            (is_unique(&before.rows, true) && is_unique(&after.rows, false)).then_some(places)
        };
        if let Some(places) = before.keys.iter().find_map(usable) {
            self.by_values(before, after, &places);
        }
    }

    /// Pairs rows with the same values in some columns.
    fn by_values(&mut self, before: &Table, after: &Table, columns: &[usize]) {
        let mut free: HashMap<Named<'_>, Vec<usize>> = HashMap::new();
        for index in self.added.iter().rev() {
            let name = self.name(&after.rows[*index], columns, false);
            free.entry(name).or_default().push(*index);
        }
        let mut pairs = Vec::new();
        for index in &self.lost {
            let name = self.name(&before.rows[*index], columns, true);
            if let Some(other) = free.get_mut(&name).and_then(Vec::pop) {
                pairs.push((*index, other));
            }
        }
        self.take(pairs);
    }

    /// Pairs what has most values in common: a row whose key was changed.
    fn by_likeness(&mut self, before: &Table, after: &Table) {
        let columns = self.common.len();
        if columns < 2 || self.lost.len() * self.added.len() > 40_000 {
            return;
        }
        let mut candidates = Vec::new();
        for one in &self.lost {
            for other in &self.added {
                let (before, after) = (&before.rows[*one], &after.rows[*other]);
                let same = self
                    .common
                    .iter()
                    .filter(|common| common.is_same(before, after));
                let mut said = 0;
                let mut same_count = 0;
                for common in same {
                    same_count += 1;
                    said += usize::from(before[common.before].is_some());
                }
                if said > 0 && same_count * 2 >= columns {
                    candidates.push((same_count, said, *one, *other));
                }
            }
        }
        candidates.sort_by(|a, b| (b.0, b.1, a.2, a.3).cmp(&(a.0, a.1, b.2, b.3)));
        let mut pairs: Vec<(usize, usize)> = Vec::new();
        for (_, _, one, other) in candidates {
            if !pairs.iter().any(|(a, b)| *a == one || *b == other) {
                pairs.push((one, other));
            }
        }
        self.take(pairs);
    }

    fn take(&mut self, pairs: Vec<(usize, usize)>) {
        self.lost
            .retain(|index| !pairs.iter().any(|(before, _)| before == index));
        self.added
            .retain(|index| !pairs.iter().any(|(_, after)| after == index));
        self.pairs.extend(pairs);
    }
}
