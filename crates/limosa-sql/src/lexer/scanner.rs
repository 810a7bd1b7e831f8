//! One token at a time, from a window on the text that may end too early.

use memchr::memchr;

use super::quotes::comment_end;
use super::{Modes, TokenKind, mysql, postgres, sqlite};
use crate::Dialect;

/// What stands at a place of a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scan {
    /// A token that ends there.
    Token(TokenKind, usize),
    /// The window is too short to say.
    More,
    /// A token of that kind that never ends, and what it is called.
    Unterminated(TokenKind, &'static str),
}

/// Cuts tokens; carries what reaches over token boundaries.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scanner {
    pub(crate) dialect: Dialect,
    pub(crate) modes: Modes,
    /// How many executable comments are open.
    pub(crate) executable: u32,
}

impl Scanner {
    pub(crate) fn new(dialect: Dialect, modes: Modes) -> Self {
        Self {
            dialect,
            modes,
            executable: 0,
        }
    }

    /// The token at `at`, which lies inside of `text`. Never [`Scan::More`] when `eof` says that
    /// the window reaches to the end of the text.
    pub(crate) fn scan(&mut self, text: &[u8], at: usize, eof: bool) -> Scan {
        if is_blank(text[at]) {
            return Scan::Token(TokenKind::Blank, run(text, at, is_blank));
        }
        let scan = match self.dialect {
            Dialect::Postgres => postgres::scan(self.modes, text, at, eof),
            Dialect::Mysql => mysql::scan(self, text, at, eof),
            Dialect::Sqlite => sqlite::scan(text, at),
        };
        match scan {
            // What touches the end of the window might go on behind it; a lone `;` never does.
            Scan::Token(_, end) if !eof && end == text.len() && text[at] != b';' => Scan::More,
            Scan::Unterminated(..) if !eof => Scan::More,
            scan => scan,
        }
    }
}

/// White space, as all three servers take it (`PostgreSQL` counts `\v` since 16).
pub(crate) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

/// A byte that may begin an identifier: letters, `_`, and every byte beyond ASCII.
pub(super) fn begins_word(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80
}

/// A byte that may go on an identifier.
pub(super) fn continues_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || byte >= 0x80
}

/// The end of the bytes from `at` on that fulfil `class`.
pub(super) fn run(text: &[u8], at: usize, class: impl Fn(u8) -> bool) -> usize {
    text[at..]
        .iter()
        .position(|&byte| !class(byte))
        .map_or(text.len(), |length| at + length)
}

/// A comment from `at` to the end of the line, the line end not included.
pub(super) fn line_comment(text: &[u8], at: usize) -> Scan {
    let end = memchr(b'\n', &text[at..]).map_or(text.len(), |length| at + length);
    Scan::Token(TokenKind::Comment, end)
}

/// A comment that begins with `/*` at `at`.
pub(super) fn block_comment(text: &[u8], at: usize, nested: bool) -> Scan {
    match comment_end(text, at + 2, &mut 1, nested) {
        Ok(end) => Scan::Token(TokenKind::Comment, end),
        Err(_) => Scan::Unterminated(TokenKind::Comment, "a comment"),
    }
}

/// The end that was found, or what is unterminated.
pub(super) fn closed(end: Option<usize>, kind: TokenKind, what: &'static str) -> Scan {
    end.map_or(Scan::Unterminated(kind, what), |end| Scan::Token(kind, end))
}

/// Whether the text is an executable comment (`/*!`, `/*M!`). All nines is the version that no
/// server reaches: `mariadb-dump` writes `/*!999999\- enable the sandbox mode */` for its client.
pub(crate) fn is_executable_comment(text: &[u8]) -> bool {
    executable_marker(text).is_some()
}

/// The length of the marker that begins an executable comment, with its version.
pub(super) fn executable_marker(text: &[u8]) -> Option<usize> {
    let rest = text.strip_prefix(b"/*")?;
    let rest = rest.strip_prefix(b"M").unwrap_or(rest).strip_prefix(b"!")?;
    let digits = rest
        .iter()
        .take(6)
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let never = digits >= 5 && rest[..digits].iter().all(|byte| *byte == b'9');
    (!never).then_some(text.len() - rest.len() + digits)
}
