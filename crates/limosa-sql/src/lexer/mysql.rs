//! Tokens of `MySQL` and `MariaDB`.

use super::quotes::{number_end, quote_end};
use super::scanner::{
    Scanner, block_comment, closed, continues_word, executable_marker, is_blank, line_comment, run,
};
use super::{Modes, Scan, TokenKind};

pub(super) fn scan(scanner: &mut Scanner, text: &[u8], at: usize, eof: bool) -> Scan {
    let next = text.get(at + 1).copied();
    match text[at] {
        b'\'' => string(scanner.modes, text, at, b'\''),
        b'"' if scanner.modes.ansi_quotes => quoted_identifier(text, at, b'"'),
        b'"' => string(scanner.modes, text, at, b'"'),
        b'`' => quoted_identifier(text, at, b'`'),
        b'#' => line_comment(text, at),
        b'-' if next == Some(b'-') => match text.get(at + 2) {
            // Only a blank or control character makes it a comment: `5--1` is a subtraction.
            Some(byte) if !is_blank(*byte) && !byte.is_ascii_control() => symbol(at),
            None if !eof => Scan::More,
            _ => line_comment(text, at),
        },
        b'/' if next == Some(b'*') => comment(scanner, text, at, eof),
        b'*' if next == Some(b'/') && scanner.executable > 0 => {
            scanner.executable -= 1;
            Scan::Token(TokenKind::Symbol, at + 2)
        }
        b'?' => Scan::Token(TokenKind::Parameter, at + 1),
        b'@' => variable(text, at),
        byte if byte.is_ascii_digit() => number(text, at, eof),
        b'.' if next.is_some_and(|byte| byte.is_ascii_digit()) => number(text, at, eof),
        byte if continues_word(byte) => Scan::Token(TokenKind::Word, run(text, at, continues_word)),
        _ => symbol(at),
    }
}

fn symbol(at: usize) -> Scan {
    Scan::Token(TokenKind::Symbol, at + 1)
}

fn string(modes: Modes, text: &[u8], at: usize, quote: u8) -> Scan {
    let end = quote_end(text, at + 1, quote, modes.backslash_escapes);
    closed(end, TokenKind::String, "a string")
}

fn quoted_identifier(text: &[u8], at: usize, quote: u8) -> Scan {
    let end = quote_end(text, at + 1, quote, false);
    closed(end, TokenKind::QuotedIdentifier, "a quoted identifier")
}

fn comment(scanner: &mut Scanner, text: &[u8], at: usize, eof: bool) -> Scan {
    match executable_marker(&text[at..]) {
        // The version may go on behind the window.
        Some(length) if at + length == text.len() && !eof => Scan::More,
        Some(length) => {
            scanner.executable = scanner.executable.saturating_add(1);
            Scan::Token(TokenKind::Symbol, at + length)
        }
        None => block_comment(text, at, false),
    }
}

/// `@name`, `@@name`, `@@global.name`; the `@` of `@'name'` is a symbol before a string.
fn variable(text: &[u8], at: usize) -> Scan {
    let from = at + 1 + usize::from(text.get(at + 1) == Some(&b'@'));
    let end = run(text, from, |byte| continues_word(byte) || byte == b'.');
    if end == from {
        return symbol(at);
    }
    Scan::Token(TokenKind::Parameter, end)
}

/// A number, or an identifier that begins with digits, which this dialect allows.
fn number(text: &[u8], at: usize, eof: bool) -> Scan {
    let end = number_end(text, at);
    let word_end = run(text, at, continues_word);
    // `1.` and `1e+` might go on behind the window.
    if !eof && end.max(word_end) + 3 > text.len() {
        return Scan::More;
    }
    if end < word_end {
        return Scan::Token(TokenKind::Word, word_end);
    }
    Scan::Token(TokenKind::Number, end)
}
