//! What is done while something dies: scenarios as data.

use limosa_core::Layout;
use limosa_testkit::Kind;
use serde::{Deserialize, Serialize};

/// Migrations, and what happens around them.
#[derive(Debug, Clone, Copy)]
pub struct Scenario {
    /// After the name of the database, as in `postgres/copy`.
    pub name: &'static str,
    pub kind: Kind,
    /// What is in the database before Limosa comes.
    pub given: &'static str,
    pub files: &'static [(&'static str, &'static str)],
    /// The layout of the files. Unless it is the native one, the history table of its tool is kept, too.
    pub layout: Layout,
    /// Where the run under test goes. On the way down everything was applied before, undisturbed.
    pub way: Way,
    pub person: Person,
    /// The first major version of PostgreSQL that knows its statements, where that is not every one.
    pub since: Option<u32>,
}

/// Where a run goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Way {
    Up,
    Down,
}

/// What a person has to do.
#[derive(Debug, Clone, Copy)]
pub enum Person {
    /// Nothing, whatever dies.
    Nobody,
    /// A statement fails, also when nothing dies, until the person has run this.
    Repairs(&'static str),
    /// A statement is in doubt when it was interrupted.
    Decides {
        /// Its number in its file, from 1.
        statement: i64,
        /// Tells with `1` that it took effect.
        query: &'static str,
        /// Why nobody else can know, as an end of a sentence.
        because: &'static str,
    },
}

impl Scenario {
    /// As it is called in reports and on the command line.
    pub fn full_name(&self) -> String {
        format!("{}/{}", self.kind.label(), self.name)
    }
}

/// All of them.
pub fn all() -> Vec<Scenario> {
    [
        crate::scenarios::postgres::SCENARIOS,
        crate::scenarios::mariadb::SCENARIOS,
        crate::scenarios::sqlite::SCENARIOS,
        crate::scenarios::mirror::SCENARIOS,
    ]
    .concat()
}
