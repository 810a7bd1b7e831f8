//! The table of sqlx: a row for each applied migration, with the checksum of its up, and `success` false while it is at
//! work.
//!
//! On `MySQL` sqlx writes such a row itself, since a transaction does not undo what it did. It refuses to work beside
//! one on every server, so we write it wherever the database is in between for a while.

use limosa_core::foreign::{Mark, Marks, Unfinished};
use limosa_core::history::Direction;
use limosa_sql::Dialect;

use super::StoreError;
use super::foreign::{Change, Contents, ForeignStore, Holds, Home, Stage, TableReader, Write};
use crate::{OtherLock, Server, Value, other_keys};

pub(super) struct Sqlx;

impl ForeignStore for Sqlx {
    fn table(&self) -> &'static str {
        "_sqlx_migrations"
    }

    fn home(&self) -> Home {
        Home::First
    }

    fn columns(&self) -> &'static [(&'static str, Holds)] {
        &[
            ("version", Holds::Number),
            ("description", Holds::Text),
            ("installed_on", Holds::Time),
            ("success", Holds::Flag),
            ("checksum", Holds::Bytes),
            ("execution_time", Holds::Number),
        ]
    }

    fn keeps_durations(&self) -> bool {
        true
    }

    fn supports(&self, _: Dialect) -> bool {
        true
    }

    fn create(&self, dialect: Dialect) -> &'static [&'static str] {
        match dialect {
            Dialect::Postgres => &[
                "CREATE TABLE {table} (version bigint PRIMARY KEY, description text NOT NULL, \
                 installed_on timestamptz NOT NULL DEFAULT now(), success boolean NOT NULL, checksum bytea NOT NULL, \
                 execution_time bigint NOT NULL)",
            ],
            Dialect::Mysql | Dialect::Sqlite => &[
                "CREATE TABLE {table} (version BIGINT PRIMARY KEY, description TEXT NOT NULL, \
                 installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, success BOOLEAN NOT NULL, \
                 checksum BLOB NOT NULL, execution_time BIGINT NOT NULL)",
            ],
        }
    }

    fn read(&self, table: &mut TableReader<'_>) -> Result<Contents, StoreError> {
        let rows = table.rows(
            "SELECT t.version, t.description, {time t.installed_on}, t.success, t.checksum FROM {table} t \
             ORDER BY t.installed_on, t.version",
        )?;
        let (mut marks, mut unfinished) = (Vec::new(), Vec::new());
        for row in &rows {
            let version = table.version(row, 0)?;
            if !table.flag(row, 3, "success", version.text())? {
                unfinished.push(version);
                continue;
            }
            let checksum = match row.0.get(4) {
                Some(Value::Bytes(bytes)) => bytes.clone(),
                _ => {
                    let reason = format!("the checksum of version {version} is not one");
                    return Err(table.not_understood(&reason));
                }
            };
            marks.push(Mark {
                name: row.text(1),
                at: row.text(2),
                checksum: Some(checksum),
                ..Mark::new(version)
            });
        }
        if let [one, other, ..] = unfinished.as_slice() {
            return Err(table.not_understood(&format!(
                "version {one} and version {other} are both marked as not successful, and sqlx works on one at a time"
            )));
        }
        let unfinished = unfinished.pop().map(|version| Unfinished {
            version: Some(version),
        });
        Ok(Contents {
            marks: Marks::Each(marks),
            unfinished,
        })
    }

    fn write(&self, _: Dialect, change: &Change<'_>) -> Vec<Write> {
        const IS_ABSENT: &str = "SELECT 1 AS is_absent {dual} \
             WHERE NOT EXISTS (SELECT 1 FROM {table} t WHERE t.version = CAST(:version AS {integer}))";
        const IS_APPLIED: &str =
            "SELECT 1 FROM {table} t WHERE t.version = CAST(:version AS {integer}) AND t.success";
        const IS_MARKED: &str = "SELECT 1 FROM {table} t WHERE t.version = CAST(:version AS {integer}) AND NOT t.success";
        const UNMARK: &str =
            "DELETE FROM {table} WHERE version = CAST(:version AS {integer}) AND NOT success";
        const MARK_UP: &str = "INSERT INTO {table} (version, description, success, checksum, execution_time) \
             SELECT CAST(:version AS {integer}), :description, {false}, :checksum, -1 {dual} \
             WHERE NOT EXISTS (SELECT 1 FROM {table} t WHERE t.version = CAST(:version AS {integer}))";
        const MARK_DOWN: &str =
            "UPDATE {table} SET success = {false} WHERE version = CAST(:version AS {integer})";
        const UP: &str = "INSERT INTO {table} (version, description, success, checksum, execution_time) \
             SELECT CAST(:version AS {integer}), :description, {true}, :checksum, CAST(:nanoseconds AS {integer}) {dual} \
             WHERE NOT EXISTS (SELECT 1 FROM {table} t WHERE t.version = CAST(:version AS {integer}))";
        const DOWN: &str = "DELETE FROM {table} WHERE version = CAST(:version AS {integer})";
        const UNMARK_DOWN: &str =
            "UPDATE {table} SET success = {true} WHERE version = CAST(:version AS {integer})";
        match (change.stage, change.direction) {
            (Stage::Begins { in_units: false }, Direction::Up) => vec![Write::found(IS_ABSENT)],
            (Stage::Begins { in_units: false }, Direction::Down) => vec![Write::found(IS_APPLIED)],
            // The mark may be there already: the attempt was interrupted, and is at its beginning again.
            (Stage::Begins { in_units: true }, Direction::Up) => {
                vec![Write::any(UNMARK), Write::one(MARK_UP)]
            }
            (Stage::Begins { in_units: true }, Direction::Down) => {
                vec![Write::any(MARK_DOWN), Write::found(IS_MARKED)]
            }
            (Stage::Done, Direction::Up) => vec![Write::any(UNMARK), Write::one(UP)],
            (Stage::Done, Direction::Down) => vec![Write::one(DOWN)],
            (Stage::TakenBack, Direction::Up) => vec![Write::any(UNMARK), Write::found(IS_ABSENT)],
            (Stage::TakenBack, Direction::Down) => {
                vec![Write::any(UNMARK_DOWN), Write::found(IS_APPLIED)]
            }
            (Stage::Settled { applied: true }, _) => {
                vec![Write::found(IS_MARKED), Write::one(UNMARK_DOWN)]
            }
            (Stage::Settled { applied: false }, _) => vec![Write::one(UNMARK)],
        }
    }

    fn who_takes_no_lock(&self) -> Option<&'static str> {
        Some("the program sqlx takes no lock, only an application with its library does")
    }

    fn locks(&self, server: &Server, _: &str, _: &str) -> Vec<OtherLock> {
        other_keys::sqlx(&server.target, &server.database)
    }
}
