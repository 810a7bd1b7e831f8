//! The tokens of a statement, one after the other.

use limosa_sql::lexer::{Modes, identifier, significant_tokens_with_modes};
use limosa_sql::{Dialect, Token, TokenKind};

/// A cursor over the tokens that the server sees; the marks of executable comments are left out.
pub(super) struct Reader<'a> {
    tokens: Vec<Token<'a>>,
    at: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(sql: &'a str, modes: Modes) -> Self {
        let is_mark = |token: &Token<'_>| token.kind == TokenKind::Symbol && token.text.len() > 1;
        let tokens = significant_tokens_with_modes(Dialect::Mysql, modes, sql.as_bytes())
            .filter(|token| !is_mark(token))
            .collect();
        Self { tokens, at: 0 }
    }

    pub(super) fn peek(&self) -> Option<Token<'a>> {
        self.tokens.get(self.at).copied()
    }

    pub(super) fn next(&mut self) -> Option<Token<'a>> {
        let token = self.peek()?;
        self.at += 1;
        Some(token)
    }

    pub(super) fn at_end(&self) -> bool {
        self.peek().is_none_or(|token| token.is_symbol(b';'))
    }

    /// Takes these words, with blanks between, if all of them come next.
    pub(super) fn eat(&mut self, words: &str) -> bool {
        let count = words.split(' ').count();
        let found = words.split(' ').enumerate().all(|(distance, word)| {
            let token = self.tokens.get(self.at + distance);
            token.is_some_and(|token| token.is_word(word))
        });
        if found {
            self.at += count;
        }
        found
    }

    pub(super) fn eat_any(&mut self, words: &[&str]) -> bool {
        words.iter().any(|words| self.eat(words))
    }

    pub(super) fn eat_symbol(&mut self, symbol: u8) -> bool {
        let found = self.peek().is_some_and(|token| token.is_symbol(symbol));
        self.at += usize::from(found);
        found
    }

    pub(super) fn peek_is(&self, word: &str) -> bool {
        self.peek().is_some_and(|token| token.is_word(word))
    }

    pub(super) fn peek_is_symbol(&self, symbol: u8) -> bool {
        self.peek().is_some_and(|token| token.is_symbol(symbol))
    }

    /// Whether this word comes anywhere after here.
    pub(super) fn has(&self, word: &str) -> bool {
        self.tokens[self.at..]
            .iter()
            .any(|token| token.is_word(word))
    }

    /// Goes behind the first of these words; false, and to the end, when it is not there.
    pub(super) fn behind(&mut self, word: &str) -> bool {
        while let Some(token) = self.next() {
            if token.is_word(word) {
                return true;
            }
        }
        false
    }

    /// A name without qualification.
    pub(super) fn part(&mut self) -> Option<String> {
        let name = identifier(&self.peek()?)?;
        self.at += 1;
        Some(name)
    }

    /// A name with its qualification, if it has one.
    pub(super) fn name(&mut self) -> Option<(Option<String>, String)> {
        let first = self.part()?;
        if self.eat_symbol(b'.') {
            return Some((Some(first), self.part()?));
        }
        Some((None, first))
    }

    /// Goes to the next comma outside of parentheses and takes it; false at the end.
    pub(super) fn next_item(&mut self) -> bool {
        while !self.at_end() {
            if self.eat_symbol(b',') {
                return true;
            }
            self.skip();
        }
        false
    }

    /// Takes a token, or all of what stands in parentheses.
    pub(super) fn skip(&mut self) {
        let mut depth = 0_u32;
        while let Some(token) = self.next() {
            if token.is_symbol(b'(') {
                depth += 1;
            } else if token.is_symbol(b')') {
                depth = depth.saturating_sub(1);
            }
            if depth == 0 {
                return;
            }
        }
    }
}
