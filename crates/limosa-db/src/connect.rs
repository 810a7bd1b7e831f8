//! Opening a session from a URL.

use std::time::Duration;

use limosa_core::DatabaseUrl;

use crate::{DbError, Session, SessionSettings};

/// How to connect.
#[derive(Debug, Clone)]
pub struct ConnectOptions {
    /// How long connecting may take: 10 s unless configured.
    pub timeout: Duration,
    /// Go on trying for this long while the server refuses or is starting (`--wait`).
    pub wait: Duration,
    /// What the session holds.
    pub settings: SessionSettings,
    /// A database that must not be written to (reading commands open read-only where the server allows it).
    pub access: Access,
    /// The environment: `PGPASSFILE`, `PGPASSWORD`, `HOME`, `PGSSLMODE`, … as the program sees them.
    pub environment: std::collections::BTreeMap<String, String>,
}

/// What the session is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Only reading; a missing `SQLite` file is not created.
    Read,
    /// Reading and writing.
    Write,
}

/// Why a connection was not made. Nothing was changed.
#[derive(Debug, thiserror::Error)]
#[error("cannot connect to {place}: {reason}")]
pub struct ConnectError {
    /// Where, without secrets.
    pub place: String,
    /// What went wrong, in words, without secrets.
    pub reason: String,
    /// What to do about it, where something is known.
    pub hint: Option<String>,
    /// The server's own answer, where there was one.
    #[source]
    pub cause: Option<DbError>,
}

/// Opens a session.
///
/// # Errors
/// With the place, the cause and a hint.
pub fn connect(
    url: &DatabaseUrl,
    options: &ConnectOptions,
) -> Result<Box<dyn Session>, ConnectError> {
    let _ = options;
    Err(ConnectError {
        place: url.to_string(),
        reason: "no driver yet".into(),
        hint: None,
        cause: None,
    })
}
