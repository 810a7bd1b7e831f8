//! The tokens of a statement, as the judges of the dialects ask for them.

use limosa_sql::lexer::{identifier, significant_tokens_with_modes, unquote};
use limosa_sql::{Modes, Target, Token, TokenKind};

/// A statement, or a part of a program.
pub(super) struct Text<'a> {
    pub(super) target: Target,
    pub(super) modes: Modes,
    pub(super) sql: &'a str,
    /// In how many programs it is.
    pub(super) depth: u32,
    tokens: Vec<Token<'a>>,
}

impl<'a> Text<'a> {
    pub(super) fn new(sql: &'a str, target: &Target, modes: Modes) -> Self {
        let tokens = significant_tokens_with_modes(target.dialect, modes, sql.as_bytes())
            // The marks of executable comments: what is inside of them counts like anything else.
            .filter(|token| !(token.kind == TokenKind::Symbol && token.text.len() > 1));
        Self {
            target: *target,
            modes,
            sql,
            depth: 0,
            tokens: tokens.collect(),
        }
    }

    /// A text that is inside of this one.
    pub(super) fn inner<'b>(&self, sql: &'b str) -> Text<'b> {
        Text {
            depth: self.depth + 1,
            ..Text::new(sql, &self.target, self.modes)
        }
    }

    pub(super) fn tokens(&self) -> &[Token<'a>] {
        &self.tokens
    }

    /// Whether the word stands somewhere.
    pub(super) fn has(&self, word: &str) -> bool {
        self.tokens.iter().any(|token| token.is_word(word))
    }

    /// Whether these words (with blanks between) stand somewhere, one after the other.
    pub(super) fn has_words(&self, words: &str) -> bool {
        let words: Vec<&str> = words.split(' ').collect();
        self.tokens.windows(words.len()).any(|window| {
            let pairs = window.iter().zip(&words);
            pairs.into_iter().all(|(token, word)| token.is_word(word))
        })
    }

    /// Whether it begins with these words.
    pub(super) fn begins(&self, words: &str) -> bool {
        let mut tokens = self.tokens.iter();
        (words.split(' ')).all(|word| tokens.next().is_some_and(|token| token.is_word(word)))
    }

    /// The names that a parenthesis follows, in lower case: functions that are called, among others.
    pub(super) fn called(&self) -> impl Iterator<Item = String> + '_ {
        self.tokens.windows(2).filter_map(|pair| {
            let name = identifier(&pair[0])?;
            pair[1].is_symbol(b'(').then(|| name.to_ascii_lowercase())
        })
    }

    /// The word or literal behind a word, with `=` between them or not, in lower case.
    pub(super) fn option(&self, word: &str) -> Option<String> {
        let at = self.tokens.iter().position(|token| token.is_word(word))?;
        let mut rest = self.tokens[at + 1..].iter();
        let value = rest.find(|token| !token.is_symbol(b'='))?;
        Some(plain(value).to_ascii_lowercase())
    }

    /// The texts of its string literals.
    pub(super) fn strings(&self) -> impl Iterator<Item = String> + '_ {
        let strings = (self.tokens.iter()).filter(|token| token.kind == TokenKind::String);
        strings.map(plain)
    }

    /// The parts of the text behind each of these words and symbols, up to the next semicolon: where statements
    /// begin inside of a program.
    pub(super) fn parts(&self, before: &[&str]) -> Vec<&'a str> {
        let mut parts = Vec::new();
        for (at, token) in self.tokens.iter().enumerate() {
            let opens = token.is_symbol(b';') || before.iter().any(|word| token.is_word(word));
            let Some(first) = self.tokens.get(at + 1).filter(|_| opens) else {
                continue;
            };
            let rest = &self.tokens[at + 1..];
            let end = rest.iter().find(|token| token.is_symbol(b';'));
            let end = end.map_or(self.sql.len(), |end| end.offset);
            parts.push(&self.sql[first.offset..end]);
        }
        parts
    }
}

/// The text of a token without its quotes.
fn plain(token: &Token<'_>) -> String {
    let text = token.text;
    // `$tag$…$tag$`
    if let [b'$', rest @ ..] = text
        && let Some(tag) = rest.iter().position(|byte| *byte == b'$')
    {
        let tag = tag + 2;
        let inside = text.get(tag..text.len().saturating_sub(tag));
        return String::from_utf8_lossy(inside.unwrap_or_default()).into_owned();
    }
    // `E'…'`, `N'…'`
    let quote = text.iter().position(|byte| matches!(byte, b'\'' | b'"'));
    let literal = quote.map_or(text, |quote| &text[quote..]);
    String::from_utf8_lossy(&unquote(literal)).into_owned()
}
