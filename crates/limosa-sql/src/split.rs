//! A stream of SQL to pieces.

use std::io::{self, BufRead};

use crate::Dialect;

/// What a piece is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PieceKind {
    /// White space, comments and lone terminators between statements; also psql lines
    /// that are skipped, and `DELIMITER` lines.
    Gap,
    /// A statement. Its last terminator is part of the text, see [`Piece::sql`].
    Statement {
        /// Whether a terminator ended it (and not the end of the text or a directive).
        terminated: bool,
    },
    /// Data of the `COPY … FROM stdin` statement before it, cut at line ends into chunks
    /// of bounded size, without the `\.` line (which is a [`PieceKind::Gap`]).
    CopyData,
    /// A line that begins with the directive prefix, see [`Splitter::directives`].
    Directive,
}

/// A piece of the input. Concatenated, the texts of all pieces are the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece<'a> {
    /// What it is.
    pub kind: PieceKind,
    /// Its bytes as written.
    pub text: &'a [u8],
    /// Where it begins in the input, in bytes.
    pub offset: u64,
    /// The line on which it begins, from 1.
    pub line: u64,
    /// The column (in characters, from 1) at which it begins.
    pub column: u64,
    /// Length of the terminator at the end of `text`, in bytes (0 when there is none).
    pub terminator: usize,
}

impl<'a> Piece<'a> {
    /// The text of a statement without its terminator and the blanks before that: what is sent.
    pub fn sql(&self) -> &'a [u8] {
        self.text[..self.text.len() - self.terminator].trim_ascii_end()
    }
}

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
    /// A quote, comment, body or COPY block without its end; the place is where it begins.
    #[error("{0} has no end")]
    Unterminated(&'static str),
    /// One statement is larger than the limit.
    #[error("a statement is larger than {limit} bytes")]
    StatementTooLarge {
        /// The limit in bytes.
        limit: usize,
    },
}

/// Splits a stream into [`Piece`]s.
#[derive(Debug)]
pub struct Splitter<R> {
    reader: R,
    _dialect: Dialect,
}

impl<R: BufRead> Splitter<R> {
    /// The largest statement that is accepted unless [`Splitter::limit`] says otherwise: 64 MiB.
    pub const STATEMENT_LIMIT: usize = 64 << 20;

    /// A splitter over `reader`.
    pub fn new(dialect: Dialect, reader: R) -> Self {
        Self {
            reader,
            _dialect: dialect,
        }
    }

    /// Yields every line comment that begins a line and starts with this prefix as a
    /// [`PieceKind::Directive`] of its own (the line with its line end); it ends an open statement.
    #[must_use]
    pub fn directives(self, _prefix: &'static str) -> Self {
        self
    }

    /// The largest statement that is accepted, in bytes.
    #[must_use]
    pub fn limit(self, _bytes: usize) -> Self {
        self
    }

    /// The next piece; `None` at the end.
    ///
    /// # Errors
    /// When the reader fails or the text cannot be split; after an error the splitter is at its end.
    #[expect(
        clippy::should_implement_trait,
        reason = "a lending iterator: the piece borrows the buffer"
    )]
    pub fn next(&mut self) -> Option<Result<Piece<'_>, SplitError>> {
        let _ = &mut self.reader;
        None
    }
}
