//! Colours by meaning. Nothing is said by colour alone.

use std::fmt::Display;

use anstyle::{AnsiColor, Style};

/// What was done.
pub const GOOD: Style = AnsiColor::Green.on_default().bold();
/// What failed.
pub const ERROR: Style = AnsiColor::Red.on_default().bold();
/// What should be looked at.
pub const WARNING: Style = AnsiColor::Yellow.on_default().bold();
/// What is worth knowing.
pub const NOTE: Style = AnsiColor::Cyan.on_default().bold();
/// What to do next.
pub const HELP: Style = AnsiColor::Green.on_default();
/// Names of migrations and databases.
pub const NAME: Style = Style::new().bold();
/// What stands beside.
pub const DIM: Style = Style::new().dimmed();

/// The text in a style.
pub fn paint(style: Style, text: impl Display) -> String {
    format!("{style}{text}{style:#}")
}
