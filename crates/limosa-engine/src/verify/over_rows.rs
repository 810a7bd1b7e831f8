//! The same once more over rows: tables are filled, the migration goes up and down, and what was in them is compared.

use limosa_core::migration::AcceptedLoss;
use limosa_db::{DbError, Locked};
use limosa_schema::Schema;

use super::content::{self, Content, DataFinding, Passage, findings};
use super::play::{NotPlayed, Player, Within};
use super::round_trip::Failure;
use super::rows::{self, Unproved};
use super::subject::Scripts;
use super::trial::Tried;
use crate::Problem;

/// The schemas that the round trip went through.
#[derive(Clone, Copy)]
pub(super) struct Schemas<'s> {
    pub before: &'s Schema,
    pub up: &'s Schema,
    /// After going down again, where the way down works on empty tables.
    pub down: Option<&'s Schema>,
}

/// What came of it.
pub(super) struct OverRows {
    /// Tables that took no row.
    pub unproved: Vec<Unproved>,
    pub ended: Ended,
}

/// How far it came.
pub(super) enum Ended {
    /// The way up fails on rows.
    UpFails(Failure),
    /// The way down fails on rows.
    DownFails(Failure),
    /// It went all the way that there is.
    Through(Vec<DataFinding>),
}

impl Player<'_> {
    /// Goes up and down over rows.
    pub(super) fn over_rows(
        &self,
        session: &mut Locked,
        accepted: &[AcceptedLoss],
        scripts: &Scripts<'_>,
        schemas: Schemas<'_>,
        within: Within,
    ) -> Result<Tried<OverRows>, NotPlayed> {
        let filled = rows::fill(session, schemas.before).map_err(|cause| Problem::Db {
            doing: "filling the tables of the shadow",
            cause,
        })?;
        let over = |ended| OverRows {
            unproved: filled.unproved.clone(),
            ended,
        };
        let before = content(session, schemas.before)?;
        if let Err(failure) = self.all(session, &scripts.ups, within)? {
            return Ok(Tried::Failed(over(Ended::UpFails(failure))));
        }
        let up = content(session, schemas.up)?;
        let down = match schemas.down {
            None => None,
            Some(schema) => {
                if let Err(failure) = self.all(session, &scripts.downs, within)? {
                    return Ok(Tried::Failed(over(Ended::DownFails(failure))));
                }
                Some(content(session, schema)?)
            }
        };
        let found = findings(&Passage {
            before: &before,
            up: &up,
            down: down.as_ref(),
            accepted,
        });
        Ok(Tried::Settled(over(Ended::Through(found))))
    }
}

fn content(session: &mut Locked, schema: &Schema) -> Result<Content, Problem> {
    content::read(session, schema).map_err(|cause: DbError| Problem::Db {
        doing: "reading the rows of the shadow",
        cause,
    })
}
