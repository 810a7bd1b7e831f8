//! From the driver's errors to ours.

use rusqlite::{Error, ffi};

use crate::{DbError, Failure};

/// What a failed request means. `sent` is the text that the server saw.
pub(super) fn failure(error: Error, sent: &str) -> DbError {
    match error {
        Error::SqliteFailure(code, message) => {
            let message =
                message.unwrap_or_else(|| ffi::code_to_str(code.extended_code).to_owned());
            DbError::Server(Box::new(of_code(code.extended_code, message, None)))
        }
        Error::SqlInputError {
            error,
            msg,
            sql,
            offset,
        } => {
            // A statement after the first is compiled from the rest of the text.
            let before = sent.len().saturating_sub(sql.len());
            let position = usize::try_from(offset).ok().map(|offset| before + offset);
            DbError::Server(Box::new(of_code(error.extended_code, msg, position)))
        }
        other => DbError::Client(other.to_string()),
    }
}

fn of_code(code: i32, message: String, position: Option<usize>) -> Failure {
    Failure {
        message,
        code: name(code),
        position,
        ..Failure::default()
    }
}

/// The name of a result code; for an extended one that has no name here, that of its primary code.
pub(super) fn name(code: i32) -> String {
    let named = |wanted: i32| NAMES.iter().find(|(number, _)| *number == wanted);
    match named(code).or_else(|| named(code & 0xff)) {
        Some((_, name)) => (*name).to_owned(),
        None => format!("SQLITE_{code}"),
    }
}

macro_rules! names {
    ($($name:ident)*) => {
        &[$((ffi::$name, stringify!($name))),*]
    };
}

const NAMES: &[(i32, &str)] = names! {
    SQLITE_ERROR SQLITE_INTERNAL SQLITE_PERM SQLITE_ABORT SQLITE_BUSY SQLITE_LOCKED SQLITE_NOMEM
    SQLITE_READONLY SQLITE_INTERRUPT SQLITE_IOERR SQLITE_CORRUPT SQLITE_NOTFOUND SQLITE_FULL
    SQLITE_CANTOPEN SQLITE_PROTOCOL SQLITE_EMPTY SQLITE_SCHEMA SQLITE_TOOBIG SQLITE_CONSTRAINT
    SQLITE_MISMATCH SQLITE_MISUSE SQLITE_NOLFS SQLITE_AUTH SQLITE_FORMAT SQLITE_RANGE SQLITE_NOTADB
    SQLITE_BUSY_RECOVERY SQLITE_BUSY_SNAPSHOT SQLITE_LOCKED_SHAREDCACHE SQLITE_CANTOPEN_ISDIR
    SQLITE_CANTOPEN_FULLPATH SQLITE_READONLY_RECOVERY SQLITE_READONLY_CANTLOCK
    SQLITE_READONLY_ROLLBACK SQLITE_READONLY_DBMOVED SQLITE_READONLY_CANTINIT
    SQLITE_READONLY_DIRECTORY SQLITE_ABORT_ROLLBACK SQLITE_CORRUPT_VTAB SQLITE_CONSTRAINT_CHECK
    SQLITE_CONSTRAINT_COMMITHOOK SQLITE_CONSTRAINT_FOREIGNKEY SQLITE_CONSTRAINT_FUNCTION
    SQLITE_CONSTRAINT_NOTNULL SQLITE_CONSTRAINT_PRIMARYKEY SQLITE_CONSTRAINT_TRIGGER
    SQLITE_CONSTRAINT_UNIQUE SQLITE_CONSTRAINT_VTAB SQLITE_CONSTRAINT_ROWID SQLITE_IOERR_READ
    SQLITE_IOERR_WRITE SQLITE_IOERR_FSYNC
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_have_their_extended_name() {
        assert_eq!(name(2067), "SQLITE_CONSTRAINT_UNIQUE");
        assert_eq!(name(5), "SQLITE_BUSY");
        assert_eq!(name(ffi::SQLITE_IOERR + 99 * 256), "SQLITE_IOERR");
    }
}
