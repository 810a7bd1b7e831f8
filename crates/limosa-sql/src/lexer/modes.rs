//! The settings of a session that decide how its text is cut into tokens.

use crate::Dialect;

/// How a session reads quotes. A script can change this for what follows in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Modes {
    /// A backslash escapes inside plain string literals: `standard_conforming_strings = off` of
    /// `PostgreSQL`; `MySQL` unless `NO_BACKSLASH_ESCAPES` is set.
    pub backslash_escapes: bool,
    /// `"x"` is an identifier and not a string. Always so but on `MySQL`, where `ANSI_QUOTES`
    /// says it.
    pub ansi_quotes: bool,
    /// `sql_mode = ORACLE` of `MariaDB`, where `BEGIN` and `DECLARE` open a block.
    pub oracle: bool,
}

impl Modes {
    /// The modes of a fresh session of that dialect.
    pub const fn of(dialect: Dialect) -> Self {
        let mysql = matches!(dialect, Dialect::Mysql);
        Self {
            backslash_escapes: mysql,
            ansi_quotes: !mysql,
            oracle: false,
        }
    }
}
