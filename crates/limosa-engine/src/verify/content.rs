//! What is in the tables of a database, and what became of it.
//!
//! [`read()`] reads every row as text in a form that the settings of a session do not change, [`compare()`] tells two
//! contents apart, and [`findings()`] says which of that an up and its down are to blame for.

mod alike;
mod compare;
mod findings;
mod matching;
mod moved;
mod read;
mod show;
mod stamp;

use std::collections::{BTreeMap, BTreeSet};

use limosa_schema::Key;

pub use compare::{DataDifference, DataKind, compare};
pub use findings::{DataFinding, Passage, findings};
pub use read::read;

/// The rows of the tables of a database.
#[derive(Debug, Clone, Default)]
pub struct Content {
    tables: BTreeMap<Key, Table>,
    /// The day on which it was read, and those beside it.
    days: BTreeSet<String>,
    /// Tables with more rows than are looked at.
    pub cut: Vec<Key>,
}

/// The rows of a table.
#[derive(Debug, Clone, Default)]
struct Table {
    columns: Vec<Column>,
    /// Columns that tell rows apart, the primary key first.
    keys: Vec<Vec<usize>>,
    rows: Vec<Vec<Cell>>,
    /// Whether a trigger may write the time of a change.
    is_stamped: bool,
}

/// A column that was read.
#[derive(Debug, Clone)]
struct Column {
    name: String,
    of: String,
    /// The server writes the time of a change into it.
    is_stamped: bool,
}

/// A value as text; `None` is NULL.
type Cell = Option<String>;

impl Content {
    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.tables.values().map(|table| table.rows.len()).sum()
    }
}

/// A value for people, shortened.
pub(crate) fn shown(value: Option<&str>) -> String {
    show::value(&value.map(str::to_owned))
}

impl Table {
    fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|one| one.name == name)
    }
}
