//! Who keeps a statement waiting, in events and in the document of a run.

use serde::Serialize;

/// A session that is in the way. What the server does not show is null.
#[derive(Debug, Serialize)]
pub struct Blocker {
    session: String,
    id: Option<i64>,
    application: Option<String>,
    user: Option<String>,
    address: Option<String>,
    state: Option<String>,
    transaction_ms: Option<u64>,
    query: Option<String>,
    visible: bool,
    certain: bool,
}

impl Blocker {
    /// All of them.
    pub fn all(blockers: &[limosa_core::Blocker]) -> Vec<Self> {
        blockers.iter().map(Self::from).collect()
    }
}

impl From<&limosa_core::Blocker> for Blocker {
    fn from(blocker: &limosa_core::Blocker) -> Self {
        let open = blocker.transaction_for;
        Self {
            session: blocker.session.clone(),
            id: blocker.id,
            application: blocker.application.clone(),
            user: blocker.user.clone(),
            address: blocker.address.clone(),
            state: blocker.state.clone(),
            transaction_ms: open.map(|open| u64::try_from(open.as_millis()).unwrap_or(u64::MAX)),
            query: blocker.query.clone(),
            visible: blocker.visible,
            certain: blocker.certain,
        }
    }
}
