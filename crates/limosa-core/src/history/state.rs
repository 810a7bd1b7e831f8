//! The state of each migration: files held against the history.

use std::collections::HashSet;

use limosa_sql::Dialect;
use serde::Serialize;

use super::{Applied, Attempt, EMPTY_SHA256, History, InEffect, Standing};
use crate::{Diagnostic, Migration, MigrationSet, Version};

/// The state of a migration. Where two fit, it is the first in this list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It began and has not ended.
    Interrupted,
    /// Its file differs from what was applied.
    Changed,
    /// It is a baseline, and only a part of what it stands for is applied.
    Partial,
    /// It is applied, has no file here, and is below the highest version here.
    Missing,
    /// It is applied, has no file here, and is above the highest version here: a newer release did it.
    Newer,
    /// It is pending below the highest applied version.
    OutOfOrder,
    /// It is not applied.
    Pending,
    /// It is applied.
    Applied,
}

impl State {
    /// All states.
    pub const ALL: [Self; 8] = [
        Self::Interrupted,
        Self::Changed,
        Self::Partial,
        Self::Missing,
        Self::Newer,
        Self::OutOfOrder,
        Self::Pending,
        Self::Applied,
    ];

    /// The word in JSON and in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Interrupted => "interrupted",
            Self::Changed => "changed",
            Self::Partial => "partial",
            Self::Missing => "missing",
            Self::Newer => "newer",
            Self::OutOfOrder => "out_of_order",
            Self::Pending => "pending",
            Self::Applied => "applied",
        }
    }
}

/// One migration with its state.
#[derive(Debug, Clone)]
pub struct MigrationState<'a> {
    /// Its version.
    pub version: &'a Version,
    /// Its name: of the file, else of the history.
    pub name: &'a str,
    /// Its state.
    pub state: State,
    /// The file, where there is one.
    pub migration: Option<&'a Migration>,
    /// The row of the history, where there is one: its own, or that of the baseline that stands for it.
    pub applied: Option<&'a Applied>,
    /// Of a baseline of which only a part is applied: what is not.
    pub lacks: Vec<&'a Version>,
    /// What began and has not ended.
    pub attempt: Option<&'a Attempt>,
}

/// How many migrations are in each state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// See [`State::Applied`]; the others likewise.
    pub applied: usize,
    /// Pending, in order.
    pub pending: usize,
    /// Changed.
    pub changed: usize,
    /// Baselines of which only a part is applied.
    pub partial: usize,
    /// Missing.
    pub missing: usize,
    /// Newer.
    pub newer: usize,
    /// Interrupted.
    pub interrupted: usize,
    /// Pending, out of order.
    pub out_of_order: usize,
}

/// The state of every migration, ordered by version.
#[derive(Debug, Clone)]
pub struct Status<'a> {
    /// The migrations.
    pub migrations: Vec<MigrationState<'a>>,
}

impl<'a> Status<'a> {
    /// Holds the files against the history. Files whose raw checksum differs are read again for the
    /// checksum over their tokens.
    ///
    /// # Errors
    /// When such a file cannot be read.
    pub fn new(
        set: &'a MigrationSet,
        history: &'a History,
        dialect: Dialect,
    ) -> Result<Self, Box<Diagnostic>> {
        let in_effect = InEffect::new(&history.applied);
        let highest_here = set.migrations.last().map(|migration| &migration.version);
        let highest_applied = history.highest();
        let mut migrations = Vec::with_capacity(set.migrations.len());
        for migration in &set.migrations {
            let applied = in_effect.row(&migration.version);
            let standing = in_effect.standing(migration);
            let state = if history.attempt(&migration.version).is_some() {
                State::Interrupted
            } else {
                match (&standing, applied) {
                    (Standing::Partial(_), _) => State::Partial,
                    (Standing::Applied, Some(row))
                        if row.is_of(migration) && is_changed(migration, row, dialect)? =>
                    {
                        State::Changed
                    }
                    (Standing::Applied, _) => State::Applied,
                    (Standing::Pending, _)
                        if highest_applied.is_some_and(|highest| migration.version < *highest) =>
                    {
                        State::OutOfOrder
                    }
                    (Standing::Pending, _) => State::Pending,
                }
            };
            migrations.push(MigrationState {
                version: &migration.version,
                name: &migration.name,
                state,
                migration: Some(migration),
                applied,
                lacks: match standing {
                    Standing::Partial(lacks) => lacks,
                    _ => vec![],
                },
                attempt: history.attempt(&migration.version),
            });
        }
        let replaced: HashSet<&Version> = (set.migrations.iter())
            .flat_map(|migration| migration.replaces().iter())
            .collect();
        for row in &history.applied {
            let attempt = history.attempt(&row.version);
            // What a baseline here stands for is told with the baseline.
            if set.get(&row.version).is_none()
                && (attempt.is_some() || !replaced.contains(&row.version))
            {
                let state = if attempt.is_some() {
                    State::Interrupted
                } else if highest_here.is_some_and(|highest| row.version < *highest) {
                    State::Missing
                } else {
                    State::Newer
                };
                let (version, name) = (&row.version, row.name.as_str());
                let applied = Some(row);
                migrations.push(MigrationState {
                    version,
                    name,
                    state,
                    migration: None,
                    applied,
                    lacks: vec![],
                    attempt,
                });
            }
        }
        for attempt in &history.attempts {
            if set.get(&attempt.version).is_none() && history.get(&attempt.version).is_none() {
                migrations.push(MigrationState {
                    version: &attempt.version,
                    name: &attempt.name,
                    state: State::Interrupted,
                    migration: None,
                    applied: None,
                    lacks: vec![],
                    attempt: Some(attempt),
                });
            }
        }
        migrations.sort_by(|a, b| a.version.cmp(b.version));
        Ok(Self { migrations })
    }

    /// Whether there are files and a history, and nothing that is applied is among the files: then it may be the
    /// history of other migrations.
    pub fn fits_nothing(&self) -> bool {
        let fits = |one: &MigrationState<'_>| {
            let both = one.migration.zip(one.applied);
            both.is_some_and(|(file, row)| {
                matches!(one.state, State::Applied | State::Partial) || file.name == row.name
            })
        };
        self.migrations.iter().any(|one| one.migration.is_some())
            && self.migrations.iter().any(|one| one.applied.is_some())
            && !self.migrations.iter().any(fits)
    }

    /// The migrations in a state.
    pub fn in_state(&self, state: State) -> impl Iterator<Item = &MigrationState<'a>> {
        self.migrations.iter().filter(move |one| one.state == state)
    }

    /// How many there are of each state.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for one in &self.migrations {
            *match one.state {
                State::Applied => &mut counts.applied,
                State::Pending => &mut counts.pending,
                State::Changed => &mut counts.changed,
                State::Partial => &mut counts.partial,
                State::Missing => &mut counts.missing,
                State::Newer => &mut counts.newer,
                State::Interrupted => &mut counts.interrupted,
                State::OutOfOrder => &mut counts.out_of_order,
            } += 1;
        }
        counts
    }
}

/// Whether the file differs from what was applied: neither checksum is the stored one.
fn is_changed(
    migration: &Migration,
    row: &Applied,
    dialect: Dialect,
) -> Result<bool, Box<Diagnostic>> {
    // A code migration has no text to compare, and a row without a checksum was taken over from
    // somewhere that kept none: what is not known is not reported as changed.
    let (None, Some(stored)) = (&migration.opaque, &row.up.sha256) else {
        return Ok(false);
    };
    let Some(up) = &migration.up else {
        return Ok(*stored != EMPTY_SHA256);
    };
    if up.sha256.is(stored) {
        return Ok(false);
    }
    let checksums = up
        .checksums(dialect)
        .map_err(|error| Box::new(error.diagnostic(up)))?;
    Ok(row.up.tokens != Some(checksums.tokens))
}

#[cfg(test)]
mod tests;
