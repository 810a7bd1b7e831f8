//! What is applied in effect: by a row of its own, or by that of a baseline that stands for it.

use std::collections::HashMap;

use super::Applied;
use crate::{Migration, SortKey, Version};

/// Every version that is in effect.
#[derive(Debug, Clone)]
pub struct InEffect<'a> {
    rows: HashMap<SortKey, &'a Applied>,
}

/// What the history says of a migration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing<'m> {
    /// Nothing of it is in effect.
    Pending,
    /// It is in effect; of a baseline all that it stands for.
    Applied,
    /// Of what a baseline stands for only a part is in effect. These are not.
    Partial(Vec<&'m Version>),
}

impl<'a> InEffect<'a> {
    /// By these rows.
    pub fn new(rows: impl IntoIterator<Item = &'a Applied>) -> Self {
        let rows: Vec<&Applied> = rows.into_iter().collect();
        let mut by_version = HashMap::with_capacity(rows.len());
        for row in &rows {
            let replaced = row.replaces().iter();
            by_version.extend(replaced.map(|version| (version.key().clone(), *row)));
        }
        // A row of its own says more.
        by_version.extend(rows.iter().map(|row| (row.version.key().clone(), *row)));
        Self { rows: by_version }
    }

    /// The row by which a version is in effect: its own, or that of a baseline.
    pub fn row(&self, version: &Version) -> Option<&'a Applied> {
        self.rows.get(version.key()).copied()
    }

    /// How it stands with a migration.
    pub fn standing<'m>(&self, migration: &'m Migration) -> Standing<'m> {
        if !migration.is_baseline() {
            return match self.row(&migration.version) {
                Some(_) => Standing::Applied,
                None => Standing::Pending,
            };
        }
        let replaced = migration.replaces();
        let lacks: Vec<_> = replaced
            .iter()
            .filter(|one| self.row(one).is_none())
            .collect();
        match lacks.len() {
            0 => Standing::Applied,
            all if all == replaced.len() => Standing::Pending,
            _ => Standing::Partial(lacks),
        }
    }
}

impl Applied {
    /// The versions that it stands for; empty unless it is a baseline.
    pub fn replaces(&self) -> &crate::Replaces {
        &self.up.options.replaces
    }

    /// Whether a file of its version is the file of this row. A baseline has the version of the last migration that
    /// it stands for, and is another thing than that one.
    pub fn is_of(&self, migration: &Migration) -> bool {
        self.version == migration.version && self.replaces().is_empty() != migration.is_baseline()
    }
}

#[cfg(test)]
mod tests;
