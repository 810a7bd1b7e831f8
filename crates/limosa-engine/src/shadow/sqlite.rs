//! Databases of shadows on `SQLite`: each is in the memory of its session.

use limosa_db::{DbError, Locked, Session, SessionSettings};

use super::server::locked;
use crate::Problem;

/// A copy, in a session with these settings. What the other session holds is gone as if it were closed.
pub(super) fn copy(of: &mut Locked, settings: &SessionSettings) -> Result<Locked, Problem> {
    let failed = |cause: DbError| Problem::Db {
        doing: "copying a database of a shadow",
        cause,
    };
    of.reset_session().map_err(failed)?;
    let session: Box<dyn Session> = of.copy_into_memory(settings).map_err(failed)?;
    locked(session, super::locks)
}
