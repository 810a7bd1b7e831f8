//! The commands of other tools, answered with ours. Nothing is run for them.

mod line;
mod options;
mod verbs;

use clap::Parser;
use limosa_core::{Class, Diagnostic};

use crate::args::Cli;
use line::Line;
use verbs::{Old, Way};

/// What a command line of another tool is here; `None` when there is nothing of another tool in it. `args` is what
/// stands behind the name of the program.
pub fn answer(args: &[String]) -> Option<Diagnostic> {
    let line = Line::read(args);
    let verb = line.words.first()?;
    let old = verbs::find(verb, line.words.len() > 1);
    if old.is_none() && line.replaced.is_empty() {
        return None;
    }
    let mut diagnostic = Diagnostic::error(
        name(old, verb),
        Class::Usage,
        match old {
            Some(old) if is_ours(verb) => format!("`{}`: {}", line.words.join(" "), old.what),
            Some(old) => format!("there is no command `{}`: {}", line.verb, old.what),
            None if line.replaced.len() == 1 => "this is an option of another tool".to_owned(),
            None => "these are options of another tool".to_owned(),
        },
    );
    for replaced in &line.replaced {
        diagnostic = diagnostic.with_note(replaced);
    }
    diagnostic = diagnostic.with_note("nothing was run");
    let Some(old) = old else {
        let command = format!("limosa {}", line.words.join(" "));
        return Some(diagnostic.with_help(format!("try\n{}", line.whole(&command))));
    };
    for Way { when, command } in old.ways_for(line.argument()) {
        let command = line.whole(&line.filled(command));
        let when = if when.is_empty() { "try" } else { when };
        diagnostic = diagnostic.with_help(format!("{when}\n{command}"));
    }
    Some(diagnostic)
}

/// Whether an argument is an option of another tool that would be read as several letters of ours.
pub fn is_misread(argument: &str) -> bool {
    options::find(argument).is_some_and(|old| old.is_long_with_one_dash(argument))
}

fn name(old: Option<&Old>, verb: &str) -> &'static str {
    match old {
        Some(_) if !is_ours(verb) => "unknown-command",
        _ => "usage",
    }
}

fn is_ours(verb: &str) -> bool {
    use clap::CommandFactory;
    Cli::command().find_subcommand(verb).is_some()
}

/// Whether a command line of ours, as it is shown, is understood.
fn is_understood(command: &str) -> bool {
    Cli::try_parse_from(command.split(' ')).is_ok()
}

#[cfg(test)]
mod tests;
