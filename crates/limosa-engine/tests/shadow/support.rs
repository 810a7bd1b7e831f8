//! Shadows as the tests open them.

use limosa_core::{DatabaseUrl, Diagnostic};
use limosa_db::{ConnectOptions, Executor};
use limosa_engine::Problem;
use limosa_engine::shadow::{Shadow, ShadowSettings};
use limosa_sql::Dialect;
use limosa_testkit::{Kind, binaries, skip_or_panic};

/// Whether the programs for servers of our own are there; says so and gives false where that is a reason to skip.
pub(crate) fn has_programs(dialect: Dialect) -> bool {
    let missing = match dialect {
        Dialect::Postgres => binaries::postgres().err(),
        Dialect::Mysql => binaries::mariadb().err(),
        Dialect::Sqlite => None,
    };
    missing.as_ref().is_none_or(|reason| {
        skip_or_panic(reason);
        false
    })
}

/// The kind of server of the test kit.
pub(crate) fn kind(dialect: Dialect) -> Kind {
    match dialect {
        Dialect::Postgres => Kind::Postgres,
        Dialect::Mysql => Kind::MariaDb,
        Dialect::Sqlite => Kind::Sqlite,
    }
}

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

/// Settings for a shadow on that server.
pub(crate) fn settings_on<'a>(
    url: &'a DatabaseUrl,
    connect: &'a ConnectOptions,
) -> ShadowSettings<'a, 'a> {
    ShadowSettings {
        url: Some(url),
        ..settings(url.dialect(), connect)
    }
}

/// Why something was not done.
pub(crate) fn refusal<T>(result: Result<T, Problem>) -> Diagnostic {
    match result {
        Ok(_) => panic!("it was done"),
        Err(problem) => problem.diagnostic(),
    }
}

/// Opens a shadow that there is.
pub(crate) fn open<'a>(settings: &ShadowSettings<'_, 'a>) -> Shadow<'a> {
    Shadow::open(settings).unwrap_or_else(|problem| panic!("{problem}"))
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
