//! What can go wrong while a server is found and started.

use std::io;
use std::path::PathBuf;

/// Why a private server could not be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServerError {
    /// The programs of the server are not installed.
    #[error("{server} not found (looked for {programs})")]
    Missing {
        /// Which server, for example `the PostgreSQL server`.
        server: &'static str,
        /// The programs that were looked for.
        programs: String,
        /// The folders that were looked into.
        folders: Vec<PathBuf>,
    },
    /// A program ran and failed.
    #[error("{program} failed:\n{output}")]
    Failed {
        /// The program.
        program: String,
        /// What it printed.
        output: String,
    },
    /// The server did not answer in time, or ended at once.
    #[error("{server} did not start: {reason}\n--- its log ends with\n{log}")]
    Start {
        /// Which server.
        server: &'static str,
        /// What was seen from outside.
        reason: String,
        /// The last lines of its log.
        log: String,
    },
    /// A file, folder or process could not be handled.
    #[error("cannot {what}")]
    Io {
        /// The action, as an infinitive.
        what: String,
        /// The reason.
        source: io::Error,
    },
}

/// Names the action that failed with an I/O error.
pub trait Doing<T> {
    /// Wraps the error; `what` is an infinitive, such as `create /tmp/x`.
    ///
    /// # Errors
    /// That of the action.
    fn doing(self, what: impl FnOnce() -> String) -> Result<T, ServerError>;
}

impl<T> Doing<T> for io::Result<T> {
    fn doing(self, what: impl FnOnce() -> String) -> Result<T, ServerError> {
        self.map_err(|source| ServerError::Io {
            what: what(),
            source,
        })
    }
}
