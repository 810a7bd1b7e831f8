//! What a layout writes into its texts besides SQL. Each layout says it of itself.

use limosa_sql::Dialect;

use super::annotation::{Annotation, Malformed};

/// What a layout writes into its texts, and what it means.
#[derive(Debug)]
pub(crate) struct Notation {
    /// Reads a line that begins at its beginning with a comment, where such lines divide a text.
    pub(crate) lines: Option<ReadLine>,
    /// What every directive begins with that stands between statements and is only looked up.
    pub(crate) directives: Option<&'static str>,
    /// What becomes of a last statement without a semicolon.
    pub(crate) tail: Tail,
    /// Whether variables of the environment are expanded where a line says so.
    pub(crate) expands: bool,
    /// Where its tool sends a text that is to have no transaction as one message, which the server then
    /// commits as a whole.
    pub(crate) messages: &'static [Dialect],
}

/// What a line says; `None` when it is an ordinary one.
pub(crate) type ReadLine = fn(&str) -> Option<Result<Annotation, Malformed>>;

/// What becomes of a last statement without a semicolon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tail {
    /// It is run like every other one.
    Run,
    /// The text is refused.
    Refused,
    /// It is not run.
    LeftOut,
}

impl Notation {
    /// Nothing but SQL.
    pub(crate) const NONE: Self = Self {
        lines: None,
        directives: None,
        tail: Tail::Run,
        expands: false,
        messages: &[],
    };
}
