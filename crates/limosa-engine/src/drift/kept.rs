//! What the end of a run keeps of the schema.

use limosa_db::schema::LeftOut;
use limosa_db::store::{self, Limosa, Stores};
use limosa_db::{DbError, Locked, Server, Session};
use limosa_schema::Schema;
use limosa_sql::Dialect;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::counted::counted;
use super::reader::reader;
use crate::Problem;
use crate::interrupt::{Watch, watched};

/// What of the `detail` of an entry has it.
pub(super) const PART: &str = "schema";

/// How a schema looked, and what that depends on beside the schema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Look {
    /// The fingerprint of what counts, which begins with its format.
    pub fingerprint: String,
    /// The product and as much of its version as decides how it writes its catalog.
    pub server: String,
    /// Who read it, where that matters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reader: Option<String>,
}

/// What is in the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Kept {
    #[serde(flatten)]
    pub look: Look,
    /// The tables of tools, which were left out: each its name, with its schema before it where there are schemas.
    pub without: Vec<Vec<String>>,
    /// The newest entry when it was read. Another one before its own says that somebody was at work meanwhile.
    pub after: i64,
}

impl Kept {
    /// The tables that were left out.
    pub(super) fn left_out(&self) -> Vec<LeftOut> {
        let table = |path: &Vec<String>| {
            let (table, schema) = path.split_last()?;
            Some(LeftOut {
                schema: schema.first().cloned(),
                table: table.clone(),
            })
        };
        self.without.iter().filter_map(table).collect()
    }
}

impl Look {
    /// How a schema looks now.
    pub(super) fn of(schema: &Schema, session: &mut dyn Session) -> Result<Self, Problem> {
        Ok(Self {
            fingerprint: counted(schema).fingerprint().to_string(),
            server: server(session.server()),
            reader: reader(session).map_err(failed)?,
        })
    }

    /// Why two looks cannot be held against each other.
    pub(super) fn why_not_like(&self, then: &Self) -> Option<String> {
        let format = |look: &Self| {
            look.fingerprint
                .split_once(':')
                .map(|(one, _)| one.to_owned())
        };
        if self.server != then.server {
            return Some(format!(
                "the server was {} then, and is {} now",
                then.server, self.server
            ));
        }
        if format(self) != format(then) {
            return Some("another version of Limosa describes schemas in another way".to_owned());
        }
        if self.reader != then.reader {
            return Some(
                "another user sees the schema, or other grants show more or less of it".to_owned(),
            );
        }
        None
    }
}

/// `PostgreSQL 15`, `MariaDB 10.11`.
fn server(server: &Server) -> String {
    let (major, minor) = server.target.version;
    match server.target.dialect {
        Dialect::Postgres => format!("{} {major}", server.product),
        Dialect::Mysql | Dialect::Sqlite => format!("{} {major}.{minor}", server.product),
    }
}

/// What bounds the reading at the end of a run.
pub(crate) struct Limits<'a> {
    /// True once the person asked to stop.
    pub interrupted: &'a (dyn Fn() -> bool + Sync),
    /// Whether a lost connection is an error; else it is one more reason why there is no fingerprint.
    pub may_be_lost: bool,
}

/// What the end of a run says about the schema: its fingerprint, or why there is none. The work of the run is done, so
/// nothing that goes wrong here ends it. Nothing where there is no journal.
///
/// # Errors
/// When the connection is lost and may be.
pub(crate) fn at_the_end(
    stores: &Stores,
    locked: &mut Locked,
    limits: &Limits<'_>,
) -> Result<Option<Value>, Problem> {
    match read(stores, locked, limits) {
        Ok(kept) => Ok(kept.map(|kept| json!(kept))),
        Err(problem) if problem.is_lost() && limits.may_be_lost => Err(problem),
        Err(problem) => Ok(Some(json!({ "not_read": problem.to_string() }))),
    }
}

fn read(
    stores: &Stores,
    locked: &mut Locked,
    limits: &Limits<'_>,
) -> Result<Option<Kept>, Problem> {
    let Some(own) = stores.own() else {
        return Ok(None);
    };
    let dialect = locked.dialect();
    let mut asked = vec![own.newest_question(dialect, 1)];
    asked.extend(store::questions(dialect));
    let before = asked.len();
    asked.extend(limosa_db::schema::statement(locked.server()));
    let (canceller, watch) = (locked.canceller(), Watch::default());
    let read = watched(limits.interrupted, &canceller, &watch, || {
        watch.statement(limits.interrupted, || {
            let mut answers = locked.query_all(&asked)?;
            let schema = answers.split_off(before);
            let newest = Limosa::newest_of(&answers.remove(0));
            let left_out = store::answered(dialect, answers, stores.foreign());
            let schema = match schema.first() {
                Some(rows) => limosa_db::schema::of_rows(locked.server(), rows, &left_out)?,
                None => limosa_db::schema::read(&mut *locked, &left_out)?,
            };
            Ok((newest, left_out, schema))
        })
    });
    let (newest, left_out, schema) = read.map_err(failed)?;
    let path = |one: LeftOut| one.schema.into_iter().chain([one.table]).collect();
    Ok(Some(Kept {
        look: Look::of(&schema, &mut *locked)?,
        without: left_out.into_iter().map(path).collect(),
        after: newest.first().map_or(0, |entry| entry.id),
    }))
}

fn failed(cause: DbError) -> Problem {
    let doing = "reading the schema";
    Problem::Db { doing, cause }
}
