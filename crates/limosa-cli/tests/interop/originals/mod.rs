//! The original tools: how each is called, what it writes, and how it says that there is nothing to do.

mod db_migrate;
mod go_pg;
mod golang_migrate;
mod goose;
mod liamstask_goose;
mod sqlx;
mod stamps;

use limosa_testkit::tools::Tool;
use limosa_testkit::{Kind, Output};

use crate::migrations::Migration;
use crate::place::Place;

/// What a tool is asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Goal {
    /// To apply everything.
    Up,
    /// To apply the first so many, of which none or some are applied.
    UpTo(usize),
    /// To undo the last one.
    Down,
}

/// One of them.
pub trait Original: Sync {
    /// As Limosa calls it.
    fn name(&self) -> &'static str;

    /// What has to be installed for this database.
    fn tool(&self, kind: Kind) -> Tool;

    /// The databases that it knows, among ours.
    fn kinds(&self) -> &'static [Kind];

    /// Its table.
    fn table(&self) -> &'static str;

    /// Its folder of migrations, from the root of the project.
    fn folder(&self) -> &'static str {
        "migrations"
    }

    /// The version that it gives to a migration of ours.
    fn version(&self, number: usize) -> String {
        format!("{}", 20_260_101_000_000_u64 + number as u64)
    }

    /// Writes migrations into a folder, as its users do.
    fn write(&self, place: &Place, folder: &str, migrations: &[Migration]);

    /// Writes its configuration, where it cannot be called without.
    fn configure(&self, _place: &Place) {}

    /// What the users of the tool tell it by the environment, where its files do not say it: the variables by which
    /// Limosa hears the same.
    fn told(&self, place: &Place) -> Vec<(&'static str, String)>;

    /// What a user does once, before the first migration.
    fn begin(&self, _place: &Place) {}

    /// Calls it.
    fn call(&self, place: &Place, goal: Goal) -> limosa_testkit::Run;

    /// Whether these words mean that all migrations are applied.
    fn says_nothing_to_do(&self, output: &Output) -> bool;

    /// A query for its rows, in its order, without what differs from run to run: whether a time is of now stands for
    /// the time.
    fn rows(&self, kind: Kind) -> String;

    /// Applications that have it inside and take its lock; they are called with a goal to apply everything.
    fn locked(&self, _kind: Kind) -> &'static [Locked] {
        &[]
    }

    /// Why nothing is promised when both are started together, where [`Self::locked`] is empty.
    fn without_lock(&self, _kind: Kind) -> &'static str {
        ""
    }
}

/// A way to start the tool by which it takes its lock.
#[derive(Clone, Copy)]
pub struct Locked {
    /// How it is named in reports.
    pub name: &'static str,
    pub tool: Tool,
    pub call: fn(&Place) -> limosa_testkit::Run,
}

/// All of them, in the order of the page.
pub fn all() -> [&'static dyn Original; 6] {
    [
        &golang_migrate::GolangMigrate,
        &goose::Goose,
        &liamstask_goose::LiamstaskGoose,
        &go_pg::GoPg,
        &db_migrate::DbMigrate,
        &sqlx::Sqlx,
    ]
}

/// The program of an installed tool. Whether it is there was asked before.
fn program(tool: &Tool) -> std::path::PathBuf {
    tool.installed().unwrap_or_else(|reason| panic!("{reason}"))
}

/// `migrate force VERSION`.
pub fn golang_migrate_force(place: &Place, version: &str) -> limosa_testkit::Run {
    golang_migrate::command(place, &["force", version])
}

/// What stands beside two files of SQL of db-migrate.
pub fn db_migrate_loader(place: &Place, stem: &str) -> String {
    db_migrate::loader(place, stem)
}

/// One of several folders in a database, with a table of its own.
pub struct Set {
    pub folder: String,
    pub table: String,
}

/// How a tool is called for one set of several, where it can have them.
pub type CallSet = fn(&Place, &Set, &[&str]) -> limosa_testkit::Run;

/// How a tool is called for one set of several, where it can have them.
pub fn sets(original: &dyn Original) -> Option<CallSet> {
    match original.name() {
        "golang-migrate" => Some(golang_migrate::in_set),
        "goose" => Some(goose::in_set),
        _ => None,
    }
}

/// What undoes the last one, of the tools that have [`sets`].
pub fn back(original: &dyn Original) -> &'static [&'static str] {
    match original.name() {
        "golang-migrate" => &["down", "1"],
        _ => &["down"],
    }
}
