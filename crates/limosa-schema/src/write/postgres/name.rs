//! Identifiers and texts as PostgreSQL reads them back.

use limosa_sql::{Dialect, quote_identifier};

use crate::Key;

/// Words that are no names without quotes, in any version from 12 to 18: all but the unreserved ones of
/// `pg_get_keywords()`.
const KEYWORDS: &str = include_str!("keywords.txt");

/// An identifier, in quotes only where it needs them.
pub(super) fn quoted(name: &str) -> String {
    let plain = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        && !KEYWORDS.split_ascii_whitespace().any(|word| word == name);
    if plain {
        name.to_owned()
    } else {
        quote_identifier(Dialect::Postgres, name)
    }
}

/// A name with everything that it is in.
pub(in crate::write) fn dotted<T: AsRef<str>>(path: &[T]) -> String {
    let parts: Vec<String> = path.iter().map(|part| quoted(part.as_ref())).collect();
    parts.join(".")
}

/// The name of an object, from its schema on.
pub(super) fn name(key: &Key) -> String {
    dotted(&key.path)
}

/// A text in quotes, with `standard_conforming_strings` on.
pub(super) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
