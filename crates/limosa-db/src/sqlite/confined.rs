//! A session that stays in its database.
//!
//! Asked of the library itself, which calls back for every statement that it compiles, also for those inside of
//! triggers and for what `VACUUM INTO` attaches.

use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::{Connection, ffi};

/// Names that attach no file: a database in memory, and a temporary one that nobody else sees.
const NO_FILE: &[&str] = &["", ":memory:"];

/// Refuses to attach files and to load extensions.
pub(super) fn confine(connection: &mut Connection) -> rusqlite::Result<()> {
    connection.authorizer(Some(|context: AuthContext<'_>| {
        if reaches_beyond(&context.action) {
            Authorization::Deny
        } else {
            Authorization::Allow
        }
    }))
}

fn reaches_beyond(action: &AuthAction<'_>) -> bool {
    match action {
        AuthAction::Attach { filename } => !NO_FILE.contains(filename),
        // A file name that is computed is not told.
        AuthAction::Unknown { code, .. } => *code == ffi::SQLITE_ATTACH,
        AuthAction::Function { function_name } => {
            function_name.eq_ignore_ascii_case("load_extension")
        }
        _ => false,
    }
}
