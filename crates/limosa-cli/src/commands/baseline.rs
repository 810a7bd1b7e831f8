//! `limosa baseline`

use limosa_core::plan::Goal;

use super::run::{self, Request};
use super::{Context, Outcome};
use crate::args::{Baseline, Going};
use crate::project::{Extra, version};

/// Records migrations without running them.
pub fn run(args: &Baseline, context: &Context) -> Outcome {
    let going = Going {
        dry_run: args.dry_run,
        format: args.format,
        timing: args.timing.clone(),
        ..Going::default()
    };
    let request = Request {
        goal: version(&args.version).map(Goal::Baseline),
        going: &going,
        extra: Extra {
            timing: Some(&going.timing),
            reaching: None,
        },
    };
    run::run(request, context)
}
