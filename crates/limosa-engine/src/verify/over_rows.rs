//! The same once more over rows: tables are filled, the migration goes up and down, and what was in them is compared.

use limosa_core::migration::AcceptedLoss;
use limosa_core::script::Environment;
use limosa_core::{Diagnostic, Script};
use limosa_db::{DbError, Locked};
use limosa_schema::Schema;

use super::cases;
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

/// Where the rows come from.
#[derive(Clone, Copy)]
pub(super) enum Rows<'t> {
    /// They are made, for every table.
    Made,
    /// They stand beside the migration, with queries about them.
    Given(Test<'t>),
}

/// The test of a subject: rows for its first migration, queries after its last one.
#[derive(Clone, Copy)]
pub(super) struct Test<'t> {
    pub given: Option<&'t Script>,
    pub expect: Option<&'t Script>,
    pub expect_down: Option<&'t Script>,
    pub environment: Environment<'t>,
}

/// What came of it.
pub(super) struct OverRows {
    /// Tables that took no row.
    pub unproved: Vec<Unproved>,
    /// What the queries of a test found.
    pub asked: Vec<Diagnostic>,
    pub ended: Ended,
}

/// How far it came.
pub(super) enum Ended {
    /// The rows of a test are refused.
    Refused,
    /// The way up fails on rows; the row that shows it, where it is known.
    UpFails(Failure, Option<String>),
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
        rows: &Rows<'_>,
        within: Within,
    ) -> Result<Tried<OverRows>, NotPlayed> {
        let mut over = OverRows {
            unproved: vec![],
            asked: vec![],
            ended: Ended::Refused,
        };
        match rows {
            Rows::Made => {
                let filled = rows::fill(session, schemas.before);
                over.unproved = filled.map_err(filling)?.unproved;
            }
            Rows::Given(test) => {
                if let Some(given) = test.given {
                    let given = cases::run_given(session, schemas.before, given, test.environment);
                    if let Err(refused) = given.map_err(filling)? {
                        over.asked.push(refused);
                        return Ok(Tried::Failed(over));
                    }
                }
            }
        }
        let before = content(session, schemas.before)?;
        if let Err(failure) = self.all(session, &scripts.ups, within)? {
            let row = rows::culprit(session, schemas.before, &failure.failed.cause);
            over.ended = Ended::UpFails(failure, row);
            return Ok(Tried::Failed(over));
        }
        over.asked.extend(rows.ask(session, |test| test.expect)?);
        let up = content(session, schemas.up)?;
        let down = match schemas.down {
            None => None,
            Some(schema) => {
                if let Err(failure) = self.all(session, &scripts.downs, within)? {
                    over.ended = Ended::DownFails(failure);
                    return Ok(Tried::Failed(over));
                }
                over.asked
                    .extend(rows.ask(session, |test| test.expect_down)?);
                Some(content(session, schema)?)
            }
        };
        let found = findings(&Passage {
            before: &before,
            up: &up,
            down: down.as_ref(),
            accepted,
        });
        over.ended = Ended::Through(found);
        Ok(Tried::Settled(over))
    }
}

impl Rows<'_> {
    /// What queries of the test find.
    fn ask(
        &self,
        session: &mut Locked,
        queries: impl for<'t> Fn(&Test<'t>) -> Option<&'t Script>,
    ) -> Result<Vec<Diagnostic>, Problem> {
        let Self::Given(test) = self else {
            return Ok(vec![]);
        };
        let Some(queries) = queries(test) else {
            return Ok(vec![]);
        };
        cases::run_expect(session, queries, test.environment).map_err(|cause| Problem::Db {
            doing: "running the queries of a test",
            cause,
        })
    }
}

fn filling(cause: DbError) -> Problem {
    Problem::Db {
        doing: "filling the tables of the shadow",
        cause,
    }
}

fn content(session: &mut Locked, schema: &Schema) -> Result<Content, Problem> {
    content::read(session, schema).map_err(|cause: DbError| Problem::Db {
        doing: "reading the rows of the shadow",
        cause,
    })
}
