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
    let mut page = &command;
    for name in &args.command {
        page = page.find_subcommand(name).ok_or_else(|| {
            let name = args.command.join(" ");
            Stop::usage(format!("there is no command `{}`", name.escape_default()))
                .help("limosa help")
        })?;
    }
    let title = [&["limosa".to_owned()], args.command.as_slice()].concat();
    let page = clap_mangen::Man::new(page.clone()).title(title.join("-"));
    let mut text = Vec::new();
    page.render(&mut text)
        .map_err(|error| Stop::failed(format!("the page cannot be made: {error}")))?;
    context.terminal.out(&String::from_utf8_lossy(&text));
    Ok(exit::DONE)
}
