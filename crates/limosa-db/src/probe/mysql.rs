//! Probes on `MySQL` and `MariaDB`.

use limosa_sql::Facts;

use super::{Effect, Finding, Snapshot};
use crate::{DbError, Session};

pub(super) fn look(
    _session: &mut dyn Session,
    _facts: &Facts,
    _sql: &str,
) -> Result<Option<Snapshot>, DbError> {
    Ok(None)
}

pub(super) fn judge(
    _session: &mut dyn Session,
    _facts: &Facts,
    _sql: &str,
    _before: &Snapshot,
) -> Result<Finding, DbError> {
    Ok(Effect::Other("its effect cannot be seen".to_owned()).alone())
}
