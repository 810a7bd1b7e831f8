//! What a row says of the columns of a foreign key.

use std::collections::BTreeSet;

use limosa_sql::{Dialect, quote_identifier};

use super::literal::path;
use super::make::{Attempt, Cell, Made};
use super::standing::{Standing, value};
use super::table::{ForeignKey, Table};

/// The row that refers, and what it may refer to.
pub(super) struct Reference<'r> {
    pub(super) table: &'r Table,
    pub(super) attempt: Attempt,
    pub(super) standing: &'r Standing,
    pub(super) made: &'r Made,
    /// What the row says by now.
    pub(super) cells: &'r [Cell],
    /// Columns of other keys that it has said already.
    pub(super) done: &'r BTreeSet<usize>,
}

impl Reference<'_> {
    /// The value of a column that refers to a row of another table: the value itself where it is known, else a query
    /// that finds it.
    pub(super) fn to(&self, key: &ForeignKey, place: usize, row: usize) -> Cell {
        let mut bound = Vec::new();
        for (column, referenced) in key.columns.iter().zip(&key.referenced) {
            if let (Cell::Value(value), true) = (&self.cells[*column], self.done.contains(column)) {
                bound.push((referenced.as_str(), value.as_str()));
            }
        }
        let wanted = &key.referenced[place];
        let known = match key.parent == self.table.key {
            _ if self.attempt.asks => None,
            true => {
                let place = |name: &str| self.table.column(name);
                value(&self.made.cells, row, &bound, wanted, &place)
            }
            false => self.standing.value(&key.parent, row, wanted, &bound),
        };
        match known {
            Some(known) => Cell::Value(known.to_owned()),
            None => Cell::Value(self.query(key, place, row, &bound)),
        }
    }

    fn query(&self, key: &ForeignKey, place: usize, row: usize, bound: &[(&str, &str)]) -> String {
        let dialect = self.table.dialect;
        let column = |referenced: &str| format!("p.{}", quote_identifier(dialect, referenced));
        let conditions = key.referenced.iter().map(|referenced| {
            let known = bound.iter().find(|(name, _)| name == referenced);
            match known {
                Some((_, value)) => format!("{} = {value}", column(referenced)),
                None => format!("{} IS NOT NULL", column(referenced)),
            }
        });
        let order: Vec<String> = key.referenced.iter().map(|one| column(one)).collect();
        let inner = format!(
            "SELECT {} AS v FROM {} p WHERE {} ORDER BY {} LIMIT 1 OFFSET {}",
            order[place],
            path(dialect, &key.parent.path),
            conditions.collect::<Vec<_>>().join(" AND "),
            order.join(", "),
            if bound.is_empty() { row } else { 0 },
        );
        // MySQL reads a table that is written to only through another one.
        match dialect {
            Dialect::Mysql => format!("(SELECT v FROM ({inner}) q)"),
            Dialect::Postgres | Dialect::Sqlite => format!("({inner})"),
        }
    }
}
