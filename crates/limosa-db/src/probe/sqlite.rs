//! Probes on `SQLite`: what runs outside of a transaction there (`VACUUM`, pragmas) can be repeated.

use limosa_sql::Facts;

use super::{Effect, Finding, Snapshot};

pub(super) fn look(facts: &Facts) -> Option<Snapshot> {
    matches!(facts.kind, "vacuum" | "pragma").then(Snapshot::default)
}

pub(super) fn judge() -> Finding {
    Effect::Absent.alone()
}
