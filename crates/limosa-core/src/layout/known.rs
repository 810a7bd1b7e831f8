//! The layouts that are read.

use std::fmt;

use super::rules::Rules;
use super::{db_migrate, go_pg, golang_migrate, goose, liamstask_goose, native, sqlx};
use crate::script::Notation;

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
    /// sqlx: one file, or a pair.
    Sqlx,
    /// go-pg/migrations: a pair of files, with a transaction where the name says so.
    GoPg,
}

impl Layout {
    /// All layouts.
    pub const ALL: [Self; 7] = [
        Self::Native,
        Self::GolangMigrate,
        Self::Goose,
        Self::LiamstaskGoose,
        Self::DbMigrate,
        Self::Sqlx,
        Self::GoPg,
    ];

    /// The name used on the command line, in configuration and in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::GolangMigrate => "golang-migrate",
            Self::Goose => "goose",
            Self::LiamstaskGoose => "liamstask-goose",
            Self::DbMigrate => "db-migrate",
            Self::Sqlx => "sqlx",
            Self::GoPg => "go-pg",
        }
    }

    /// The layouts of other tools.
    pub fn of_tools() -> impl Iterator<Item = Self> + Clone {
        Self::ALL
            .into_iter()
            .filter(|layout| *layout != Self::Native)
    }

    /// The layout of that [`name`](Self::name).
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|layout| layout.name() == name)
    }

    /// What stands in its texts besides SQL.
    pub(crate) fn notation(self) -> &'static Notation {
        self.rules().notation()
    }

    /// What it says of itself.
    pub(super) fn rules(self) -> &'static dyn Rules {
        match self {
            Self::Native => &native::Native,
            Self::GolangMigrate => &golang_migrate::GolangMigrate,
            Self::Goose => &goose::Goose,
            Self::LiamstaskGoose => &liamstask_goose::LiamstaskGoose,
            Self::DbMigrate => &db_migrate::DbMigrate,
            Self::Sqlx => &sqlx::Sqlx,
            Self::GoPg => &go_pg::GoPg,
        }
    }
}

impl fmt::Display for Layout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
