//! `limosa man`

use clap::CommandFactory;

use super::{Context, Outcome};
use crate::args::{Cli, Man};
use crate::exit;
use crate::stop::Stop;

/// Prints the manual page of limosa or of a command.
pub fn run(args: &Man, context: &Context) -> Outcome {
    let mut command = Cli::command();
    command.build();
    let page = match &args.command {
        None => clap_mangen::Man::new(command),
        Some(name) => {
            let found = command.find_subcommand(name).ok_or_else(|| {
                Stop::usage(format!("there is no command `{}`", name.escape_default()))
                    .help("limosa help")
            })?;
            clap_mangen::Man::new(found.clone()).title(format!("limosa-{name}"))
        }
    };
    let mut text = Vec::new();
    page.render(&mut text)
        .map_err(|error| Stop::failed(format!("the page cannot be made: {error}")))?;
    context.terminal.out(&String::from_utf8_lossy(&text));
    Ok(exit::DONE)
}
