//! Statements of `SQLite`: only a trigger has semicolons inside.

use crate::lexer::{Token, TokenKind};

/// Follows the tokens of a statement.
#[derive(Debug, Default)]
pub(super) struct Tracker {
    at: At,
    /// Where the `BEGIN` of the trigger stands.
    begins: usize,
    /// Whether the last token can be followed by neither `BEGIN` nor a name.
    operand: bool,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum At {
    #[default]
    First,
    Plain,
    Create,
    /// Between `CREATE TRIGGER` and its `BEGIN`.
    Trigger,
    Body,
    /// In the body, right behind a semicolon: only here `END` ends it, as `sqlite3_complete` has
    /// it, so the `END` of a `CASE` or a column of that name does no harm.
    AfterSemicolon,
}

impl Tracker {
    pub(super) fn token(&mut self, token: &Token<'_>) {
        let is = |word| token.is_word(word);
        self.at = match self.at {
            At::Plain => return,
            At::First if is("explain") || is("query") || is("plan") => At::First,
            At::First if is("create") => At::Create,
            At::Create if is("temp") || is("temporary") => At::Create,
            At::Create if is("trigger") => At::Trigger,
            At::First | At::Create => At::Plain,
            // `BEGIN` is a name where an operand is due: `WHEN new.begin`, `WHEN begin > 1`.
            At::Trigger if is("begin") && self.operand => {
                self.begins = token.offset;
                At::Body
            }
            At::Trigger => At::Trigger,
            At::AfterSemicolon if is("end") => At::Plain,
            At::Body | At::AfterSemicolon => At::Body,
        };
        self.operand = match token.kind {
            TokenKind::Symbol => token.text == b")",
            TokenKind::Word => !["trigger", "exists", "on", "when", "of", "and", "or", "not"]
                .iter()
                .any(|word| is(word)),
            _ => true,
        };
    }

    pub(super) fn semicolon(&mut self) -> bool {
        match self.at {
            At::Body | At::AfterSemicolon => {
                self.at = At::AfterSemicolon;
                false
            }
            _ => true,
        }
    }

    pub(super) fn open_body(&self) -> Option<(usize, &'static str)> {
        matches!(self.at, At::Body | At::AfterSemicolon)
            .then_some((self.begins, "the body of the trigger"))
    }
}
