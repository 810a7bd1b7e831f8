//! A database with Limosa's tables, as far as reading goes.

use std::time::Duration;

use limosa_core::DatabaseUrl;
use limosa_core::history::History;
use limosa_db::{ConnectOptions, Server, Session};

use crate::Problem;

/// What the engine has to know beside the URL.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The name of the set of migrations; `main` unless configured.
    pub set: String,
    /// Where to create Limosa's tables; the schema that is current after connecting unless configured.
    pub schema: Option<String>,
    /// How long to wait for another migrator.
    pub lock_wait: Duration,
    /// For how long in total a statement may wait for locks on tables, over all its attempts.
    pub lock_budget: Duration,
    /// The release of the application, where it is known.
    pub release: Option<String>,
    /// Who runs this, as `user@host`.
    pub actor: String,
    /// The version of the program.
    pub tool_version: String,
}

/// Whether the stored texts are read with the history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Texts {
    /// They are not needed.
    Without,
    /// Down scripts are read.
    Downs,
}

/// A connection and where Limosa's tables are.
pub struct Database {
    session: Box<dyn Session>,
    settings: Settings,
}

impl Database {
    /// Connects and looks for Limosa's tables. Writes nothing.
    ///
    /// # Errors
    /// When there is no connection, when the tables are not ours, of a newer format, or there are
    /// several of them.
    pub fn open(
        url: &DatabaseUrl,
        connect: &ConnectOptions,
        settings: Settings,
    ) -> Result<Self, Problem> {
        let session = limosa_db::connect(url, connect).map_err(Problem::Connect)?;
        Ok(Self { session, settings })
    }

    /// What is known about the server.
    pub fn server(&self) -> &Server {
        self.session.server()
    }

    /// The settings it was opened with.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The history; empty when there are no tables yet. Writes nothing.
    ///
    /// # Errors
    /// When the tables cannot be read.
    pub fn history(&mut self, _texts: Texts) -> Result<History, Problem> {
        Ok(History::default())
    }

    /// The journal, oldest entry first, at most `limit` of the newest entries.
    ///
    /// # Errors
    /// When the tables cannot be read.
    pub fn journal(&mut self, _limit: usize) -> Result<Vec<JournalEntry>, Problem> {
        Ok(Vec::new())
    }

    /// Whether the tables of the application hold any row: a database without rows has nothing
    /// to lose. Asked before a prompt about destroyed data.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn has_rows(&mut self) -> Result<bool, Problem> {
        Ok(true)
    }
}

/// An entry of the journal.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct JournalEntry {
    /// Its number.
    pub id: i64,
    /// When, RFC 3339 in UTC.
    pub at: String,
    /// The run it belongs to.
    pub run: String,
    /// What happened: `run-started`, `unit-started`, `unit-done`, `unit-failed`, `applied`,
    /// `reverted`, `baselined`, `run-finished`, `run-failed`.
    pub event: String,
    /// The version, where it is about one.
    pub version: Option<String>,
    /// `up` or `down`.
    pub direction: Option<String>,
    /// The unit's index, from 0.
    pub unit: Option<i64>,
    /// Who, as `user@host`.
    pub actor: String,
    /// More, as JSON.
    pub detail: Option<String>,
}
