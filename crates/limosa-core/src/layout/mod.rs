//! Layouts: how a directory of files is to be read. One file for each layout.
//!
//! [`load`] lists the directory, finds out the layout when none is given, and lets the layout
//! read its files. Files are streamed; what is kept of them are places and checksums. Nothing is
//! guessed: what could be read in two ways is refused with both.

mod baseline;
mod cases;
mod convert;
mod db_migrate;
mod detect;
mod directive;
mod file_text;
mod folder;
mod go_pg;
mod golang_migrate;
mod goose;
mod goose_name;
mod group;
mod known;
mod liamstask_goose;
mod load;
mod names;
mod native;
mod new_files;
mod rules;
mod sqlx;
mod threads;

pub use convert::{check as check_converted, convert};
pub use detect::{Certainty, readable_as};
pub(crate) use directive::PREFIX;
pub use directive::{Directive, DirectiveError, parse_duration};
pub use folder::show_name;
pub use known::Layout;
pub use load::{Place, Reading, load, read};
pub use names::{NamedFile, named_files};
pub use new_files::{NewFile, Shape};

#[cfg(test)]
mod tests;
