//! The words of a statement, one after the other, as far as a probe needs them.

use limosa_sql::lexer::{identifier, significant_tokens};
use limosa_sql::{Dialect, Token, TokenKind};

/// The server cuts names to this many bytes.
const NAME_BYTES: usize = 63;

/// A cursor over the tokens of a statement.
pub(super) struct Words<'a> {
    tokens: Vec<Token<'a>>,
    at: usize,
}

impl<'a> Words<'a> {
    pub fn of(sql: &'a str) -> Self {
        Self {
            tokens: significant_tokens(Dialect::Postgres, sql.as_bytes()).collect(),
            at: 0,
        }
    }

    /// The token that is `distance` tokens ahead.
    pub fn peek(&self, distance: usize) -> Option<&Token<'a>> {
        self.tokens.get(self.at + distance)
    }

    pub fn skip(&mut self) {
        self.at += 1;
    }

    /// Takes these words (with blanks between) if all of them come next.
    pub fn eat(&mut self, words: &str) -> bool {
        let is_there = |(distance, word)| self.peek(distance).is_some_and(|one| one.is_word(word));
        let all = words.split(' ').enumerate().all(is_there);
        if all {
            self.at += words.split(' ').count();
        }
        all
    }

    pub fn eat_symbol(&mut self, symbol: u8) -> bool {
        let found = self.peek(0).is_some_and(|one| one.is_symbol(symbol));
        self.at += usize::from(found);
        found
    }

    /// Goes behind what stands in parentheses, if they open here.
    pub fn skip_parentheses(&mut self) -> bool {
        if !self.eat_symbol(b'(') {
            return false;
        }
        let mut depth = 1_u32;
        while depth > 0 && self.peek(0).is_some() {
            if self.eat_symbol(b'(') {
                depth += 1;
            } else if self.eat_symbol(b')') {
                depth -= 1;
            } else {
                self.skip();
            }
        }
        true
    }

    /// Goes to a word outside of parentheses, without taking it; false at the end.
    pub fn seek(&mut self, word: &str) -> bool {
        while let Some(token) = self.peek(0) {
            if token.is_word(word) {
                return true;
            }
            if !self.skip_parentheses() {
                self.skip();
            }
        }
        false
    }

    /// One name as the server keeps it: folded unless quoted, and cut.
    pub fn name(&mut self) -> Option<String> {
        let token = self.peek(0).filter(|token| is_plain_name(token))?;
        let mut name = identifier(token)?;
        if token.kind == TokenKind::Word {
            name.make_ascii_lowercase();
        }
        let mut end = name.len().min(NAME_BYTES);
        while !name.is_char_boundary(end) {
            end -= 1;
        }
        name.truncate(end);
        self.skip();
        Some(name)
    }

    /// A name with its qualification, as it is written: the server reads it by the rules of the session.
    pub fn qualified(&mut self) -> Option<String> {
        let mut parts = Vec::new();
        loop {
            let token = self.peek(0).filter(|token| is_plain_name(token))?;
            parts.push(String::from_utf8_lossy(token.text).into_owned());
            self.skip();
            if !self.eat_symbol(b'.') {
                break;
            }
        }
        // With three parts the first is the database, which the server may only compare.
        (parts.len() <= 2).then(|| parts.join("."))
    }

    /// A string without escapes.
    pub fn string(&mut self) -> Option<String> {
        let token = self.peek(0)?;
        let plain = token.kind == TokenKind::String && token.text.starts_with(b"'");
        let text = plain.then(|| limosa_sql::lexer::unquote(token.text))?;
        self.skip();
        String::from_utf8(text).ok()
    }
}

/// Whether it is a name that needs no decoding: `U&"d\0061ta"` does.
fn is_plain_name(token: &Token<'_>) -> bool {
    match token.kind {
        TokenKind::Word => true,
        TokenKind::QuotedIdentifier => token.text.starts_with(b"\""),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_the_server_does() {
        let long = "X".repeat(70);
        let sql = format!("DROP Shop.\"It\"\"s\" Users \"Users\" {long} U&\"x\" a.b.c");
        let mut words = Words::of(&sql);
        assert!(words.eat("drop") && !words.eat("shop users"));
        assert_eq!(words.qualified().as_deref(), Some("Shop.\"It\"\"s\""));
        assert_eq!(words.name().as_deref(), Some("users"));
        assert_eq!(words.name().as_deref(), Some("Users"));
        assert_eq!(words.name(), Some("x".repeat(63)));
        assert_eq!(words.name(), None, "it would have to be decoded");
        words.skip();
        assert_eq!(words.qualified(), None);
    }

    #[test]
    fn what_is_in_parentheses_is_passed_over() {
        let mut words = Words::of("(a, (where), ')') x where y");
        assert!(words.skip_parentheses() && words.eat("x") && words.seek("where"));
        let mut words = Words::of("(a where");
        assert!(!words.seek("where"));
    }
}
