//! What cannot be done through a pooler.

use limosa_core::plan::UnitMode;
use limosa_core::{Class, Diagnostic, Label, Plan};
use limosa_db::Server;

use crate::Problem;

/// Refuses a plan with statements that run outside of a transaction when there is a pooler: nobody could say in which
/// session of the server they run, or see whether it is still at work.
///
/// # Errors
/// With the first such statement.
pub(crate) fn admit(server: &Server, plan: &Plan) -> Result<(), Problem> {
    if server.capabilities.lasting_sessions {
        return Ok(());
    }
    for step in plan.steps() {
        let left = step.units.iter().skip(step.done);
        let Some(unit) = left.into_iter().find(|unit| unit.mode == UnitMode::Alone) else {
            continue;
        };
        let message = format!(
            "{} has a statement that does not run in a transaction, and there is a pooler before {} at {}",
            step.full_name(),
            server.product,
            server.place
        );
        let mut diagnostic = Diagnostic::error("needs-direct-url", Class::Usage, message);
        if let Some(script) = step.script() {
            diagnostic = diagnostic.at(Label {
                file: script.file.clone(),
                line: unit.line,
                column: 1,
                text: String::new(),
                excerpt: None,
            });
        }
        return Err(Problem::report(
            diagnostic
                .with_note("nothing was changed")
                .with_help("name the server itself for commands that write: LIMOSA_DIRECT_URL, or `direct-url` in limosa.toml"),
        ));
    }
    Ok(())
}
