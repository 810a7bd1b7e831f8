//! Transactions for our own writes.

use limosa_sql::Dialect;

use super::StoreError;
use crate::failure::in_spite_of_others;
use crate::{DbError, Locked};

/// Runs something in a transaction of its own, which is rolled back when there is no answer, and done again when the
/// server has undone it for the sake of another one.
pub(super) fn in_transaction<T>(
    session: &mut Locked,
    doing: &'static str,
    mut work: impl FnMut(&mut Locked) -> Result<Option<T>, StoreError>,
) -> Result<Option<T>, StoreError> {
    in_spite_of_others(
        || once(session, doing, &mut work),
        |error| error.cause().is_some_and(DbError::is_deadlock),
    )
}

fn once<T>(
    session: &mut Locked,
    doing: &'static str,
    work: &mut impl FnMut(&mut Locked) -> Result<Option<T>, StoreError>,
) -> Result<Option<T>, StoreError> {
    let db = |cause| StoreError::Db { doing, cause };
    let begin = match session.dialect() {
        Dialect::Postgres => "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE",
        Dialect::Mysql => "START TRANSACTION",
        Dialect::Sqlite => "BEGIN IMMEDIATE",
    };
    let begun = session.run(begin).map_err(db);
    let done = begun.and_then(|_| work(session)).and_then(|done| {
        let end = if done.is_some() { "COMMIT" } else { "ROLLBACK" };
        session.run(end).map(|_| done).map_err(db)
    });
    if done.is_err() {
        // The first error is the one to report; a failing rollback would hide it.
        let _ = session.run("ROLLBACK");
    }
    done
}
