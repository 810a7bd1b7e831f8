//! A session on `MySQL` or `MariaDB`.

use std::collections::BTreeSet;
use std::io::Read;
use std::ops::Add as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use limosa_sql::{Dialect, Target};
use mysql_async::consts::StatusFlags;
use mysql_async::prelude::Queryable as _;
use mysql_async::{Conn, Opts, Params, Value as Native};
use tokio::runtime::Runtime;

use super::failure::failure;
use super::lock;
use super::remains::{Remains, remains};
use super::settings::{Inside, Remembered, are_same, own, quoted, reading, setting, timeouts};
use super::start::{rows, together, typed};
use super::temporary::{created, dropping};
use super::value::{bound, row};
use crate::session::execute_in_turn;
use crate::store::Prepared;
use crate::watched::watched;
use crate::{
    Canceller, Connector, DbError, Executor, LockError, LockWait, Locked, Locks, NoticeSink,
    Outcome, Reading, Row, Server, Session, SessionSettings, Value,
};

/// How long the goodbye to the server may take when a session is dropped.
const GOODBYE: Duration = Duration::from_millis(500);
/// What another node has committed did not arrive in time.
const SYNC_WAIT: &str = "1205";
/// For how long a cluster may stand still.
const STANDSTILL: Duration = Duration::from_secs(300);
/// How long a request to cancel may take.
const CANCEL: Duration = Duration::from_secs(5);

/// How many bytes of our own statements go in one message.
const MESSAGE: usize = 256 << 10;

/// Ends whatever a migration has begun.
const END: [&str; 2] = ["ROLLBACK", "UNLOCK TABLES"];
const TEMPORARY_TABLES: &str = include_str!("temporary_tables.sql");
const READING: &str = include_str!("reading.sql");

/// A connection with its notices.
pub(super) struct Wire {
    pub(super) conn: Conn,
    pub(super) sink: Option<NoticeSink>,
    /// The temporary tables that were created here: database and name.
    temporary: BTreeSet<(String, String)>,
    /// Whether a setting may be another one than it was after the last reset.
    touched: bool,
    /// Whether a transaction may be open, or tables locked.
    open: bool,
    /// How it reads texts as long as no setting is touched.
    reading: Option<Reading>,
}

impl Wire {
    pub(super) fn new(conn: Conn) -> Self {
        Self {
            conn,
            sink: None,
            temporary: BTreeSet::new(),
            touched: false,
            open: false,
            reading: None,
        }
    }

    /// One of our own statements. Without parameters it needs no preparation.
    pub(super) async fn query(
        &mut self,
        sql: &str,
        parameters: &[Value],
    ) -> Result<Vec<Row>, DbError> {
        let rows: Vec<mysql_async::Row> = if parameters.is_empty() {
            self.conn.query(sql).await
        } else {
            self.conn.exec(sql, bind(parameters)).await
        }
        .map_err(|error| failure(error, sql))?;
        Ok(rows.into_iter().map(row).collect())
    }

    async fn execute(&mut self, sql: &str, parameters: &[Value]) -> Result<u64, DbError> {
        let fail = |error| failure(error, sql);
        let result = self
            .conn
            .exec_iter(sql, bind(parameters))
            .await
            .map_err(fail)?;
        let rows = result.affected_rows();
        result.drop_result().await.map_err(fail)?;
        Ok(rows)
    }

    /// Our own statements in one message, as texts.
    async fn execute_all(
        &mut self,
        statements: &[Prepared],
        texts: &[String],
    ) -> Result<Vec<u64>, DbError> {
        let text = texts.join(";\n");
        let result = self.changed_by(&text).await;
        // What begins a transaction has no parameters; our entries change nothing of the session.
        for one in statements.iter().filter(|one| one.parameters.is_empty()) {
            self.note(&one.sql, result.is_ok());
        }
        result.map_err(|error| failure(error, &text))
    }

    /// Text as it is; the rows of all its results are dropped as they come.
    pub(super) async fn run(&mut self, sql: &str) -> Result<Outcome, DbError> {
        let result = self.run_quietly(sql).await;
        self.note(sql, result.is_ok());
        if self.sink.is_some() && self.conn.get_warnings() > 0 && result.is_ok() {
            self.tell_warnings().await?;
        }
        // Also after an error: statements before the failed one may have created some.
        for (database, table) in created(sql) {
            let database = match database {
                Some(database) => database,
                None => self.current_database().await.unwrap_or_default(),
            };
            self.temporary.insert((database, table));
        }
        result.map_err(|error| failure(error, sql))
    }

    /// Notes what a text may have left.
    fn note(&mut self, sql: &str, worked: bool) {
        match remains(sql, &Target::newest(Dialect::Mysql)) {
            Remains::Nothing => {}
            Remains::Transaction => self.open = true,
            // Without autocommit the next one begins by itself.
            Remains::NoTransaction => self.open &= self.touched || !worked,
            Remains::Anything => (self.touched, self.open) = (true, true),
        }
    }

    async fn run_quietly(&mut self, sql: &str) -> Result<Outcome, mysql_async::Error> {
        let changed = self.changed_by(sql).await?;
        Ok(Outcome {
            rows: changed.into_iter().reduce(u64::add),
        })
    }

    /// How many rows each statement of a text has changed, those that return rows left out.
    async fn changed_by(&mut self, sql: &str) -> Result<Vec<u64>, mysql_async::Error> {
        let mut result = self.conn.query_iter(sql).await?;
        let mut changed = Vec::new();
        while let Some(columns) = result.columns() {
            if columns.is_empty() {
                changed.push(result.affected_rows());
            }
            while result.next().await?.is_some() {}
        }
        // An error of a statement after the first waits here.
        result.next().await?;
        Ok(changed)
    }

    async fn tell_warnings(&mut self) -> Result<(), DbError> {
        let warnings = self.query("SHOW WARNINGS", &[]).await?;
        if let Some(sink) = &mut self.sink {
            for warning in &warnings {
                let (level, message) = (warning.text(0), warning.text(2));
                sink(&level.unwrap_or_default(), &message.unwrap_or_default());
            }
        }
        Ok(())
    }

    fn in_transaction(&self) -> bool {
        self.conn.last_ok_packet().is_some_and(|packet| {
            packet
                .status_flags()
                .contains(StatusFlags::SERVER_STATUS_IN_TRANS)
        })
    }

    /// Sets variables of the session.
    async fn set(&mut self, values: &[(&'static str, Native)]) -> Result<(), DbError> {
        if values.is_empty() {
            return Ok(());
        }
        self.touched = true;
        let names: Vec<&str> = values.iter().map(|(name, _)| *name).collect();
        let sql = setting(&names);
        let parameters = values.iter().map(|(_, value)| value.clone()).collect();
        self.conn
            .exec_drop(&sql, Params::Positional(parameters))
            .await
            .map_err(|error| failure(error, &sql))
    }

    /// The session as it is, behind these statements: variables, role, default database.
    async fn look(
        &mut self,
        behind: &[&str],
        names: &[(&'static str, Inside)],
        roles: bool,
    ) -> Result<Remembered, DbError> {
        let variables = reading(names);
        let place = if roles {
            "SELECT DATABASE(), CURRENT_ROLE()"
        } else {
            "SELECT DATABASE(), NULL"
        };
        let (mut sets, error) =
            together(self, &[behind, &[variables.as_str(), place]].concat()).await;
        if let Some(error) = error {
            return Err(error);
        }
        let place = sets.pop().map(rows).unwrap_or_default();
        let values = sets.pop().unwrap_or_default().into_iter().next();
        let text = |index: usize| place.first().and_then(|row| row.text(index));
        Ok(Remembered {
            variables: names
                .iter()
                .zip(values.map(typed).unwrap_or_default())
                .map(|((name, inside), value)| (*name, *inside, value))
                .collect(),
            database: text(0),
            role: text(1).filter(|role| role != "NONE"),
            roles,
            cluster: false,
        })
    }

    /// How the session reads a text now; it is asked again only when a setting may have changed.
    async fn reading(&mut self) -> Result<Reading, DbError> {
        if let Some(reading) = self.reading.as_ref().filter(|_| !self.touched) {
            return Ok(reading.clone());
        }
        let rows = self.query(READING, &[]).await?;
        let text = |index| rows.first().and_then(|row| row.text(index));
        let reading = Reading {
            database: text(0),
            modes: text(1).unwrap_or_default(),
            server: text(2).unwrap_or_default(),
        };
        if !self.touched {
            self.reading = Some(reading.clone());
        }
        Ok(reading)
    }

    async fn current_database(&mut self) -> Result<String, DbError> {
        let rows = self.query("SELECT DATABASE()", &[]).await?;
        Ok(rows.first().and_then(|row| row.text(0)).unwrap_or_default())
    }

    /// Drops the temporary tables: those that the server lists, else those that were seen to be created.
    async fn drop_temporary_tables(&mut self, target: Target) -> Result<(), DbError> {
        let mut tables = std::mem::take(&mut self.temporary);
        if target.mariadb && target.version >= (11, 2) {
            for table in self.query(TEMPORARY_TABLES, &[]).await? {
                let (database, name) = (table.text(0), table.text(1));
                tables.insert((database.unwrap_or_default(), name.unwrap_or_default()));
            }
        }
        for (database, table) in &tables {
            let sql = dropping(database, table);
            // Not by `run`: that the table is gone already is no news to anybody.
            self.run_quietly(&sql)
                .await
                .map_err(|error| failure(error, &sql))?;
        }
        Ok(())
    }

    /// Puts back what differs from what was remembered after these statements, with our own settings in place of the
    /// server's.
    async fn restore(
        &mut self,
        behind: &[&str],
        remembered: &Remembered,
        settings: &SessionSettings,
        mariadb: bool,
    ) -> Result<(), DbError> {
        let own = own(settings, mariadb, remembered.cluster);
        let now = self
            .look(behind, &remembered.names(), remembered.roles)
            .await?;
        let in_transaction = self.in_transaction();
        let changed: Vec<(&'static str, Native)> = remembered
            .variables
            .iter()
            .zip(&now.variables)
            .filter(|((_, inside, _), _)| !(in_transaction && *inside == Inside::Left))
            .map(|((name, _, before), (_, _, now))| {
                let own = own.iter().find(|(own, _)| own == name);
                (*name, own.map_or(before, |(_, value)| value), now)
            })
            .filter(|(_, wanted, now)| !are_same(wanted, now))
            .map(|(name, wanted, _)| (name, wanted.clone()))
            .collect();
        self.set(&changed).await?;
        if now.role != remembered.role {
            let sql = match (&remembered.role, mariadb) {
                (None, _) => "SET ROLE NONE".to_owned(),
                (Some(role), true) => format!("SET ROLE {}", quoted(role)),
                // `MySQL` writes the roles such that they can be set as they are.
                (Some(roles), false) => format!("SET ROLE {roles}"),
            };
            self.run(&sql).await?;
        }
        if let Some(database) = &remembered.database
            && now.database.as_ref() != Some(database)
        {
            self.run(&format!("USE {}", quoted(database))).await?;
        }
        Ok(())
    }

    /// The statements that the configuration has for every session. With them it is as every reset leaves it.
    pub(super) async fn initialize(&mut self, settings: &SessionSettings) -> Result<(), DbError> {
        for statement in &settings.init {
            self.run(statement).await?;
        }
        // Some settings are not put back while a transaction is open.
        self.touched &= self.in_transaction();
        Ok(())
    }
}

fn bind(parameters: &[Value]) -> Params {
    if parameters.is_empty() {
        Params::Empty
    } else {
        Params::Positional(parameters.iter().map(bound).collect())
    }
}

/// A session on `MySQL` or `MariaDB`: a connection, and the runtime on which it is driven whenever something is
/// asked of it.
pub(super) struct MysqlSession {
    // `None` only while it is dropped.
    runtime: Option<Runtime>,
    wire: Option<Wire>,
    options: Opts,
    server: Server,
    settings: SessionSettings,
    remembered: Remembered,
    connector: Connector,
}

impl MysqlSession {
    pub(super) fn new(
        runtime: Runtime,
        wire: Wire,
        options: Opts,
        server: Server,
        settings: SessionSettings,
        remembered: Remembered,
        connector: Connector,
    ) -> Self {
        Self {
            runtime: Some(runtime),
            wire: Some(wire),
            options,
            server,
            settings,
            remembered,
            connector,
        }
    }
}

/// The runtime and the connection of a session. A macro, since the other fields are borrowed beside them.
macro_rules! parts {
    ($session:ident) => {
        match (&$session.runtime, &mut $session.wire) {
            (Some(runtime), Some(wire)) => (runtime, wire),
            _ => return Err(DbError::Connection("the session is closed".into())),
        }
    };
}

impl MysqlSession {
    /// Removes what a migration left, behind these statements.
    fn clear(&mut self, behind: &[&str]) -> Result<(), DbError> {
        let (runtime, wire) = parts!(self);
        let target = self.server.target;
        runtime.block_on(async {
            if !wire.touched && wire.temporary.is_empty() {
                return together(wire, behind).await.1.map_or(Ok(()), Err);
            }
            wire.restore(behind, &self.remembered, &self.settings, target.mariadb)
                .await?;
            wire.drop_temporary_tables(target).await?;
            wire.initialize(&self.settings).await
        })
    }
}

impl Session for MysqlSession {
    fn server(&self) -> &Server {
        &self.server
    }

    fn query(&mut self, sql: &str, parameters: &[Value]) -> Result<Vec<Row>, DbError> {
        let (runtime, wire) = parts!(self);
        let began = Instant::now();
        loop {
            let rows = runtime.block_on(wire.query(sql, parameters));
            match rows {
                // On a cluster every node waits while one table is changed, and so do reads, for as long as the node
                // allows (30 s).
                Err(error)
                    if self.remembered.cluster
                        && error.code() == SYNC_WAIT
                        && !wire.in_transaction()
                        && began.elapsed() < STANDSTILL => {}
                rows => return rows,
            }
        }
    }

    fn reading(&mut self) -> Result<Reading, DbError> {
        let (runtime, wire) = parts!(self);
        runtime.block_on(wire.reading())
    }

    fn canceller(&self) -> Canceller {
        let options = self.options.clone();
        let id = self.server.backend.id;
        Arc::new(move || {
            let options = options.clone();
            // On a thread of its own: the caller may be inside a runtime.
            let thread = std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build();
                let Ok(runtime) = runtime else { return };
                // A request that does not arrive leaves the statement running, which the caller sees.
                let _ = runtime.block_on(async move {
                    let request = async move {
                        let mut conn = Conn::new(options).await?;
                        conn.query_drop(format!("KILL QUERY {id}")).await?;
                        conn.disconnect().await
                    };
                    tokio::time::timeout(CANCEL, request).await
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
        if let Some(wire) = &mut self.wire {
            wire.sink = Some(sink);
        }
    }

    fn lock(self: Box<Self>, locks: &Locks, wait: &mut LockWait<'_>) -> Result<Locked, LockError> {
        lock::take(self, locks, wait)
    }
}

impl Executor for MysqlSession {
    fn execute(&mut self, sql: &str, parameters: &[Value]) -> Result<u64, DbError> {
        let (runtime, wire) = parts!(self);
        runtime.block_on(wire.execute(sql, parameters))
    }

    fn execute_all(&mut self, statements: &[Prepared]) -> Result<Vec<u64>, DbError> {
        let texts: Vec<String> = statements.iter().map(|one| one.in_text().sql).collect();
        // As text they can be twice as long.
        if texts.iter().map(String::len).sum::<usize>() > MESSAGE {
            return execute_in_turn(self, statements);
        }
        let (runtime, wire) = parts!(self);
        runtime.block_on(wire.execute_all(statements, &texts))
    }

    fn run(&mut self, sql: &str) -> Result<Outcome, DbError> {
        let (runtime, wire) = parts!(self);
        runtime.block_on(wire.run(sql))
    }

    fn run_watched(
        &mut self,
        sql: &str,
        first: Duration,
        meanwhile: &mut dyn FnMut() -> Duration,
    ) -> Result<Outcome, DbError> {
        let (runtime, wire) = parts!(self);
        watched(runtime, wire.run(sql), first, meanwhile)
    }

    fn copy_in(&mut self, _sql: &str, _data: &mut dyn Read) -> Result<Outcome, DbError> {
        Err(DbError::Client(format!(
            "{} has no COPY … FROM stdin",
            self.server.product
        )))
    }

    fn reset_settings(&mut self) -> Result<(), DbError> {
        let (runtime, wire) = parts!(self);
        let mariadb = self.server.target.mariadb;
        if !wire.touched {
            return Ok(());
        }
        runtime.block_on(async {
            wire.restore(&[], &self.remembered, &self.settings, mariadb)
                .await?;
            wire.initialize(&self.settings).await
        })
    }

    fn reset_session(&mut self) -> Result<(), DbError> {
        let (_, wire) = parts!(self);
        let behind = if wire.open { &END[..] } else { &[] };
        self.clear(behind)?;
        // What puts settings back begins nothing.
        let (_, wire) = parts!(self);
        wire.open = false;
        Ok(())
    }

    fn clear_session(&mut self) -> Result<(), DbError> {
        self.clear(&[])
    }

    fn settings(&self) -> &SessionSettings {
        &self.settings
    }

    fn set_timeouts(
        &mut self,
        lock: Option<Duration>,
        statement: Option<Duration>,
    ) -> Result<(), DbError> {
        let (runtime, wire) = parts!(self);
        let values = timeouts(lock, statement, self.server.target.mariadb);
        runtime.block_on(wire.set(&values))
    }
}

impl Drop for MysqlSession {
    /// Says goodbye, so that the server gives the lock back at once.
    fn drop(&mut self) {
        let (Some(runtime), Some(wire)) = (self.runtime.take(), self.wire.take()) else {
            return;
        };
        // Inside somebody else's runtime blocking is forbidden; the closed socket says enough.
        if tokio::runtime::Handle::try_current().is_err() {
            let _ = runtime
                .block_on(async { tokio::time::timeout(GOODBYE, wire.conn.disconnect()).await });
        }
        runtime.shutdown_background();
    }
}
