//! Our own store.

use limosa_sql::Dialect;

use super::statement::{Context, without_comments};
use super::transaction::in_transaction;
use super::{StoreError, Tables};
use crate::{DbError, Executor, Expect, Locked, Session};

/// The store of one set of migrations in our own tables.
#[derive(Debug, Clone)]
pub struct Limosa {
    pub(super) tables: Tables,
    pub(super) set: String,
}

impl Limosa {
    /// The store of a set, in tables that are there or will be created.
    pub fn new(tables: Tables, set: &str) -> Self {
        Self {
            tables,
            set: set.to_owned(),
        }
    }

    /// Where its tables are.
    pub fn tables(&self) -> &Tables {
        &self.tables
    }

    /// Creates the tables and takes every grant on them away from others than the owner. Where DDL is
    /// transactional, all of it or nothing happens.
    ///
    /// # Errors
    /// What the server answers.
    pub fn create(&self, session: &mut Locked) -> Result<(), StoreError> {
        let doing = "creating the tables of Limosa";
        in_transaction(session, doing, |session| {
            // Where the transaction itself is the lock, another process may have been faster.
            let alone = session.dialect() != Dialect::Sqlite;
            if alone || Tables::find(&mut **session, Some(self.tables.schema()))?.is_none() {
                self.create_tables(session, |session| self.note_format(session))
                    .map_err(|cause| StoreError::Db { doing, cause })?;
            }
            Ok(Some(()))
        })
        .map(drop)
    }

    /// Creates both tables in the open transaction, as a series. The journal is filled before the history is there: where
    /// DDL commits by itself, whoever finds the history finds both as they have to be.
    pub(super) fn create_tables(
        &self,
        session: &mut Locked,
        fill_journal: impl FnOnce(&mut Locked) -> Result<(), DbError>,
    ) -> Result<(), DbError> {
        let dialect = session.dialect();
        let file = match dialect {
            Dialect::Postgres => include_str!("sql/create_postgres.sql"),
            Dialect::Mysql => include_str!("sql/create_mysql.sql"),
            Dialect::Sqlite => include_str!("sql/create_sqlite.sql"),
        };
        let lock = session.guard().to_owned();
        let context = Context {
            dialect,
            tables: Some(&self.tables),
            foreign: None,
            lock: &lock,
            guard: "",
        };
        // Split before the names are put in: a name may hold whatever it likes.
        let file = without_comments(file);
        let (journal, history) = file
            .split_once("CREATE TABLE {history}")
            .unwrap_or((&file, ""));
        let history = format!("CREATE TABLE {{history}}{history}");
        let mut fill_journal = Some(fill_journal);
        for half in [journal, &history] {
            for part in half.split(';').filter(|part| !part.trim().is_empty()) {
                session.send(&context.prepare(part, &[]).sql)?;
            }
            if let Some(fill_journal) = fill_journal.take() {
                fill_journal(session)?;
            }
        }
        session.finish()?;
        revoke_others(&mut **session, &self.tables)
    }

    /// Writes the format down, unless somebody who died before the history was made has done so, where DDL commits.
    fn note_format(&self, session: &mut Locked) -> Result<(), DbError> {
        let lock = session.guard().to_owned();
        let context = self.context(session.dialect(), &lock, "");
        let noted = context.prepare(include_str!("sql/format.sql"), &[]);
        if !session.server().capabilities.transactional_ddl {
            // Only where the journal was made can it be read.
            session.finish()?;
            if !session.query(&noted.sql, &noted.parameters)?.is_empty() {
                return Ok(());
            }
        }
        let format = context.prepare(
            include_str!("sql/journal_insert.sql"),
            &super::write::entry_values(
                &self.set,
                &super::Entry {
                    event: "format",
                    detail: Some(Tables::FORMAT.to_string()),
                    ..super::Entry::default()
                },
            ),
        );
        session.send_own(&format.sql, &format.parameters, Expect::OneRow)
    }

    pub(super) fn context<'a>(
        &'a self,
        dialect: Dialect,
        lock: &'a str,
        guard: &'a str,
    ) -> Context<'a> {
        Context {
            dialect,
            tables: Some(&self.tables),
            foreign: None,
            lock,
            guard,
        }
    }

    /// Runs one of our reading statements.
    pub(super) fn read(
        &self,
        session: &mut dyn Session,
        doing: &'static str,
        file: &str,
        values: &[(&str, crate::Value)],
    ) -> Result<Vec<crate::Row>, StoreError> {
        let statement = self
            .context(session.dialect(), "", "")
            .question(file, values);
        session
            .query(&statement.sql, &statement.parameters)
            .map_err(|cause| StoreError::Db { doing, cause })
    }
}

/// Takes every grant on our tables away from others than the owner. Only `PostgreSQL` makes such grants by itself.
pub(crate) fn revoke_others(session: &mut dyn Executor, tables: &Tables) -> Result<(), DbError> {
    let dialect = session.dialect();
    if dialect != Dialect::Postgres {
        return Ok(());
    }
    let context = Context {
        dialect,
        tables: Some(tables),
        foreign: None,
        lock: "",
        guard: "",
    };
    let schema = [("schema", tables.schema().into())];
    let grants = context.prepare(include_str!("sql/grants_postgres.sql"), &schema);
    for row in session.query(&grants.sql, &grants.parameters)? {
        let (table, role) = (
            row.text(0).unwrap_or_default(),
            row.text(1).unwrap_or_default(),
        );
        let table = tables.quoted(dialect, &table);
        // The role's name comes quoted from the server.
        session.run(&format!(
            "REVOKE ALL PRIVILEGES ON TABLE {table} FROM {role}"
        ))?;
    }
    Ok(())
}
