//! What a command works with, after everything was resolved.

use std::path::PathBuf;
use std::time::Duration;

use limosa_sql::Dialect;

use super::{HistoryKind, Numbering, Origin, TimeoutKeys, UrlChoice};
use crate::plan::Order;
use crate::{Diagnostic, Layout};

/// The name of a set of migrations that was given none.
pub const DEFAULT_SET: &str = "main";

/// Everything that is configured for a command.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The databases that were chosen, in the order of the configuration.
    pub databases: Vec<DatabaseSettings>,
    /// The other databases of the configuration, as they are without options for those that were chosen.
    pub neighbours: Vec<DatabaseSettings>,
    /// The environment that was chosen.
    pub environment: Option<ChosenEnvironment>,
    /// The project's folder, relative to where the command runs; empty when it is the same.
    pub root: PathBuf,
    /// What is worth saying: variables that were ignored.
    pub remarks: Vec<Diagnostic>,
}

/// An environment of the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChosenEnvironment {
    /// Its name.
    pub name: String,
    /// Whether what destroys data must be named.
    pub protected: bool,
}

/// What is configured for one database.
#[derive(Debug, Clone)]
pub struct DatabaseSettings {
    /// Its name in the configuration; `default` when it has none.
    pub name: String,
    /// Its URL, not yet fetched.
    pub url: UrlChoice,
    /// The URL of the server itself, where one is given: for commands that write.
    pub direct_url: Option<UrlChoice>,
    /// The dialect that is configured; otherwise the URL tells it.
    pub dialect: Option<Dialect>,
    /// What the driver of the other tool is for.
    pub tool_dialect: Option<Dialect>,
    /// Its migrations' folder, relative to where the command runs.
    pub migrations: PathBuf,
    /// Who named the folder.
    pub migrations_from: Origin,
    /// The layout, when it is not to be detected.
    pub layout: Option<Layout>,
    /// The configuration of another tool that the layout is from, where nobody else said it.
    pub layout_of_tool: Option<String>,
    /// Which history table is kept. Where nobody said so, the database decides: the other tool's is kept
    /// right where it is there.
    pub history: Option<HistoryKind>,
    /// Whose history table is beside ours; otherwise that of the layout's own tool.
    pub tool: Option<Layout>,
    /// The name of that table, as the tool is told it: see [`tool_table`](super::tool_table).
    pub tool_table: Option<String>,
    /// Who named the table.
    pub tool_table_from: Origin,
    /// The characters that the tool's checksums leave out.
    pub ignored_chars: String,
    /// The schema that the tool puts first in the search path.
    pub first_schema: Option<String>,
    /// The name of the set of migrations.
    pub set: String,
    /// Where Limosa's tables are created.
    pub schema: Option<String>,
    /// How new migrations are numbered, when it is not to be seen from those that are there.
    pub numbering: Option<Numbering>,
    /// What happens with pending migrations below the highest applied one.
    pub order: Order,
    /// The release of the application.
    pub release: Option<String>,
    /// SQL for every session.
    pub session_init: Vec<String>,
    /// SQL that a shadow needs first.
    pub shadow_prelude: Vec<String>,
    /// Bounds on time.
    pub timeouts: Timeouts,
}

impl DatabaseSettings {
    /// Who named the folder, where it is the configuration of another tool.
    pub fn folder_of_tool(&self) -> Option<&Origin> {
        let from = &self.migrations_from;
        let is_of_tool = matches!(
            from,
            Origin::Tool { .. } | Origin::Variable(_) | Origin::EnvFile(_)
        );
        is_of_tool.then_some(from)
    }

    /// The dialect, as far as it is known without fetching a secret.
    pub fn known_dialect(&self) -> Option<Dialect> {
        let of_url = || {
            let text = self.url.text()?;
            crate::DatabaseUrl::parse(text)
                .ok()
                .map(|url| url.dialect())
        };
        of_url().or(self.dialect).or(self.tool_dialect)
    }
}

/// Bounds on time, with their defaults.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// How long one attempt of a statement waits for a lock on a table (2 s).
    pub lock: Option<Duration>,
    /// How long a statement may run, where somebody said (without a limit).
    pub statement: Option<super::Limit>,
    /// How long another migrator is waited for (5 min).
    pub lock_wait: Duration,
    /// How long a statement waits for locks on tables over all its attempts (5 min).
    pub lock_budget: Duration,
    /// How long another connection is tried for when one is lost in the middle of a run (30 s).
    pub retry_for: Duration,
    /// How long connecting may take (10 s).
    pub connect: Duration,
}

impl From<TimeoutKeys> for Timeouts {
    fn from(keys: TimeoutKeys) -> Self {
        let bounded = |limit: Option<super::Limit>, seconds| {
            limit.map_or(Duration::from_secs(seconds), super::Limit::bounded)
        };
        Self {
            lock: keys
                .lock
                .map_or(Some(Duration::from_secs(2)), |limit| limit.0),
            statement: keys.statement,
            lock_wait: bounded(keys.lock_wait, 300),
            lock_budget: bounded(keys.lock_budget, 300),
            retry_for: bounded(keys.retry_for, 30),
            connect: bounded(keys.connect, 10),
        }
    }
}
