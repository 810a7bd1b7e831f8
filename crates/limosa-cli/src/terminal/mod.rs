//! What people see: streams, colours, width, prompts and the live line.

mod draft;
mod escape;
mod progress;
mod prompt;
mod style;
mod trying;
mod words;

pub use draft::{Draft, not_kept};
pub use escape::{clean, clean_line, printable_source};
pub use progress::Progress;
pub use prompt::{Prompted, ask_for_name};
pub use style::{DIM, ERROR, GOOD, HELP, NAME, NOTE, WARNING, paint};
pub use trying::Trying;
pub use words::{count, duration, fit, head, one_line, pad};

use std::io::{IsTerminal, Write};

use anstream::ColorChoice;

use crate::args::{ColorWhen, Global};

/// What the terminal can do, and what the person wants of it.
#[derive(Debug, Clone, Copy)]
pub struct Terminal {
    colour_out: bool,
    colour_err: bool,
    /// Whether there may be a line that changes.
    pub live: bool,
    /// Whether a person can be asked.
    pub interactive: bool,
    /// Whether characters beyond ASCII are shown.
    pub unicode: bool,
    /// Columns, at most 100.
    pub width: usize,
    /// Only results and errors.
    pub quiet: bool,
    /// The SQL of every statement.
    pub verbose: bool,
}

impl Terminal {
    /// Looks at the streams, the options and the environment.
    pub fn new(global: &Global, variable: impl Fn(&str) -> Option<String>) -> Self {
        let (out, err) = (std::io::stdout(), std::io::stderr());
        let wants = |auto: ColorChoice| match global.color {
            ColorWhen::Always => true,
            ColorWhen::Never => false,
            ColorWhen::Auto => auto != ColorChoice::Never,
        };
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
            .iter()
            .find_map(|name| variable(name).filter(|text| !text.is_empty()))
            .unwrap_or_default()
            .to_ascii_lowercase();
        let columns = terminal_size::terminal_size_of(&err)
            .or_else(|| terminal_size::terminal_size_of(&out))
            .map_or(100, |(width, _)| usize::from(width.0));
        let on_terminal = err.is_terminal();
        let no_progress =
            variable("LIMOSA_NO_PROGRESS").is_some_and(|text| !text.is_empty() && text != "0");
        let dumb = variable("TERM").is_some_and(|text| text == "dumb");
        Self {
            colour_out: wants(anstream::AutoStream::choice(&out)),
            colour_err: wants(anstream::AutoStream::choice(&err)),
            live: on_terminal && !no_progress && !dumb && !global.quiet,
            interactive: on_terminal && std::io::stdin().is_terminal(),
            unicode: locale.contains("utf-8") || locale.contains("utf8"),
            width: columns.clamp(40, 100),
            quiet: global.quiet,
            verbose: global.verbose,
        }
    }

    /// Writes what was asked for. A reader that went away is not an error: the work is not undone by it.
    pub fn out(&self, text: &str) {
        write_to(&mut std::io::stdout().lock(), text, self.colour_out);
    }

    /// Writes a text in which nothing is a colour: a script, completions.
    #[expect(
        clippy::unused_self,
        reason = "every way out goes through the terminal"
    )]
    pub fn out_as_it_is(&self, text: impl AsRef<[u8]>) {
        write_as_it_is(&mut std::io::stdout().lock(), text.as_ref());
    }

    /// Writes a part of the story: not with `--quiet`.
    pub fn story(&self, text: &str) {
        if !self.quiet {
            self.err(text);
        }
    }

    /// Writes what must be seen.
    pub fn err(&self, text: &str) {
        write_to(&mut std::io::stderr().lock(), text, self.colour_err);
    }
}

fn write_to(stream: &mut impl Write, text: &str, colour: bool) {
    if colour {
        write_as_it_is(stream, text.as_bytes());
    } else {
        let plain = anstream::adapter::strip_str(text).to_string();
        write_as_it_is(stream, plain.as_bytes());
    }
}

fn write_as_it_is(stream: &mut impl Write, text: &[u8]) {
    // Nobody is left to be told when the stream itself is gone.
    let _ = stream.write_all(text).and_then(|()| stream.flush());
}

#[cfg(test)]
impl Terminal {
    /// Without colours, 80 columns wide.
    pub fn for_tests(unicode: bool) -> Self {
        Self {
            colour_out: false,
            colour_err: false,
            live: false,
            interactive: false,
            unicode,
            width: 80,
            quiet: false,
            verbose: false,
        }
    }
}
