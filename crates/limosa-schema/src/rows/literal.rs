//! Values and names as SQL, for each dialect.

use limosa_sql::{Dialect, quote_identifier};

/// A value to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Literal {
    Text(String),
    Number(String),
    Bool(bool),
    Bytes(Vec<u8>),
    Bits(String),
    /// A call of a function that takes the text.
    Made(&'static str, String),
}

impl Literal {
    /// As SQL.
    pub(crate) fn sql(&self, dialect: Dialect) -> String {
        match (self, dialect) {
            (Self::Text(text), _) => quoted(dialect, text),
            // The server gives it the type of the column.
            (Self::Number(number), Dialect::Postgres) => format!("'{number}'"),
            (Self::Number(number), _) => number.clone(),
            (Self::Bool(value), Dialect::Postgres) => value.to_string(),
            (Self::Bool(value), _) => u8::from(*value).to_string(),
            (Self::Bytes(_), Dialect::Postgres) => quoted(dialect, &self.plain()),
            (Self::Bytes(bytes), _) => format!("X'{}'", hex(bytes)),
            (Self::Bits(bits), Dialect::Sqlite) => quoted(dialect, bits),
            (Self::Bits(bits), _) => format!("b'{bits}'"),
            (Self::Made(function, text), _) => format!("{function}({})", quoted(dialect, text)),
        }
    }

    /// As `PostgreSQL` reads it within an array, a range or a composite value.
    pub(crate) fn plain(&self) -> String {
        match self {
            Self::Text(text) | Self::Number(text) | Self::Bits(text) | Self::Made(_, text) => {
                text.clone()
            }
            Self::Bool(value) => if *value { "t" } else { "f" }.to_owned(),
            Self::Bytes(bytes) => format!("\\x{}", hex(bytes)),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02X}");
    }
    text
}

/// A text as a literal, however the session reads backslashes.
pub(crate) fn quoted(dialect: Dialect, text: &str) -> String {
    let plain = text.replace('\'', "''");
    match dialect {
        Dialect::Postgres if text.contains('\\') => format!("E'{}'", plain.replace('\\', "\\\\")),
        Dialect::Mysql if text.contains('\\') => format!("_utf8mb4 X'{}'", hex(text.as_bytes())),
        _ => format!("'{plain}'"),
    }
}

/// The path of an object as an identifier.
pub(crate) fn path(dialect: Dialect, path: &[String]) -> String {
    let parts = path.iter().map(|part| quote_identifier(dialect, part));
    parts.collect::<Vec<_>>().join(".")
}

/// Names with commas.
pub(crate) fn names<'n>(dialect: Dialect, names: impl IntoIterator<Item = &'n str>) -> String {
    let names = names.into_iter().map(|one| quote_identifier(dialect, one));
    names.collect::<Vec<_>>().join(", ")
}
