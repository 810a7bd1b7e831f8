//! The `limosa` command.

#![expect(
    clippy::unnecessary_wraps,
    reason = "every command has the same signature"
)]

mod args;
mod commands;
mod exit;
mod interrupt;
mod legacy;
mod project;
mod report;
mod stop;
mod surroundings;
mod terminal;

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(commands::run())
}
