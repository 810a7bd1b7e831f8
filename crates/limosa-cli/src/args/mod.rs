//! What can be typed: commands, options and their variables, with the help that is shown for them.

#![expect(
    clippy::doc_markdown,
    clippy::doc_link_with_quotes,
    reason = "the comments here are help texts, which are plain text"
)]

mod commands;
mod global;
mod options;
mod schema;

pub use commands::{
    Adopt, Baseline, Completions, Down, Drift, Effect, Explain, Goto, History, Init, Keeping, Lint,
    Man, New, PlanArgs, Redo, Renumber, Resolve, Squash, Status, Up, Verify,
};
pub use commands::{Cli, Command};
pub use global::{ColorWhen, Global};
pub use options::{
    DriftFormat, Going, PlanFormat, Reaching, ReportFormat, RunFormat, ShadowArgs, Timing,
    Transacting, TwoFormats,
};
pub use schema::{
    DiffFormat, Schema, SchemaCommand, SchemaDiff, SchemaDocs, SchemaDump, SchemaShow,
};
