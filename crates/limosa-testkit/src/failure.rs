//! What can go wrong while a server is found and started.

use std::path::PathBuf;

use limosa_server::ServerError;

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
    /// A program, the server, or the system failed.
    #[error(transparent)]
    Server(ServerError),
    /// The folder that an environment variable names does not belong to a server of this kit.
    #[error("{variable} names {folder}, which is not a running server of the test kit")]
    NotOurs {
        /// The environment variable.
        variable: &'static str,
        /// The folder that it names.
        folder: PathBuf,
    },
    /// No certificate could be made.
    #[error("cannot make a certificate")]
    Certificate(#[from] rcgen::Error),
}

impl From<ServerError> for KitError {
    fn from(error: ServerError) -> Self {
        match error {
            ServerError::Missing {
                server, programs, ..
            } => Self::Missing { server, programs },
            other => Self::Server(other),
        }
    }
}
