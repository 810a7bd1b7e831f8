//! A trial: work on the state of the shadow that leaves no trace in it.

use std::collections::BTreeSet;

use limosa_db::{Locked, Session as _};
use limosa_schema::{Key, Kind, Object, Schema};
use limosa_sql::Dialect;

use super::play::{NotPlayed, Within};
use super::touched::Untouched;
use crate::Problem;
use crate::shadow::{Same, Shadow, ShadowDatabase};

/// What came out of work on a trial.
pub(super) enum Tried<T> {
    /// It is so.
    Settled(T),
    /// A statement failed. Where our transaction was around it, that may be the reason (a new value of an enum
    /// cannot be used in its transaction, a temporary table stays to its end), so it is tried once more in a copy.
    Failed(T),
}

/// The copy in which the last trial was made, to be used again (`MySQL` and `MariaDB`, where a copy is made table by
/// table).
#[derive(Default)]
pub(super) struct Spare {
    copy: Option<ShadowDatabase>,
    same: Same,
}

impl Spare {
    /// A copy as it is now.
    fn copy(
        &mut self,
        shadow: &Shadow<'_>,
        of: &mut ShadowDatabase,
    ) -> Result<ShadowDatabase, Problem> {
        match self.copy.take() {
            Some(mut copy) => {
                shadow.renew(&mut copy, of, &self.same)?;
                Ok(copy)
            }
            None => shadow.copy(of),
        }
    }

    /// Takes a copy back in which a change was tried.
    fn keep(&mut self, copy: ShadowDatabase, reach: &Reach) {
        let Reach::Tables {
            others,
            filled,
            counting,
        } = reach
        else {
            return;
        };
        let names = |keys: &mut dyn Iterator<Item = &Key>| -> BTreeSet<String> {
            keys.map(|key| key.name().to_owned()).collect()
        };
        self.same = Same {
            tables: names(&mut others.difference(filled)),
            definitions: names(&mut filled.difference(counting)),
        };
        self.copy = Some(copy);
    }

    /// Notes that a change was made in the database that it is a copy of.
    pub(super) fn changed(&mut self, reach: &Reach) {
        match reach {
            Reach::Tables { others, .. } => {
                let others: BTreeSet<&str> = others.iter().map(Key::name).collect();
                let is_there = |name: &String| others.contains(name.as_str());
                self.same.tables.retain(is_there);
                self.same.definitions.retain(is_there);
            }
            Reach::Anything => self.copy = None,
        }
    }
}

/// How far a trial reaches.
#[derive(Clone)]
pub(super) enum Reach {
    /// To some tables, and to what is no table.
    Tables {
        /// The tables of the database that its statements do nothing to.
        others: BTreeSet<Key>,
        /// Those of these that are filled for it.
        filled: BTreeSet<Key>,
        /// Those that remember how many rows they had.
        counting: BTreeSet<Key>,
    },
    /// Nobody knows.
    Anything,
}

impl Reach {
    /// Of a change without rows.
    pub(super) fn of(untouched: &Untouched, schema: &Schema) -> Self {
        let counts = |column: &&Object| column.properties.contains_key("auto_increment");
        let counting = schema.of(Kind::Column).filter(counts);
        Self::Tables {
            others: untouched
                .others
                .union(&untouched.parents)
                .cloned()
                .collect(),
            filled: BTreeSet::new(),
            counting: counting
                .filter_map(|column| column.parent.clone())
                .collect(),
        }
    }

    /// The same, where these are filled.
    pub(super) fn over(&self, rows: &BTreeSet<Key>) -> Self {
        match self {
            Self::Tables {
                others, counting, ..
            } => Self::Tables {
                others: others.clone(),
                filled: rows.clone(),
                counting: counting.clone(),
            },
            Self::Anything => Self::Anything,
        }
    }

    /// How far two of them reach together. The second is about the database as the first has made it.
    pub(super) fn and(self, next: &Self) -> Self {
        match (self, next) {
            (
                Self::Tables {
                    mut others,
                    filled,
                    counting,
                },
                Self::Tables {
                    others: of_next, ..
                },
            ) => {
                others.retain(|one| of_next.contains(one));
                Self::Tables {
                    others,
                    filled,
                    counting,
                }
            }
            _ => Self::Anything,
        }
    }
}

/// Works on the state of a database without leaving a trace: in a transaction that is rolled back where that can be
/// around it, else in a copy.
pub(super) fn trial<T>(
    shadow: &Shadow<'_>,
    database: &mut ShadowDatabase,
    spare: &mut Spare,
    reach: &Reach,
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
    let mut copy = spare.copy(shadow, database)?;
    let tried = work(copy.session(), Within::Its)?;
    if copy.session().dialect() == Dialect::Mysql {
        spare.keep(copy, reach);
    }
    match tried {
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
    if session.dialect() != Dialect::Postgres {
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
