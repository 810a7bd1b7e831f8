//! The connection of a session: what is asked by it, one thing after the other.

use std::io::Read;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use futures_util::future::join_all;
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::task::JoinHandle;
use tokio_postgres::types::Type;
use tokio_postgres::{AsyncMessage, Client, Connection, SimpleQueryMessage};

use super::failure::{self, failure};
use super::gate::Gate;
use super::settings::{SETTINGS, Scope, parameters};
use super::value::{Bound, declared_type, row};
use crate::{DbError, NoticeSink, Outcome, Row, SessionSettings, Value};

/// How much of the data of a COPY is read at once.
const COPY_CHUNK: usize = 64 * 1024;
/// `ROLLBACK` outside a transaction: a warning that says nothing to anybody.
const NO_TRANSACTION: &str = "25P01";

/// What the task that drives the connection shares with the session.
#[derive(Default)]
pub(super) struct Link {
    sink: Mutex<Option<NoticeSink>>,
    lost: Mutex<Option<String>>,
}

impl Link {
    pub(super) fn listen(&self, sink: NoticeSink) {
        *self.sink.lock().unwrap_or_else(PoisonError::into_inner) = Some(sink);
    }

    pub(super) fn notice(&self, code: &str, severity: &str, message: &str) {
        if code == NO_TRANSACTION {
            return;
        }
        let mut sink = self.sink.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sink) = sink.as_mut() {
            sink(severity, message);
        }
    }

    fn lose(&self, reason: String) {
        *self.lost.lock().unwrap_or_else(PoisonError::into_inner) = Some(reason);
    }

    pub(super) fn lost(&self) -> Option<String> {
        self.lost
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

/// Drives a connection until it ends; runs as a task beside every request.
pub(super) async fn drive<S, T>(mut connection: Connection<S, T>, link: Arc<Link>)
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
    T: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
{
    loop {
        match std::future::poll_fn(|context| connection.poll_message(context)).await {
            Some(Ok(AsyncMessage::Notice(notice))) => {
                link.notice(notice.code().code(), notice.severity(), notice.message());
            }
            Some(Ok(_)) => {}
            Some(Err(error)) => return link.lose(failure::cause(&error)),
            None => return,
        }
    }
}

/// A client and the task that drives its connection.
pub(super) struct Wire {
    pub(super) client: Client,
    pub(super) task: JoinHandle<()>,
    pub(super) link: Arc<Link>,
    pub(super) gate: Gate,
}

impl Wire {
    /// A failure of this connection in our words.
    pub(super) fn failure(&self, error: &tokio_postgres::Error, sent: &str) -> DbError {
        let failure = failure(error, sent, self.link.lost().as_deref());
        if let DbError::Connection(reason) = &failure {
            // What is unusable is not used again, also where the server is still there.
            self.gate.close(reason);
        }
        failure
    }

    /// One of our own statements.
    pub(super) async fn query(&self, sql: &str, parameters: &[Value]) -> Result<Vec<Row>, DbError> {
        let bound: Vec<(Bound<'_>, Type)> = bind(parameters);
        let rows = self.client.query_typed_raw(sql, bound).await;
        let rows = rows.map_err(|error| self.failure(&error, sql))?;
        let mut rows = std::pin::pin!(rows);
        let mut all = Vec::new();
        while let Some(received) = rows.next().await {
            all.push(row(&received.map_err(|error| self.failure(&error, sql))?)?);
        }
        Ok(all)
    }

    /// Several of our own statements, sent together.
    pub(super) async fn query_all(
        &self,
        statements: &[crate::store::Prepared],
    ) -> Result<Vec<Vec<Row>>, DbError> {
        let asked = statements
            .iter()
            .map(|one| self.query(&one.sql, &one.parameters));
        join_all(asked).await.into_iter().collect()
    }

    pub(super) async fn execute(&self, sql: &str, parameters: &[Value]) -> Result<u64, DbError> {
        let bound: Vec<(Bound<'_>, Type)> = bind(parameters);
        let rows = self.client.query_typed_raw(sql, bound).await;
        let rows = rows.map_err(|error| self.failure(&error, sql))?;
        let mut rows = std::pin::pin!(rows);
        while let Some(received) = rows.next().await {
            received.map_err(|error| self.failure(&error, sql))?;
        }
        Ok(rows.rows_affected().unwrap_or_default())
    }

    /// Text as it is; rows are dropped as they come.
    pub(super) async fn run(&self, sql: &str) -> Result<Outcome, DbError> {
        let messages = self.client.simple_query_raw(sql).await;
        let messages = messages.map_err(|error| self.failure(&error, sql))?;
        let mut messages = std::pin::pin!(messages);
        let mut outcome = Outcome::default();
        while let Some(message) = messages.next().await {
            let message = message.map_err(|error| self.failure(&error, sql))?;
            if let SimpleQueryMessage::CommandComplete(rows) = message {
                outcome.rows = Some(outcome.rows.unwrap_or_default() + rows);
            }
        }
        Ok(outcome)
    }

    pub(super) async fn copy_in(&self, sql: &str, data: &mut dyn Read) -> Result<Outcome, DbError> {
        self.gate.copy_begins();
        let sink = self.client.copy_in(sql).await;
        self.gate.copy_has_begun();
        let mut sink = std::pin::pin!(sink.map_err(|error| self.failure(&error, sql))?);
        let mut chunk = vec![0; COPY_CHUNK];
        loop {
            // Leaving early drops the sink, which tells the server that the copy failed.
            match data.read(&mut chunk) {
                Ok(0) => break,
                Ok(length) => {
                    let sent = sink.send(Bytes::copy_from_slice(&chunk[..length])).await;
                    sent.map_err(|error| self.failure(&error, sql))?;
                }
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(DbError::Input(error)),
            }
        }
        match sink.finish().await {
            Ok(rows) => Ok(Outcome { rows: Some(rows) }),
            Err(error) => Err(self.failure(&error, sql)),
        }
    }

    /// Our own settings, then those of the configuration.
    pub(super) async fn apply(
        &self,
        settings: &SessionSettings,
        check_interval: bool,
        scope: Scope,
    ) -> Result<(), DbError> {
        let parameters = parameters(settings, check_interval, scope);
        self.query(SETTINGS, &parameters).await?;
        self.initialize(settings).await
    }

    /// The statements that the configuration has for every session.
    pub(super) async fn initialize(&self, settings: &SessionSettings) -> Result<(), DbError> {
        for statement in &settings.init {
            self.run(statement).await?;
        }
        Ok(())
    }
}

fn bind(parameters: &[Value]) -> Vec<(Bound<'_>, Type)> {
    parameters
        .iter()
        .map(|value| (Bound(value), declared_type(value)))
        .collect()
}
