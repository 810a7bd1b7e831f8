//! `limosa down`

use limosa_core::plan::Goal;

use super::run::{self, Request};
use super::{Context, Outcome};
use crate::args::Down;
use crate::project::{Extra, version};

/// Undoes what was applied last.
pub fn run(args: &Down, context: &Context) -> Outcome {
    let limit = match (args.all, &args.to) {
        (false, None) => Some(args.count.unwrap_or(1)),
        _ => None,
    };
    let to = args.to.as_deref().map(version).transpose();
    let request = Request {
        goal: to.map(|to| Goal::Down { limit, to }),
        going: &args.going,
        extra: Extra {
            timing: Some(&args.going.timing),
            reaching: None,
        },
    };
    run::run(request, context)
}
