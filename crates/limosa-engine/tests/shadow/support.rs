//! Shadows as the tests open them.

use std::path::Path;

use limosa_db::{ConnectOptions, Executor, Session};
use limosa_engine::Problem;
use limosa_engine::shadow::{Shadow, ShadowSettings};
use limosa_sql::Dialect;

/// Options of a program with the environment of this one.
pub(crate) fn options() -> ConnectOptions {
    ConnectOptions {
        environment: std::env::vars().collect(),
        ..ConnectOptions::default()
    }
}

/// Settings for a shadow of our own.
pub(crate) fn settings(dialect: Dialect, connect: &ConnectOptions) -> ShadowSettings<'_, '_> {
    ShadowSettings {
        dialect,
        like: None,
        url: None,
        target: None,
        protected: false,
        prelude: &[],
        connect,
        interrupted: &|| false,
    }
}

/// Why there is no shadow.
pub(crate) fn refusal(result: Result<Shadow<'_>, Problem>) -> limosa_core::Diagnostic {
    match result {
        Ok(shadow) => panic!("there is {}", shadow.described()),
        Err(problem) => problem.diagnostic(),
    }
}

/// The first column of all rows.
pub(crate) fn column(session: &mut dyn Executor, sql: &str) -> Vec<String> {
    let rows = session.query(sql, &[]);
    let rows = rows.unwrap_or_else(|error| panic!("{sql}: {error}"));
    (rows.iter())
        .map(|row| row.text(0).unwrap_or_default())
        .collect()
}

/// Runs a statement.
pub(crate) fn run(session: &mut dyn Executor, sql: &str) {
    session
        .run(sql)
        .unwrap_or_else(|error| panic!("{sql}: {error}"));
}

/// The folders of shadow servers in a folder.
pub(crate) fn folders_in(root: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(root).unwrap();
    (entries.flatten())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| name.starts_with("limosa-shadow-"))
        .collect()
}
