//! Taking the lease: from nobody, or from somebody who has given no sign of life for all its lifetime.

use std::time::{Duration, Instant};

use limosa_sql::Dialect;

use super::{Admission, LIFETIME, Statements, create};
use crate::{DbError, Executor, LockHolder};

/// A look that comes later than this after the one before does not count as having looked all the time: it was the
/// server or we that were busy, and perhaps the holder could not give a sign either.
const GAP: Duration = Duration::from_secs(5);
/// How long the one statement that takes the lease may wait for a unit that is at work.
const PATIENCE: Duration = Duration::from_secs(1);
/// There is no such table.
const NO_TABLE: &[&str] = &["42P01", "1146"];
/// Somebody else was at the same row, or the node is leaving or joining the cluster: the lease was not taken.
const IN_THE_WAY: &[&str] = &[
    "55P03", "40P01", "40001", "23505", "1205", "1213", "1047", "1180", "1317",
];

/// What an attempt met.
pub(super) enum Met {
    /// Nobody: the lease is ours, by this token.
    Taken(i64),
    /// There was no table yet: to be looked at again at once.
    Created,
    Held(Option<LockHolder>),
}

/// What was seen at a look.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Seen {
    token: i64,
    units: i64,
    beats: i64,
    holder: Option<String>,
}

/// One wait for the lease.
pub(super) struct Challenge<'a> {
    sql: &'a Statements,
    who: String,
    /// What was seen last, since when it is the same, and when that was.
    last: Option<(Seen, Instant, Instant)>,
}

impl<'a> Challenge<'a> {
    pub(super) fn new(sql: &'a Statements) -> Self {
        Self {
            sql,
            who: ourselves(),
            last: None,
        }
    }

    /// Looks, and takes the lease if that is possible.
    pub(super) fn attempt(
        &mut self,
        session: &mut dyn Executor,
        admission: Admission<'_>,
    ) -> Result<Met, DbError> {
        let look = self.sql.prepare(include_str!("sql/look.sql"), &[]);
        let rows = match session.query(&look.sql, &look.parameters) {
            Err(error) if NO_TABLE.contains(&error.code()) => Vec::new(),
            // A cluster that stands still shows nobody's signs of life.
            Err(error) if IN_THE_WAY.contains(&error.code()) => {
                self.last = None;
                return Ok(Met::Held(None));
            }
            rows => rows?,
        };
        let Some(row) = rows.first() else {
            return self.within(session, |challenge, session| {
                if let Err(holder) = admission(session)? {
                    return Ok(Met::Held(holder));
                }
                create(session, &challenge.sql.tables).map(|()| Met::Created)
            });
        };
        let number = |at| row.int(at).unwrap_or_default();
        let seen = Seen {
            token: number(0),
            units: number(1),
            beats: number(2),
            holder: row.text(3),
        };
        let since = row.int(4).and_then(|seconds| u64::try_from(seconds).ok());
        let holder = seen.holder.clone().map(|who| LockHolder {
            id: seen.token,
            who,
            end: None,
            since: since.map(Duration::from_secs),
        });
        if !self.may_be_taken(&seen, Instant::now()) {
            return Ok(Met::Held(holder));
        }
        let met = self.within(session, |challenge, session| {
            if let Err(holder) = admission(session)? {
                return Ok(Met::Held(holder));
            }
            challenge.take(session, &seen, holder.clone())
        })?;
        Ok(match met {
            Met::Held(None) => Met::Held(holder),
            met => met,
        })
    }

    /// Whether nobody holds it, or whoever does was silent for all its lifetime.
    fn may_be_taken(&mut self, seen: &Seen, now: Instant) -> bool {
        let since = match &self.last {
            Some((last, since, at)) if last == seen && now - *at < GAP => *since,
            _ => now,
        };
        self.last = Some((seen.clone(), since, now));
        seen.holder.is_none() || now - since >= LIFETIME
    }

    /// Does something in a transaction. What is in the way there is no error: it is tried again.
    fn within(
        &mut self,
        session: &mut dyn Executor,
        work: impl FnOnce(&mut Self, &mut dyn Executor) -> Result<Met, DbError>,
    ) -> Result<Met, DbError> {
        let begin = match self.sql.dialect {
            Dialect::Postgres => "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE",
            _ => "START TRANSACTION",
        };
        let limit = session.settings().statement_timeout;
        let result = session
            .run(begin)
            .and_then(|_| session.set_timeouts(Some(PATIENCE), limit))
            .and_then(|()| work(self, session))
            .and_then(|met| match met {
                Met::Taken(_) | Met::Created => session.run("COMMIT").map(|_| met),
                Met::Held(_) => session.run("ROLLBACK").map(|_| met),
            });
        let result = match result {
            Err(error) if IN_THE_WAY.contains(&error.code()) => {
                session.run("ROLLBACK").map(|_| Met::Held(None))
            }
            result => result,
        };
        // Where the session is ours, the limit would stay.
        let reset = session.reset_settings();
        result.and_then(|met| reset.map(|()| met))
    }

    fn take(
        &mut self,
        session: &mut dyn Executor,
        seen: &Seen,
        holder: Option<LockHolder>,
    ) -> Result<Met, DbError> {
        let values = [
            ("token", seen.token.into()),
            ("units", seen.units.into()),
            ("beats", seen.beats.into()),
            ("holder", self.who.as_str().into()),
        ];
        for file in [
            include_str!("sql/take.sql"),
            include_str!("sql/take_heartbeat.sql"),
        ] {
            let statement = self.sql.prepare(file, &values);
            if session.execute(&statement.sql, &statement.parameters)? != 1 {
                return Ok(Met::Held(Some(holder.unwrap_or(LockHolder {
                    id: seen.token + 1,
                    who: "another migrator".to_owned(),
                    end: None,
                    since: None,
                }))));
            }
        }
        Ok(Met::Taken(seen.token + 1))
    }
}

/// This process, for people who wait for it.
fn ourselves() -> String {
    let user = whoami::username().unwrap_or_else(|_| "somebody".to_owned());
    let host = whoami::hostname().unwrap_or_else(|_| "somewhere".to_owned());
    // The column is not longer than 255 characters where it has an end.
    let place: String = format!("{user}@{host}").chars().take(200).collect();
    format!("limosa of {place} (pid {})", std::process::id())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Tables;

    fn statements() -> Statements {
        Statements {
            tables: Tables::in_schema("public"),
            dialect: Dialect::Postgres,
        }
    }

    fn seen(beats: i64) -> Seen {
        Seen {
            token: 7,
            units: 0,
            beats,
            holder: Some("ada".into()),
        }
    }

    /// Looks once a second; gives the second at which it may be taken.
    fn taken_at(beats: impl Fn(u64) -> i64, looks: impl Fn(u64) -> bool) -> Option<u64> {
        let sql = statements();
        let mut challenge = Challenge::new(&sql);
        let start = Instant::now();
        (0..60).filter(|second| looks(*second)).find(|second| {
            challenge.may_be_taken(&seen(beats(*second)), start + Duration::from_secs(*second))
        })
    }

    #[test]
    fn a_lease_expires_when_it_was_silent_for_its_lifetime() {
        assert_eq!(taken_at(|_| 1, |_| true), Some(15));
        assert_eq!(
            taken_at(|second| i64::from(second > 10), |_| true),
            Some(26)
        );
        assert_eq!(
            taken_at(|second| (second / 3).cast_signed(), |_| true),
            None
        );
    }

    #[test]
    fn what_was_not_looked_at_all_the_time_does_not_count() {
        assert_eq!(taken_at(|_| 1, |second| second % 20 == 0), None);
        assert_eq!(
            taken_at(|_| 1, |second| !(3..13).contains(&second)),
            Some(28)
        );
    }
}
