//! The configurations of other tools, as sources below `limosa.toml`: one file for each tool.
//!
//! Each is a function on texts and variables; who calls them reads the files. What is written there
//! is understood as its own tool does, and what cannot be understood is an error with its place. No
//! message shows a text of such a file: it may hold a password.

mod db_migrate;
mod expand;
mod go;
mod golang_migrate;
mod goose;
mod liamstask_goose;
mod problem;
mod sqlx;
mod table;
mod yaml;

use std::fmt;
use std::path::PathBuf;

use limosa_sql::Dialect;

use super::{Asked, ConfigFile, Origin, UrlChoice, Variables};
use crate::{Class, Diagnostic, Layout};
pub use golang_migrate::UrlParameters;
pub use table::tool_table;

/// Where the configurations are found.
#[derive(Clone, Copy)]
pub struct Sources<'a> {
    /// The files of the project.
    pub files: &'a dyn Files,
    /// The variables there are, with all of the `.env` file.
    pub variables: Variables<'a>,
    /// The environment that is asked for.
    pub environment: Option<&'a str>,
}

/// Whose configuration counts: `None` when no other tool's does, because databases have names or the
/// migrations are our own; else the tool that somebody named, or whichever has one.
pub fn meant(config: Option<&ConfigFile>, asked: &Asked) -> Option<Option<Layout>> {
    let empty = ConfigFile::default();
    let keys = config.unwrap_or(&empty);
    let environment = asked.environment.as_ref();
    let over = environment.and_then(|name| keys.environments.get(name));
    if !keys.databases.is_empty() || over.is_some_and(|keys| !keys.databases.is_empty()) {
        return None;
    }
    let named = [asked.tool, keys.tool, asked.layout, keys.layout];
    match named.into_iter().flatten().next() {
        Some(Layout::Native) => None,
        named => Some(named),
    }
}

/// Reads files of the project. The command line has the real ones; tests have their own.
pub trait Files {
    /// The file of that name, relative to the project's folder; `None` when there is none.
    ///
    /// # Errors
    /// When it cannot be read, or must not be.
    fn read(&self, name: &str) -> Result<Option<ToolFile>, Diagnostic>;
}

/// A file that was read.
#[derive(Clone)]
pub struct ToolFile {
    /// Its name for people.
    pub shown: String,
    /// Its text.
    pub text: String,
}

impl fmt::Debug for ToolFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ToolFile({})", self.shown)
    }
}

/// What the configuration of another tool says.
#[derive(Debug, Clone)]
pub struct ToolConfig {
    /// Whose it is.
    pub tool: Layout,
    /// The file or the variable, for people.
    pub shown: String,
    /// Whether it says that migrations are kept with this tool.
    pub is_of_migrations: bool,
    /// The environments that it has.
    pub environments: Vec<String>,
    /// The one that counts: the one that was asked for, or the tool's default.
    pub environment: Option<String>,
    /// What its driver is for, also where there is no URL.
    pub dialect: Option<Dialect>,
    /// The URL; a mistake in it is only told to who needs it.
    pub url: Option<UrlChoice>,
    /// The folder with the migrations. Relative to the project when a file of the project names it, else to
    /// where the command runs.
    pub migrations: Option<(PathBuf, Origin)>,
    /// The name of the history table, as the tool is told it.
    pub table: Option<(String, Origin)>,
    /// The schema that the tool puts first in the search path.
    pub schema: Option<String>,
    /// The characters that the tool's checksums leave out.
    pub ignored_chars: String,
    /// The variable that the tool reads instead of `DATABASE_URL`, which then belongs to something else.
    pub instead_of_database_url: Option<String>,
    /// Whether the URL is made with `DATABASE_URL`.
    pub uses_database_url: bool,
    /// What is worth saying.
    pub remarks: Vec<Diagnostic>,
}

impl ToolConfig {
    /// One that says nothing yet.
    fn new(tool: Layout, shown: impl Into<String>) -> Self {
        Self {
            tool,
            shown: shown.into(),
            is_of_migrations: true,
            environments: Vec::new(),
            environment: None,
            dialect: None,
            url: None,
            migrations: None,
            table: None,
            schema: None,
            ignored_chars: String::new(),
            instead_of_database_url: None,
            uses_database_url: false,
            remarks: Vec::new(),
        }
    }

    /// Whether it has the environment.
    pub fn has(&self, environment: &str) -> bool {
        self.environments.iter().any(|one| one == environment)
    }
}

type Reader = fn(&Sources<'_>) -> Result<Option<ToolConfig>, Diagnostic>;

const READERS: &[(Layout, Reader)] = &[
    (Layout::Goose, |sources| Ok(goose::read(sources))),
    (Layout::LiamstaskGoose, liamstask_goose::read),
    (Layout::DbMigrate, db_migrate::read),
    (Layout::Sqlx, sqlx::read),
];

/// Reads the configuration of another tool: of the one that is meant, else of the one that has one.
///
/// # Errors
/// When something in it cannot be understood, or several tools have one and nobody said which is meant.
pub fn read(
    sources: &Sources<'_>,
    meant: Option<Layout>,
) -> Result<Option<ToolConfig>, Diagnostic> {
    let mut found = Vec::new();
    for (tool, reader) in READERS {
        if meant.is_none_or(|meant| meant == *tool) {
            found.extend(reader(sources)?);
        }
    }
    if found.len() > 1 {
        return Err(several(&found));
    }
    Ok(found.pop())
}

fn several(found: &[ToolConfig]) -> Diagnostic {
    let names: Vec<&str> = found.iter().map(|one| one.tool.name()).collect();
    let mut problem = Diagnostic::error(
        "several-tools",
        Class::Usage,
        format!("several tools are configured here: {}", names.join(", ")),
    );
    for one in found {
        problem = problem.with_note(format!("{}: {}", one.tool, one.shown));
    }
    problem = problem.with_help("say which one it is, here or as `layout` in limosa.toml:");
    for one in found {
        problem = problem.with_help(format!("--layout {}", one.tool));
    }
    problem
}

#[cfg(test)]
mod tests;
