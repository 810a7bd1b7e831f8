//! `limosa schema`: a file for each of its commands, and what they are taken from.

mod diff;
mod docs;
mod dump;
mod file;
mod show;
mod source;
mod take;

use super::{Context, Outcome};
use crate::args::{Schema, SchemaCommand};

/// Runs the command.
pub fn run(args: &Schema, context: &Context) -> Outcome {
    match &args.command {
        SchemaCommand::Show(args) => show::run(args, context),
        SchemaCommand::Dump(args) => dump::run(args, context),
        SchemaCommand::Diff(args) => diff::run(args, context),
        SchemaCommand::Docs(args) => docs::run(args, context),
    }
}
