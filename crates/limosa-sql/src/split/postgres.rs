//! Statements of `PostgreSQL`, as psql cuts them.

use crate::lexer::{Token, TokenKind, is_blank};

/// Follows the tokens of a statement.
#[derive(Debug, Default)]
pub(super) struct Tracker {
    at: At,
    parentheses: u32,
    /// Where `BEGIN ATOMIC` begins.
    begins: usize,
    /// `BEGIN` and `CASE` that wait for their `END`.
    depth: u32,
    /// Whether the last token makes a following `END` a name.
    names: bool,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum At {
    #[default]
    First,
    /// Nothing but parentheses matters.
    Plain,
    Create,
    /// Between `CREATE FUNCTION` and its body.
    Routine,
    /// Behind a `BEGIN` that `ATOMIC` may follow.
    Begin,
    Atomic,
    Copy,
    /// `COPY … FROM`.
    CopyFrom,
    /// `COPY … FROM stdin`.
    CopyFromStdin,
}

impl Tracker {
    pub(super) fn token(&mut self, token: &Token<'_>) {
        match token.kind {
            TokenKind::Symbol => {
                match token.text {
                    b"(" => self.parentheses += 1,
                    b")" => self.parentheses = self.parentheses.saturating_sub(1),
                    _ => {}
                }
                if self.at == At::First {
                    self.at = At::Plain;
                }
                self.names = token.text == b".";
            }
            TokenKind::Word if self.at != At::Plain => {
                if self.parentheses == 0 || self.at == At::Atomic {
                    self.word(token);
                }
                self.names = token.is_word("as");
            }
            _ => {
                if matches!(self.at, At::First | At::CopyFrom) {
                    self.at = At::Plain;
                }
                self.names = false;
            }
        }
    }

    fn word(&mut self, token: &Token<'_>) {
        let is = |word| token.is_word(word);
        match self.at {
            At::First if is("create") => self.at = At::Create,
            At::First if is("copy") => self.at = At::Copy,
            At::Create if is("or") || is("replace") => {}
            At::Create if is("function") || is("procedure") => self.at = At::Routine,
            At::First | At::Create => self.at = At::Plain,
            At::Routine if is("begin") => {
                self.begins = token.offset;
                self.at = At::Begin;
            }
            At::Begin if is("atomic") => {
                self.depth = 1;
                self.at = At::Atomic;
            }
            At::Begin => self.at = At::Routine,
            At::Atomic if is("case") && !self.names => self.depth += 1,
            At::Atomic if is("end") && !self.names => {
                self.depth -= 1;
                if self.depth == 0 {
                    self.at = At::Plain;
                }
            }
            At::Copy if is("from") => self.at = At::CopyFrom,
            At::CopyFrom if is("stdin") => self.at = At::CopyFromStdin,
            At::CopyFrom => self.at = At::Plain,
            At::Plain | At::Routine | At::Atomic | At::Copy | At::CopyFromStdin => {}
        }
    }

    /// A semicolon inside of parentheses (`CREATE RULE … DO ( …; … )`) or of a body goes on.
    pub(super) fn semicolon(&mut self) -> bool {
        self.names = false;
        self.parentheses == 0 && self.depth == 0
    }

    pub(super) fn open_body(&self) -> Option<(usize, &'static str)> {
        (self.depth > 0).then_some((self.begins, "the body `BEGIN ATOMIC`"))
    }

    pub(super) fn copies_from_stdin(&self) -> bool {
        self.at == At::CopyFromStdin
    }
}

/// The psql command that `text` begins with: a backslash and what follows up to a blank.
pub(super) fn psql_command(text: &[u8]) -> String {
    const LONGEST: usize = 32;
    let length = text
        .iter()
        .enumerate()
        .take(LONGEST)
        .position(|(at, byte)| is_blank(*byte) || (at > 0 && *byte == b'\\'))
        .unwrap_or(text.len().min(LONGEST));
    String::from_utf8_lossy(&text[..length]).into_owned()
}
