//! The answer of a step: what the window begins with.

use super::SplitProblem;

/// What the window begins with.
#[derive(Debug)]
pub(super) enum Cut {
    /// The window is too short to say.
    More,
    /// A gap of that length.
    Gap(usize),
    /// A `DELIMITER` line, which is a gap, and the delimiter from then on.
    Delimiter(usize, Vec<u8>),
    /// A statement that ends there with a terminator of that length (none: 0).
    Statement(Ended),
    /// Data of a COPY statement.
    CopyData(usize),
    /// A directive line.
    Directive(usize),
    /// The text cannot be split, and where in the window the reason is.
    Fail(usize, SplitProblem),
}

/// A statement that was found whole.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ended {
    pub(super) length: usize,
    pub(super) terminator: usize,
    /// Whether the lines after it are data.
    pub(super) copies_from_stdin: bool,
}
