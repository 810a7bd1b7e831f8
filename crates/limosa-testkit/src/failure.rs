//! What can go wrong while a server is found and started.

use std::io;
use std::path::PathBuf;

/// Why a private server could not be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KitError {
    /// The programs of the server are not installed.
    #[error("{server} not found (looked for {programs}); cargo xtask test installs them")]
    Missing {
        /// Which server, for example `the PostgreSQL server`.
        server: &'static str,
        /// The programs that were looked for.
        programs: String,
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
    /// The folder that an environment variable names does not belong to a server of this kit.
    #[error("{variable} names {folder}, which is not a running server of the test kit")]
    NotOurs {
        /// The environment variable.
        variable: &'static str,
        /// The folder that it names.
        folder: PathBuf,
    },
    /// A file, folder or process could not be handled.
    #[error("cannot {what}")]
    Io {
        /// The action, as an infinitive.
        what: String,
        /// The reason.
        source: io::Error,
    },
    /// No certificate could be made.
    #[error("cannot make a certificate")]
    Certificate(#[from] rcgen::Error),
    /// The started server refused a statement of the set-up.
    #[error("the set-up of {server} failed")]
    SetUp {
        /// Which server.
        server: &'static str,
        /// The server's words.
        source: crate::QueryError,
    },
}

/// Names the action that failed with an I/O error.
pub(crate) trait Doing<T> {
    /// Wraps the error; `what` is an infinitive, such as `create /tmp/x`.
    fn doing(self, what: impl FnOnce() -> String) -> Result<T, KitError>;
}

impl<T> Doing<T> for io::Result<T> {
    fn doing(self, what: impl FnOnce() -> String) -> Result<T, KitError> {
        self.map_err(|source| KitError::Io {
            what: what(),
            source,
        })
    }
}
