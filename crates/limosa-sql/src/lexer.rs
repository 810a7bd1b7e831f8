//! Tokens of a statement, for each dialect.

use crate::Dialect;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// A keyword or an unquoted identifier.
    Word,
    /// A quoted identifier: `"x"`, `` `x` ``, `[x]`.
    QuotedIdentifier,
    /// A string literal of any form.
    String,
    /// A number.
    Number,
    /// A parameter or variable: `$1`, `?`, `:name`, `@name`.
    Parameter,
    /// One punctuation or operator byte.
    Symbol,
    /// A comment that the server ignores.
    Comment,
    /// White space.
    Blank,
}

/// A token with its place in the text that the lexer was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token<'a> {
    /// What it is.
    pub kind: TokenKind,
    /// Its bytes.
    pub text: &'a [u8],
    /// Where it begins, in bytes.
    pub offset: usize,
}

/// Yields the tokens of one statement, blanks and comments included.
#[derive(Debug, Clone)]
pub struct Lexer<'a> {
    _text: &'a [u8],
}

impl<'a> Lexer<'a> {
    /// A lexer over the text of a statement.
    pub fn new(_dialect: Dialect, text: &'a [u8]) -> Self {
        Self { _text: text }
    }
}

impl<'a> Iterator for Lexer<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        None
    }
}
