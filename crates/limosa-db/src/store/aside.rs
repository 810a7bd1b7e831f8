//! Keeps our tables through a migration that drops the schema they are in.
//!
//! `DROP SCHEMA public CASCADE; CREATE SCHEMA public` is how some projects write their first down.
//! Inside the transaction of such a unit our tables are copied aside, and put back when the schema is
//! there again. Only `PostgreSQL` has both schemas and DDL that is undone with its transaction.

use super::{Limosa, StoreError, Tables};
use crate::lease::create_table;
use crate::{DbError, Locked};

const TABLES: [(&str, &str); 2] = [
    (Tables::HISTORY, "pg_temp.limosa_history_aside"),
    (Tables::JOURNAL, "pg_temp.limosa_journal_aside"),
];

/// Only where leases are used.
const LEASE: (&str, &str) = (Tables::LEASE, "pg_temp.limosa_lock_aside");

impl Limosa {
    /// Copies our tables aside, until the transaction that is open now ends.
    ///
    /// # Errors
    /// What the server answers.
    pub fn set_aside(&self, session: &mut Locked) -> Result<(), StoreError> {
        let doing = "copying the tables of Limosa aside";
        let lease = self.tables.quoted(session.dialect(), LEASE.0);
        let lease = is_there(session, &lease).map_err(|cause| StoreError::Db { doing, cause })?;
        for (table, aside) in TABLES.into_iter().chain(lease.then_some(LEASE)) {
            let table = self.tables.quoted(session.dialect(), table);
            session
                .run(&format!(
                    "CREATE TEMPORARY TABLE {aside} ON COMMIT DROP AS TABLE {table}"
                ))
                .map_err(|cause| StoreError::Db { doing, cause })?;
        }
        Ok(())
    }

    /// Makes our tables again from the copies, if they are gone and their schema is there.
    ///
    /// # Errors
    /// What the server answers.
    pub fn put_back(&self, session: &mut Locked) -> Result<(), StoreError> {
        if Tables::find(&mut **session, Some(self.tables.schema()))?.is_some() {
            return Ok(());
        }
        let doing = "putting the tables of Limosa back";
        self.copy_back(session)
            .map_err(|cause| StoreError::Db { doing, cause })
    }

    fn copy_back(&self, session: &mut Locked) -> Result<(), DbError> {
        self.create_tables(session, |_| Ok(()))?;
        let lease = is_there(session, LEASE.1)?;
        if lease {
            create_table(&mut **session, &self.tables)?;
        }
        for (table, aside) in TABLES.into_iter().chain(lease.then_some(LEASE)) {
            let table = self.tables.quoted(session.dialect(), table);
            session.run(&format!(
                "INSERT INTO {table} OVERRIDING SYSTEM VALUE TABLE {aside}"
            ))?;
        }
        let journal = self.tables.quoted(session.dialect(), Tables::JOURNAL);
        session
            .query(
                &format!(
                    "SELECT pg_catalog.setval(pg_catalog.pg_get_serial_sequence($1::text, 'id'), \
                     (SELECT pg_catalog.max(j.id) FROM {journal} j))"
                ),
                &[journal.as_str().into()],
            )
            .map(drop)
    }
}

fn is_there(session: &mut Locked, table: &str) -> Result<bool, DbError> {
    let sql = "SELECT pg_catalog.to_regclass($1::text) IS NOT NULL";
    let rows = session.query(sql, &[table.into()])?;
    Ok(rows.first().is_some_and(|row| row.is_true(0)))
}
