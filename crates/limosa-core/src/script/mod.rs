//! The text of one direction of a migration, and how to read its statements.
//!
//! A [`Script`] says where the text is; a [`ScriptReader`] streams its statements. Variables,
//! section markers and other directives of a layout are dealt with here, so that whoever runs a
//! script sees nothing but statements. What the statements do is not looked at.

pub(crate) mod annotation;
mod checksum;
mod chunks;
mod digest;
mod expand;
mod notation;
mod problem;
mod reader;
mod report;
mod source;
mod start;
mod text;

pub use checksum::Checksums;
pub use digest::Digest;
pub(crate) use notation::{Notation, Tail};
pub use problem::ScriptError;
pub use reader::{Environment, ScriptReader, StatementText};
pub(crate) use report::{excerpt_of, not_utf8, nul_byte, unreadable};
pub use source::{Segment, Source};
pub(crate) use text::{Grouping, hex};
pub use text::{Script, ScriptOptions};

#[cfg(test)]
mod tests;
