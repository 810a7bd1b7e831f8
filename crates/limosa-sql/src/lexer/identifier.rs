//! Identifiers without their quotes, and in them.

use super::{Token, TokenKind};
use crate::Dialect;

/// Quotes a name for use as an identifier, whatever is in it.
pub fn quote_identifier(dialect: Dialect, name: &str) -> String {
    match dialect {
        Dialect::Postgres | Dialect::Sqlite => format!("\"{}\"", name.replace('"', "\"\"")),
        Dialect::Mysql => format!("`{}`", name.replace('`', "``")),
    }
}

/// The text inside of quotes of any kind (`'x'`, `"x"`, `` `x` ``, `[x]`) with doubled quotes
/// made one; any other text as it is. Backslashes and prefixes (`E'…'`) are left alone.
pub fn unquote(text: &[u8]) -> Vec<u8> {
    let [open, inside @ .., close] = text else {
        return text.to_vec();
    };
    match (open, close) {
        (b'[', b']') => inside.to_vec(),
        (b'\'' | b'"' | b'`', _) if open == close => {
            let mut plain = Vec::with_capacity(inside.len());
            let mut bytes = inside.iter().peekable();
            while let Some(byte) = bytes.next() {
                plain.push(*byte);
                if byte == open && bytes.peek() == Some(&open) {
                    bytes.next();
                }
            }
            plain
        }
        _ => text.to_vec(),
    }
}

/// The name that a word or quoted identifier writes, without quotes, case as written; `None`
/// for any other token. Bytes that are not UTF-8 become the replacement character.
pub fn identifier(token: &Token<'_>) -> Option<String> {
    match token.kind {
        TokenKind::Word => Some(String::from_utf8_lossy(token.text).into_owned()),
        TokenKind::QuotedIdentifier => {
            let text = match token.text {
                [b'u' | b'U', b'&', quoted @ ..] => quoted,
                text => text,
            };
            Some(String::from_utf8_lossy(&unquote(text)).into_owned())
        }
        _ => None,
    }
}
