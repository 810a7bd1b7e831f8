//! The table of the old goose (liamstask and its forks): rows are only added, and the newest row of a version decides.
//!
//! Going back adds a row that says so. What is applied last is for this tool the current version, below which it looks
//! for nothing and above which it applies everything again. So after a version that was applied out of order those above
//! it are written once more, in their order: it can go back over them one by one.

use limosa_core::foreign::Marks;
use limosa_core::history::Direction;
use limosa_sql::Dialect;

use super::StoreError;
use super::foreign::{Change, Contents, ForeignStore, Holds, Home, Stage, TableReader, Write};
use super::goose::{COLUMNS, newest};

pub(super) struct LiamstaskGoose;

impl ForeignStore for LiamstaskGoose {
    fn table(&self) -> &'static str {
        "goose_db_version"
    }

    fn home(&self) -> Home {
        Home::Path
    }

    fn columns(&self) -> &'static [(&'static str, Holds)] {
        COLUMNS
    }

    fn supports(&self, _: Dialect) -> bool {
        true
    }

    fn create(&self, dialect: Dialect) -> &'static [&'static str] {
        const ZERO: &str = "INSERT INTO {table} (version_id, is_applied) VALUES (0, {true})";
        match dialect {
            Dialect::Postgres | Dialect::Mysql => &[
                "CREATE TABLE {table} (id serial NOT NULL, version_id bigint NOT NULL, is_applied boolean NOT NULL, \
                 tstamp timestamp NULL DEFAULT now(), PRIMARY KEY (id))",
                ZERO,
            ],
            Dialect::Sqlite => &[
                "CREATE TABLE {table} (id INTEGER PRIMARY KEY AUTOINCREMENT, version_id INTEGER NOT NULL, \
                 is_applied INTEGER NOT NULL, tstamp TIMESTAMP DEFAULT (datetime('now')))",
                ZERO,
            ],
        }
    }

    fn read(&self, table: &mut TableReader<'_>) -> Result<Contents, StoreError> {
        let applied = newest(table)?.into_iter().filter(|one| one.applied);
        Ok(Contents {
            marks: Marks::Each(applied.map(|one| one.mark).collect()),
            unfinished: None,
        })
    }

    fn write(&self, _: Dialect, change: &Change<'_>) -> Vec<Write> {
        const IS_APPLIED: &str = "SELECT 1 FROM {table} t \
             WHERE t.version_id = CAST(:version AS {integer}) AND t.is_applied \
             AND NOT EXISTS (SELECT 1 FROM {table} n WHERE n.version_id = t.version_id AND n.id > t.id)";
        const IS_NOT: &str = "SELECT 1 AS is_not {dual} WHERE NOT EXISTS (SELECT 1 FROM {table} t \
             WHERE t.version_id = CAST(:version AS {integer}) AND t.is_applied \
             AND NOT EXISTS (SELECT 1 FROM {table} n WHERE n.version_id = t.version_id AND n.id > t.id))";
        const UP: &str = "INSERT INTO {table} (version_id, is_applied) SELECT CAST(:version AS {integer}), {true} \
             {dual} WHERE NOT EXISTS (SELECT 1 FROM {table} t \
             WHERE t.version_id = CAST(:version AS {integer}) AND t.is_applied \
             AND NOT EXISTS (SELECT 1 FROM {table} n WHERE n.version_id = t.version_id AND n.id > t.id))";
        const DOWN: &str = "INSERT INTO {table} (version_id, is_applied) SELECT t.version_id, {false} FROM {table} t \
             WHERE t.version_id = CAST(:version AS {integer}) AND t.is_applied \
             AND NOT EXISTS (SELECT 1 FROM {table} n WHERE n.version_id = t.version_id AND n.id > t.id)";
        const ABOVE: &str = "INSERT INTO {table} (version_id, is_applied) SELECT t.version_id, {true} FROM {table} t \
             WHERE t.version_id > CAST(:version AS {integer}) AND t.is_applied \
             AND NOT EXISTS (SELECT 1 FROM {table} n WHERE n.version_id = t.version_id AND n.id > t.id) \
             ORDER BY t.version_id";
        match (change.stage, change.direction) {
            (Stage::Begins { .. }, Direction::Up) => vec![Write::found(IS_NOT)],
            (Stage::Begins { .. }, Direction::Down) => vec![Write::found(IS_APPLIED)],
            (Stage::Done, Direction::Up) => {
                let mut writes = vec![Write::one(UP)];
                if change.after.is_some_and(|highest| highest > change.version) {
                    writes.push(Write::any(ABOVE));
                }
                writes
            }
            (Stage::Done, Direction::Down) => vec![Write::one(DOWN)],
            // It writes nothing of what it began.
            (Stage::TakenBack | Stage::Settled { .. }, _) => vec![],
        }
    }
}
