//! The text of one direction of a migration.

use std::io::{self, Read};
use std::sync::Arc;
use std::time::Duration;

use limosa_sql::Dialect;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{Checksums, Digest, ScriptError, ScriptReader, Segment, Source};
use crate::{Layout, Replaces};

/// What the author asks for the whole script. Kept in the history, so that a stored script runs
/// as the file would.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ScriptOptions {
    /// Every statement runs by itself; where the layout sends whole texts, every text.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub no_transaction: bool,
    /// Instead of the configured one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lock_timeout: Option<Duration>,
    /// Instead of the configured one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statement_timeout: Option<Duration>,
    /// The versions that it stands for, where it is the up of a baseline.
    #[serde(skip_serializing_if = "Replaces::is_empty")]
    pub replaces: Replaces,
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
    pub segments: Box<[Segment]>,
    /// The layout whose directives it is written in.
    pub layout: Layout,
    /// What its author asks for.
    pub options: ScriptOptions,
    /// SHA-256 of the bytes of its segments.
    pub sha256: Digest,
    /// Length of its segments in bytes.
    pub length: u64,
}

impl Script {
    /// A script over parts of a source; reads them once for the checksum.
    ///
    /// # Errors
    /// When the source cannot be read.
    pub fn new(
        layout: Layout,
        file: impl Into<String>,
        source: Source,
        segments: Vec<Segment>,
        options: ScriptOptions,
    ) -> Result<Self, ScriptError> {
        let file = file.into();
        match hash(&source, &segments) {
            Ok(sha256) => Ok(Self::with_hash(
                layout, file, source, segments, options, sha256,
            )),
            Err(cause) => Err(ScriptError::Read { file, cause }),
        }
    }

    /// A script over a text in memory, such as one that the history stores. `file` stands for it
    /// in messages.
    pub fn from_text(
        layout: Layout,
        file: impl Into<String>,
        text: impl Into<Arc<str>>,
        options: ScriptOptions,
    ) -> Self {
        let text = text.into();
        let sha256 = Digest::of(text.as_bytes());
        let whole = Segment {
            start: 0,
            end: text.len() as u64,
            line: 1,
        };
        let source = Source::Memory(text);
        Self::with_hash(layout, file.into(), source, vec![whole], options, sha256)
    }

    /// A script whose checksum is known already.
    pub(crate) fn with_hash(
        layout: Layout,
        file: String,
        source: Source,
        segments: Vec<Segment>,
        options: ScriptOptions,
        sha256: Digest,
    ) -> Self {
        let length = segments.iter().map(Segment::length).sum();
        Self {
            source,
            file,
            segments: segments.into(),
            layout,
            options,
            sha256,
            length,
        }
    }

    /// What of it is committed together.
    pub(crate) fn grouping(&self, dialect: Dialect) -> Grouping {
        let messages = self.layout.notation().messages;
        match self.options.no_transaction {
            false => Grouping::Together,
            true if messages.contains(&dialect) => Grouping::EachText,
            true => Grouping::EachStatement,
        }
    }

    /// The bytes of its segments as written, for storing; `None` when they are more than
    /// `max_bytes`. [`Script::from_text`] makes the same script of it.
    ///
    /// # Errors
    /// When it cannot be read, or is not UTF-8.
    pub fn text(&self, max_bytes: u64) -> Result<Option<String>, ScriptError> {
        if self.length > max_bytes {
            return Ok(None);
        }
        String::from_utf8(self.bytes()?)
            .map(Some)
            .map_err(|error| ScriptError::Read {
                file: self.file.clone(),
                cause: io::Error::new(io::ErrorKind::InvalidData, error),
            })
    }

    /// The bytes of its segments as written.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(crate) fn bytes(&self) -> Result<Vec<u8>, ScriptError> {
        let read = || -> io::Result<Vec<u8>> {
            let mut bytes = Vec::new();
            for segment in &self.segments {
                let mut part = self.source.open_at(segment.start)?.take(segment.length());
                part.read_to_end(&mut bytes)?;
            }
            Ok(bytes)
        };
        read().map_err(|cause| ScriptError::Read {
            file: self.file.clone(),
            cause,
        })
    }

    /// Whether its bytes are still those that its checksum was made of; reads them once.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn is_unchanged(&self) -> Result<bool, ScriptError> {
        match hash(&self.source, &self.segments) {
            Ok(sha256) => Ok(sha256 == self.sha256),
            Err(cause) => Err(ScriptError::Read {
                file: self.file.clone(),
                cause,
            }),
        }
    }

    /// Both of its checksums; reads it once.
    ///
    /// # Errors
    /// When it cannot be read or split.
    pub fn checksums(&self, dialect: Dialect) -> Result<Checksums, ScriptError> {
        ScriptReader::hashing(self, dialect, &|_| None)?.finish()
    }
}

/// What of a script is committed together, where the server lets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Grouping {
    /// Everything.
    Together,
    /// Each statement by itself.
    EachStatement,
    /// The statements of a text that was sent as one message, as `PostgreSQL` does it outside of a
    /// transaction. One that is alone in its text runs without any.
    EachText,
}

/// SHA-256 of parts of a source.
fn hash(source: &Source, segments: &[Segment]) -> io::Result<Digest> {
    let mut sha = Sha256::new();
    for segment in segments {
        let mut part = source.open_at(segment.start)?.take(segment.length());
        io::copy(&mut part, &mut sha)?;
    }
    Ok(sha.into())
}

/// Lowercase hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}
