//! Whether data that is no longer where it was is somewhere else: a rename cannot be told from a drop and an add by the
//! names alone.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use limosa_schema::Key;

use super::alike::plain;
use super::matching::Matching;
use super::{Cell, Content, Table};

/// Values as they are compared.
type Values<'c> = Vec<Cow<'c, str>>;

/// Whether the values of all columns of a table that is gone are in places that were not there before.
pub(super) fn table_is_moved(before: &Content, after: &Content, key: &Key) -> bool {
    let Some(table) = before.tables.get(key) else {
        return true;
    };
    (0..table.columns.len()).all(|index| {
        let has_values = table.rows.iter().any(|row| row[index].is_some());
        !has_values || column_is_moved(before, after, key, index, None)
    })
}

/// Whether the values of a column that is gone are in another one: in the same rows of an added column, or in a table
/// that is new or has new rows.
pub(super) fn column_is_moved(
    before: &Content,
    after: &Content,
    key: &Key,
    index: usize,
    matching: Option<&Matching>,
) -> bool {
    let Some(table) = before.tables.get(key) else {
        return true;
    };
    if let (Some(matching), Some(now)) = (matching, after.tables.get(key)) {
        let mut others = 0..now.columns.len();
        if others.any(|other| is_beside(table, now, matching, index, other)) {
            return true;
        }
    }
    let values: Values<'_> = table
        .rows
        .iter()
        .filter_map(|row| row[index].as_deref().map(plain))
        .collect();
    let mut places = new_places(before, after, key);
    places.any(|place| contains(&place, &values))
}

/// Whether the values of a column are in another column of the same rows, which did not have them before: as they
/// were, within a longer text, or as other values that stand for them.
fn is_beside(table: &Table, now: &Table, matching: &Matching, index: usize, other: usize) -> bool {
    let old = table.column(&now.columns[other].name);
    let mut same = true;
    let mut news = old.is_none();
    let mut names: BTreeMap<Cow<'_, str>, &str> = BTreeMap::new();
    let mut meanings: BTreeMap<&str, Cow<'_, str>> = BTreeMap::new();
    let mut stands_for = old.is_none();
    let mut values = 0;
    for (one, two) in &matching.pairs {
        let (row, now) = (&table.rows[*one], &now.rows[*two]);
        let Some(value) = row[index].as_deref() else {
            continue;
        };
        values += 1;
        if let Some(old) = old {
            news |= row[old] != now[other];
        }
        let Some(found) = now[other].as_deref() else {
            return false;
        };
        let value_form = plain(value);
        same &= value_form == plain(found) || (value.chars().count() > 1 && found.contains(value));
        let name = names.entry(value_form.clone()).or_insert(found);
        let meaning = meanings.entry(found).or_insert_with(|| value_form.clone());
        stands_for &= *name == found && *meaning == value_form;
        if !same && !stands_for {
            return false;
        }
    }
    // One value for each row says nothing: every column that numbers the rows would have it.
    let telling = names.len() > 1 && names.len() < values;
    news && values > 0 && (same || (stands_for && telling))
}

/// The values of each column that were not there before: of new tables, new columns and new rows.
fn new_places<'c>(
    before: &'c Content,
    after: &'c Content,
    gone_from: &'c Key,
) -> impl Iterator<Item = Values<'c>> {
    after.tables.iter().flat_map(move |(key, table)| {
        let old = before.tables.get(key);
        let matching = old.map(|old| Matching::of(old, table));
        (0..table.columns.len()).map(move |index| {
            let is_new = old.is_none_or(|old| {
                old.column(&table.columns[index].name).is_none() && key != gone_from
            });
            let rows: Vec<&Vec<Cell>> = match &matching {
                Some(matching) if !is_new => {
                    let added = matching.added.iter();
                    added.map(|row| &table.rows[*row]).collect()
                }
                _ => table.rows.iter().collect(),
            };
            rows.into_iter()
                .filter_map(|row| row[index].as_deref().map(plain))
                .collect()
        })
    })
}

/// Whether a place has all of the values; each of them once is enough where there are several.
fn contains(place: &Values<'_>, values: &Values<'_>) -> bool {
    let distinct: BTreeSet<&Cow<'_, str>> = values.iter().collect();
    if distinct.len() > 1 {
        let place: BTreeSet<&Cow<'_, str>> = place.iter().collect();
        return distinct.is_subset(&place);
    }
    distinct.into_iter().all(|value| {
        let count = |all: &Values<'_>| all.iter().filter(|one| *one == value).count();
        count(place) >= count(values)
    })
}

/// Whether a row that is gone is in another table now, with all of its values.
pub(super) fn row_is_moved(before: &Content, after: &Content, key: &Key, row: &[Cell]) -> bool {
    let values: BTreeSet<Cow<'_, str>> = row.iter().flatten().map(|cell| plain(cell)).collect();
    after.tables.iter().any(|(other, table)| {
        if other == key || table.rows.is_empty() {
            return false;
        }
        let matching = before.tables.get(other).map(|old| Matching::of(old, table));
        let mut rows = (0..table.rows.len()).filter(|index| {
            let matching = matching.as_ref();
            matching.is_none_or(|matching| matching.added.contains(index))
        });
        rows.any(|index| {
            let cells = table.rows[index].iter().flatten();
            let cells: BTreeSet<Cow<'_, str>> = cells.map(|cell| plain(cell)).collect();
            values.is_subset(&cells)
        })
    })
}
