//! Other tools that are kept out by their own locks, and those that cannot be.

use limosa_core::Diagnostic;
use limosa_db::store::Stores;
use limosa_db::{OtherLock, Server};

use crate::Settings;

/// The locks of other tools that are held while a run works.
pub(super) fn locks(server: &Server, stores: &Stores, settings: &Settings) -> Vec<OtherLock> {
    let mut locks = settings.other_locks.clone();
    if let Some(foreign) = stores.foreign() {
        locks.extend(foreign.locks(server));
    }
    locks
}

/// Says that the locks of other tools are not taken, where a lock of a session excludes nobody.
pub(super) fn not_excluded(
    server: &Server,
    stores: &Stores,
    settings: &Settings,
) -> Option<Diagnostic> {
    if server.capabilities.session_locks {
        return None;
    }
    let tool = locks(server, stores, settings).first()?.tool;
    let why = if server.capabilities.lasting_sessions {
        "excludes only those on the same node of a cluster"
    } else {
        "excludes nobody behind a pooler"
    };
    Some(
        Diagnostic::warning(
            "other-tool-not-excluded",
            format!("{tool} is not kept out while limosa works: its lock {why}"),
        )
        .with_help(format!("do not run {tool} at the same time")),
    )
}
