//! The text of one direction of a migration, and how to read its statements.

mod reader;

pub use reader::{Environment, ScriptError, ScriptReader, StatementText};

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::Layout;

/// Where the bytes of a script are.
#[derive(Debug, Clone)]
pub enum Source {
    /// A file, read again whenever it is needed, so that memory does not grow with its size.
    File(PathBuf),
    /// Text in memory: stored in the history, or embedded in a program.
    Memory(Arc<str>),
}

impl Source {
    /// Opens it for reading from its beginning.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub fn open(&self) -> io::Result<Box<dyn BufRead + Send>> {
        Ok(match self {
            Self::File(path) => Box::new(BufReader::with_capacity(64 << 10, File::open(path)?)),
            Self::Memory(text) => Box::new(Cursor::new(Arc::<[u8]>::from(Arc::clone(text)))),
        })
    }
}

/// A part of a source that belongs to the script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment {
    /// Where it begins, in bytes of the source.
    pub start: u64,
    /// Where it ends (not included).
    pub end: u64,
    /// The line on which it begins, from 1.
    pub line: u64,
}

/// What the author asks for the whole script. Kept in the history, so that a stored script runs
/// as the file would.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ScriptOptions {
    /// Every statement runs by itself.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub no_transaction: bool,
    /// Instead of the configured one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lock_timeout: Option<Duration>,
    /// Instead of the configured one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statement_timeout: Option<Duration>,
}

/// The text of one direction of a migration.
#[derive(Debug, Clone)]
pub struct Script {
    /// Where its bytes are.
    pub source: Source,
    /// The file as people know it (relative to the project where possible), or what stands for it
    /// (`the stored down of 7_orders`).
    pub file: String,
    /// The parts of the source that belong to it, in order.
    pub segments: Vec<Segment>,
    /// The layout whose directives it is written in.
    pub layout: Layout,
    /// What its author asks for.
    pub options: ScriptOptions,
    /// SHA-256 of the bytes of its segments, in hexadecimal.
    pub sha256: String,
    /// Length of its segments in bytes.
    pub length: u64,
}

/// Two checksums of one script; either match means unchanged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checksums {
    /// SHA-256 of the raw bytes, in hexadecimal.
    pub raw: String,
    /// `1:` (the version of the lexer) and the SHA-256 over the tokens, in hexadecimal.
    pub tokens: String,
}

impl Script {
    /// Both checksums, from reading the whole script. Variables are not expanded.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn checksums(&self, dialect: limosa_sql::Dialect) -> Result<Checksums, ScriptError> {
        ScriptReader::open(self, dialect, &|_| None)?.finish()
    }
}
