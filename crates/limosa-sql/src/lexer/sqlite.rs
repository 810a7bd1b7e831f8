//! Tokens of `SQLite`.

use memchr::memchr;

use super::quotes::{number_end, quote_end};
use super::scanner::{begins_word, block_comment, closed, continues_word, line_comment, run};
use super::{Scan, TokenKind};

pub(super) fn scan(text: &[u8], at: usize) -> Scan {
    let next = text.get(at + 1).copied();
    match text[at] {
        b'\'' => string(text, at + 1),
        b'x' | b'X' if next == Some(b'\'') => string(text, at + 2),
        quote @ (b'"' | b'`') => identifier(quote_end(text, at + 1, quote, false)),
        // There is no way to write a `]` inside of brackets.
        b'[' => identifier(memchr(b']', &text[at..]).map(|length| at + length + 1)),
        b'-' if next == Some(b'-') => line_comment(text, at),
        b'/' if next == Some(b'*') => block_comment(text, at, false),
        b'?' => Scan::Token(
            TokenKind::Parameter,
            run(text, at + 1, |byte| byte.is_ascii_digit()),
        ),
        b':' | b'@' | b'$' | b'#' if next.is_some_and(continues_word) => {
            Scan::Token(TokenKind::Parameter, run(text, at + 1, continues_word))
        }
        byte if byte.is_ascii_digit() => Scan::Token(TokenKind::Number, number_end(text, at)),
        b'.' if next.is_some_and(|byte| byte.is_ascii_digit()) => {
            Scan::Token(TokenKind::Number, number_end(text, at))
        }
        byte if begins_word(byte) => Scan::Token(TokenKind::Word, run(text, at, continues_word)),
        _ => Scan::Token(TokenKind::Symbol, at + 1),
    }
}

fn string(text: &[u8], at: usize) -> Scan {
    closed(
        quote_end(text, at, b'\'', false),
        TokenKind::String,
        "a string",
    )
}

fn identifier(end: Option<usize>) -> Scan {
    closed(end, TokenKind::QuotedIdentifier, "a quoted identifier")
}
