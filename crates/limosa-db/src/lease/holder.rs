//! A session that holds the lease.

use std::io::Read;
use std::time::Duration;

use limosa_sql::facts::Control;
use limosa_sql::{Dialect, Target, classify};

use super::heartbeat::Heartbeat;
use super::{LIFETIME, Statements};
use crate::boundary::Boundary;
use crate::failure::in_spite_of_others;
use crate::{
    Canceller, Connector, DbError, Executor, LockError, LockWait, Locked, Locks, NoticeSink,
    Outcome, Reading, Row, Server, Session, SessionSettings, Value,
};

/// The message of `check_mysql.sql`.
const GONE: &str = "limosa: the lease is gone";

/// A session that holds the lease: whatever it writes is written only while that is so.
pub(crate) struct Lease {
    // `None` once the lease is lost, and while it is dropped.
    session: Option<Box<dyn Executor>>,
    server: Server,
    settings: SessionSettings,
    connector: Connector,
    sql: Statements,
    token: i64,
    guard: String,
    /// What stands before a statement that may commit by itself; nothing where all of them run in transactions.
    check: String,
    open: bool,
    _heartbeat: Heartbeat,
}

impl Lease {
    pub(super) fn new(
        session: Box<dyn Executor>,
        sql: Statements,
        token: i64,
        guard: String,
    ) -> Self {
        let connector = session.connector();
        let heartbeat = Heartbeat::start(connector.clone(), &sql, token);
        let check = match sql.dialect {
            Dialect::Mysql => sql.check(token),
            _ => String::new(),
        };
        Self {
            server: session.server().clone(),
            settings: session.settings().clone(),
            session: Some(session),
            connector,
            sql,
            token,
            guard,
            check,
            open: false,
            _heartbeat: heartbeat,
        }
    }

    fn session(&mut self) -> Result<&mut dyn Executor, DbError> {
        match &mut self.session {
            Some(session) => Ok(&mut **session),
            None => Err(DbError::Connection(lost())),
        }
    }

    /// Somebody else holds the lease: the connection is closed, so that nothing can be written by it.
    fn lose(&mut self) -> DbError {
        self.session = None;
        DbError::Connection(lost())
    }

    /// Begins a transaction and writes the lease's row in it, if we hold the lease.
    fn begin(&mut self, sql: &str) -> Result<Outcome, DbError> {
        let session = self.session()?;
        let begun = session.run(sql)?;
        let backend = session.server().backend.clone();
        self.server.backend = backend;
        self.open = true;
        let touch = self.sql.of(include_str!("sql/touch.sql"), self.token);
        match self.session()?.execute(&touch.sql, &touch.parameters)? {
            1 => Ok(begun),
            _ => Err(self.lose()),
        }
    }

    /// Ends the transaction.
    fn end(&mut self, sql: &str) -> Result<Outcome, DbError> {
        self.open = false;
        let session = self.session()?;
        let ended = session.run(sql);
        let backend = session.server().backend.clone();
        self.server.backend = backend;
        ended
    }

    /// Runs a statement in a transaction of its own.
    fn execute_by_itself(&mut self, sql: &str, parameters: &[Value]) -> Result<u64, DbError> {
        let begin = match self.sql.dialect {
            Dialect::Postgres => "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE",
            _ => "START TRANSACTION",
        };
        let executed = self
            .begin(begin)
            .and_then(|_| self.session()?.execute(sql, parameters))
            .and_then(|rows| self.end("COMMIT").map(|_| rows));
        if executed.is_err() {
            // The first error is the one to report; a connection that is gone has rolled back.
            let _ = self.end("ROLLBACK");
        }
        executed
    }

    /// Whether statements outside of our transactions cannot be checked.
    fn needs_transaction(&self) -> bool {
        !self.open && !self.server.capabilities.lasting_sessions
    }
}

fn locks_tables(sql: &str, target: &Target) -> bool {
    matches!(
        classify(sql.as_bytes(), target).control,
        Some(Control::LockTables)
    )
}

fn lost() -> String {
    format!(
        "the lock between migrators was taken over, after no sign of life of this process for {} s",
        LIFETIME.as_secs()
    )
}

fn outside() -> DbError {
    DbError::Client("behind a pooler every statement runs in a transaction".into())
}

impl Session for Lease {
    fn server(&self) -> &Server {
        &self.server
    }

    fn query(&mut self, sql: &str, parameters: &[Value]) -> Result<Vec<Row>, DbError> {
        self.session()?.query(sql, parameters)
    }

    fn reading(&mut self) -> Result<Reading, DbError> {
        self.session()?.reading()
    }

    fn canceller(&self) -> Canceller {
        match &self.session {
            Some(session) => session.canceller(),
            None => std::sync::Arc::new(|| {}),
        }
    }

    fn connector(&self) -> Connector {
        self.connector.clone()
    }

    fn on_notice(&mut self, sink: NoticeSink) {
        if let Some(session) = &mut self.session {
            session.on_notice(sink);
        }
    }

    fn lock(
        self: Box<Self>,
        _locks: &Locks,
        _wait: &mut LockWait<'_>,
    ) -> Result<Locked, LockError> {
        let guard = self.guard.clone();
        Ok(Locked::new(self, guard))
    }
}

impl Executor for Lease {
    fn execute(&mut self, sql: &str, parameters: &[Value]) -> Result<u64, DbError> {
        if self.open {
            return self.session()?.execute(sql, parameters);
        }
        in_spite_of_others(
            || self.execute_by_itself(sql, parameters),
            DbError::is_deadlock,
        )
    }

    fn run(&mut self, sql: &str) -> Result<Outcome, DbError> {
        match Boundary::of(sql) {
            Some(Boundary::Begin) => self.begin(sql),
            Some(Boundary::Commit | Boundary::Rollback) => self.end(sql),
            None if self.needs_transaction() => Err(outside()),
            None if self.check.is_empty() => self.session()?.run(sql),
            None if locks_tables(sql, &self.server.target) => Err(DbError::Client(
                "on a cluster LOCK TABLES holds on one node only, and would keep the lease from being checked: \
                 leave it and UNLOCK TABLES out"
                    .into(),
            )),
            None => {
                let checked = format!("{}{sql}", self.check);
                let length = self.check.len();
                self.session()?.run(&checked).map_err(|error| match error {
                    DbError::Server(failure) if failure.message == GONE => self.lose(),
                    DbError::Server(mut failure) => {
                        // The place is one in the statement, not in what stands before it.
                        failure.position = failure.position.map(|at| at.saturating_sub(length));
                        DbError::Server(failure)
                    }
                    error => error,
                })
            }
        }
    }

    fn copy_in(&mut self, sql: &str, data: &mut dyn Read) -> Result<Outcome, DbError> {
        if self.needs_transaction() {
            return Err(outside());
        }
        self.session()?.copy_in(sql, data)
    }

    fn reset_settings(&mut self) -> Result<(), DbError> {
        self.session()?.reset_settings()
    }

    fn reset_session(&mut self) -> Result<(), DbError> {
        self.open = false;
        self.session()?.reset_session()
    }

    fn clear_session(&mut self) -> Result<(), DbError> {
        self.session()?.clear_session()
    }

    fn settings(&self) -> &SessionSettings {
        &self.settings
    }

    fn set_timeouts(
        &mut self,
        lock: Option<Duration>,
        statement: Option<Duration>,
    ) -> Result<(), DbError> {
        self.session()?.set_timeouts(lock, statement)
    }
}

impl Drop for Lease {
    /// Closes the connection first: the lease is given back when nothing is written by it any more.
    fn drop(&mut self) {
        self.session = None;
    }
}
