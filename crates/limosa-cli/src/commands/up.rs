//! `limosa up`

use limosa_core::plan::Goal;

use super::run::{self, Request};
use super::{Context, Outcome};
use crate::args::Up;
use crate::project::{Extra, version};

/// Applies what is pending.
pub fn run(args: &Up, context: &Context) -> Outcome {
    let to = args.reaching.to.as_deref().filter(|text| !text.is_empty());
    let request = Request {
        goal: to.map(version).transpose().map(|to| Goal::Up {
            to,
            limit: args.reaching.count,
        }),
        going: &args.going,
        extra: Extra {
            timing: Some(&args.going.timing),
            reaching: Some(&args.reaching),
        },
    };
    run::run(request, context)
}
