//! The table of golang-migrate: one row with the highest version, which is `dirty` while a migration is at work.

use limosa_core::Version;
use limosa_core::foreign::{Marks, Unfinished};
use limosa_sql::Dialect;

use super::StoreError;
use super::foreign::{Change, Contents, ForeignStore, Holds, Home, Stage, TableReader, Write};
use crate::{OtherLock, Server, other_keys};

pub(super) struct GolangMigrate;

/// What golang-migrate writes for a dirty state below the first version.
const NIL: i64 = -1;

impl ForeignStore for GolangMigrate {
    fn table(&self) -> &'static str {
        "schema_migrations"
    }

    fn home(&self) -> Home {
        Home::First
    }

    fn columns(&self) -> &'static [(&'static str, Holds)] {
        &[("version", Holds::Number), ("dirty", Holds::Flag)]
    }

    fn supports(&self, _: Dialect) -> bool {
        true
    }

    fn create(&self, dialect: Dialect) -> &'static [&'static str] {
        match dialect {
            Dialect::Postgres | Dialect::Mysql => &[
                "CREATE TABLE {table} (version bigint NOT NULL PRIMARY KEY, dirty boolean NOT NULL)",
            ],
            Dialect::Sqlite => &[
                "CREATE TABLE {table} (version uint64, dirty bool)",
                // The name is the same for every table, and golang-migrate makes it for the first one.
                "CREATE UNIQUE INDEX IF NOT EXISTS version_unique ON {name} (version)",
            ],
        }
    }

    fn locks(&self, server: &Server, schema: &str, table: &str) -> Vec<OtherLock> {
        other_keys::golang_migrate(server.target.dialect, &server.database, schema, table)
    }

    fn read(&self, table: &mut TableReader<'_>) -> Result<Contents, StoreError> {
        let rows = table.rows("SELECT version, dirty FROM {table} LIMIT 2")?;
        let [row] = rows.as_slice() else {
            return match rows.as_slice() {
                [] => Ok(Contents {
                    marks: Marks::UpTo(None),
                    unfinished: None,
                }),
                _ => {
                    Err(table
                        .not_understood("golang-migrate keeps a single row, and there are more"))
                }
            };
        };
        let version = match row.int(0) {
            Some(NIL) => None,
            _ => Some(table.version(row, 0)?),
        };
        let shown = version.as_ref().map_or("-1", Version::text);
        Ok(if table.flag(row, 1, "dirty", shown)? {
            Contents {
                marks: Marks::UpTo(None),
                unfinished: Some(Unfinished { version }),
            }
        } else {
            Contents {
                marks: Marks::UpTo(version),
                unfinished: None,
            }
        })
    }

    fn write(&self, _: Dialect, change: &Change<'_>) -> Vec<Write> {
        const IS: &str =
            "SELECT 1 FROM {table} WHERE version = CAST(:before AS {integer}) AND NOT dirty";
        const IS_EMPTY: &str =
            "SELECT 1 AS is_empty {dual} WHERE NOT EXISTS (SELECT 1 FROM {table})";
        // Whatever is there by rights: the state before, or our own mark of a change in several units.
        const CLEAR: &str = "DELETE FROM {table} WHERE (version = CAST(:before AS {integer}) AND NOT dirty) \
             OR (version = CAST(:version AS {integer}) AND dirty)";
        const MARK: &str = "INSERT INTO {table} (version, dirty) SELECT CAST(:version AS {integer}), {true} {dual} \
             WHERE NOT EXISTS (SELECT 1 FROM {table})";
        const AFTER: &str = "INSERT INTO {table} (version, dirty) SELECT CAST(:after AS {integer}), {false} {dual} \
             WHERE NOT EXISTS (SELECT 1 FROM {table})";
        const BEFORE: &str = "INSERT INTO {table} (version, dirty) SELECT CAST(:before AS {integer}), {false} {dual} \
             WHERE NOT EXISTS (SELECT 1 FROM {table})";
        // Below the first version there may be no row at all; else one without it was emptied meanwhile.
        let clear = match change.before {
            Some(_) => Write::one(CLEAR),
            None => Write::any(CLEAR),
        };
        let end = |version: Option<_>, insert| match version {
            Some(_) => Write::one(insert),
            None => Write::found(IS_EMPTY),
        };
        match (change.stage, change.before) {
            (Stage::Begins { in_units: true }, _) => vec![clear, Write::one(MARK)],
            (Stage::Begins { .. }, Some(_)) => vec![Write::found(IS)],
            (Stage::Begins { .. }, None) => vec![Write::found(IS_EMPTY)],
            (Stage::Done, _) => vec![clear, end(change.after, AFTER)],
            (Stage::TakenBack, before) => vec![clear, end(before, BEFORE)],
            (Stage::Settled { .. }, _) => {
                vec![
                    Write::one("DELETE FROM {table} WHERE dirty"),
                    end(change.after, AFTER),
                ]
            }
        }
    }
}
