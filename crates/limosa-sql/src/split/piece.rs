//! What a splitter yields.

/// What a piece is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PieceKind {
    /// White space, comments and lone terminators between statements; also psql lines
    /// that are skipped, and `DELIMITER` lines.
    Gap,
    /// A statement. Its last terminator is part of the text, see [`Piece::sql`].
    Statement {
        /// Whether a terminator ended it (and not the end of the text, a directive or a
        /// `DELIMITER` line). Without one it ends with its last token: comments behind that
        /// are a gap.
        terminated: bool,
    },
    /// Data of the `COPY … FROM stdin` statement before it, cut at line ends into chunks
    /// of bounded size (inside of a line only where that line alone is larger), without the
    /// `\.` line (which is a [`PieceKind::Gap`]).
    CopyData,
    /// A line that begins with the directive prefix, see [`crate::Splitter::directives`].
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
