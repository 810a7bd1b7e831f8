//! Statements of `MySQL` and `MariaDB`: delimiters, and bodies without them.

pub(super) use super::mysql_body::Tracker;

use memchr::memchr;

use super::cut::Cut;
use crate::lexer::{TokenKind, is_blank};

/// Where the delimiter stands in the first `length` bytes of `text`, which are one token. It may
/// cut a word in two (`END$$`), but it is nothing inside of quotes.
pub(super) fn find_delimiter(
    text: &[u8],
    length: usize,
    delimiter: &[u8],
    kind: TokenKind,
) -> Option<usize> {
    let last = match kind {
        TokenKind::Word | TokenKind::Number | TokenKind::Parameter | TokenKind::Symbol => length,
        _ => 1,
    };
    let first = *delimiter.first()?;
    let mut at = 0;
    while let Some(found) = memchr(first, &text[at..last]) {
        at += found;
        if text[at..].starts_with(delimiter) {
            return Some(at);
        }
        at += 1;
    }
    None
}

/// The `DELIMITER` line that `text` begins with, as the mysql client reads it: in any case, its
/// argument ends at a blank and may stand in quotes.
pub(super) fn delimiter_line(text: &[u8], eof: bool) -> Option<Cut> {
    const WORD: &[u8] = b"delimiter";
    if text.len() <= WORD.len() {
        let prefix = text.eq_ignore_ascii_case(&WORD[..text.len()]);
        return (prefix && !eof).then_some(Cut::More);
    }
    let (word, rest) = text.split_at(WORD.len());
    if !word.eq_ignore_ascii_case(WORD) || !matches!(rest[0], b' ' | b'\t') {
        return None;
    }
    let (line, length) = match memchr(b'\n', rest) {
        Some(end) => (&rest[..end], WORD.len() + end + 1),
        None if eof => (rest, text.len()),
        None => return Some(Cut::More),
    };
    let argument = argument(line.trim_ascii());
    (!argument.is_empty()).then(|| Cut::Delimiter(length, argument.to_vec()))
}

fn argument(line: &[u8]) -> &[u8] {
    if let [quote @ (b'\'' | b'"' | b'`'), rest @ ..] = line
        && let Some(end) = memchr(*quote, rest)
    {
        return &rest[..end];
    }
    let end = line.iter().position(|byte| is_blank(*byte));
    &line[..end.unwrap_or(line.len())]
}

/// The `DELIMITER` line that begins with the token although a statement is open, as the mysql
/// client has it: first on its line, and followed by punctuation, since there may be a column of
/// that name.
pub(super) fn delimiter_line_inside(text: &[u8], at: usize, end: usize, eof: bool) -> Option<Cut> {
    let first = text[..at]
        .iter()
        .rev()
        .take_while(|byte| **byte != b'\n')
        .all(|byte| is_blank(*byte));
    if !first || !text[at..end].eq_ignore_ascii_case(b"delimiter") {
        return None;
    }
    let argument = text[end..]
        .iter()
        .find(|byte| !matches!(byte, b' ' | b'\t'));
    match argument {
        Some(b';' | b'$' | b'/' | b'|' | b'\\' | b'!' | b'~' | b'^' | b'#' | b'%') => {
            delimiter_line(&text[at..], eof)
        }
        None if !eof => Some(Cut::More),
        _ => None,
    }
}
