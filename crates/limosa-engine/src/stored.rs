//! Stored SQL runs only if nobody but the owner may write it.

use limosa_core::{Class, Diagnostic, Script};
use limosa_db::Locked;
use limosa_db::store::Tables;

use crate::Problem;

/// Refuses a script from the history when another role may have planted it there.
pub(crate) fn check(session: &mut Locked, tables: &Tables, script: &Script) -> Result<(), Problem> {
    let writers = tables.writers(&mut **session)?;
    let Some(writer) = writers.first() else {
        return Ok(());
    };
    let table = format!("{}.limosa_history", tables.schema());
    let message = format!(
        "{} is not run: {} may write to {table} ({})",
        script.file, writer.role, writer.grants
    );
    Err(Problem::report(
        Diagnostic::error("stored-sql-not-trusted", Class::Blocked, message)
            .with_note("whoever may write there could have planted the script that would now run with your rights")
            .with_help(format!("take the grant away: REVOKE INSERT, UPDATE, TRIGGER ON {table} FROM {}", writer.role))
            .with_help("or run the command from a checkout that has the file"),
    ))
}
