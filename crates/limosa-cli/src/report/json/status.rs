//! `limosa.status/1`: the state of every migration.

use limosa_core::history::{Counts, MigrationState, Origin, State};
use limosa_core::{Diagnostic, MigrationSet};
use limosa_engine::{Database, Outside};
use serde::Serialize;

use super::Problem;
use super::in_doubt::InDoubt;

/// The document.
#[derive(Debug, Serialize)]
pub struct StatusDocument {
    document: &'static str,
    /// One for each database that could be read, in their order.
    pub databases: Vec<StatusDatabase>,
    /// Why the others could not.
    pub problems: Vec<Problem>,
    /// The exit code of the process.
    pub exit_code: u8,
}

impl StatusDocument {
    /// Of these databases and problems.
    pub fn new(databases: Vec<StatusDatabase>, problems: &[Diagnostic], exit_code: u8) -> Self {
        Self {
            document: "limosa.status/1",
            databases,
            problems: problems.iter().map(Problem::from).collect(),
            exit_code,
        }
    }
}

/// The state of a database.
#[derive(Debug, Serialize)]
pub struct StatusDatabase {
    name: String,
    dialect: &'static str,
    server: &'static str,
    server_version: String,
    set: String,
    layout: &'static str,
    store: &'static str,
    other_tool: Option<OtherTool>,
    migrations: Vec<StatusMigration>,
    counts: Counts,
    drift: Drift,
}

/// Whether the schema is as the last run left it.
#[derive(Debug, Serialize)]
struct Drift {
    /// Null where nobody can say.
    changed: Option<bool>,
    since_run: Option<String>,
    at: Option<String>,
    /// Why nobody can say.
    unknown: Option<String>,
}

impl From<&Outside> for Drift {
    fn from(outside: &Outside) -> Self {
        let (changed, since, unknown) = match outside {
            Outside::Unchanged(since) => (Some(false), Some(since), None),
            Outside::Changed(since) => (Some(true), Some(since), None),
            Outside::Unknown(why) => (None, None, Some(why.clone())),
        };
        Self {
            changed,
            since_run: since.map(|since| since.run.clone()),
            at: since.map(|since| since.at.clone()),
            unknown,
        }
    }
}

/// The other tool whose history is kept, too.
#[derive(Debug, Serialize)]
struct OtherTool {
    name: &'static str,
    table: String,
}

#[derive(Debug, Serialize)]
struct StatusMigration {
    version: String,
    name: String,
    state: State,
    /// Why only the other tool can run it.
    code: Option<String>,
    /// How many migrations it stands for; 0 unless it is a baseline.
    replaces: usize,
    /// Of a baseline of which only a part is applied: the versions that are not.
    lacks: Vec<String>,
    applied_at: Option<String>,
    duration_ms: Option<i64>,
    in_doubt: Option<InDoubt>,
}

impl StatusDatabase {
    /// Of files held against a history.
    pub fn new(
        name: &str,
        database: &Database,
        set: &MigrationSet,
        status: &limosa_core::history::Status<'_>,
        outside: &Outside,
    ) -> Self {
        let server = database.server();
        let other = database.other_table();
        Self {
            name: name.to_owned(),
            dialect: server.target.dialect.name(),
            server: server.product,
            server_version: server.version.clone(),
            set: database.settings().set.clone(),
            layout: set.layout.name(),
            store: match (other.is_some(), database.keeps_own()) {
                (false, _) => "native",
                (true, true) => "mirror",
                (true, false) => "foreign",
            },
            other_tool: other.map(|table| OtherTool {
                name: table.tool().name(),
                table: table.shown(server.target.dialect),
            }),
            migrations: status
                .migrations
                .iter()
                .map(StatusMigration::from)
                .collect(),
            counts: status.counts(),
            drift: Drift::from(outside),
        }
    }
}

impl From<&MigrationState<'_>> for StatusMigration {
    fn from(one: &MigrationState<'_>) -> Self {
        Self {
            version: one.version.text().to_owned(),
            name: one.name.to_owned(),
            state: one.state,
            code: one.migration.and_then(|file| file.opaque.clone()),
            replaces: one.migration.map_or(0, |file| file.replaces().len()),
            lacks: one.lacks.iter().map(ToString::to_string).collect(),
            applied_at: (one.applied.map(|row| row.applied_at.clone())).filter(|at| !at.is_empty()),
            // Of what another tool applied it is not known how long it took.
            duration_ms: (one.applied.filter(|row| row.origin != Origin::Adopted))
                .map(|row| row.duration_ms),
            in_doubt: one
                .attempt
                .and_then(|attempt| attempt.in_doubt.as_ref())
                .map(InDoubt::from),
        }
    }
}
