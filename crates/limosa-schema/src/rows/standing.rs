//! The rows that tables have by now, so that other rows can refer to them.

use std::collections::BTreeMap;

use super::make::{Cell, Row};
use super::table::Table;
use crate::Key;

/// The rows that tables have.
#[derive(Debug, Clone, Default)]
pub struct Standing {
    tables: BTreeMap<Key, Rows>,
}

#[derive(Debug, Clone, Default)]
struct Rows {
    before: usize,
    columns: Vec<String>,
    made: Vec<Vec<Cell>>,
}

impl Standing {
    /// Notes how many rows a table had before.
    pub fn there(&mut self, table: &Key, rows: usize) {
        self.tables.entry(table.clone()).or_default().before = rows;
    }

    /// Notes a row that was made.
    pub fn add(&mut self, table: &Table, row: &Row) {
        let rows = self.tables.entry(table.key.clone()).or_default();
        if rows.columns.is_empty() {
            let names = table.columns.iter().map(|column| column.name.clone());
            rows.columns = names.collect();
        }
        rows.made.push(row.cells.clone());
    }

    /// Forgets the rows that were made in a table.
    pub fn forget(&mut self, table: &Key) {
        if let Some(rows) = self.tables.get_mut(table) {
            rows.made.clear();
        }
    }

    /// How many rows a table has.
    pub fn count(&self, table: &Key) -> usize {
        self.tables
            .get(table)
            .map_or(0, |rows| rows.before + rows.made.len())
    }

    /// What a row of a table that was made says of a column; of rows in which other columns have these values, the first
    /// one from there on. `None` where it is not known.
    pub(super) fn value(
        &self,
        table: &Key,
        row: usize,
        wanted: &str,
        bound: &[(&str, &str)],
    ) -> Option<&str> {
        let rows = self.tables.get(table)?;
        value(&rows.made, row, bound, wanted, &|name| {
            rows.columns.iter().position(|one| one == name)
        })
    }
}

/// What one of several rows says of a column.
pub(super) fn value<'r>(
    rows: &'r [Vec<Cell>],
    row: usize,
    bound: &[(&str, &str)],
    wanted: &str,
    place: &dyn Fn(&str) -> Option<usize>,
) -> Option<&'r str> {
    let text = |cells: &'r Vec<Cell>, name: &str| match cells.get(place(name)?)? {
        Cell::Value(text) => Some(text.as_str()),
        Cell::Omitted | Cell::Null => None,
    };
    let fits = |cells: &&'r Vec<Cell>| {
        let mut bound = bound.iter();
        bound.all(|(name, value)| text(cells, name) == Some(value))
    };
    let found = match bound {
        [] => rows.get(row)?,
        _ => rows.iter().cycle().skip(row).take(rows.len()).find(fits)?,
    };
    text(found, wanted)
}
