//! A session on `PostgreSQL`.

use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{join, join3, join4};
use tokio::runtime::Runtime;

use super::cancel::CancelRoute;
use super::lock;
use super::pooled::Pooled;
use super::prepared::Prepared;
use super::series::Series;
use super::settings::{RESET_SESSION, RESET_SETTINGS, Scope, TIMEOUTS, milliseconds};
use super::wire::Wire;
use crate::boundary::Boundary;
use crate::watched::watched;
use crate::{
    Canceller, Connector, DbError, Executor, LockError, LockWait, Locked, Locks, NoticeSink,
    Outcome, Row, SendAhead, Server, Session, SessionSettings, Value,
};

/// How long the goodbye to the server may take when a session is dropped.
const GOODBYE: Duration = Duration::from_millis(500);
/// How long a request to cancel may take.
const CANCEL: Duration = Duration::from_secs(5);

/// Two things at once would be done in an order that nobody sees.
const UNSETTLED: &str = "a series of requests is open, which is to be settled first";

/// Nothing can be asked of a session that is dropped.
pub(super) fn closed() -> DbError {
    DbError::Connection("the session is closed".into())
}

/// A session on `PostgreSQL`: a client, and the runtime on which its connection is driven whenever
/// something is asked of it.
pub(super) struct PostgresSession {
    // `None` only while it is dropped.
    pub(super) runtime: Option<Runtime>,
    pub(super) wire: Option<Wire>,
    /// Requests that were sent ahead and are not settled.
    pub(super) series: Option<Series>,
    pub(super) prepared: Prepared,
    route: CancelRoute,
    server: Server,
    database_oid: u32,
    settings: SessionSettings,
    pub(super) check_interval: bool,
    connector: Connector,
    /// Only behind a pooler.
    pub(super) pooled: Option<Pooled>,
}

/// What a new session is made of.
pub(super) struct Parts {
    pub(super) runtime: Runtime,
    pub(super) wire: Wire,
    pub(super) route: CancelRoute,
    pub(super) server: Server,
    pub(super) database_oid: u32,
    pub(super) settings: SessionSettings,
    pub(super) check_interval: bool,
    pub(super) connector: Connector,
    pub(super) pooled: Option<Pooled>,
}

impl PostgresSession {
    pub(super) fn new(parts: Parts) -> Self {
        Self {
            runtime: Some(parts.runtime),
            wire: Some(parts.wire),
            series: None,
            prepared: Prepared::default(),
            route: parts.route,
            server: parts.server,
            database_oid: parts.database_oid,
            settings: parts.settings,
            check_interval: parts.check_interval,
            connector: parts.connector,
            pooled: parts.pooled,
        }
    }

    /// The number of the database, as `pg_locks` shows it.
    pub(super) fn database_oid(&self) -> u32 {
        self.database_oid
    }

    /// A text of a migration may take prepared statements away (`DEALLOCATE ALL`).
    fn forget_prepared(&mut self, sql: &str) {
        if Boundary::of(sql).is_none() {
            self.prepared.forget();
        }
    }

    fn scope(&self) -> Scope {
        match self.pooled {
            None => Scope::Session,
            Some(_) => Scope::Transaction,
        }
    }
}

/// The runtime and the connection of a session that has no series open. A macro, since the other fields are borrowed
/// beside them.
macro_rules! parts {
    ($session:ident) => {
        match (&$session.runtime, &$session.wire, &$session.series) {
            (Some(runtime), Some(wire), None) => (runtime, wire),
            (_, _, Some(_)) => return Err(DbError::Client(UNSETTLED.into())),
            _ => return Err(closed()),
        }
    };
}

impl Session for PostgresSession {
    fn server(&self) -> &Server {
        &self.server
    }

    fn query(&mut self, sql: &str, parameters: &[Value]) -> Result<Vec<Row>, DbError> {
        let (runtime, wire) = parts!(self);
        match &mut self.pooled {
            None => runtime.block_on(wire.query(sql, parameters)),
            Some(pooled) => {
                let asked =
                    pooled.query(wire, &self.settings, self.check_interval, sql, parameters);
                runtime.block_on(asked)
            }
        }
    }

    fn query_all(
        &mut self,
        statements: &[crate::store::Prepared],
    ) -> Result<Vec<Vec<Row>>, DbError> {
        // Behind a pooler each one may need a transaction around it.
        if self.pooled.is_some() && !self.settings.init.is_empty() {
            let one_by_one = statements.iter();
            return one_by_one
                .map(|one| self.query(&one.sql, &one.parameters))
                .collect();
        }
        let (runtime, wire) = parts!(self);
        runtime.block_on(wire.query_all(statements))
    }

    fn canceller(&self) -> Canceller {
        let token = self.wire.as_ref().map(|wire| wire.client.cancel_token());
        let route = self.route.clone();
        Arc::new(move || {
            let (Some(token), route) = (token.clone(), route.clone()) else {
                return;
            };
            // On a thread of its own: the caller may be inside a runtime.
            let thread = std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build();
                let Ok(runtime) = runtime else { return };
                // A request that does not arrive leaves the statement running, which the caller sees.
                let _ = runtime.block_on(async move {
                    tokio::time::timeout(CANCEL, route.cancel(token)).await
                });
                runtime.shutdown_background();
            });
            let _ = thread.join();
        })
    }

    fn connector(&self) -> Connector {
        self.connector.clone()
    }

    fn on_notice(&mut self, sink: NoticeSink) {
        if let Some(wire) = &self.wire {
            wire.link.listen(sink);
        }
    }

    fn lock(self: Box<Self>, locks: &Locks, wait: &mut LockWait<'_>) -> Result<Locked, LockError> {
        lock::take(self, locks, wait)
    }
}

impl Executor for PostgresSession {
    fn ahead(&mut self) -> Option<&mut dyn SendAhead> {
        self.pooled.is_none().then_some(self)
    }

    fn execute(&mut self, sql: &str, parameters: &[Value]) -> Result<u64, DbError> {
        let (runtime, wire) = parts!(self);
        runtime.block_on(wire.execute(sql, parameters))
    }

    fn run(&mut self, sql: &str) -> Result<Outcome, DbError> {
        self.forget_prepared(sql);
        let (runtime, wire) = parts!(self);
        match &mut self.pooled {
            None => runtime.block_on(wire.run(sql)),
            Some(pooled) => {
                let ran =
                    runtime.block_on(pooled.run(wire, &self.settings, self.check_interval, sql));
                // Without the time of its start: by that nobody takes it for ours later.
                self.server.backend.id = pooled.process();
                ran
            }
        }
    }

    fn run_watched(
        &mut self,
        sql: &str,
        first: Duration,
        meanwhile: &mut dyn FnMut() -> Duration,
    ) -> Result<Outcome, DbError> {
        self.forget_prepared(sql);
        let (runtime, wire) = parts!(self);
        match &mut self.pooled {
            None => watched(runtime, wire.run(sql), first, meanwhile),
            Some(pooled) => {
                let run = pooled.run(wire, &self.settings, self.check_interval, sql);
                watched(runtime, run, first, meanwhile)
            }
        }
    }

    fn copy_in(&mut self, sql: &str, data: &mut dyn Read) -> Result<Outcome, DbError> {
        let (runtime, wire) = parts!(self);
        runtime.block_on(wire.copy_in(sql, data))
    }

    fn reset_settings(&mut self) -> Result<(), DbError> {
        let (runtime, wire) = parts!(self);
        if let Some(pooled) = &mut self.pooled {
            return runtime.block_on(pooled.reset(wire, &self.settings, self.check_interval));
        }
        runtime.block_on(async {
            // Sent together, in this order, so that it costs one round trip.
            let settings = wire.apply(&self.settings, self.check_interval, Scope::Session);
            let (reset, applied) = join(wire.run(RESET_SETTINGS), settings).await;
            reset.and(applied)
        })
    }

    fn reset_session(&mut self) -> Result<(), DbError> {
        if self.pooled.is_some() {
            // What it left was taken away at the end of each transaction.
            return self.run("ROLLBACK").map(drop);
        }
        self.prepared.forget();
        let (runtime, wire) = parts!(self);
        runtime.block_on(async {
            let (rolled_back, left, reset, applied) = join4(
                wire.run("ROLLBACK"),
                wire.run(RESET_SESSION),
                wire.run(RESET_SETTINGS),
                wire.apply(&self.settings, self.check_interval, Scope::Session),
            )
            .await;
            rolled_back.and(left).and(reset).and(applied)
        })
    }

    fn clear_session(&mut self) -> Result<(), DbError> {
        if self.pooled.is_some() {
            return self.reset_settings();
        }
        self.prepared.forget();
        let (runtime, wire) = parts!(self);
        runtime.block_on(async {
            let (left, reset, applied) = join3(
                wire.run(RESET_SESSION),
                wire.run(RESET_SETTINGS),
                wire.apply(&self.settings, self.check_interval, Scope::Session),
            )
            .await;
            left.and(reset).and(applied)
        })
    }

    fn settings(&self) -> &SessionSettings {
        &self.settings
    }

    fn set_timeouts(
        &mut self,
        lock: Option<Duration>,
        statement: Option<Duration>,
    ) -> Result<(), DbError> {
        let parameters = [
            milliseconds(lock),
            milliseconds(statement),
            self.scope().is_local(),
        ];
        self.query(TIMEOUTS, &parameters).map(|_| ())
    }
}

impl Drop for PostgresSession {
    /// Says goodbye, so that the server gives the lock back at once.
    fn drop(&mut self) {
        let (Some(runtime), Some(wire)) = (self.runtime.take(), self.wire.take()) else {
            return;
        };
        if self.series.take().is_some() {
            // The driver would wait for what is lent to the series.
            wire.gate.close("the session is closed");
        }
        drop(wire.client);
        // Inside somebody else's runtime blocking is forbidden; the closed socket says enough.
        if tokio::runtime::Handle::try_current().is_err() {
            let _ = runtime.block_on(async { tokio::time::timeout(GOODBYE, wire.task).await });
        }
        runtime.shutdown_background();
    }
}
