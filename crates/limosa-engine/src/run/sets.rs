//! A history that is that of other migrations.

use limosa_core::history::{History, Status};
use limosa_core::{Diagnostic, MigrationSet, PlanError};
use limosa_sql::Dialect;

use crate::Problem;

/// Why there is no plan. Where nothing fits, what is said of single migrations would lead astray.
pub(super) fn no_plan(
    error: PlanError,
    set: &MigrationSet,
    history: &History,
    dialect: Dialect,
) -> Problem {
    let is_about_files = matches!(
        error,
        PlanError::Changed(_) | PlanError::Missing(_) | PlanError::OutOfOrder { .. }
    );
    let fits_nothing =
        || Status::new(set, history, dialect).is_ok_and(|status| status.fits_nothing());
    if !is_about_files || !fits_nothing() {
        return Problem::Plan(error);
    }
    let report = Problem::Plan(error).diagnostic();
    let Diagnostic {
        name,
        class,
        message,
        labels,
        ..
    } = report;
    let first = Diagnostic {
        labels,
        ..Diagnostic::error(name, class, message)
    };
    Problem::report(
        first
            .with_note("nothing that is applied is among the files here, so this may be the history of other migrations")
            .with_note("nothing was changed")
            .with_help("if two sets of migrations share the database, give these a name of their own in limosa.toml\nset = \"…\"")
            .with_help("if these are the right ones, get the files back that were applied"),
    )
}
