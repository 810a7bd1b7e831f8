//! Keeps the table of another tool through a migration that drops the schema it is in, as ours are kept.

use super::Foreign;
use crate::Locked;
use crate::store::StoreError;

impl Foreign {
    /// The schema (on `MySQL` the database) that the table is in.
    pub fn schema(&self) -> &str {
        &self.schema
    }

    /// Copies the table aside, until the transaction that is open now ends.
    pub(in crate::store) fn set_aside(&self, session: &mut Locked) -> Result<(), StoreError> {
        let sql = "CREATE TEMPORARY TABLE limosa_other_aside ON COMMIT DROP AS TABLE {table}";
        self.run_all(session, "copying aside", [sql])
    }

    /// Makes the table again from the copy as its tool makes it, if it is gone and its schema is there.
    pub(in crate::store) fn put_back(&self, session: &mut Locked) -> Result<(), StoreError> {
        let doing = "putting back";
        let dialect = session.dialect();
        let asked = self.prepare(
            dialect,
            include_str!("../sql/is_gone_postgres.sql"),
            &[
                ("schema", self.schema.as_str().into()),
                ("name", self.table.as_str().into()),
            ],
        );
        let rows = session.query(&asked.sql, &asked.parameters);
        let rows = rows.map_err(|cause| self.failed(doing, dialect, cause))?;
        if !rows.first().is_some_and(|row| row.is_true(0)) {
            return Ok(());
        }
        let create = self.store().create(dialect).iter().copied();
        self.run_all(session, doing, create)?;
        let names: Vec<&str> = self
            .store()
            .columns()
            .iter()
            .map(|(name, _)| *name)
            .collect();
        let names = names.join(", ");
        // Whatever the tool puts in at first is in the copy, too.
        self.run_all(
            session,
            doing,
            [
                "DELETE FROM {table}",
                &format!(
                    "INSERT INTO {{table}} ({names}) OVERRIDING SYSTEM VALUE \
                     SELECT {names} FROM pg_temp.limosa_other_aside"
                ),
            ],
        )?;
        if names.starts_with("id,") {
            let count = "SELECT pg_catalog.setval(pg_catalog.pg_get_serial_sequence(:table, 'id'), \
                 coalesce(max(t.id), 0) + 1, FALSE) FROM {table} t";
            let [table, _] = self.quoted(dialect);
            let count = self.prepare(dialect, count, &[("table", table.into())]);
            let counted = session.query(&count.sql, &count.parameters);
            counted.map_err(|cause| self.failed(doing, dialect, cause))?;
        }
        Ok(())
    }

    fn run_all<'s>(
        &self,
        session: &mut Locked,
        doing: &'static str,
        statements: impl IntoIterator<Item = &'s str>,
    ) -> Result<(), StoreError> {
        let dialect = session.dialect();
        for sql in statements {
            let done = session.run(&self.prepare(dialect, sql, &[]).sql);
            done.map_err(|cause| self.failed(doing, dialect, cause))?;
        }
        Ok(())
    }
}
