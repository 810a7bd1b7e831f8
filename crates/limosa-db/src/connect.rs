//! Opening a session from a URL.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use limosa_core::DatabaseUrl;
use limosa_sql::Dialect;

use crate::store::Prepared;
use crate::url::PartsError;
use crate::{DbError, Row, Session, SessionSettings, mysql, postgres, sqlite};

/// How to connect.
#[derive(Debug, Clone)]
pub struct ConnectOptions {
    /// How long connecting may take: 10 s unless configured.
    pub timeout: Duration,
    /// Go on trying for this long while the server refuses or is starting (`--wait`).
    pub wait: Duration,
    /// What the session holds.
    pub settings: SessionSettings,
    /// A database that must not be written to (reading commands open read-only where the server allows it).
    pub access: Access,
    /// Somebody says that the URL leads to the server itself. What looks like a pooler is then looked at again: a pooler
    /// in session mode, or a proxy with keys of its own, is as good as the server.
    pub is_direct: bool,
    /// The session must not get beyond its database: `SQLite` then attaches no files and loads no extensions. The
    /// servers have users and rights for that.
    pub is_confined: bool,
    /// The environment: `PGPASSFILE`, `PGPASSWORD`, `HOME`, `PGSSLMODE`, … as the program sees them.
    pub environment: BTreeMap<String, String>,
    /// The folder that a relative file name in a URL starts from.
    pub directory: PathBuf,
}

impl Default for ConnectOptions {
    /// Ten seconds, no waiting for a server that is starting, no limits, writing, an empty environment,
    /// and the folder `.`.
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(10),
            wait: Duration::ZERO,
            settings: SessionSettings {
                lock_timeout: None,
                statement_timeout: None,
                init: Vec::new(),
            },
            access: Access::Write,
            is_direct: false,
            is_confined: false,
            environment: BTreeMap::new(),
            directory: PathBuf::from("."),
        }
    }
}

impl ConnectOptions {
    /// A variable of the environment, unless it is empty.
    pub(crate) fn variable(&self, name: &str) -> Option<&str> {
        self.environment
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }
}

/// What the session is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Only reading; a missing `SQLite` file is not created.
    Read,
    /// Reading and writing.
    Write,
}

/// Opens further sessions like one that is there.
#[derive(Debug, Clone)]
pub struct Connector {
    url: DatabaseUrl,
    options: ConnectOptions,
}

impl Connector {
    pub(crate) fn new(url: &DatabaseUrl, options: &ConnectOptions) -> Self {
        Self {
            url: url.clone(),
            options: ConnectOptions {
                wait: Duration::ZERO,
                ..options.clone()
            },
        }
    }

    /// Opens a session; tries once.
    ///
    /// # Errors
    /// As [`connect`].
    pub fn connect(&self) -> Result<Box<dyn Session>, ConnectError> {
        connect(&self.url, &self.options)
    }

    /// Opens a session, in no more time than that.
    ///
    /// # Errors
    /// As [`connect`].
    pub fn connect_within(&self, limit: Duration) -> Result<Box<dyn Session>, ConnectError> {
        let options = ConnectOptions {
            timeout: self.options.timeout.min(limit),
            ..self.options.clone()
        };
        connect(&self.url, &options)
    }
}

/// Why a connection was not made. Nothing was changed.
#[derive(Debug, thiserror::Error)]
#[error("cannot connect to {place}: {reason}")]
pub struct ConnectError {
    /// Where, without secrets.
    pub place: String,
    /// What went wrong, in words, without secrets.
    pub reason: String,
    /// What to do about it, where something is known.
    pub hint: Option<String>,
    /// The server's own answer, where there was one.
    #[source]
    pub cause: Option<DbError>,
    /// Whether another attempt may succeed without anybody changing anything: the server
    /// refuses connections or is starting.
    pub passing: bool,
}

impl ConnectError {
    /// An error of the URL, found before anything was sent.
    pub(crate) fn of_url(url: &DatabaseUrl, error: &PartsError) -> Self {
        Self {
            place: url.to_string(),
            reason: error.to_string(),
            hint: None,
            cause: None,
            passing: false,
        }
    }
}

/// Opens a session.
///
/// While [`ConnectOptions::wait`] is not over, a server that refuses or is starting is asked again.
///
/// # Errors
/// With the place, the cause and a hint.
pub fn connect(
    url: &DatabaseUrl,
    options: &ConnectOptions,
) -> Result<Box<dyn Session>, ConnectError> {
    connect_and_ask(url, options, &[]).map(|(session, _)| session)
}

/// The answers to several statements, in their order.
pub type Answers = Result<Vec<Vec<Row>>, DbError>;

/// A session with the answers to the first questions.
pub type First = (Box<dyn Session>, Answers);

/// Opens a session and asks it, as [`Session::query_all`] does. Where the protocol lets it, the questions go to the
/// server together with what sets the session up, and cost nothing.
///
/// # Errors
/// As [`connect`]. Why the questions have no answers is beside the session.
pub fn connect_and_ask(
    url: &DatabaseUrl,
    options: &ConnectOptions,
    questions: &[Prepared],
) -> Result<First, ConnectError> {
    let began = Instant::now();
    let mut pause = Duration::from_millis(50);
    loop {
        let error = match try_connect(url, options, questions) {
            Ok(session) => return Ok(session),
            Err(error) => error,
        };
        let left = options.wait.saturating_sub(began.elapsed());
        if !error.passing || left.is_zero() {
            return Err(error);
        }
        std::thread::sleep(pause.min(left));
        pause = (pause * 2).min(Duration::from_secs(1));
    }
}

fn try_connect(
    url: &DatabaseUrl,
    options: &ConnectOptions,
    questions: &[Prepared],
) -> Result<First, ConnectError> {
    match url.dialect() {
        Dialect::Postgres => postgres::connect(url, options, questions),
        Dialect::Mysql => mysql::connect(url, options, questions),
        Dialect::Sqlite => {
            let mut session = sqlite::connect(url, options)?;
            let answers = session.query_all(questions);
            Ok((session, answers))
        }
    }
}
