//! A trial: work on the state of the shadow that leaves no trace in it.

use limosa_db::Locked;

use super::play::{NotPlayed, Within};
use crate::Problem;
use crate::shadow::{Shadow, ShadowDatabase};

/// What came out of work on a trial.
pub(super) enum Tried<T> {
    /// It is so.
    Settled(T),
    /// A statement failed. Where our transaction was around it, that may be the reason (a new value of an enum
    /// cannot be used in its transaction, a temporary table stays to its end), so it is tried once more in a copy.
    Failed(T),
}

/// Works on the state of a database without leaving a trace: in a transaction that is rolled back where that can be
/// around it, else in a copy.
pub(super) fn trial<T>(
    shadow: &Shadow<'_>,
    database: &mut ShadowDatabase,
    can_be_enclosed: bool,
    mut work: impl FnMut(&mut Locked, Within) -> Result<Tried<T>, NotPlayed>,
) -> Result<T, NotPlayed> {
    if can_be_enclosed {
        let sequences = sequences(database.session())?;
        run(database.session(), "BEGIN")?;
        let tried = work(database.session(), Within::Ours);
        // Rolls back, too.
        (database.session().reset_session()).map_err(|cause| Problem::Db {
            doing: "ending a trial",
            cause,
        })?;
        put_back(database.session(), sequences)?;
        if let Tried::Settled(found) = tried? {
            return Ok(found);
        }
    }
    let mut copy = shadow.copy(database)?;
    match work(copy.session(), Within::Its)? {
        Tried::Settled(found) | Tried::Failed(found) => Ok(found),
    }
}

fn run(session: &mut Locked, sql: &str) -> Result<(), Problem> {
    let done = session.run(sql);
    done.map(drop).map_err(|cause| Problem::Db {
        doing: "beginning a trial",
        cause,
    })
}

/// A sequence and how far it is. No rollback takes it back.
type Sequence = (String, String);

/// How far the sequences are, where a rollback does not take them back.
fn sequences(session: &mut Locked) -> Result<Vec<Sequence>, Problem> {
    if session.dialect() != limosa_sql::Dialect::Postgres {
        return Ok(Vec::new());
    }
    let rows = session.query(include_str!("sequences.sql"), &[]);
    let rows = rows.map_err(|cause| Problem::Db {
        doing: "looking at the sequences",
        cause,
    })?;
    let sequence = |row: &limosa_db::Row| Some((row.text(0)?, row.text(1)?));
    Ok(rows.iter().filter_map(sequence).collect())
}

/// Sets those sequences back that have moved.
fn put_back(session: &mut Locked, before: Vec<Sequence>) -> Result<(), Problem> {
    let now = sequences(session)?;
    for (name, position) in before.into_iter().filter(|one| !now.contains(one)) {
        let parameters = [name.into(), position.into()];
        let set = session.query(include_str!("set_sequence.sql"), &parameters);
        set.map_err(|cause| Problem::Db {
            doing: "setting a sequence back",
            cause,
        })?;
    }
    Ok(())
}
