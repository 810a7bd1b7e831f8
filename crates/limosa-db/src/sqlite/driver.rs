//! A session on `SQLite`.

use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rusqlite::backup::{Backup, StepResult};
use rusqlite::fallible_iterator::FallibleIterator as _;
use rusqlite::{Batch, Connection, params_from_iter};

use super::confined;
use super::failure::failure;
use super::settings::{ATTACHED, Remembered, TEMPORARY_OBJECTS, busy_timeout};
use super::value::{Bound, row};
use crate::{
    Canceller, Connector, DbError, Executor, LockError, LockWait, Locked, Locks, NoticeSink,
    Outcome, Row, Server, Session, SessionSettings, Value,
};

/// How many steps of the virtual machine pass between two looks at the clock.
const STEPS_PER_LOOK: i32 = 10_000;
/// All pages of a database at once.
const WHOLE: i32 = -1;
/// The place of a database in memory.
pub(super) const MEMORY: &str = ":memory:";

/// A session on `SQLite`.
pub(super) struct SqliteSession {
    connection: Connection,
    server: Server,
    settings: SessionSettings,
    remembered: Remembered,
    statement_timeout: Option<Duration>,
    late: Arc<AtomicBool>,
    connector: Connector,
    limits: Limits,
}

/// Whether a session may get beyond its database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Limits {
    None,
    Confined,
}

impl SqliteSession {
    /// Takes over a connection: our own settings, then those of the configuration.
    pub(super) fn new(
        mut connection: Connection,
        server: Server,
        settings: SessionSettings,
        connector: Connector,
        limits: Limits,
    ) -> Result<Self, DbError> {
        // The bundled library enforces foreign keys unless told otherwise; rebuilding a table the usual way
        // (new table, copy, drop, rename) then empties the tables that refer to it.
        let fail = |error| failure(error, "");
        connection
            .pragma_update(None, "foreign_keys", false)
            .map_err(fail)?;
        let remembered = Remembered::read(&connection).map_err(fail)?;
        if limits == Limits::Confined {
            confined::confine(&mut connection).map_err(fail)?;
        }
        let mut session = Self {
            connection,
            server,
            settings,
            remembered,
            statement_timeout: None,
            late: Arc::new(AtomicBool::new(false)),
            connector,
            limits,
        };
        session.apply()?;
        Ok(session)
    }

    fn apply(&mut self) -> Result<(), DbError> {
        let SessionSettings {
            lock_timeout,
            statement_timeout,
            init,
        } = self.settings.clone();
        self.set_timeouts(lock_timeout, statement_timeout)?;
        for statement in &init {
            self.run(statement)?;
        }
        Ok(())
    }

    /// Does something with a clock beside it that interrupts it when it is too late.
    fn timed<T>(
        &mut self,
        sql: &str,
        work: impl FnOnce(&Connection) -> Result<T, DbError>,
    ) -> Result<T, DbError> {
        let fail = |error| failure(error, sql);
        let Some(limit) = self.statement_timeout else {
            return work(&self.connection);
        };
        let began = Instant::now();
        let late = Arc::clone(&self.late);
        late.store(false, Ordering::SeqCst);
        let watch = move || {
            let over = began.elapsed() > limit;
            if over {
                late.store(true, Ordering::SeqCst);
            }
            over
        };
        self.connection
            .progress_handler(STEPS_PER_LOOK, Some(watch))
            .map_err(fail)?;
        let mut result = work(&self.connection);
        self.connection
            .progress_handler(0, None::<fn() -> bool>)
            .map_err(fail)?;
        if let Err(DbError::Server(failure)) = &mut result
            && self.late.load(Ordering::SeqCst)
            && failure.code == "SQLITE_INTERRUPT"
        {
            failure.message =
                format!("canceled because it ran longer than the statement timeout of {limit:.3?}");
        }
        result
    }
}

impl Session for SqliteSession {
    fn server(&self) -> &Server {
        &self.server
    }

    fn query(&mut self, sql: &str, parameters: &[Value]) -> Result<Vec<Row>, DbError> {
        self.timed(sql, |connection| {
            let fail = |error| failure(error, sql);
            let mut statement = connection.prepare_cached(sql).map_err(fail)?;
            let columns = statement.column_count();
            let mut rows = statement
                .query(params_from_iter(parameters.iter().map(Bound)))
                .map_err(fail)?;
            let mut all = Vec::new();
            while let Some(received) = rows.next().map_err(fail)? {
                all.push(row(received, columns)?);
            }
            Ok(all)
        })
    }

    fn canceller(&self) -> Canceller {
        let handle = self.connection.get_interrupt_handle();
        Arc::new(move || handle.interrupt())
    }

    fn connector(&self) -> Connector {
        self.connector.clone()
    }

    /// `SQLite` sends no messages beside its answers.
    fn on_notice(&mut self, _sink: NoticeSink) {}

    /// `BEGIN IMMEDIATE` of each unit excludes others, and the guards see what others did: there is nothing to
    /// hold between two transactions.
    fn lock(
        self: Box<Self>,
        _locks: &Locks,
        _wait: &mut LockWait<'_>,
    ) -> Result<Locked, LockError> {
        Ok(Locked::new(self, "1".to_owned()))
    }
}

impl Executor for SqliteSession {
    fn execute(&mut self, sql: &str, parameters: &[Value]) -> Result<u64, DbError> {
        self.timed(sql, |connection| {
            let fail = |error| failure(error, sql);
            let before = connection.total_changes();
            let mut statement = connection.prepare_cached(sql).map_err(fail)?;
            let mut rows = statement
                .query(params_from_iter(parameters.iter().map(Bound)))
                .map_err(fail)?;
            while rows.next().map_err(fail)?.is_some() {}
            Ok(changes(connection, before))
        })
    }

    fn run(&mut self, sql: &str) -> Result<Outcome, DbError> {
        self.timed(sql, |connection| {
            let fail = |error| failure(error, sql);
            let mut outcome = Outcome::default();
            let mut batch = Batch::new(connection, sql);
            while let Some(mut statement) = batch.next().map_err(fail)? {
                let before = connection.total_changes();
                let mut rows = statement.raw_query();
                while rows.next().map_err(fail)?.is_some() {}
                let changed = changes(connection, before);
                outcome.rows = Some(outcome.rows.unwrap_or_default() + changed);
            }
            Ok(outcome)
        })
    }

    fn copy_in(&mut self, _sql: &str, _data: &mut dyn Read) -> Result<Outcome, DbError> {
        Err(DbError::Client("SQLite has no COPY … FROM stdin".into()))
    }

    fn reset_settings(&mut self) -> Result<(), DbError> {
        self.remembered
            .restore(&self.connection)
            .map_err(|error| failure(error, ""))?;
        self.apply()
    }

    fn reset_session(&mut self) -> Result<(), DbError> {
        if !self.connection.is_autocommit() {
            self.run("ROLLBACK")?;
        }
        self.clear_session()
    }

    fn clear_session(&mut self) -> Result<(), DbError> {
        for object in self.query(TEMPORARY_OBJECTS, &[])? {
            let (kind, name) = (object.text(0), object.text(1));
            let kind = kind.unwrap_or_default().to_uppercase();
            let name = quoted(&name.unwrap_or_default());
            // A table may be gone with another one (the shadow tables of a virtual table).
            self.run(&format!("DROP {kind} IF EXISTS temp.{name}"))?;
        }
        for database in self.query(ATTACHED, &[])? {
            let name = quoted(&database.text(0).unwrap_or_default());
            self.run(&format!("DETACH {name}"))?;
        }
        self.reset_settings()
    }

    fn settings(&self) -> &SessionSettings {
        &self.settings
    }

    fn set_timeouts(
        &mut self,
        lock: Option<Duration>,
        statement: Option<Duration>,
    ) -> Result<(), DbError> {
        self.statement_timeout = statement;
        self.connection
            .busy_timeout(busy_timeout(lock))
            .map_err(|error| failure(error, ""))
    }

    fn copy_into_memory(
        &mut self,
        settings: &SessionSettings,
    ) -> Result<Box<dyn Session>, DbError> {
        let fail = |error| failure(error, "");
        let mut memory = Connection::open_in_memory().map_err(fail)?;
        let backup = Backup::new(&self.connection, &mut memory).map_err(fail)?;
        if backup.step(WHOLE).map_err(fail)? != StepResult::Done {
            return Err(DbError::Client(
                "the database is in use, so it cannot be copied".into(),
            ));
        }
        drop(backup);
        let mut server = self.server.clone();
        MEMORY.clone_into(&mut server.place);
        MEMORY.clone_into(&mut server.database);
        server.capabilities.read_only = false;
        let connector = self.connector.clone();
        let session = Self::new(memory, server, settings.clone(), connector, self.limits)?;
        Ok(Box::new(session))
    }
}

/// Rows that the last statement changed itself, given the total before it.
fn changes(connection: &Connection, before: u64) -> u64 {
    if connection.total_changes() == before {
        0
    } else {
        connection.changes()
    }
}

fn quoted(name: &str) -> String {
    limosa_sql::quote_identifier(limosa_sql::Dialect::Sqlite, name)
}
