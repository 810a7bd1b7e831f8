//! The schema of a database as a file of SQL.

use limosa_db::Session;
use limosa_db::schema::{LeftOut, read_with_texts};
use limosa_schema::{Fingerprint, Schema, write};

use crate::Problem;

/// A database's schema, written.
#[derive(Debug, Clone)]
pub struct Dump {
    /// The file.
    pub text: String,
    /// What the file cannot make: sentences that are comments in it, too.
    pub remarks: Vec<String>,
    /// The fingerprint of the schema.
    pub fingerprint: Fingerprint,
}

/// Reads the schema of the session's database and writes it.
///
/// # Errors
/// When the catalog cannot be read.
pub fn dump(session: &mut dyn Session, left_out: &[LeftOut]) -> Result<Dump, Problem> {
    let schema = read_with_texts(session, left_out).map_err(|cause| Problem::Db {
        doing: "reading the schema",
        cause,
    })?;
    Ok(written(&schema))
}

/// The file that makes a schema. Without anything of the day, the machine or the user, so that the file of the same
/// schema is the same.
pub fn written(schema: &Schema) -> Dump {
    let fingerprint = schema.fingerprint();
    let statements = write::create(schema);
    let text = write::script(schema.dialect, &statements);
    Dump {
        text: format!(
            "-- The schema of a database, for {}.\n-- {fingerprint}\n\n{text}",
            schema.release()
        ),
        remarks: write::remarks(&statements),
        fingerprint,
    }
}
