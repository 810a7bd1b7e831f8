//! Up, down, and up again, on the schema.

use limosa_db::Locked;
use limosa_schema::Schema;

use super::play::{Failed, NotPlayed, Player, Ready, Within};
use super::subject::Scripts;
use super::trial::Tried;
use crate::Problem;

/// What came of it. Each part is there when the one before it succeeded.
pub(super) struct RoundTrip {
    /// The schema after going up.
    pub up: Result<Schema, Failure>,
    /// The schema after going down again, where there is a way down.
    pub down: Option<Result<Schema, Failure>>,
    /// The schema after going up once more.
    pub again: Option<Result<Schema, Failure>>,
}

/// A script of a subject that failed.
pub(super) struct Failure {
    /// Its place among those that were played, from 0.
    pub script: usize,
    pub failed: Failed,
}

/// Which way is tried.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// Only up: it is irreversible, or has no down.
    Up,
    /// Up, down and up.
    Round,
}

impl Player<'_> {
    /// Plays scripts one after the other; the failure of one of them is a result, too.
    pub(super) fn all(
        &self,
        session: &mut Locked,
        scripts: &[Ready<'_>],
        within: Within,
    ) -> Result<Result<(), Failure>, NotPlayed> {
        for (script, ready) in scripts.iter().enumerate() {
            match self.play(session, ready, within) {
                Ok(()) => {}
                Err(NotPlayed::Failed(failed)) => {
                    return Ok(Err(Failure {
                        script,
                        failed: *failed,
                    }));
                }
                Err(other) => return Err(other),
            }
        }
        Ok(Ok(()))
    }

    fn schema_after(
        &self,
        session: &mut Locked,
        scripts: &[Ready<'_>],
        within: Within,
    ) -> Result<Result<Schema, Failure>, NotPlayed> {
        match self.all(session, scripts, within)? {
            Ok(()) => Ok(Ok(read(session)?)),
            Err(failure) => Ok(Err(failure)),
        }
    }

    /// Makes the round trip.
    pub(super) fn round_trip(
        &self,
        session: &mut Locked,
        scripts: &Scripts<'_>,
        way: Way,
        within: Within,
    ) -> Result<Tried<RoundTrip>, NotPlayed> {
        let mut trip = RoundTrip {
            up: self.schema_after(session, &scripts.ups, within)?,
            down: None,
            again: None,
        };
        if trip.up.is_err() {
            return Ok(Tried::Failed(trip));
        }
        if way == Way::Up {
            return Ok(Tried::Settled(trip));
        }
        let down = self.schema_after(session, &scripts.downs, within)?;
        let worked = down.is_ok();
        trip.down = Some(down);
        if !worked {
            return Ok(Tried::Failed(trip));
        }
        let again = self.schema_after(session, &scripts.ups, within)?;
        let worked = again.is_ok();
        trip.again = Some(again);
        Ok(if worked {
            Tried::Settled(trip)
        } else {
            Tried::Failed(trip)
        })
    }
}

/// The schema of a shadow. Nothing in it is ours.
pub(super) fn read(session: &mut Locked) -> Result<Schema, Problem> {
    limosa_db::schema::read(session, &[]).map_err(|cause| Problem::Db {
        doing: "reading the schema",
        cause,
    })
}
