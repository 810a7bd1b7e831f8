//! Layouts: how a directory of files is to be read. One file for each.

use std::fmt;
use std::path::Path;

use limosa_sql::Dialect;

use crate::{Diagnostic, MigrationSet};

/// A layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Layout {
    /// Limosa's own: one file with sections, or a pair.
    Native,
    /// golang-migrate: a pair of files for each version.
    GolangMigrate,
    /// pressly/goose: one file with an Up and then a Down section.
    Goose,
    /// liamstask/goose and its forks: sections in any order.
    LiamstaskGoose,
    /// db-migrate with SQL files.
    DbMigrate,
}

impl Layout {
    /// All layouts.
    pub const ALL: [Self; 5] = [
        Self::Native,
        Self::GolangMigrate,
        Self::Goose,
        Self::LiamstaskGoose,
        Self::DbMigrate,
    ];

    /// The name used on the command line, in configuration and in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::GolangMigrate => "golang-migrate",
            Self::Goose => "goose",
            Self::LiamstaskGoose => "liamstask-goose",
            Self::DbMigrate => "db-migrate",
        }
    }

    /// The layout of that [`name`](Self::name).
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|layout| layout.name() == name)
    }
}

impl fmt::Display for Layout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Where migrations are and how to read them.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The directory.
    pub directory: &'a Path,
    /// What stands before file names in messages (the directory as the user wrote it).
    pub shown: &'a str,
    /// The layout, when it is configured; else it is detected.
    pub layout: Option<Layout>,
    /// The dialect that the texts are written in.
    pub dialect: Dialect,
}

/// Reads all migrations of a directory.
///
/// # Errors
/// Everything that is wrong with the files, each with its place; never only the first.
pub fn load(_place: &Place<'_>) -> Result<MigrationSet, Vec<Diagnostic>> {
    Err(Vec::new())
}
