//! The narrow waist between Limosa and a server.

use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

use limosa_sql::{Dialect, Target};

use crate::store::Prepared;
use crate::{Connector, DbError, LockError, LockWait, Locked, Locks, Row, SendAhead, Value};

/// What is known about the server behind a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// Dialect and version for classifying statements.
    pub target: Target,
    /// The product: `PostgreSQL`, `MariaDB`, `MySQL`, `SQLite`.
    pub product: &'static str,
    /// The version as the server writes it, without build remarks: `15.18`, `10.11.19`, `3.50.2`.
    pub version: String,
    /// Where it is, for people: `db-1.prod:5432`, `/run/postgresql`, the file's name. No secrets.
    pub place: String,
    /// The database: its name, or the file's path.
    pub database: String,
    /// The user that is logged in; empty on `SQLite`.
    pub user: String,
    /// Where the server sees us coming from, unless that is the same machine by a socket or a file.
    pub client: Option<String>,
    /// What the server can do.
    pub capabilities: Capabilities,
    /// Who we are on the server.
    pub backend: Backend,
}

/// What a server can do: asked of it, not assumed from its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities {
    /// DDL is undone when its transaction is rolled back.
    pub transactional_ddl: bool,
    /// The server refuses writes (a replica in recovery, `read_only`, a read-only file).
    pub read_only: bool,
    /// What a session sets and locks stays until the session ends. Not so behind a pooler, where the next
    /// transaction may be in another session of the server.
    pub lasting_sessions: bool,
    /// A lock that a session takes excludes every other session. Not so behind a pooler, nor on a Galera cluster,
    /// where it excludes those on the same node.
    pub session_locks: bool,
}

/// The server's side of a session, such that another process can see whether it is still there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Backend {
    /// Process id on `PostgreSQL`, connection id on `MySQL`, our own process id on `SQLite`.
    pub id: i64,
    /// When it began, as the server writes it (`backend_start`); empty where there is none.
    pub started: String,
}

/// How a session of `MySQL` or `MariaDB` reads a text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reading {
    /// Where names without a database are looked for.
    pub database: Option<String>,
    /// Its `sql_mode`.
    pub modes: String,
    /// The server: its host, port and number.
    pub server: String,
}

/// Settings that Limosa holds on a session, also after a migration changed them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionSettings {
    /// How long a statement waits for a lock on a table; `None` waits without a limit.
    pub lock_timeout: Option<Duration>,
    /// How long a statement may run; `None` is without a limit.
    pub statement_timeout: Option<Duration>,
    /// SQL for every session of the database, from the configuration (`session-init`).
    pub init: Vec<String>,
}

/// The end of a statement of a migration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Outcome {
    /// Rows that the server reports as changed, where it does.
    pub rows: Option<u64>,
}

/// Cancels the statement that a session is running, from another thread.
pub type Canceller = Arc<dyn Fn() + Send + Sync>;

/// Takes the messages (`NOTICE`, `WARNING`) that a server sends beside its answers:
/// severity and text.
pub type NoticeSink = Box<dyn FnMut(&str, &str) + Send>;

/// One connection to a database, as far as everybody may use it: for reading.
///
/// What writes is in [`Executor`], and only a [`Locked`] gives one.
pub trait Session: Send {
    /// What is known about the server.
    fn server(&self) -> &Server;

    /// The dialect.
    fn dialect(&self) -> Dialect {
        self.server().target.dialect
    }

    /// Runs one of our own reading statements with bound parameters (`$1` on `PostgreSQL`,
    /// `?` elsewhere) and returns its rows.
    ///
    /// # Errors
    /// What the server or the connection answers.
    fn query(&mut self, sql: &str, parameters: &[Value]) -> Result<Vec<Row>, DbError>;

    /// The rows of several of our own reading statements, one list for each. Where the protocol lets it, all of them
    /// are sent before the first answer is there: they cost one round trip.
    ///
    /// # Errors
    /// The first one of what the server or the connection answers.
    fn query_all(&mut self, statements: &[Prepared]) -> Result<Vec<Vec<Row>>, DbError> {
        let mut all = Vec::with_capacity(statements.len());
        for one in statements {
            all.push(self.query(&one.sql, &one.parameters)?);
        }
        Ok(all)
    }

    /// How it reads a text now (only `MySQL` and `MariaDB` differ there from session to session).
    ///
    /// # Errors
    /// What the server or the connection answers.
    fn reading(&mut self) -> Result<Reading, DbError> {
        Ok(Reading::default())
    }

    /// Cancels what this session is running, from another thread.
    fn canceller(&self) -> Canceller;

    /// Opens further sessions to the same database, with the same settings.
    fn connector(&self) -> Connector;

    /// Sends notices of the server there from now on.
    fn on_notice(&mut self, sink: NoticeSink);

    /// Takes the lock between migrators and gives the session that may write.
    /// The wait is bounded by [`LockWait::limit`] and reported through it. On an error the
    /// connection is closed.
    ///
    /// # Errors
    /// When the lock is held by somebody else until the limit, or the server fails.
    fn lock(self: Box<Self>, locks: &Locks, wait: &mut LockWait<'_>) -> Result<Locked, LockError>;
}

/// A session that may write. Only [`Locked`] hands it out.
pub trait Executor: Session {
    /// Runs one of our own writing statements with bound parameters and returns the number
    /// of rows that it changed.
    ///
    /// # Errors
    /// What the server or the connection answers.
    fn execute(&mut self, sql: &str, parameters: &[Value]) -> Result<u64, DbError>;

    /// Runs several of our own writing statements, one after the other, and returns the number of rows that each of
    /// them changed. Those without parameters, such as what begins a transaction, run as by [`Executor::run`]. Where
    /// the protocol lets it all go in one message. Nothing behind one that fails is done.
    ///
    /// # Errors
    /// What the server or the connection answers.
    fn execute_all(&mut self, statements: &[Prepared]) -> Result<Vec<u64>, DbError> {
        execute_in_turn(self, statements)
    }

    /// Runs SQL text as it is, by the simple protocol, without keeping its rows in memory.
    ///
    /// # Errors
    /// What the server or the connection answers.
    fn run(&mut self, sql: &str) -> Result<Outcome, DbError>;

    /// As [`Executor::run`], and calls `meanwhile` while the statement runs: first after the given time, then
    /// each time after as long as it says. A driver that cannot look up from its work never calls it.
    ///
    /// # Errors
    /// What the server or the connection answers.
    fn run_watched(
        &mut self,
        sql: &str,
        first: Duration,
        meanwhile: &mut dyn FnMut() -> Duration,
    ) -> Result<Outcome, DbError> {
        let _ = (first, meanwhile);
        self.run(sql)
    }

    /// How this driver sends requests ahead of their answers; `None` where it does one thing after the other.
    /// [`Locked`] has the methods for both.
    fn ahead(&mut self) -> Option<&mut dyn SendAhead> {
        None
    }

    /// Runs a `COPY … FROM stdin` statement with its data (only `PostgreSQL` has it).
    ///
    /// # Errors
    /// What the server or the connection answers; reading the data may fail.
    fn copy_in(&mut self, sql: &str, data: &mut dyn Read) -> Result<Outcome, DbError>;

    /// Makes the settings of this session what they were after connecting, then applies
    /// [`SessionSettings`] as configured: roles, variables, search path, `sql_mode`, default database,
    /// pragmas. Works inside an open transaction and outside, and does not end it. Temporary
    /// objects and cursors stay.
    ///
    /// # Errors
    /// What the server or the connection answers.
    fn reset_settings(&mut self) -> Result<(), DbError>;

    /// Rolls back an open transaction, then [`Executor::reset_settings`], and removes what a migration left: open cursors,
    /// listens, temporary tables, attached databases. Called between migrations.
    ///
    /// # Errors
    /// What the server or the connection answers.
    fn reset_session(&mut self) -> Result<(), DbError>;

    /// What [`Executor::reset_session`] does inside of an open transaction, which it does not end.
    ///
    /// # Errors
    /// What the server or the connection answers.
    fn clear_session(&mut self) -> Result<(), DbError>;

    /// The settings that the session holds, and that every reset applies again.
    fn settings(&self) -> &SessionSettings;

    /// Changes the two timeouts until the next reset; `None` waits without a limit.
    ///
    /// # Errors
    /// What the server or the connection answers.
    fn set_timeouts(
        &mut self,
        lock: Option<Duration>,
        statement: Option<Duration>,
    ) -> Result<(), DbError>;

    /// A session in a database in memory that has everything that is in this one, with these settings (only
    /// `SQLite` has it). No transaction may be open here.
    ///
    /// # Errors
    /// What the server or the connection answers.
    fn copy_into_memory(
        &mut self,
        settings: &SessionSettings,
    ) -> Result<Box<dyn Session>, DbError> {
        let _ = settings;
        Err(DbError::Client("only SQLite copies into memory".into()))
    }
}

/// Our own writing statements one after the other, as [`Executor::execute_all`] says.
pub(crate) fn execute_in_turn(
    session: &mut (impl Executor + ?Sized),
    statements: &[Prepared],
) -> Result<Vec<u64>, DbError> {
    let mut changed = Vec::with_capacity(statements.len());
    for one in statements {
        changed.push(match one.parameters.as_slice() {
            [] => session.run(&one.sql)?.rows.unwrap_or_default(),
            parameters => session.execute(&one.sql, parameters)?,
        });
    }
    Ok(changed)
}
