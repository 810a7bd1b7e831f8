//! What can be wrong with a text.

use std::io;

/// Why a text cannot be split.
#[derive(Debug, thiserror::Error)]
#[error("line {line}, column {column}: {problem}")]
pub struct SplitError {
    /// Byte offset of the place.
    pub offset: u64,
    /// Line, from 1.
    pub line: u64,
    /// Column in characters, from 1.
    pub column: u64,
    /// What is wrong there.
    #[source]
    pub problem: SplitProblem,
}

/// What can be wrong with a text.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SplitProblem {
    /// The reader failed.
    #[error("cannot be read")]
    Read(#[from] io::Error),
    /// A psql line that has no meaning here.
    #[error("`{0}` is a psql command, which only psql can run")]
    PsqlCommand(String),
    /// A quote, comment or body without its end; the place is where it begins.
    #[error("{0} has no end")]
    Unterminated(&'static str),
    /// One statement is larger than the limit.
    #[error("a statement is larger than {limit} bytes")]
    StatementTooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// Something other than a comment stands behind `COPY … FROM stdin;` on its line, so that it
    /// is not clear where the data begins.
    #[error("the data of `COPY … FROM stdin` has to begin on the next line")]
    TextBeforeCopyData,
}
