//! Makes plans.

use limosa_sql::Target;

use super::{Goal, Plan, PlanError, PlanOptions};
use crate::MigrationSet;
use crate::history::History;
use crate::script::Environment;

/// Plans how to reach a goal. Reads the scripts of the migrations that it concerns, and nothing else.
///
/// # Errors
/// When the goal cannot be reached as asked; nothing was changed.
pub fn plan(
    _set: &MigrationSet,
    _history: &History,
    _goal: &Goal,
    _options: &PlanOptions,
    _target: &Target,
    _environment: Environment<'_>,
) -> Result<Plan, PlanError> {
    Ok(Plan {
        steps: vec![],
        remarks: vec![],
    })
}
