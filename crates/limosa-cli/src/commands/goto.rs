//! `limosa goto`

use limosa_core::plan::Goal;

use super::run::{self, Request};
use super::{Context, Outcome};
use crate::args::Goto;
use crate::project::{Extra, version};

/// Goes up or down to a version.
pub fn run(args: &Goto, context: &Context) -> Outcome {
    let goal = match args.version.as_str() {
        "0" => Ok(None),
        text => version(text).map(Some),
    };
    let request = Request {
        goal: goal.map(Goal::Goto),
        going: &args.going,
        extra: Extra {
            timing: Some(&args.going.timing),
            reaching: None,
        },
    };
    run::run(request, context)
}
