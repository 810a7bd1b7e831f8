//! What a token is.

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
    /// One punctuation or operator byte, or the begin (`/*!50003`) or end (`*/`) of an
    /// executable comment of `MySQL` or `MariaDB`, whose inside is tokens as any other.
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

impl Token<'_> {
    /// Whether it is this unquoted word, in upper or lower case.
    pub fn is_word(&self, word: &str) -> bool {
        self.kind == TokenKind::Word && self.text.eq_ignore_ascii_case(word.as_bytes())
    }

    /// Whether it is this one-byte symbol.
    pub fn is_symbol(&self, symbol: u8) -> bool {
        self.kind == TokenKind::Symbol && self.text == [symbol]
    }

    /// Whether the server sees it: neither blank nor plain comment.
    pub fn is_significant(&self) -> bool {
        !matches!(self.kind, TokenKind::Blank | TokenKind::Comment)
    }
}
