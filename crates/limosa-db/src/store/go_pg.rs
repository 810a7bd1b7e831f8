//! The table of go-pg/migrations: a number for each change, and the last one is the highest version that is applied.
//!
//! go-pg undoes the highest version V by writing V - 1, which need not be a migration, and so do we. It never undoes
//! another one; then we write the highest one behind that, so that the log does not name V any more. Where nothing is
//! left we write 0: what V - 1 says about versions below, of which none is applied, nothing else would contradict.
//!
//! Its lock is one on the table, held for the transaction of each migration. We take it as the first thing in a
//! transaction that does all of a migration, and go-pg waits. A migration in several units has it in the first
//! transaction and in the last one; in between go-pg may begin the same migration, as it may beside a migration of its
//! own that has no transaction. Its number is looked at under the lock each time, so whoever comes second does not
//! write it down.

use limosa_core::foreign::Marks;
use limosa_core::history::Direction;
use limosa_sql::Dialect;

use super::StoreError;
use super::foreign::{Change, Contents, ForeignStore, Holds, Home, Stage, TableReader, Write};

pub(super) struct GoPg;

impl ForeignStore for GoPg {
    fn table(&self) -> &'static str {
        "gopg_migrations"
    }

    fn home(&self) -> Home {
        Home::Public
    }

    fn columns(&self) -> &'static [(&'static str, Holds)] {
        &[
            ("id", Holds::Number),
            ("version", Holds::Number),
            ("created_at", Holds::Time),
        ]
    }

    fn supports(&self, dialect: Dialect) -> bool {
        dialect == Dialect::Postgres
    }

    fn create(&self, _: Dialect) -> &'static [&'static str] {
        &["CREATE TABLE {table} (id serial, version bigint, created_at timestamptz)"]
    }

    fn read(&self, table: &mut TableReader<'_>) -> Result<Contents, StoreError> {
        let rows = table.rows("SELECT t.version FROM {table} t ORDER BY t.id")?;
        let mut numbers = Vec::new();
        for row in &rows {
            numbers.push(table.version(row, 0)?);
        }
        Ok(Contents {
            marks: Marks::Numbers(numbers),
            unfinished: None,
        })
    }

    fn write(&self, _: Dialect, change: &Change<'_>) -> Vec<Write> {
        const LOCK: &str = "LOCK TABLE {table} IN EXCLUSIVE MODE";
        // The number is the one before, or one above it that came of undoing the one behind that.
        const IS: &str = "SELECT 1 FROM (SELECT \
                 coalesce((SELECT t.version FROM {table} t ORDER BY t.id DESC LIMIT 1), 0) AS number, \
                 (SELECT t.version FROM {table} t ORDER BY t.id DESC OFFSET 1 LIMIT 1) AS other, \
                 coalesce(CAST(:before AS {integer}), 0) AS expected) n \
             WHERE n.number = n.expected OR n.number > n.expected AND n.number < n.other";
        const AFTER: &str = "INSERT INTO {table} (version, created_at) VALUES (coalesce(CAST(:after AS {integer}), 0), now())";
        const BELOW: &str = "INSERT INTO {table} (version, created_at) VALUES (CAST(:version AS {integer}) - 1, now())";
        let done: &[&str] = match change.direction {
            Direction::Up => &[AFTER],
            Direction::Down if change.after.is_none() => &[AFTER],
            Direction::Down if change.before == Some(change.version) => &[BELOW],
            Direction::Down => &[BELOW, AFTER],
        };
        match change.stage {
            Stage::Begins { .. } => vec![Write::any(LOCK), Write::found(IS)],
            Stage::Done => {
                let done = done.iter().map(|sql| Write::one(sql));
                [Write::any(LOCK), Write::found(IS)]
                    .into_iter()
                    .chain(done)
                    .collect()
            }
            // It writes nothing of what it began.
            Stage::TakenBack | Stage::Settled { .. } => vec![],
        }
    }

    fn locks_its_table(&self) -> bool {
        true
    }
}
