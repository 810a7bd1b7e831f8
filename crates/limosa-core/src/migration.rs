//! A migration as a layout reads it from its files, and the set of them.

use std::path::PathBuf;
use std::sync::Arc;

use crate::history::Direction;
use crate::layout::Certainty;
use crate::{Diagnostic, Layout, Replaces, Script, Version};

/// One versioned change.
#[derive(Debug, Clone)]
pub struct Migration {
    /// Its version.
    pub version: Version,
    /// Its name without the version (`lowercase_email`); may be empty.
    pub name: String,
    /// How it is applied; `None` when the layout has no text for it (then applying only records it).
    pub up: Option<Arc<Script>>,
    /// How it is undone.
    pub down: Option<Arc<Script>>,
    /// Why it cannot be undone, when its author says so.
    pub irreversible: Option<String>,
    /// Releases of the application below this cannot work with the schema after it.
    pub min_release: Option<String>,
    /// Rules of `lint` that its author allows it to break.
    pub allows: Vec<Allowance>,
    /// Data whose loss its author accepts.
    pub accepted_losses: Vec<AcceptedLoss>,
    /// Why it cannot be run by us (a code migration); such a one is accepted when it is applied.
    pub opaque: Option<String>,
    /// Its files, as people know them.
    pub files: Vec<String>,
}

/// A rule that a migration may break (`allow(rule): reason`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowance {
    /// The name of the rule.
    pub rule: String,
    /// Why.
    pub reason: String,
}

/// Data that a migration may destroy (`accepts-loss(users.legacy): reason`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcceptedLoss {
    /// What holds the data: a table, a column.
    pub object: String,
    /// Why.
    pub reason: String,
    /// The direction in which it is accepted; `None` is both.
    pub direction: Option<Direction>,
}

impl Migration {
    /// A migration without any text.
    pub fn new(version: Version, name: impl Into<String>) -> Self {
        Self {
            version,
            name: name.into(),
            up: None,
            down: None,
            irreversible: None,
            min_release: None,
            allows: Vec::new(),
            accepted_losses: Vec::new(),
            opaque: None,
            // Most have one.
            files: Vec::with_capacity(1),
        }
    }

    /// The versions that it stands for, itself among them; empty unless it is a baseline.
    pub fn replaces(&self) -> &Replaces {
        static NONE: Replaces = Replaces::NONE;
        self.up.as_ref().map_or(&NONE, |up| &up.options.replaces)
    }

    /// Whether it stands for others: it is written by `limosa squash`.
    pub fn is_baseline(&self) -> bool {
        !self.replaces().is_empty()
    }

    /// Why its author allows it to break a rule; `None` when it may not.
    pub fn allows(&self, rule: &str) -> Option<&str> {
        let found = self.allows.iter().find(|one| one.rule == rule)?;
        Some(&found.reason)
    }

    /// `20261120150210_lowercase_email`: how a migration is named everywhere.
    pub fn full_name(&self) -> String {
        full_name(self.version.text(), &self.name)
    }
}

/// Joins a version and a name the way every message does.
pub fn full_name(version: &str, name: &str) -> String {
    if name.is_empty() {
        version.to_owned()
    } else {
        format!("{version}_{name}")
    }
}

/// All migrations of a directory, ordered by version, without duplicates.
#[derive(Debug, Clone)]
pub struct MigrationSet {
    /// How the directory was read.
    pub layout: Layout,
    /// How sure that is.
    pub certainty: Certainty,
    /// Every layout that the files could be read as, where nothing in them says which one it is.
    pub readable: Vec<Layout>,
    /// The directory.
    pub directory: PathBuf,
    /// The migrations, lowest version first.
    pub migrations: Vec<Migration>,
    /// What is worth saying about the files though they can be used (notes and warnings).
    pub remarks: Vec<Diagnostic>,
    /// The tests that stand beside migrations, ordered by version.
    pub cases: Vec<Case>,
}

/// A test that stands beside a migration: `<version>.given.sql` and `<version>.expect.sql`. It is no part of it, and
/// nothing but `verify` looks at it.
#[derive(Debug, Clone)]
pub struct Case {
    /// The version in the names of the files.
    pub version: Version,
    /// The files, as people know them.
    pub files: Vec<String>,
    /// What makes the rows that are there before the migration.
    pub given: Option<Script>,
    /// Queries that return no row after it was applied.
    pub expect: Option<Script>,
    /// Queries that return no row after it was undone.
    pub expect_down: Option<Script>,
    /// What is wrong with the files.
    pub problems: Vec<Diagnostic>,
}

impl MigrationSet {
    /// The migration of a version.
    pub fn get(&self, version: &Version) -> Option<&Migration> {
        self.migrations
            .binary_search_by(|one| one.version.cmp(version))
            .ok()
            .map(|at| &self.migrations[at])
    }

    /// The baseline that stands for a version; the migration of that version itself where it is one.
    pub fn baseline_of(&self, version: &Version) -> Option<&Migration> {
        let mut baselines = self.migrations.iter().filter(|one| one.is_baseline());
        baselines.find(|one| one.replaces().contains(version))
    }
}
