//! Keeps our tables through a migration that drops the schema they are in.
//!
//! `DROP SCHEMA public CASCADE; CREATE SCHEMA public` is how some projects write their first down.
//! Inside the transaction of such a unit our tables are copied aside, and put back when the schema is
//! there again. Only `PostgreSQL` has both schemas and DDL that is undone with its transaction.

use super::{Limosa, StoreError, Tables};
use crate::{DbError, Locked};

const TABLES: [(&str, &str); 2] = [
    (Tables::HISTORY, "pg_temp.limosa_history_aside"),
    (Tables::JOURNAL, "pg_temp.limosa_journal_aside"),
];

impl Limosa {
    /// Copies our tables aside, until the transaction that is open now ends.
    ///
    /// # Errors
    /// What the server answers.
    pub fn set_aside(&self, session: &mut Locked) -> Result<(), StoreError> {
        let doing = "copying the tables of Limosa aside";
        for (table, aside) in TABLES {
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
        for (table, aside) in TABLES {
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
