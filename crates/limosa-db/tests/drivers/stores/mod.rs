//! The history tables of other tools: made, read and written as those tools do it.

mod aside;
mod db_migrate;
mod finding;
mod go_pg;
mod golang_migrate;
mod goose;
mod liamstask_goose;
mod rights;
mod sqlx;

use std::time::Duration;

use limosa_core::foreign::{ForeignHistory, Marks};
use limosa_core::history::Direction;
use limosa_core::{Layout, Version};
use limosa_db::Locked;
use limosa_db::store::{Change, Foreign, Stage, StoreError};
use limosa_testkit::Database;

use crate::support::{locked, session};

pub(crate) fn version(number: &str) -> Version {
    Version::number(number).unwrap()
}

/// The table of a tool, and a session that writes it.
pub(crate) struct Table {
    pub session: Locked,
    pub foreign: Foreign,
    applied: Vec<Version>,
}

impl Table {
    /// The table that is there, or will be.
    #[track_caller]
    pub fn find(database: &Database, tool: Layout, name: Option<&str>) -> Self {
        Self::with(locked(database), tool, name)
    }

    /// The usual table, by a session that is there.
    #[track_caller]
    pub fn of(session: Locked, tool: Layout) -> Self {
        Self::with(session, tool, None)
    }

    #[track_caller]
    fn with(mut session: Locked, tool: Layout, name: Option<&str>) -> Self {
        let foreign = Foreign::find(&mut *session, tool, name, "")
            .unwrap()
            .unwrap();
        Self {
            session,
            foreign,
            applied: vec![],
        }
    }

    /// The same, beside the session that has the lock.
    #[track_caller]
    pub fn find_beside(database: &Database, tool: Layout, name: Option<&str>) -> Foreign {
        let mut session = session(database);
        Foreign::find(&mut *session, tool, name, "")
            .unwrap()
            .unwrap()
    }

    /// A table that we made.
    #[track_caller]
    pub fn create(database: &Database, tool: Layout) -> Self {
        let mut table = Self::find(database, tool, None);
        assert!(!table.foreign.exists());
        assert!(table.foreign.create(&mut table.session, &[]).unwrap());
        let again = Foreign::find(&mut *table.session, tool, None, "")
            .unwrap()
            .unwrap();
        assert_eq!(again, table.foreign);
        table
    }

    /// What our history has.
    pub fn having(mut self, versions: &[&str]) -> Self {
        self.applied = versions.iter().map(|number| version(number)).collect();
        self
    }

    /// Writes a stage of a change without a transaction of its own. False when the table is another one.
    #[track_caller]
    pub fn write(&mut self, direction: Direction, number: &str, stage: Stage) -> bool {
        self.try_write(direction, number, stage).unwrap()
    }

    pub fn try_write(
        &mut self,
        direction: Direction,
        number: &str,
        stage: Stage,
    ) -> Result<bool, StoreError> {
        let version = version(number);
        let before = self.applied.iter().max();
        let after = match direction {
            Direction::Up => self.applied.iter().chain([&version]).max(),
            Direction::Down => self.applied.iter().filter(|one| **one != version).max(),
        };
        let name = format!("add_t{number}");
        let change = Change {
            direction,
            stage,
            version: &version,
            name: &name,
            before,
            after,
            checksum: Some(&[1, 255]),
            duration: Duration::from_micros(1500),
        };
        self.session.run("BEGIN").unwrap();
        let written = self.foreign.write(&mut self.session, &change);
        let is_written = matches!(written, Ok(true));
        self.session
            .run(if is_written { "COMMIT" } else { "ROLLBACK" })
            .unwrap();
        if stage == Stage::Done && is_written {
            match direction {
                Direction::Up => self.applied.push(version),
                Direction::Down => self.applied.retain(|one| *one != version),
            }
        }
        written
    }

    /// Applies a migration in one transaction.
    #[track_caller]
    pub fn up(&mut self, number: &str) {
        assert!(
            self.write(Direction::Up, number, BEGINS),
            "{number} cannot begin"
        );
        assert!(
            self.write(Direction::Up, number, Stage::Done),
            "{number} is not written"
        );
    }

    /// Undoes a migration in one transaction.
    #[track_caller]
    pub fn down(&mut self, number: &str) {
        assert!(
            self.write(Direction::Down, number, BEGINS),
            "{number} cannot begin"
        );
        assert!(
            self.write(Direction::Down, number, Stage::Done),
            "{number} is not written"
        );
    }

    /// A change that must not begin, nor be written when it has.
    #[track_caller]
    pub fn refuses(&mut self, direction: Direction, number: &str) {
        assert!(!self.write(direction, number, BEGINS), "{number} may begin");
        assert!(
            !self.write(direction, number, Stage::Done),
            "{number} is written"
        );
    }

    #[track_caller]
    pub fn run(&mut self, sql: &str) {
        self.session.run(sql).unwrap();
    }

    /// The rows of a query, columns with a blank between them.
    #[track_caller]
    pub fn rows(&mut self, sql: &str) -> Vec<String> {
        let rows = self.session.query(sql, &[]).unwrap();
        let columns = |row: &limosa_db::Row| {
            let texts = (0..row.0.len()).map(|at| match &row.0[at] {
                limosa_db::Value::Bool(value) => i64::from(*value).to_string(),
                _ => row.text(at).unwrap_or("NULL".to_owned()),
            });
            texts.collect::<Vec<_>>().join(" ")
        };
        rows.iter().map(columns).collect()
    }

    #[track_caller]
    pub fn read(&mut self) -> ForeignHistory {
        self.foreign.read(&mut *self.session).unwrap()
    }

    /// The versions that have a row each, in their order.
    #[track_caller]
    pub fn versions(&mut self) -> Vec<String> {
        match self.read().marks {
            Marks::Each(marks) => marks
                .iter()
                .map(|mark| mark.version.text().to_owned())
                .collect(),
            other => panic!("{other:?}"),
        }
    }

    /// Why the table cannot be understood.
    #[track_caller]
    pub fn not_understood(&mut self) -> String {
        match self.foreign.read(&mut *self.session) {
            Err(StoreError::ForeignRow { reason, .. }) => reason,
            other => panic!("{other:?}"),
        }
    }
}

pub(crate) const BEGINS: Stage = Stage::Begins { in_units: false };
pub(crate) const BEGINS_IN_UNITS: Stage = Stage::Begins { in_units: true };
