//! Other tools that cannot be kept out.

use limosa_core::Diagnostic;
use limosa_db::{OtherLock, Server};

/// Says that the locks of other tools are not taken, where a lock of a session excludes nobody.
pub(super) fn not_excluded(server: &Server, locks: &[OtherLock]) -> Option<Diagnostic> {
    let tool = locks.first()?.tool;
    if server.capabilities.session_locks {
        return None;
    }
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
