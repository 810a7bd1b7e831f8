//! Work that leaves nothing behind when it fails, whether or not a transaction is open.

use limosa_db::{DbError, Locked};
use limosa_sql::Dialect;

/// A savepoint was asked for outside of a transaction.
const NO_TRANSACTION: &str = "25P01";

/// In what a piece of work is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Within {
    /// A transaction that was open.
    Savepoint,
    /// A transaction of its own.
    Transaction,
    /// Nothing that could be undone.
    Nothing,
}

impl Within {
    /// Begins.
    pub(crate) fn enter(session: &mut Locked) -> Result<Self, DbError> {
        match session.dialect() {
            Dialect::Postgres => match session.run("SAVEPOINT limosa_verify") {
                Ok(_) => Ok(Self::Savepoint),
                Err(error) if error.code() == NO_TRANSACTION => {
                    session.run("BEGIN")?;
                    Ok(Self::Transaction)
                }
                Err(error) => Err(error),
            },
            // Outside of a transaction it begins one, which ends with it.
            Dialect::Sqlite => session
                .run("SAVEPOINT limosa_verify")
                .map(|_| Self::Savepoint),
            Dialect::Mysql => {
                if !session.server().target.mariadb {
                    return Ok(Self::Nothing);
                }
                let rows = session.query("SELECT @@in_transaction", &[])?;
                if rows.first().is_some_and(|row| row.is_true(0)) {
                    return Ok(Self::Nothing);
                }
                session.run("START TRANSACTION")?;
                Ok(Self::Transaction)
            }
        }
    }

    /// Keeps what was done.
    pub(crate) fn leave(self, session: &mut Locked) -> Result<(), DbError> {
        let sql = match self {
            Self::Savepoint => "RELEASE SAVEPOINT limosa_verify",
            Self::Transaction => "COMMIT",
            Self::Nothing => return Ok(()),
        };
        session.run(sql).map(drop)
    }

    /// Takes back what was done.
    pub(crate) fn undo(self, session: &mut Locked) -> Result<(), DbError> {
        match self {
            Self::Savepoint => {
                session.run("ROLLBACK TO SAVEPOINT limosa_verify")?;
                session.run("RELEASE SAVEPOINT limosa_verify").map(drop)
            }
            Self::Transaction => session.run("ROLLBACK").map(drop),
            Self::Nothing => Ok(()),
        }
    }
}

/// Runs statements; when the server refuses one of them, none has an effect where that is possible.
///
/// # Errors
/// When the session is of no use any more. The inner error is that of the statement.
pub(crate) fn attempt(session: &mut Locked, sql: &str) -> Result<Result<(), DbError>, DbError> {
    if sql.trim().is_empty() {
        return Ok(Ok(()));
    }
    let is_mysql = session.dialect() == Dialect::Mysql;
    let text = if is_mysql {
        sql.to_owned()
    } else {
        let bare = sql.trim_end().trim_end_matches(';');
        format!("SAVEPOINT limosa_attempt;\n{bare}\n;RELEASE SAVEPOINT limosa_attempt")
    };
    match session.run(&text) {
        Ok(_) => Ok(Ok(())),
        Err(error @ (DbError::Connection(_) | DbError::Input(_))) => Err(error),
        Err(error) => {
            if !is_mysql {
                session.run(
                    "ROLLBACK TO SAVEPOINT limosa_attempt;\nRELEASE SAVEPOINT limosa_attempt",
                )?;
            }
            Ok(Err(error))
        }
    }
}
