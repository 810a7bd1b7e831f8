//! Stored SQL runs only if nobody but the owner may write it.

use limosa_core::{Class, Diagnostic, Script};
use limosa_db::Session;
use limosa_db::store::Tables;

use crate::Problem;

/// Refuses a script from the history when another role may have planted it there. Returns what is to
/// be said where that cannot be known.
pub(crate) fn check(
    session: &mut dyn Session,
    tables: &Tables,
    script: &Script,
) -> Result<Option<Diagnostic>, Problem> {
    let writers = tables.writers(session)?;
    let Some(writer) = writers.first() else {
        let unknown = !Tables::sees_grants(session)?;
        let message = format!(
            "who else may write to limosa_history cannot be seen by {}, so whether {} can be trusted is not known",
            session.server().user,
            script.file
        );
        return Ok(unknown.then(|| Diagnostic::note("grants-not-visible", message)));
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
