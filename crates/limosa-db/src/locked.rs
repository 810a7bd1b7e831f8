//! The session that holds the lock between migrators.

use std::collections::VecDeque;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::time::Duration;

use limosa_sql::Dialect;

use crate::ahead::{InTurn, none};
use crate::other_locks::OtherLocks;
use crate::store::Prepared;
use crate::{
    Answered, Backend, Canceller, Connector, DbError, Executor, Expect, NoticeSink, Outcome,
    Outstanding, Reading, Row, Server, Session, Value,
};

/// What is locked while a migrator works: our own lock first, then those of other tools.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Locks {
    /// The schema (or, on `MySQL`, the database) of the history table that our own lock is about.
    pub schema: String,
    /// The history table.
    pub table: String,
    /// Locks that other tools take while they work. Empty: only ours.
    pub others: Vec<OtherLock>,
}

/// A lock of another tool that is held beside ours, so that either waits for the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherLock {
    /// The tool, for people: `golang-migrate`.
    pub tool: &'static str,
    /// Its key.
    pub key: OtherKey,
    /// How the tool waits for it.
    pub waits: Waits,
}

/// How a tool waits for its lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Waits {
    /// In the server, where it holds a snapshot meanwhile.
    InServer,
    /// By asking again.
    ByAsking,
}

/// The key by which another tool takes its lock.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum OtherKey {
    /// `PostgreSQL`: of `pg_advisory_lock(bigint)`.
    Number(i64),
    /// `MariaDB` and `MySQL`: of `GET_LOCK(name, …)`.
    Name(String),
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

/// A lock that somebody else holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HeldLock {
    /// The tool whose lock it is, unless it is ours.
    pub tool: Option<&'static str>,
    /// Who holds it, as far as known.
    pub holder: Option<LockHolder>,
}

impl fmt::Display for HeldLock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.tool {
            Some(tool) => write!(f, "the lock of {tool}")?,
            None => f.write_str("the migration lock")?,
        }
        let holder = self.holder.as_ref();
        let who = holder.map_or("another session", |holder| holder.who.as_str());
        write!(f, " is held by {who}")
    }
}

/// How to wait for the lock.
pub struct LockWait<'a> {
    /// For how long at most.
    pub limit: Duration,
    /// The session that held the lock for the caller before its connection was lost. What the server still has of
    /// it is ended.
    pub lost: Option<&'a Backend>,
    /// Told which lock is waited for when it is still held after the first pause (50 ms), and again about once a second,
    /// with the time waited.
    pub waiting: &'a mut dyn FnMut(&HeldLock, Duration),
    /// Asked before each pause; true gives up with [`LockError::Interrupted`].
    pub interrupted: &'a dyn Fn() -> bool,
}

/// Why the lock was not taken.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Somebody else holds it.
    #[error("{lock}")]
    Held {
        /// Which, and who.
        lock: HeldLock,
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

/// What is true in every dialect.
const PROVED: &str = "1 = 1";

/// How long is waited for an answer before anybody looks up, where there is nothing to look at.
const QUIET: Duration = Duration::from_secs(3600);

/// A session that holds the lock between migrators. Only it can write.
///
/// The lock lives on this very connection; dropping it closes the connection and so gives the lock
/// back, whatever state the work was in.
pub struct Locked {
    session: Box<dyn Executor>,
    guard: String,
    others: Option<OtherLocks>,
    sends_ahead: bool,
    /// The answers of a session that does not send ahead.
    in_turn: InTurn,
    /// How many bytes were sent for each request that has no answer yet, and together.
    sent: VecDeque<usize>,
    outstanding: Outstanding,
    /// Whether a series is open.
    in_series: bool,
    /// What waits to go in one message, with what is expected of it.
    gathered: Option<Vec<(Prepared, Expect)>>,
    /// Whether the lock is known to be held as long as the open transaction lasts.
    proved: bool,
}

impl Locked {
    /// For drivers: `guard` is an SQL expression that is true (not 0) as long as this session holds the lock
    /// (`TRUE`/`1` where the transaction itself excludes others).
    pub fn new(mut session: Box<dyn Executor>, guard: String) -> Self {
        Self {
            sends_ahead: session.ahead().is_some(),
            session,
            guard,
            others: None,
            in_turn: InTurn::default(),
            sent: VecDeque::new(),
            outstanding: Outstanding::default(),
            in_series: false,
            gathered: None,
            proved: false,
        }
    }

    /// The same with the locks of other tools that the session holds, too.
    pub(crate) fn with_others(self, others: Option<OtherLocks>) -> Self {
        let others = others.map(|others| others.in_guard(&self.guard));
        Self { others, ..self }
    }

    /// The SQL expression that is true as long as this session holds the lock, and those of other tools but
    /// for what is given up, for use in guards.
    pub fn guard(&self) -> &str {
        if self.proved {
            return PROVED;
        }
        let others = self.others.as_ref();
        others.map_or(&self.guard, OtherLocks::guard)
    }

    /// Says whether a guard has seen in the open transaction that the lock is held, and nothing runs in it that could
    /// give the lock back: then it is held until the end. Looking again costs as much as all locks of the server.
    pub fn prove(&mut self, proved: bool) {
        self.proved = proved;
    }

    /// Gives the locks back that other tools wait for in the server, until [`Locked::take_others`]: whoever waits
    /// there holds a snapshot, for which a concurrent build of ours would wait in turn.
    ///
    /// # Errors
    /// What the server or the connection answers.
    pub fn give_up_others(&mut self) -> Result<(), DbError> {
        match &mut self.others {
            Some(others) => others.give_up(&mut *self.session),
            None => Ok(()),
        }
    }

    /// Takes the locks of other tools again after they were given up.
    ///
    /// # Errors
    /// When one of them is held by somebody else until the limit, or the server fails.
    pub fn take_others(&mut self, wait: &mut LockWait<'_>) -> Result<(), LockError> {
        match &mut self.others {
            Some(others) => others.take(&mut *self.session, wait),
            None => Ok(()),
        }
    }
}

/// Sending ahead. The requests from the first [`Locked::send`] to [`Locked::settle`] are a series: they are done in their
/// order, and from the first that fails on nothing more is done. While a series is open on a session that sends ahead,
/// everything else that is asked of it fails with [`DbError::Client`] and does nothing.
///
/// A series is no transaction: it has its own `BEGIN` and `COMMIT`. What stands outside of them is committed when the
/// series is settled, or becomes part of the next transaction of the series.
impl Locked {
    /// Whether requests go to the server before the answers to those before them. Where not (`SQLite`, `MySQL`, behind a
    /// pooler), [`Locked::send`] does the work at once and keeps the answer.
    pub fn sends_ahead(&self) -> bool {
        self.sends_ahead
    }

    /// Begins a series, unless one is open: from now on [`Locked::change`] sends.
    pub fn begin_series(&mut self) {
        self.in_series = true;
    }

    /// Sends SQL text as it is (one statement, whose rows nobody wants: they come as text, of whatever types they are,
    /// and are dropped), without waiting. From the first failure on,
    /// what was sent after it is skipped by the server, until [`Locked::settle`].
    ///
    /// # Errors
    /// When it cannot be sent: it has no answer then.
    pub fn send(&mut self, sql: &str) -> Result<(), DbError> {
        let bytes = match self.session.ahead() {
            Some(ahead) => ahead.send(sql)?,
            None => {
                self.in_turn.work(|| self.session.run(sql));
                sql.len()
            }
        };
        self.count(bytes);
        Ok(())
    }

    /// Sends one of our own statements with bound parameters, without waiting. It fails with [`DbError::Refused`] unless
    /// it does what is expected of it; to change rows it is an `INSERT`, `UPDATE` or `DELETE` without `RETURNING`.
    ///
    /// # Errors
    /// When it cannot be sent: it has no answer then.
    pub fn send_own(
        &mut self,
        sql: &str,
        parameters: &[Value],
        expect: Expect,
    ) -> Result<(), DbError> {
        let bytes = match self.session.ahead() {
            Some(ahead) => ahead.send_own(sql, parameters, expect)?,
            None => {
                self.in_turn.work(|| {
                    if changes(&mut *self.session, sql, parameters, expect)? {
                        Ok(Outcome::default())
                    } else {
                        Err(DbError::Refused)
                    }
                });
                sql.len()
            }
        };
        self.count(bytes);
        Ok(())
    }

    /// Sends what [`Executor::reset_settings`] does, as one request.
    ///
    /// # Errors
    /// When it cannot be sent: it has no answer then.
    pub fn send_reset_settings(&mut self) -> Result<(), DbError> {
        let bytes = match self.session.ahead() {
            Some(ahead) => ahead.send_reset_settings()?,
            None => {
                self.in_turn.work(|| {
                    self.session.reset_settings()?;
                    Ok(Outcome::default())
                });
                0
            }
        };
        self.count(bytes);
        Ok(())
    }

    /// Sends what [`Executor::set_timeouts`] does, as one request.
    ///
    /// # Errors
    /// When it cannot be sent: it has no answer then.
    pub fn send_timeouts(
        &mut self,
        lock: Option<Duration>,
        statement: Option<Duration>,
    ) -> Result<(), DbError> {
        let bytes = match self.session.ahead() {
            Some(ahead) => ahead.send_timeouts(lock, statement)?,
            None => {
                self.in_turn.work(|| {
                    self.session.set_timeouts(lock, statement)?;
                    Ok(Outcome::default())
                });
                0
            }
        };
        self.count(bytes);
        Ok(())
    }

    /// The answer to the oldest request that has none yet. While it waits it calls `meanwhile` as
    /// [`Executor::run_watched`] does. When it returns, the notices of requests up to this one have gone to the sink of
    /// [`Session::on_notice`], and none of later ones (a session that does not send ahead passes them on when it does the
    /// work).
    ///
    /// # Errors
    /// The failure of this request itself, or of the connection.
    pub fn answer(
        &mut self,
        first: Duration,
        meanwhile: &mut dyn FnMut() -> Duration,
    ) -> Result<Answered, DbError> {
        let Some(bytes) = self.sent.pop_front() else {
            return Err(none());
        };
        self.outstanding.requests -= 1;
        self.outstanding.bytes -= bytes;
        match self.session.ahead() {
            Some(ahead) => ahead.answer(first, meanwhile),
            None => self.in_turn.answer(),
        }
    }

    /// What was sent and has no answer yet.
    pub fn outstanding(&self) -> Outstanding {
        self.outstanding
    }

    /// Runs one of our own statements and says whether it did what is expected. In a series it is sent, and a refusal is
    /// its answer.
    ///
    /// # Errors
    /// What the server or the connection answers.
    pub fn change(
        &mut self,
        sql: &str,
        parameters: &[Value],
        expect: Expect,
    ) -> Result<bool, DbError> {
        if self.in_series {
            return self.send_own(sql, parameters, expect).map(|()| true);
        }
        if let Some(gathered) = &mut self.gathered {
            if expect != Expect::Found {
                let (sql, parameters) = (sql.to_owned(), parameters.to_vec());
                gathered.push((Prepared { sql, parameters }, expect));
                return Ok(true);
            }
            if !self.send_gathered()? {
                return Ok(false);
            }
        }
        changes(&mut *self.session, sql, parameters, expect)
    }

    fn count(&mut self, bytes: usize) {
        self.in_series = true;
        self.sent.push_back(bytes);
        self.outstanding.requests += 1;
        self.outstanding.bytes += bytes;
    }

    /// Says that nothing more is sent in this series, so that its end needs no round trip of its own. It is still to be
    /// [settled](Locked::settle).
    pub fn close(&mut self) {
        if let Some(ahead) = self.session.ahead() {
            ahead.close();
        }
    }

    /// Takes the answers to all that was sent, and ends the series.
    ///
    /// # Errors
    /// The first failure.
    pub fn finish(&mut self) -> Result<(), DbError> {
        self.close();
        let mut result = Ok(());
        while result.is_ok() && self.outstanding.requests > 0 {
            result = self.answer(QUIET, &mut || QUIET).map(drop);
        }
        let settled = self.settle();
        result.and(settled)
    }

    /// Ends the series: waits until all of it is done or skipped, and drops the answers that nobody took, failures too.
    /// After it the session is used as ever. After a failure an open transaction is still to be rolled back.
    ///
    /// # Errors
    /// When what was done outside of a transaction cannot be committed, or the connection fails.
    pub fn settle(&mut self) -> Result<(), DbError> {
        self.sent.clear();
        self.outstanding = Outstanding::default();
        self.in_turn = InTurn::default();
        self.in_series = false;
        match self.session.ahead() {
            Some(ahead) => ahead.settle(),
            None => Ok(()),
        }
    }
}

/// Our own statements in one message (`MySQL`, `MariaDB`), which begins a transaction: it is rolled back when one of them
/// does not do what is expected, so that need not be known of each before the next is sent.
impl Locked {
    /// Begins a transaction with these statements. Until [`Locked::send_gathered`] or [`Locked::drop_gathered`] it
    /// keeps them, and behind them what [`Locked::change`] is given; nothing else may be asked of the session
    /// meanwhile but by [`Session::query`]. Where several statements cannot go in one message, each is done at once.
    ///
    /// # Errors
    /// What the server or the connection answers.
    pub fn gather(&mut self, begin: &[String]) -> Result<(), DbError> {
        if self.session.dialect() != Dialect::Mysql {
            for sql in begin {
                self.session.run(sql)?;
            }
            return Ok(());
        }
        let begin = begin.iter().map(|sql| Prepared {
            sql: sql.clone(),
            parameters: vec![],
        });
        self.gathered = Some(begin.map(|one| (one, Expect::Anything)).collect());
        Ok(())
    }

    /// Sends what was gathered, and says whether all of it did what is expected. If not, the transaction is to be
    /// rolled back: what stands behind the first that did not was done.
    ///
    /// # Errors
    /// What the server or the connection answers.
    pub fn send_gathered(&mut self) -> Result<bool, DbError> {
        let (statements, expected): (Vec<Prepared>, Vec<Expect>) =
            self.gathered.take().unwrap_or_default().into_iter().unzip();
        if statements.is_empty() {
            return Ok(true);
        }
        let changed = self.session.execute_all(&statements)?;
        Ok(changed.len() == expected.len()
            && expected
                .iter()
                .zip(changed)
                .all(|(one, rows)| one.is_met_by(rows)))
    }

    /// Forgets what was gathered and not sent.
    pub fn drop_gathered(&mut self) {
        self.gathered = None;
    }
}

impl Expect {
    /// Whether a statement that changed so many rows did what is expected.
    fn is_met_by(self, rows: u64) -> bool {
        match self {
            Self::OneRow => rows == 1,
            Self::SomeRows => rows > 0,
            Self::Found | Self::Anything => true,
        }
    }
}

/// Runs a statement and says whether it did what is expected.
fn changes(
    session: &mut dyn Executor,
    sql: &str,
    parameters: &[Value],
    expect: Expect,
) -> Result<bool, DbError> {
    if expect == Expect::Found {
        return Ok(!session.query(sql, parameters)?.is_empty());
    }
    session
        .execute(sql, parameters)
        .map(|rows| expect.is_met_by(rows))
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
        // It may ask for what was gathered.
        if !self.send_gathered()? {
            return Err(DbError::Refused);
        }
        self.session.query(sql, parameters)
    }

    fn reading(&mut self) -> Result<Reading, DbError> {
        self.session.reading()
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
        _locks: &Locks,
        _wait: &mut LockWait<'_>,
    ) -> Result<Locked, LockError> {
        Ok(*self)
    }
}
