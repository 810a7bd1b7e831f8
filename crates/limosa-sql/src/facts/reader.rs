//! The tokens of a statement, read ahead only as far as is asked, so that a huge `INSERT` costs
//! no memory.

use std::collections::VecDeque;

use crate::Dialect;
use crate::lexer::{Lexer, Modes, Token, TokenKind, identifier, unquote};

/// A cursor over the significant tokens. Marks of executable comments are left out: what is
/// inside of them counts like anything else.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    lexer: Lexer<'a>,
    ahead: VecDeque<Token<'a>>,
    dialect: Dialect,
}

impl<'a> Reader<'a> {
    pub(super) fn new(dialect: Dialect, modes: Modes, sql: &'a [u8]) -> Self {
        Self {
            lexer: Lexer::with_modes(dialect, modes, sql),
            ahead: VecDeque::new(),
            dialect,
        }
    }

    /// The token that is `distance` tokens ahead.
    pub(super) fn peek(&mut self, distance: usize) -> Option<Token<'a>> {
        while self.ahead.len() <= distance {
            let token = self.lexer.find(|token| {
                token.is_significant() && !(token.kind == TokenKind::Symbol && token.text.len() > 1)
            })?;
            self.ahead.push_back(token);
        }
        self.ahead.get(distance).copied()
    }

    pub(super) fn next(&mut self) -> Option<Token<'a>> {
        self.peek(0)?;
        self.ahead.pop_front()
    }

    /// Whether nothing but semicolons is left.
    pub(super) fn at_end(&mut self) -> bool {
        self.peek(0).is_none_or(|token| token.is_symbol(b';'))
    }

    pub(super) fn peek_is(&mut self, word: &str) -> bool {
        self.peek(0).is_some_and(|token| token.is_word(word))
    }

    pub(super) fn peek_is_any(&mut self, words: &[&str]) -> bool {
        words.iter().any(|word| self.peek_is(word))
    }

    pub(super) fn peek_is_symbol(&mut self, symbol: u8) -> bool {
        self.peek(0).is_some_and(|token| token.is_symbol(symbol))
    }

    /// Takes the word if it is the next token.
    pub(super) fn eat(&mut self, word: &str) -> bool {
        self.eat_if(|token| token.is_word(word))
    }

    pub(super) fn eat_any(&mut self, words: &[&str]) -> bool {
        self.eat_if(|token| words.iter().any(|word| token.is_word(word)))
    }

    pub(super) fn eat_symbol(&mut self, symbol: u8) -> bool {
        self.eat_if(|token| token.is_symbol(symbol))
    }

    fn eat_if(&mut self, wanted: impl Fn(&Token<'a>) -> bool) -> bool {
        let found = self.peek(0).is_some_and(|token| wanted(&token));
        if found {
            self.ahead.pop_front();
        }
        found
    }

    /// Takes these words (with blanks between) if all of them come next.
    pub(super) fn eat_words(&mut self, words: &str) -> bool {
        // Most words of a table are not those, and differ at once.
        let first = self.peek(0).map(|token| token.text[0].to_ascii_lowercase());
        if first != words.bytes().next() {
            return false;
        }
        let mut length = 0;
        for word in words.split(' ') {
            if !self.peek(length).is_some_and(|token| token.is_word(word)) {
                return false;
            }
            length += 1;
        }
        self.ahead.drain(..length);
        true
    }

    /// Takes `IF EXISTS` or `IF NOT EXISTS`.
    pub(super) fn eat_if_exists(&mut self) {
        let _ = self.eat_words("if exists") || self.eat_words("if not exists");
    }

    /// A name with its qualification, unquoted.
    pub(super) fn name(&mut self) -> Option<String> {
        let mut name = self.name_part()?;
        while self.peek_is_symbol(b'.') {
            self.next();
            let Some(part) = self.name_part() else { break };
            name.push('.');
            name.push_str(&part);
        }
        Some(name)
    }

    fn name_part(&mut self) -> Option<String> {
        let token = self.peek(0)?;
        let part = match token.kind {
            // SQLite takes a string for a name, where a name has to be.
            TokenKind::String if self.dialect == Dialect::Sqlite => {
                String::from_utf8_lossy(&unquote(token.text)).into_owned()
            }
            _ => identifier(&token)?,
        };
        self.next();
        Some(part)
    }

    /// Takes what stands in parentheses, if they open here.
    pub(super) fn skip_parentheses(&mut self) -> bool {
        if !self.peek_is_symbol(b'(') {
            return false;
        }
        let mut depth = 0_u32;
        while let Some(token) = self.next() {
            match token.text {
                b"(" => depth += 1,
                b")" => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
        true
    }

    /// Skips to the next comma outside of parentheses and takes it; false at the end.
    pub(super) fn skip_item(&mut self) -> bool {
        while !self.at_end() {
            if self.eat_symbol(b',') {
                return true;
            }
            if !self.skip_parentheses() {
                self.next();
            }
        }
        false
    }

    /// Skips to one of the words outside of parentheses, without taking it; false at the end.
    pub(super) fn seek(&mut self, words: &[&str]) -> bool {
        while self.peek(0).is_some() {
            if self.peek_is_any(words) {
                return true;
            }
            if !self.skip_parentheses() {
                self.next();
            }
        }
        false
    }

    /// The words that are left, in upper case, joined by single blanks.
    pub(super) fn rest(&mut self) -> String {
        let mut rest = String::new();
        while !self.at_end() {
            let Some(token) = self.next() else { break };
            if token.kind == TokenKind::Symbol {
                continue;
            }
            if !rest.is_empty() {
                rest.push(' ');
            }
            rest.push_str(&String::from_utf8_lossy(token.text).to_uppercase());
        }
        rest
    }
}
