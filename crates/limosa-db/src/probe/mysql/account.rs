//! The names of users and roles.

use limosa_sql::TokenKind;
use limosa_sql::lexer::unquote;

use super::object::{Kind, Object};
use super::reader::Reader;

/// The words behind a list of accounts, or behind the last of them.
const AFTER: &[&str] = &[
    "require",
    "with",
    "default",
    "password",
    "account",
    "comment",
    "attribute",
];

/// The user or role whose name comes next. `None` for `CURRENT_USER`, which is not the same for everybody.
pub(super) fn account(reader: &mut Reader<'_>, kind: Kind) -> Option<Object> {
    let name = text(reader)?;
    if name.eq_ignore_ascii_case("current_user") || name.eq_ignore_ascii_case("current_role") {
        return None;
    }
    let mut path = vec![name];
    match reader.peek() {
        // `@localhost` is one token.
        Some(host) if host.kind == TokenKind::Parameter => {
            reader.next();
            path.push(String::from_utf8_lossy(host.text.get(1..)?).into_owned());
        }
        Some(at) if at.is_symbol(b'@') => {
            reader.next();
            path.push(text(reader)?);
        }
        _ => {}
    }
    Some(Object::new(kind, path))
}

/// A list of accounts, each perhaps with how it logs in.
pub(super) fn accounts(reader: &mut Reader<'_>, kind: Kind) -> Option<Vec<Object>> {
    let mut found = Vec::new();
    loop {
        found.push(account(reader, kind)?);
        loop {
            reader.eat("identified with");
            if reader.at_end() || AFTER.iter().any(|word| reader.peek_is(word)) {
                return Some(found);
            }
            if reader.eat_symbol(b',') {
                break;
            }
            reader.skip();
        }
    }
}

fn text(reader: &mut Reader<'_>) -> Option<String> {
    let token = reader.peek()?;
    if token.kind != TokenKind::String {
        return reader.part();
    }
    reader.next();
    // What a backslash means depends on the session.
    let text = String::from_utf8(unquote(token.text)).ok()?;
    (!text.contains('\\')).then_some(text)
}
