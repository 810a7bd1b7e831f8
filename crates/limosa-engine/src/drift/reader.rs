//! Who reads the catalog, where it shows not the same to everybody.

use limosa_db::{DbError, Session};
use limosa_sql::Dialect;
use sha2::{Digest, Sha256};

/// Who reads and what may be seen, as a word to compare; nothing where everybody sees the same.
///
/// On `MySQL` and `MariaDB` a user sees what the grants allow, and whose view or trigger it is shows only where it is
/// another one's. On `PostgreSQL` the catalog is open to everybody, and whoever can read an `SQLite` file reads all of
/// it.
pub(super) fn reader(session: &mut dyn Session) -> Result<Option<String>, DbError> {
    if session.dialect() != Dialect::Mysql {
        return Ok(None);
    }
    let rows = session.query(include_str!("reader_mysql.sql"), &[])?;
    let mut grants: Vec<String> = rows.iter().filter_map(|row| row.text(0)).collect();
    grants.sort();
    let mut all = Sha256::new();
    for grant in &grants {
        // A password may change.
        let (said, _) = grant.split_once(" IDENTIFIED ").unwrap_or((grant, ""));
        all.update(said);
        all.update("\n");
    }
    let digest = all.finalize();
    let digits = digest.iter().take(8).map(|byte| format!("{byte:02x}"));
    let digits: String = digits.collect();
    Ok(Some(format!("{} {digits}", session.server().user)))
}
