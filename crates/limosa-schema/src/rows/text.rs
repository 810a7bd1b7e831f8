//! What stands in a literal.

use limosa_sql::lexer::unquote;

/// The text that a string literal of any form means: `'it''s'`, `E'a\nb'`, `N'x'`; `None` where it is not read.
pub(crate) fn string(literal: &[u8]) -> Option<String> {
    let quote = literal
        .iter()
        .position(|byte| matches!(byte, b'\'' | b'"' | b'$'))?;
    let (prefix, quoted) = literal.split_at(quote);
    if quoted[0] == b'$' {
        let tag = quoted[1..].iter().position(|byte| *byte == b'$')? + 2;
        let inside = quoted.get(tag..quoted.len().checked_sub(tag)?)?;
        return String::from_utf8(inside.to_vec()).ok();
    }
    let plain = String::from_utf8(unquote(quoted)).ok()?;
    match prefix {
        [b'e' | b'E'] => Some(unescape(&plain)),
        [] | [b'n' | b'N'] => Some(plain),
        [b'_', ..] => Some(plain),
        _ => None,
    }
}

fn unescape(text: &str) -> String {
    let mut plain = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            plain.push(c);
            continue;
        }
        match chars.next() {
            Some('n') => plain.push('\n'),
            Some('t') => plain.push('\t'),
            Some('r') => plain.push('\r'),
            Some(other) => plain.push(other),
            None => plain.push('\\'),
        }
    }
    plain
}
