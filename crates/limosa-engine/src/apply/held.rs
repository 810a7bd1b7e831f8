//! A statement that was read and is to be sent, and what of it may be seen.

use std::borrow::Cow;

use limosa_core::mask;
use limosa_core::plan::Part;
use limosa_db::DbError;
use limosa_sql::Dialect;
use limosa_sql::facts::TableLock;

use super::trace::Kind;

/// A statement that was read and is to be sent.
pub(super) struct Held {
    pub line: u64,
    pub column: u64,
    pub sql: String,
    /// Its text in the file, where that is another one.
    pub written: Option<String>,
    pub part: Part,
    pub kind: Kind,
    pub copies: bool,
    /// Whether it changes a setting, be it for its transaction alone.
    pub sets: bool,
    /// Whether it may be sent before the statements before it are done.
    pub ahead: bool,
    pub concurrent: bool,
    /// Whether it waits for everybody's snapshots, or for all who use its table.
    pub awaits_snapshots: bool,
    /// The tables that it keeps others from, as far as they are known.
    pub locks: Vec<TableLock>,
    /// The tables that it creates, in lower case.
    pub creates: Vec<String>,
    pub drops_our_schema: bool,
}

impl Held {
    /// What may be shown of it: passwords are masked, and a variable is not what it became.
    pub fn shown(&self, dialect: Dialect) -> Cow<'_, str> {
        mask::masked(dialect, self.written.as_deref().unwrap_or(&self.sql))
    }

    /// What the server said about it, without secrets.
    pub fn discreet<'v>(
        &self,
        dialect: Dialect,
        values: impl Iterator<Item = &'v str>,
        cause: DbError,
    ) -> DbError {
        discreet(dialect, &self.sql, self.written.is_none(), values, cause)
    }
}

/// What the server said about a statement, without secrets. The place that it named is one in the text that was
/// sent, and is of use only where that is the text that is shown.
/// `values` are those of variables.
pub(crate) fn discreet<'v>(
    dialect: Dialect,
    sql: &str,
    is_as_written: bool,
    values: impl Iterator<Item = &'v str>,
    cause: DbError,
) -> DbError {
    let DbError::Server(mut failure) = cause else {
        return cause;
    };
    let mut secrets = mask::passwords(dialect, sql);
    secrets.extend(values.map(str::to_owned));
    let clean = |text: &mut String| *text = mask::without(text, &secrets).into_owned();
    clean(&mut failure.message);
    for text in [&mut failure.detail, &mut failure.hint, &mut failure.context] {
        text.iter_mut().for_each(clean);
    }
    failure.position = failure.position.filter(|_| is_as_written);
    DbError::Server(failure)
}
