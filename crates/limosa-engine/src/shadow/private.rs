//! A server of our own, or memory.

#[cfg(unix)]
mod local;
#[cfg(not(unix))]
mod nowhere;

use std::path::PathBuf;

use limosa_db::Server;
use limosa_sql::Dialect;

use super::ShadowSettings;
use super::server::{Place, ShadowServer, admin_locks, connect, options_for_us};
use crate::Problem;
pub(super) use local::ThrowAway;
#[cfg(not(unix))]
use nowhere as local;

/// Names folders with programs of servers, before all others; as `PATH` does.
const FOLDERS: &str = "LIMOSA_SERVER_PATH";

/// Starts one.
pub(super) fn open(settings: &ShadowSettings<'_, '_>) -> Result<ShadowServer, Problem> {
    let mut options = options_for_us(settings);
    if settings.dialect == Dialect::Sqlite {
        let place = Place::Memory;
        let admin = connect(&place.url("")?, &options, admin_locks)?;
        return Ok(ShadowServer::new(admin, place, options, None));
    }
    let named: Vec<PathBuf> = (settings.connect.environment.get(FOLDERS))
        .map(|folders| std::env::split_paths(folders).collect())
        .unwrap_or_default();
    // Nothing in the environment is about this server.
    options.environment.clear();
    local::start(settings.dialect, settings.like, &named, options)
}

/// What to know when the versions differ so that the same SQL may mean something else.
pub(super) fn other_version(ours: &Server, like: &Server) -> Option<String> {
    let (own, theirs) = (ours.target.version, like.target.version);
    let same = match ours.target.dialect {
        Dialect::Postgres => own.0 == theirs.0,
        Dialect::Mysql | Dialect::Sqlite => own == theirs,
    };
    (!same).then(|| {
        format!(
            "the shadow is {} {}, and the database is on {} {}",
            ours.product, ours.version, like.product, like.version
        )
    })
}
