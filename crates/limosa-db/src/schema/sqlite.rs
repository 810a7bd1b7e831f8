//! The catalog of SQLite.

use limosa_schema::Schema;

use super::LeftOut;
use crate::{DbError, Session};

/// The schema of the session's database.
pub(super) fn read(session: &mut dyn Session, _left_out: &[LeftOut]) -> Result<Schema, DbError> {
    let server = session.server();
    let product = format!("{} {}", server.product, server.version);
    Ok(Schema::new(server.target.dialect, product, []))
}
