//! Tokens of `PostgreSQL`, after its own `scan.l`.

use memchr::{memchr2, memmem};

use super::quotes::{number_end, quote_end};
use super::scanner::{begins_word, block_comment, closed, continues_word, is_blank, run};
use super::{Modes, Scan, TokenKind};

const STRING: &str = "a string";

pub(super) fn scan(modes: Modes, text: &[u8], at: usize, eof: bool) -> Scan {
    let next = text.get(at + 1).copied();
    match text[at] {
        b'\'' => string(text, at + 1, modes.backslash_escapes, modes, eof),
        b'"' => quoted_identifier(text, at + 1),
        b'-' if next == Some(b'-') => Scan::Token(TokenKind::Comment, line_end(text, at)),
        b'/' if next == Some(b'*') => block_comment(text, at, true),
        b'$' => dollar(text, at, eof),
        b'0'..=b'9' => number(text, at, eof),
        b'.' if next.is_some_and(|byte| byte.is_ascii_digit()) => number(text, at, eof),
        byte if begins_word(byte) => word(modes, text, at, eof),
        _ => Scan::Token(TokenKind::Symbol, at + 1),
    }
}

/// A line comment ends at either line end character, as the server has it.
fn line_end(text: &[u8], at: usize) -> usize {
    memchr2(b'\n', b'\r', &text[at..]).map_or(text.len(), |length| at + length)
}

fn quoted_identifier(text: &[u8], at: usize) -> Scan {
    closed(
        quote_end(text, at, b'"', false),
        TokenKind::QuotedIdentifier,
        "a quoted identifier",
    )
}

/// The number at `at`. What ends within three bytes of the window might have gone on (`1e+` `5`).
fn number(text: &[u8], at: usize, eof: bool) -> Scan {
    let end = number_end(text, at);
    if !eof && end + 3 > text.len() {
        return Scan::More;
    }
    Scan::Token(TokenKind::Number, end)
}

/// A word, or a literal that a single letter introduces.
fn word(modes: Modes, text: &[u8], at: usize, eof: bool) -> Scan {
    let end = run(text, at, continues_word);
    if end == at + 1 {
        match (text[at] | 0x20, text.get(end), text.get(end + 1)) {
            (b'e', Some(b'\''), _) => return string(text, end + 1, true, modes, eof),
            (b'b' | b'x' | b'n', Some(b'\''), _) => {
                let backslash = modes.backslash_escapes && text[at] | 0x20 == b'n';
                return string(text, end + 1, backslash, modes, eof);
            }
            (b'u', Some(b'&'), Some(b'\'')) => return string(text, end + 2, false, modes, eof),
            (b'u', Some(b'&'), Some(b'"')) => return quoted_identifier(text, end + 2),
            (b'u', Some(b'&'), None) if !eof => return Scan::More,
            _ => {}
        }
    }
    Scan::Token(TokenKind::Word, end)
}

/// The string that was opened before `at`.
///
/// After the closing quote, blanks with a line end in them and another quote go on the same
/// literal in the same form; that matters where this form is not that of a plain literal.
fn string(text: &[u8], at: usize, backslash: bool, modes: Modes, eof: bool) -> Scan {
    let unterminated = Scan::Unterminated(TokenKind::String, STRING);
    let Some(mut end) = quote_end(text, at, b'\'', backslash) else {
        return unterminated;
    };
    if backslash == modes.backslash_escapes {
        return Scan::Token(TokenKind::String, end);
    }
    loop {
        match continuation(text, end, eof) {
            Continuation::None => return Scan::Token(TokenKind::String, end),
            Continuation::More => return Scan::More,
            Continuation::At(quote) => match quote_end(text, quote + 1, b'\'', backslash) {
                Some(next) => end = next,
                None => return unterminated,
            },
        }
    }
}

enum Continuation {
    None,
    More,
    At(usize),
}

fn continuation(text: &[u8], mut at: usize, eof: bool) -> Continuation {
    let mut line_ended = false;
    loop {
        match (text.get(at), text.get(at + 1)) {
            (None, _) | (Some(b'-'), None) if !eof => return Continuation::More,
            (Some(b'\''), _) if line_ended => return Continuation::At(at),
            (Some(&byte), _) if is_blank(byte) => {
                line_ended |= matches!(byte, b'\n' | b'\r');
                at += 1;
            }
            (Some(b'-'), Some(b'-')) => at = line_end(text, at),
            _ => return Continuation::None,
        }
    }
}

/// A parameter (`$1`), a dollar quote (`$$`, `$tag$`), or a `$` that is nothing.
fn dollar(text: &[u8], at: usize, eof: bool) -> Scan {
    let first = text.get(at + 1).copied();
    if first.is_some_and(|byte| byte.is_ascii_digit()) {
        let end = run(text, at + 1, |byte| byte.is_ascii_digit());
        return Scan::Token(TokenKind::Parameter, end);
    }
    let tag_end = match first {
        Some(byte) if begins_word(byte) => {
            run(text, at + 1, |byte| byte != b'$' && continues_word(byte))
        }
        _ => at + 1,
    };
    match text.get(tag_end) {
        Some(b'$') => {
            let tag = &text[at..=tag_end];
            let from = tag_end + 1;
            let end = memmem::find(&text[from..], tag).map(|found| from + found + tag.len());
            closed(end, TokenKind::String, "a dollar-quoted string")
        }
        None if !eof => Scan::More,
        _ => Scan::Token(TokenKind::Symbol, at + 1),
    }
}
