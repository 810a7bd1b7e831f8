//! What the rules look at.

use limosa_core::{Checksums, Diagnostic, Migration, MigrationSet, Version};
use limosa_sql::Dialect;

/// Everything that the rules look at.
#[derive(Debug, Clone, Copy)]
pub struct LintInput<'a> {
    /// The migrations as far as they could be read.
    pub set: &'a MigrationSet,
    /// What is wrong with their files, as [`limosa_core::layout::read`] found it.
    pub errors: &'a [Diagnostic],
    /// The migrations at the point since which changes matter.
    pub base: Option<&'a Base>,
    /// The dialect that the texts are written in.
    pub dialect: Dialect,
}

/// The migrations at a point in the history of the repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base {
    /// How the user named that point (`origin/main`).
    pub reference: String,
    /// The migrations where the present state left it, lowest version first.
    pub migrations: Vec<BaseMigration>,
    /// Version and full name of the migrations at the point itself, which others may have moved
    /// on since.
    pub merged: Vec<(Version, String)>,
}

/// A migration as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseMigration {
    /// Its version.
    pub version: Version,
    /// Its name with the version.
    pub full_name: String,
    /// Whether it stands for others.
    pub is_baseline: bool,
    /// Its files, as people know them.
    pub files: Vec<String>,
    /// The checksums of its up, where it had one that can be read.
    pub up: Option<Checksums>,
    /// The checksums of its down, where it had one that can be read.
    pub down: Option<Checksums>,
}

impl Base {
    /// The migration of a version.
    pub fn get(&self, version: &Version) -> Option<&BaseMigration> {
        self.migrations.iter().find(|one| one.version == *version)
    }
}

impl LintInput<'_> {
    /// Whether a migration is judged by rules on how it is written: all of them, or those that
    /// are new since the base.
    pub(crate) fn is_judged(&self, migration: &Migration) -> bool {
        self.base
            .is_none_or(|base| base.get(&migration.version).is_none())
    }
}
