//! What a server or a connection answers when it does not do what was asked.

use std::fmt;

/// How often a transaction of our own is done again. Each time another one has gone on instead, so this many have to be
/// in the way before anybody gives up: more than start together in a large deployment.
const AGAIN: usize = 100;

/// Does a transaction of our own, and again while the server undoes it for the sake of another one.
pub(crate) fn in_spite_of_others<T, E>(
    mut transaction: impl FnMut() -> Result<T, E>,
    is_deadlock: impl Fn(&E) -> bool,
) -> Result<T, E> {
    for _ in 0..AGAIN {
        match transaction() {
            Err(error) if is_deadlock(&error) => {}
            done => return done,
        }
    }
    transaction()
}

/// An error of a server or of the connection to it.
#[derive(Debug)]
pub enum DbError {
    /// The server refused or failed; the session goes on.
    Server(Box<Failure>),
    /// The connection is gone or unusable; whether the statement ran is not known.
    Connection(String),
    /// One of our own statements did not do what is [expected](crate::Expect) of it: its guard said no. What it did to
    /// rows, if anything, is to be rolled back.
    Refused,
    /// The driver refused before anything was sent (a value it cannot bind, a closed session).
    Client(String),
    /// Reading the data of a COPY block failed.
    Input(std::io::Error),
}

/// What a server said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Failure {
    /// The primary message.
    pub message: String,
    /// SQLSTATE on `PostgreSQL`; the number (`1205`) on `MySQL`; the name (`SQLITE_BUSY`) on `SQLite`.
    pub code: String,
    /// SQLSTATE where the server has one.
    pub sqlstate: Option<String>,
    /// `DETAIL` of `PostgreSQL`.
    pub detail: Option<String>,
    /// `HINT` of `PostgreSQL`.
    pub hint: Option<String>,
    /// `CONTEXT` of `PostgreSQL`.
    pub context: Option<String>,
    /// The place in the statement that was sent: a byte offset from 0.
    pub position: Option<usize>,
}

impl DbError {
    /// What the server said, if it was the server.
    pub fn failure(&self) -> Option<&Failure> {
        match self {
            Self::Server(failure) => Some(failure),
            _ => None,
        }
    }

    /// Whether a guard of one of our own statements said no.
    pub fn is_refused(&self) -> bool {
        matches!(self, Self::Refused)
    }

    /// Whether the server has undone the whole transaction for the sake of another one, so that it is to be done again
    /// as it was. On a cluster this is the ordinary answer to whoever comes second, also at `COMMIT`.
    pub fn is_deadlock(&self) -> bool {
        matches!(self.code(), "40P01" | "40001" | "1213")
    }

    /// The code the server gave (see [`Failure::code`]), or the empty string.
    pub fn code(&self) -> &str {
        self.failure().map_or("", |failure| failure.code.as_str())
    }
}

impl fmt::Display for DbError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Server(failure) => f.write_str(&failure.message),
            Self::Connection(reason) => write!(f, "the connection was lost: {reason}"),
            Self::Refused => f.write_str("a guard in the database said no"),
            Self::Client(reason) => f.write_str(reason),
            Self::Input(_) => f.write_str("the data for COPY cannot be read"),
        }
    }
}

impl std::error::Error for DbError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Input(error) => Some(error),
            _ => None,
        }
    }
}
