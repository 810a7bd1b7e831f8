//! The catalog of PostgreSQL, 12 to 18, read with one statement.
//!
//! The parts of the statement (`postgres/*.sql`) each look at one kind of object and at nothing else: names of
//! schemas, parents and columns, owners, comments, grants and what needs what come as rows of their own, by the
//! numbers of the catalog, and are put together here. That is faster than a join in each part, and said once.

mod assemble;
mod found;
mod resolve;
mod statement;

use limosa_schema::Schema;
use statement::Purpose;

use super::LeftOut;
use crate::store::Prepared;
use crate::{DbError, Row, Server, Session};

/// The schema of the session's database.
pub(super) fn read(session: &mut dyn Session, left_out: &[LeftOut]) -> Result<Schema, DbError> {
    read_for(Purpose::Compare, session, left_out)
}

/// The same, with the server's statements and what needs what.
pub(super) fn read_with_texts(
    session: &mut dyn Session,
    left_out: &[LeftOut],
) -> Result<Schema, DbError> {
    read_for(Purpose::Make, session, left_out)
}

/// The statement that reads what is compared.
pub(super) fn statement(server: &Server) -> Prepared {
    Prepared {
        sql: statement::of(server.target.version.0, Purpose::Compare),
        parameters: Vec::new(),
    }
}

/// The schema in its rows.
pub(super) fn of_rows(
    server: &Server,
    rows: &[Row],
    left_out: &[LeftOut],
) -> Result<Schema, DbError> {
    let product = format!("{} {}", server.product, server.version);
    let objects = assemble::objects(rows, left_out)?;
    Ok(Schema::new(server.target.dialect, product, objects))
}

fn read_for(
    purpose: Purpose,
    session: &mut dyn Session,
    left_out: &[LeftOut],
) -> Result<Schema, DbError> {
    let sql = statement::of(session.server().target.version.0, purpose);
    let rows = session.query(&sql, &[])?;
    of_rows(session.server(), &rows, left_out)
}
