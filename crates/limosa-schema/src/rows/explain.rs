//! Why a table cannot be filled.

use super::make::{Attempt, Shape};
use super::pool::pool;
use super::table::Table;

impl Table {
    /// The column that must have a value and for which none is known.
    pub fn without_values(&self) -> Option<String> {
        let is_needed = |at: &usize| {
            let column = &self.columns[*at];
            let of_key = self.foreign_keys.iter().any(|key| key.columns.contains(at));
            !column.nullable && column.default.is_none() && !column.is_numbered && !of_key
        };
        let mut needed = (0..self.columns.len()).filter(is_needed);
        let at = needed.find(|at| {
            let column = &self.columns[*at];
            pool(self, column, Shape::Ordinary, Attempt::default())
                .next()
                .is_none()
        })?;
        let column = &self.columns[at];
        Some(format!(
            "no value is known for its column {}, which must have one",
            column.name
        ))
    }
}
