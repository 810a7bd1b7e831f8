//! Reads the schema of a database from the catalog of its server.
//!
//! Names instead of numbers, a few queries over whole catalogs, and nothing of what an extension brought.

mod build;
mod mysql;
mod postgres;
mod sqlite;

use limosa_schema::Schema;
use limosa_sql::Dialect;

use crate::store::Prepared;
use crate::{DbError, Row, Server, Session};

/// A table that is left out, with everything that belongs to it: ours, and the history of another tool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// Its schema on `PostgreSQL`; the current database elsewhere.
    pub schema: Option<String>,
    /// Its name.
    pub table: String,
}

/// The schema of the session's database. Only reads, and works in a transaction and outside.
///
/// # Errors
/// When the catalog cannot be read.
pub fn read(session: &mut dyn Session, left_out: &[LeftOut]) -> Result<Schema, DbError> {
    match session.dialect() {
        Dialect::Postgres => postgres::read(session, left_out),
        Dialect::Mysql => mysql::read(session, left_out),
        Dialect::Sqlite => sqlite::read(session, left_out),
    }
}

/// The statement that reads it, where one is enough.
pub fn statement(server: &Server) -> Option<Prepared> {
    match server.target.dialect {
        Dialect::Postgres => Some(postgres::statement(server)),
        Dialect::Mysql | Dialect::Sqlite => None,
    }
}

/// The schema in the rows that this statement was answered with.
///
/// # Errors
/// When they cannot be understood.
pub fn of_rows(server: &Server, rows: &[Row], left_out: &[LeftOut]) -> Result<Schema, DbError> {
    postgres::of_rows(server, rows, left_out)
}

/// The same, with everything that is needed to write statements that make it again: [`limosa_schema::write`]. The
/// server is asked for the text of each object, and `PostgreSQL` for what needs what.
///
/// # Errors
/// When the catalog cannot be read.
pub fn read_with_texts(session: &mut dyn Session, left_out: &[LeftOut]) -> Result<Schema, DbError> {
    match session.dialect() {
        Dialect::Postgres => postgres::read_with_texts(session, left_out),
        Dialect::Mysql => mysql::read_with_texts(session, left_out),
        Dialect::Sqlite => read(session, left_out),
    }
}
