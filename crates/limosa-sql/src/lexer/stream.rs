//! The tokens of one statement, one after the other.

use super::{Modes, Scan, Scanner, Token};
use crate::Dialect;

/// Yields the tokens of one statement, blanks and comments included.
#[derive(Debug, Clone)]
pub struct Lexer<'a> {
    text: &'a [u8],
    at: usize,
    scanner: Scanner,
}

impl<'a> Lexer<'a> {
    /// A lexer over the text of a statement, in a session that has changed nothing.
    pub fn new(dialect: Dialect, text: &'a [u8]) -> Self {
        Self::with_modes(dialect, Modes::of(dialect), text)
    }

    /// A lexer over the text of a statement, in a session with these modes
    /// ([`crate::Splitter::modes`] has those of the next piece).
    pub fn with_modes(dialect: Dialect, modes: Modes, text: &'a [u8]) -> Self {
        Self {
            text,
            at: 0,
            scanner: Scanner::new(dialect, modes),
        }
    }
}

impl<'a> Iterator for Lexer<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        if self.at >= self.text.len() {
            return None;
        }
        let offset = self.at;
        let (kind, end) = match self.scanner.scan(self.text, offset, true) {
            Scan::Token(kind, end) => (kind, end),
            Scan::Unterminated(kind, _) => (kind, self.text.len()),
            Scan::More => unreachable!("the whole text is there, so there is no more to ask for"),
        };
        self.at = end;
        Some(Token {
            kind,
            text: &self.text[offset..end],
            offset,
        })
    }
}

/// The tokens that the server sees: no blanks, no plain comments. Executable comments count.
pub fn significant_tokens(dialect: Dialect, text: &[u8]) -> impl Iterator<Item = Token<'_>> {
    significant_tokens_with_modes(dialect, Modes::of(dialect), text)
}

/// As [`significant_tokens`], in a session with these modes.
pub fn significant_tokens_with_modes(
    dialect: Dialect,
    modes: Modes,
    text: &[u8],
) -> impl Iterator<Item = Token<'_>> {
    Lexer::with_modes(dialect, modes, text).filter(Token::is_significant)
}
