//! A database with Limosa's tables, as far as reading goes.

use std::time::{Duration, Instant};

use limosa_core::history::History;
use limosa_core::journal::{self, JournalEntry, Outcome, Run};
use limosa_core::{DatabaseUrl, Version};
use limosa_db::schema::{self, LeftOut};
use limosa_db::store::{Catalog, Limosa, Seen, Tables, Texts, quote_identifier, tables_of_tools};
use limosa_db::{ConnectOptions, OtherLock, Row, Server, Session};
use limosa_schema::Schema;
use limosa_sql::Dialect;

use crate::Problem;
use crate::other::{Beside, OtherTool};

/// Before another connection is made instead of one that did not live long enough to look at the catalog.
const PAUSE: Duration = Duration::from_millis(50);

/// What the engine has to know beside the URL.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The name of the set of migrations; `main` unless configured.
    pub set: String,
    /// Where to create Limosa's tables; the schema that is current after connecting unless configured.
    pub schema: Option<String>,
    /// Locks of other tools to hold while working.
    pub other_locks: Vec<OtherLock>,
    /// How long to wait for another migrator.
    pub lock_wait: Duration,
    /// How long the attempts at one unit may wait for locks on tables in total.
    pub lock_budget: Duration,
    /// How long another connection is tried for when one is lost in the middle of a run.
    pub retry_for: Duration,
    /// The release of the application, where it is known.
    pub release: Option<String>,
    /// The history of another tool, where one may be kept.
    pub other: Option<OtherTool>,
    /// Who runs this, as `user@host`.
    pub actor: String,
    /// The version of the program.
    pub tool_version: String,
}

/// Which runs of the journal.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// How many of the newest.
    pub limit: usize,
    /// Only those whose name begins like this: hexadecimal digits and `-`.
    pub run: Option<&'a str>,
    /// Only those that did something with this version.
    pub version: Option<&'a Version>,
}

/// What is read when a database is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// The history, where there is one.
    History,
    /// The schema, too, where that costs no further round trip.
    AndSchema,
}

/// A connection and where Limosa's tables are.
pub struct Database {
    pub(crate) session: Box<dyn Session>,
    pub(crate) settings: Settings,
    pub(crate) catalog: Catalog,
    pub(crate) tables: Option<Tables>,
    pub(crate) beside: Option<Beside>,
    pub(crate) first: First,
}

/// What was read when a database was opened, each until somebody asks for it.
#[derive(Default)]
pub(crate) struct First {
    pub history: Option<History>,
    /// The newest entries of the journal.
    pub newest: Option<Vec<JournalEntry>>,
    /// The rows of the catalog, where the schema was read, too.
    pub schema: Option<Vec<Row>>,
}

impl First {
    fn read(
        look: Look,
        session: &mut dyn Session,
        tables: &Tables,
        set: &str,
    ) -> Result<Self, Problem> {
        let own = Limosa::new(tables.clone(), set);
        let state = own.state_statement(session.dialect(), Texts::Without);
        let schema = match look {
            Look::History => None,
            Look::AndSchema => schema::statement(session.server()),
        };
        // The state comes first: whoever changes the schema after that shows in the journal.
        let mut statements = vec![state];
        statements.extend(schema);
        let answers = match session.query_all(&statements) {
            // That the schema cannot be read is said where it is asked for.
            Err(_) if statements.len() > 1 => session.query_all(&statements[..1]),
            answers => answers,
        };
        let mut answers = match answers {
            Ok(answers) => answers.into_iter(),
            Err(cause) => return Err(own.unreadable(session, cause).into()),
        };
        let Seen { history, newest } = Limosa::state(answers.next().unwrap_or_default())?;
        Ok(Self {
            history: Some(history),
            newest: Some(newest),
            schema: answers.next(),
        })
    }
}

impl Database {
    /// Connects, looks for Limosa's tables, and reads what they say: a round trip beside that of connecting, and none
    /// where there are no tables yet. Writes nothing. What was read is what the first [`Database::history`] without
    /// texts returns. A connection that is lost meanwhile is made again within [`Settings::retry_for`], and an
    /// `SQLite` database that is busy is waited for within [`Settings::lock_wait`].
    ///
    /// # Errors
    /// When there is no connection, when the tables are not ours, of a newer format, or there are
    /// several of them, or when they cannot be read.
    pub fn open(
        url: &DatabaseUrl,
        connect: &ConnectOptions,
        settings: &Settings,
    ) -> Result<Self, Problem> {
        Self::open_for(Look::History, url, connect, settings)
    }

    /// As [`Database::open`], and reads what else will be asked for.
    ///
    /// # Errors
    /// As [`Database::open`].
    pub fn open_for(
        look: Look,
        url: &DatabaseUrl,
        connect: &ConnectOptions,
        settings: &Settings,
    ) -> Result<Self, Problem> {
        let began = Instant::now();
        let schema = settings.schema.as_deref();
        let questions = Catalog::questions(url.dialect(), schema);
        loop {
            let opened = limosa_db::connect_and_ask(url, connect, &questions);
            let (session, answers) = opened.map_err(Problem::Connect)?;
            let catalog = match answers {
                Ok(answers) => Ok(Catalog::of(url.dialect(), schema, answers)),
                Err(cause) => Err(Catalog::unreadable(cause).into()),
            };
            let opened =
                catalog.and_then(|catalog| Self::of(look, session, catalog, settings.clone()));
            let problem = match opened {
                Ok(database) => return Ok(database),
                Err(problem) => problem,
            };
            let limit = match &problem {
                lost if lost.is_lost() => settings.retry_for,
                busy if busy.is_busy() => settings.lock_wait,
                _ => return Err(problem),
            };
            if began.elapsed() >= limit {
                return Err(problem);
            }
            std::thread::sleep(PAUSE);
        }
    }

    /// Uses a session that is already there.
    ///
    /// # Errors
    /// As [`Database::open`].
    pub fn with_session(
        mut session: Box<dyn Session>,
        settings: Settings,
    ) -> Result<Self, Problem> {
        let catalog = Catalog::read(&mut *session, settings.schema.as_deref())?;
        Self::of(Look::History, session, catalog, settings)
    }

    fn of(
        look: Look,
        mut session: Box<dyn Session>,
        catalog: Catalog,
        settings: Settings,
    ) -> Result<Self, Problem> {
        let tables = catalog.tables(&mut *session)?;
        let beside = match &settings.other {
            Some(other) => Beside::find(&mut *session, &catalog, tables.as_ref(), other)?,
            None => None,
        };
        let first = match &tables {
            Some(tables) => First::read(look, &mut *session, tables, &settings.set)?,
            None => First::default(),
        };
        Ok(Self {
            session,
            settings,
            catalog,
            tables,
            beside,
            first,
        })
    }

    /// What is known about the server.
    pub fn server(&self) -> &Server {
        self.session.server()
    }

    /// Whether the server refuses writes.
    pub fn is_read_only(&self) -> bool {
        self.server().capabilities.read_only
    }

    /// The settings it was opened with.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Sends the messages that the server sends beside its answers there.
    pub fn on_notice(&mut self, sink: limosa_db::NoticeSink) {
        self.session.on_notice(sink);
    }

    /// Where Limosa's tables are; `None` when there are none yet.
    pub fn tables(&self) -> Option<&Tables> {
        self.tables.as_ref()
    }

    pub(crate) fn store(&self) -> Option<Limosa> {
        self.tables
            .as_ref()
            .map(|tables| Limosa::new(tables.clone(), &self.settings.set))
    }

    /// What our own tables say; nothing when there are none yet. Writes nothing.
    ///
    /// # Errors
    /// When the tables cannot be read.
    pub fn history(&mut self, texts: Texts) -> Result<History, Problem> {
        if texts == Texts::Without
            && let Some(history) = self.first.history.take()
        {
            return Ok(history);
        }
        let Some(store) = self.store() else {
            return Ok(History::default());
        };
        Ok(store.history(&mut *self.session, texts)?)
    }

    /// The name of the layout of what was applied last, by our own tables. Writes nothing.
    ///
    /// # Errors
    /// When the tables cannot be read.
    pub fn last_layout(&mut self) -> Result<Option<String>, Problem> {
        let read;
        let history = match &self.first.history {
            Some(history) => history,
            None => {
                read = self.history(Texts::Without)?;
                &read
            }
        };
        let last = history.applied.iter().max_by_key(|row| row.sequence);
        Ok(last.map(|row| row.layout.clone()))
    }

    /// The newest entries of the journal, oldest first.
    ///
    /// # Errors
    /// When the tables cannot be read.
    pub fn journal(&mut self, limit: usize) -> Result<Vec<JournalEntry>, Problem> {
        let Some(store) = self.store() else {
            return Ok(Vec::new());
        };
        Ok(store.journal(&mut *self.session, limit)?)
    }

    /// The newest runs, oldest first. Writes nothing.
    ///
    /// # Errors
    /// When the tables cannot be read.
    pub fn runs(&mut self, wanted: &Wanted<'_>) -> Result<Vec<Run>, Problem> {
        let Some(store) = self.store() else {
            return Ok(Vec::new());
        };
        // Versions are numbers, whatever zeros a file writes before them: the text is only a sieve.
        let zeros = wanted
            .version
            .map(|version| version.text().trim_start_matches('0'));
        let limit = zeros.map_or(wanted.limit, |_| usize::MAX);
        let entries = store.runs(&mut *self.session, limit, wanted.run, zeros)?;
        let mut runs = journal::runs(entries);
        if let Some(version) = wanted.version {
            runs.retain(|run| {
                (run.migrations.iter())
                    .any(|work| Version::number(&work.version).is_ok_and(|one| one == *version))
            });
        }
        runs.drain(..runs.len().saturating_sub(wanted.limit));
        for run in &mut runs {
            if let Some((id, started, at)) = run.last_session()
                && store.has_session(&mut *self.session, (id, started), at)?
            {
                run.outcome = Outcome::AtWork;
            }
        }
        Ok(runs)
    }

    /// The tables that are no part of the schema: ours, wherever they are, and the histories of other tools.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn left_out(&mut self) -> Result<Vec<LeftOut>, Problem> {
        let kept = self.beside.as_ref().map(|beside| &beside.foreign);
        Ok(tables_of_tools(&mut *self.session, kept)?)
    }

    /// The schema, without those tables, and with what is needed to make it again. Only reads.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn schema(&mut self) -> Result<Schema, Problem> {
        let left_out = self.left_out()?;
        let doing = "reading the schema";
        schema::read_with_texts(&mut *self.session, &left_out)
            .map_err(|cause| Problem::Db { doing, cause })
    }

    /// The schema without some tables, to be compared.
    pub(crate) fn schema_without(&mut self, left_out: &[LeftOut]) -> Result<Schema, Problem> {
        let doing = "reading the schema";
        let schema = match self.first.schema.take() {
            Some(rows) => schema::of_rows(self.session.server(), &rows, left_out),
            None => schema::read(&mut *self.session, left_out),
        };
        schema.map_err(|cause| Problem::Db { doing, cause })
    }

    /// Whether a table of the database holds a row: a database without rows has nothing to lose.
    /// A table that cannot be read counts as one with rows. Limosa's own tables do not count.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn has_rows(&mut self) -> Result<bool, Problem> {
        let dialect = self.session.dialect();
        let doing = "looking for tables with rows";
        let catalog = match dialect {
            Dialect::Postgres => include_str!("tables_postgres.sql"),
            Dialect::Mysql => include_str!("tables_mysql.sql"),
            Dialect::Sqlite => include_str!("tables_sqlite.sql"),
        };
        let tables = self
            .session
            .query(catalog, &[])
            .map_err(|cause| Problem::Db { doing, cause })?;
        for row in tables {
            let name: Vec<String> = [row.text(0), row.text(1)]
                .into_iter()
                .flatten()
                .map(|part| quote_identifier(dialect, &part))
                .collect();
            let probe = format!("SELECT 1 FROM {} LIMIT 1", name.join("."));
            if self
                .session
                .query(&probe, &[])
                .is_ok_and(|rows| rows.is_empty())
            {
                continue;
            }
            return Ok(true);
        }
        Ok(false)
    }
}
