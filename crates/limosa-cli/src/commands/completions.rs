//! `limosa completions`

use clap::CommandFactory;

use super::{Context, Outcome};
use crate::args::{Cli, Completions};
use crate::exit;

/// Prints completions for a shell.
pub fn run(args: &Completions, context: &Context) -> Outcome {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "limosa", &mut text);
    context.terminal.out(&String::from_utf8_lossy(&text));
    Ok(exit::DONE)
}
