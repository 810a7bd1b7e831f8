//! The place of a session while it is closed, and for good when it cannot be opened again.

use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

use limosa_db::{
    Canceller, Connector, DbError, Executor, LockError, LockWait, Locked, Locks, NoticeSink,
    Outcome, Row, Server, Session, SessionSettings, Value,
};

/// Answers everything with an error.
pub(super) struct Closed {
    server: Server,
    connector: Connector,
    settings: SessionSettings,
}

impl Closed {
    /// In the place of this session, which is closed.
    pub(super) fn put_for(session: &mut Locked) {
        let closed = Self {
            server: session.server().clone(),
            connector: session.connector(),
            settings: session.settings().clone(),
        };
        *session = Locked::new(Box::new(closed), "0".to_owned());
    }
}

fn closed<T>() -> Result<T, DbError> {
    Err(DbError::Connection("the session is closed".into()))
}

impl Session for Closed {
    fn server(&self) -> &Server {
        &self.server
    }

    fn query(&mut self, _sql: &str, _parameters: &[Value]) -> Result<Vec<Row>, DbError> {
        closed()
    }

    fn canceller(&self) -> Canceller {
        Arc::new(|| {})
    }

    fn connector(&self) -> Connector {
        self.connector.clone()
    }

    fn on_notice(&mut self, _sink: NoticeSink) {}

    fn lock(
        self: Box<Self>,
        _locks: &Locks,
        _wait: &mut LockWait<'_>,
    ) -> Result<Locked, LockError> {
        closed().map_err(LockError::Db)
    }
}

impl Executor for Closed {
    fn execute(&mut self, _sql: &str, _parameters: &[Value]) -> Result<u64, DbError> {
        closed()
    }

    fn run(&mut self, _sql: &str) -> Result<Outcome, DbError> {
        closed()
    }

    fn copy_in(&mut self, _sql: &str, _data: &mut dyn Read) -> Result<Outcome, DbError> {
        closed()
    }

    fn reset_settings(&mut self) -> Result<(), DbError> {
        closed()
    }

    fn reset_session(&mut self) -> Result<(), DbError> {
        closed()
    }

    fn clear_session(&mut self) -> Result<(), DbError> {
        closed()
    }

    fn settings(&self) -> &SessionSettings {
        &self.settings
    }

    fn set_timeouts(
        &mut self,
        _lock: Option<Duration>,
        _statement: Option<Duration>,
    ) -> Result<(), DbError> {
        closed()
    }
}
