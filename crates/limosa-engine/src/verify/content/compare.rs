//! What is not the same in two contents, by table and column.

use limosa_schema::{Key, Kind};

use super::alike::plain;
use super::matching::Matching;
use super::moved::{column_is_moved, row_is_moved, table_is_moved};
use super::stamp::is_now;
use super::{Cell, Content, Table, show};

/// A difference of two contents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataDifference {
    /// The table or the column.
    pub object: Key,
    /// What became of its data.
    pub kind: DataKind,
    /// How many rows it is about.
    pub rows: usize,
    /// One of them, for people: `'abc' → NULL in the row (id = '3')`.
    pub example: String,
}

/// What became of data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DataKind {
    /// A table with rows is gone.
    TableLost,
    /// A column with values is gone.
    ColumnLost,
    /// Rows are gone.
    RowsLost,
    /// Rows are gone, and rows like them are left.
    Merged,
    /// Rows came in addition.
    RowsAdded,
    /// Values are others.
    Changed,
    /// Values are shorter, or have fewer digits.
    Truncated,
    /// Values are NULL.
    MadeNull,
    /// NULL is a value.
    NullFilled,
}

impl DataKind {
    /// Its name in JSON: `rows_lost`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::TableLost => "table_lost",
            Self::ColumnLost => "column_lost",
            Self::RowsLost => "rows_lost",
            Self::Merged => "merged",
            Self::RowsAdded => "rows_added",
            Self::Changed => "changed",
            Self::Truncated => "truncated",
            Self::MadeNull => "made_null",
            Self::NullFilled => "null_filled",
        }
    }
}

/// What is not the same in `after`, in the order of the tables. What has moved to a place that `before` did not have is
/// no difference; neither is the time that a trigger wrote.
pub fn compare(before: &Content, after: &Content) -> Vec<DataDifference> {
    let mut found = Vec::new();
    for (key, table) in &before.tables {
        match after.tables.get(key) {
            _ if table.rows.is_empty() && !after.tables.contains_key(key) => {}
            None if table_is_moved(before, after, key) => {}
            None => found.push(DataDifference {
                object: key.clone(),
                kind: DataKind::TableLost,
                rows: table.rows.len(),
                example: show::row(table, &table.rows[0]),
            }),
            Some(now) => Comparison {
                before,
                after,
                key,
                table,
                now,
                matching: Matching::of(table, now),
            }
            .into_differences(&mut found),
        }
    }
    found
}

/// The key of a column.
pub(super) fn column_key(table: &Key, name: &str) -> Key {
    let path = table.path.iter().map(String::as_str);
    Key::new(Kind::Column, path.chain(std::iter::once(name)))
}

struct Comparison<'c> {
    before: &'c Content,
    after: &'c Content,
    key: &'c Key,
    table: &'c Table,
    now: &'c Table,
    matching: Matching,
}

impl Comparison<'_> {
    fn into_differences(self, found: &mut Vec<DataDifference>) {
        for (index, column) in self.table.columns.iter().enumerate() {
            if self.now.column(&column.name).is_none() {
                found.extend(self.column_lost(index));
            }
        }
        self.rows_lost(found);
        if let Some(first) = self.matching.added.first() {
            found.push(DataDifference {
                object: self.key.clone(),
                kind: DataKind::RowsAdded,
                rows: self.matching.added.len(),
                example: show::row(self.now, &self.now.rows[*first]),
            });
        }
        self.changed(found);
    }

    fn column_lost(&self, index: usize) -> Option<DataDifference> {
        let with_value = |row: &&Vec<Cell>| row.get(index).is_some_and(Option::is_some);
        let rows = self.table.rows.iter().filter(with_value).count();
        let first = self.table.rows.iter().find(with_value)?;
        if column_is_moved(
            self.before,
            self.after,
            self.key,
            index,
            Some(&self.matching),
        ) {
            return None;
        }
        Some(DataDifference {
            object: column_key(self.key, &self.table.columns[index].name),
            kind: DataKind::ColumnLost,
            rows,
            example: format!(
                "{} in the row {}",
                show::value(&first[index]),
                show::row(self.table, first)
            ),
        })
    }

    fn rows_lost(&self, found: &mut Vec<DataDifference>) {
        let lost: Vec<&Vec<Cell>> = self
            .matching
            .lost
            .iter()
            .map(|index| &self.table.rows[*index])
            .filter(|row| !row_is_moved(self.before, self.after, self.key, row))
            .collect();
        let Some(first) = lost.first() else {
            return;
        };
        let merged = lost.iter().all(|row| self.has_double(row));
        found.push(DataDifference {
            object: self.key.clone(),
            kind: if merged {
                DataKind::Merged
            } else {
                DataKind::RowsLost
            },
            rows: lost.len(),
            example: show::row(self.table, first),
        });
    }

    /// Whether a row that is kept says the same but for its primary key.
    fn has_double(&self, row: &[Cell]) -> bool {
        let key = self.table.keys.first().map_or(&[][..], Vec::as_slice);
        let is_same = |other: &Vec<Cell>| {
            let mut cells = row.iter().zip(other).enumerate();
            cells.all(|(at, (a, b))| key.contains(&at) || a == b)
        };
        let mut kept = self.matching.pairs.iter();
        kept.any(|(before, _)| is_same(&self.table.rows[*before]))
    }

    fn changed(&self, found: &mut Vec<DataDifference>) {
        for common in &self.matching.common {
            let column = &self.table.columns[common.before];
            let stamps = self.table.is_stamped || column.is_stamped || self.now.is_stamped;
            let mut changes = Vec::new();
            for (before, after) in &self.matching.pairs {
                let (one, other) = (&self.table.rows[*before], &self.now.rows[*after]);
                let value = other.get(common.after).and_then(Option::as_deref);
                if common.is_same(one, other) || (stamps && is_now(&self.after.days, value)) {
                    continue;
                }
                changes.push((one, &one[common.before], &other[common.after]));
            }
            let Some(kind) = kind_of(&changes) else {
                continue;
            };
            let telling = changes
                .iter()
                .find(|(_, before, after)| kind_of_value(before, after) == kind)
                .unwrap_or(&changes[0]);
            let (row, before, after) = telling;
            found.push(DataDifference {
                object: column_key(self.key, &column.name),
                kind,
                rows: changes.len(),
                example: format!(
                    "{} in the row {}",
                    show::change(before, after),
                    show::row(self.table, row)
                ),
            });
        }
    }
}

/// A change of a value, with the row that it was in.
type Change<'c> = (&'c Vec<Cell>, &'c Cell, &'c Cell);

/// One word for all changes in a column: NULL that became a value counts only when nothing else happened.
fn kind_of(changes: &[Change<'_>]) -> Option<DataKind> {
    let mut kinds: Vec<DataKind> = changes
        .iter()
        .map(|(_, before, after)| kind_of_value(before, after))
        .collect();
    if kinds.iter().any(|kind| *kind != DataKind::NullFilled) {
        kinds.retain(|kind| *kind != DataKind::NullFilled);
    }
    let first = *kinds.first()?;
    let same = kinds.iter().all(|kind| *kind == first);
    Some(if same { first } else { DataKind::Changed })
}

fn kind_of_value(before: &Cell, after: &Cell) -> DataKind {
    match (before, after) {
        (None, _) => DataKind::NullFilled,
        (_, None) => DataKind::MadeNull,
        (Some(before), Some(after)) if is_truncated(before, after) => DataKind::Truncated,
        _ => DataKind::Changed,
    }
}

/// Whether the second is what is left of the first: its beginning, or the number with fewer digits.
fn is_truncated(before: &str, after: &str) -> bool {
    let (before, after) = (plain(before), plain(after));
    if before.len() > after.len() && !after.is_empty() && before.starts_with(&*after) {
        return true;
    }
    let digits = |text: &str| {
        text.split_once('.')
            .map_or(0, |(_, fraction)| fraction.len())
    };
    match (before.parse::<f64>(), after.parse::<f64>()) {
        (Ok(one), Ok(other)) => digits(&before) > digits(&after) && (one - other).abs() <= 1.0,
        _ => false,
    }
}
