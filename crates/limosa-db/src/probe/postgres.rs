//! Probes on `PostgreSQL`.

use limosa_sql::Facts;

use super::{Effect, Finding, Snapshot};
use crate::{DbError, Session};

pub(super) fn look(
    _session: &mut dyn Session,
    facts: &Facts,
    _sql: &str,
) -> Result<Option<Snapshot>, DbError> {
    Ok((facts.kind == "vacuum").then(Snapshot::default))
}

pub(super) fn judge(
    _session: &mut dyn Session,
    _facts: &Facts,
    _sql: &str,
    _before: &Snapshot,
) -> Result<Finding, DbError> {
    Ok(Effect::Absent.alone())
}
