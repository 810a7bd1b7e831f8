//! `limosa redo`

use limosa_core::plan::Goal;

use super::run::{self, Request};
use super::{Context, Outcome};
use crate::args::Redo;
use crate::project::Extra;

/// Undoes the last applied migration and applies it again.
pub fn run(args: &Redo, context: &Context) -> Outcome {
    let request = Request {
        goal: Ok(Goal::Redo),
        going: &args.going,
        extra: Extra {
            timing: Some(&args.going.timing),
            reaching: None,
        },
    };
    run::run(request, context)
}
