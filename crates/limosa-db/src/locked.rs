//! The session that holds the lock between migrators.

use std::ops::{Deref, DerefMut};
use std::time::Duration;

use crate::{
    Backend, Canceller, Connector, DbError, Executor, NoticeSink, Row, Server, Session, Value,
};

/// What the lock is about: the history table's qualified name, and the database where names
/// are server-wide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockName {
    /// The schema (or, on `MySQL`, the database) of the history table.
    pub schema: String,
    /// The history table.
    pub table: String,
}

/// Who holds a lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockHolder {
    /// Process or connection id on the server.
    pub id: i64,
    /// For people: `limosa@web-3 (pid 8812)`, user and address, as far as the server tells.
    pub who: String,
    /// The statement by which an administrator ends its session, where there is one.
    pub end: Option<String>,
    /// For how long its session has been there, as far as the server tells.
    pub since: Option<Duration>,
}

/// How to wait for the lock.
pub struct LockWait<'a> {
    /// For how long at most.
    pub limit: Duration,
    /// The session that held the lock for the caller before its connection was lost. What the server still has of
    /// it is ended.
    pub lost: Option<&'a Backend>,
    /// Told about the holder when the wait begins, and again about once a second, with the time waited.
    pub waiting: &'a mut dyn FnMut(Option<&LockHolder>, Duration),
    /// Asked before each pause; true gives up with [`LockError::Interrupted`].
    pub interrupted: &'a dyn Fn() -> bool,
}

/// Why the lock was not taken.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Somebody else holds it.
    #[error("the migration lock is held by {}", .holder.as_ref().map_or("another session", |h| h.who.as_str()))]
    Held {
        /// Who, as far as known.
        holder: Option<LockHolder>,
        /// How long it was waited for.
        waited: Duration,
    },
    /// The wait was interrupted.
    #[error("interrupted while waiting for the migration lock")]
    Interrupted,
    /// The server or the connection failed.
    #[error("the migration lock cannot be taken")]
    Db(#[source] DbError),
}

/// A session that holds the lock between migrators. Only it can write.
///
/// The lock lives on this very connection; dropping it closes the connection and so gives the lock
/// back, whatever state the work was in.
pub struct Locked {
    session: Box<dyn Executor>,
    guard: String,
}

impl Locked {
    /// For drivers: `guard` is an SQL expression that is true (not 0) as long as this session holds the lock
    /// (`TRUE`/`1` where the transaction itself excludes others).
    pub fn new(session: Box<dyn Executor>, guard: String) -> Self {
        Self { session, guard }
    }

    /// The SQL expression that is true as long as this session holds the lock, for use in guards.
    pub fn guard(&self) -> &str {
        &self.guard
    }
}

impl Deref for Locked {
    type Target = dyn Executor + 'static;

    fn deref(&self) -> &Self::Target {
        &*self.session
    }
}

impl DerefMut for Locked {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut *self.session
    }
}

/// It can be read from like every session; locking it again gives it back as it is.
impl Session for Locked {
    fn server(&self) -> &Server {
        self.session.server()
    }

    fn query(&mut self, sql: &str, parameters: &[Value]) -> Result<Vec<Row>, DbError> {
        self.session.query(sql, parameters)
    }

    fn canceller(&self) -> Canceller {
        self.session.canceller()
    }

    fn connector(&self) -> Connector {
        self.session.connector()
    }

    fn on_notice(&mut self, sink: NoticeSink) {
        self.session.on_notice(sink);
    }

    fn lock(
        self: Box<Self>,
        _name: &LockName,
        _wait: &mut LockWait<'_>,
    ) -> Result<Locked, LockError> {
        Ok(*self)
    }
}
