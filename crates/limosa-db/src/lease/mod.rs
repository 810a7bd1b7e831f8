//! The lease: the lock between migrators where a lock of a session excludes nobody, that is behind a pooler and on a
//! cluster.
//!
//! A row says who holds it, with a token that grows with each holder. Every unit writes that row or checks the token
//! in the database itself, so whoever was silent for too long and wakes up cannot write any more. A second
//! connection gives a sign of life; a lease has expired when somebody who waits has seen none for all its lifetime, on
//! a clock of its own. Clocks of machines are never compared.

mod challenge;
mod heartbeat;
mod holder;

use std::time::{Duration, Instant};

use limosa_sql::Dialect;

use crate::lock_wait::Pauses;
use crate::store::statement::{Context, Prepared, without_comments};
use crate::store::{Tables, revoke_others};
use crate::{DbError, Executor, HeldLock, LockError, LockHolder, LockWait, Locked, Locks, Value};

use challenge::{Challenge, Met};
pub(crate) use holder::Lease;

/// Without a sign of life for this long, a lease may be taken over. Long enough for five signs to be lost, for a
/// connection to be made again or a node to leave its cluster; short enough that a deployment goes on when its first
/// migrator was killed.
const LIFETIME: Duration = Duration::from_secs(15);
/// Between two signs of life.
const BEAT: Duration = Duration::from_secs(3);

/// Whether the lease may be taken now, as far as other locks go; asked in the transaction that takes it. If not, who
/// holds one.
pub(crate) type Admission<'a> =
    &'a mut dyn FnMut(&mut dyn Executor) -> Result<Result<(), Option<LockHolder>>, DbError>;

/// Polls for the lease and turns the session into one that may write. `guard` is what the session's own lock adds to
/// the guards.
pub(crate) fn take(
    mut session: Box<dyn Executor>,
    locks: &Locks,
    wait: &mut LockWait<'_>,
    guard: Option<&str>,
    admission: Admission<'_>,
) -> Result<Locked, LockError> {
    let sql = Statements {
        tables: Tables::in_schema(&locks.schema),
        dialect: session.dialect(),
    };
    let mut challenge = Challenge::new(&sql);
    let mut pauses = Pauses::new(wait.limit);
    loop {
        let asked = Instant::now();
        match challenge.attempt(&mut *session, admission) {
            Ok(Met::Taken(token)) => {
                let held = sql.guard(token);
                let guard = match guard {
                    Some(guard) => format!("({guard} AND {held})"),
                    None => held,
                };
                let lease = Lease::new(session, sql, token, guard.clone());
                return Ok(Locked::new(Box::new(lease), guard));
            }
            Ok(Met::Created) => {}
            Ok(Met::Held(holder)) => {
                let held = HeldLock { tool: None, holder };
                pauses.pause(held, asked, wait)?;
            }
            Err(error) => return Err(LockError::Db(error)),
        }
    }
}

/// Creates the table with its rows, and takes every grant on it away from others than the owner.
fn create(session: &mut dyn Executor, tables: &Tables) -> Result<(), DbError> {
    create_table(session, tables)?;
    let dialect = session.dialect();
    let sql = Statements {
        tables: tables.clone(),
        dialect,
    };
    let rows = match dialect {
        Dialect::Postgres => include_str!("sql/rows_postgres.sql"),
        _ => include_str!("sql/rows_mysql.sql"),
    };
    session.run(&sql.prepare(rows, &[]).sql).map(drop)
}

/// Creates the table, empty.
pub(crate) fn create_table(session: &mut dyn Executor, tables: &Tables) -> Result<(), DbError> {
    let dialect = session.dialect();
    let sql = Statements {
        tables: tables.clone(),
        dialect,
    };
    let table = match dialect {
        Dialect::Postgres => include_str!("sql/create_postgres.sql"),
        _ => include_str!("sql/create_mysql.sql"),
    };
    session.run(&sql.prepare(table, &[]).sql)?;
    revoke_others(session, tables)
}

/// Our statements about the lease.
#[derive(Debug, Clone)]
struct Statements {
    tables: Tables,
    dialect: Dialect,
}

impl Statements {
    fn prepare(&self, file: &str, values: &[(&str, Value)]) -> Prepared {
        let context = Context {
            dialect: self.dialect,
            tables: Some(&self.tables),
            foreign: None,
            lock: "",
            guard: "",
        };
        context.prepare(file, values)
    }

    /// A statement about one holder.
    fn of(&self, file: &str, token: i64) -> Prepared {
        self.prepare(file, &[("token", token.into())])
    }

    /// The expression that is true while the token is the last one.
    fn guard(&self, token: i64) -> String {
        let file = include_str!("sql/guard.sql").replace("{token}", &token.to_string());
        self.prepare(&file, &[]).sql
    }

    /// What stands before a statement that commits by itself.
    fn check(&self, token: i64) -> String {
        let file = include_str!("sql/check_mysql.sql");
        let text = without_comments(file).replace("{held}", &self.guard(token));
        // On one line, since the server counts lines in what it does not like.
        format!("{} ", text.trim().replace('\n', " "))
    }
}
