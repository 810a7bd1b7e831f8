//! Who keeps a statement from getting its locks.
//!
//! Asked by a second session while the first one waits, or by the first one after it gave up. What a server does
//! not show to this user is reported as not known.

mod mysql;
mod postgres;
mod tables;

use limosa_core::{Blocker, mask};
use limosa_sql::Dialect;
use limosa_sql::facts::TableLock;

use crate::{Backend, DbError, Session};

pub use tables::{Look, Tables, Wait};

/// How much of a query is shown.
const QUERY: usize = 160;

/// Who keeps the session of that backend waiting; `locks` is what its statement is known to lock. Empty when it
/// does not wait, or the server does not tell.
///
/// # Errors
/// What the server or the connection answers.
pub fn of_waiting(
    session: &mut dyn Session,
    backend: &Backend,
    locks: &[TableLock],
) -> Result<Vec<Blocker>, DbError> {
    match session.dialect() {
        Dialect::Postgres => postgres::of_waiting(session, backend),
        Dialect::Mysql => mysql::of_waiting(session, backend, locks),
        // The library does not know which process holds the file.
        Dialect::Sqlite => Ok(Vec::new()),
    }
}

/// A query as it may be shown: on one line, cut, without passwords.
fn shown(dialect: Dialect, query: &str) -> String {
    // A literal that is cut off could not be recognised, so passwords are masked first.
    let masked = mask::masked(dialect, query);
    let line = masked.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(QUERY) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_cut_and_its_passwords_are_not_shown() {
        let sql = "ALTER ROLE a\n  PASSWORD 'secret-word'";
        assert_eq!(
            shown(Dialect::Postgres, sql),
            "ALTER ROLE a PASSWORD '***********'"
        );
        let long = shown(Dialect::Postgres, &"ü ".repeat(500));
        assert_eq!(long.chars().count(), QUERY + 1);
        assert!(long.ends_with('…'));
    }
}
