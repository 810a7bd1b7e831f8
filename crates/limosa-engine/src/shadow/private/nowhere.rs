//! On systems without Unix sockets and accounts no server is started.

use std::path::PathBuf;

use limosa_db::{ConnectOptions, Server};
use limosa_sql::Dialect;

use crate::Problem;
use crate::shadow::refused;
use crate::shadow::server::ShadowServer;

/// There is none.
pub(in crate::shadow) enum ThrowAway {}

/// Refuses.
pub(super) fn start(
    _dialect: Dialect,
    _like: Option<&Server>,
    _named: &[PathBuf],
    _options: ConnectOptions,
) -> Result<ShadowServer, Problem> {
    Err(refused::not_on_this_system())
}
