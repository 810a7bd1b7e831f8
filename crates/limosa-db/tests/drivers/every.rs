//! Runs a test on every server.

use limosa_testkit::Kind;

/// Runs each function on those servers that have locks of a session.
macro_rules! on_servers_with_locks {
    ($($test:ident),* $(,)?) => {
        mod postgres {
            $(#[test] fn $test() { crate::every::with(limosa_testkit::Kind::Postgres, super::$test); })*
        }
        mod mariadb {
            $(#[test] fn $test() { crate::every::with(limosa_testkit::Kind::MariaDb, super::$test); })*
        }
    };
}
pub(crate) use on_servers_with_locks;

/// Runs each function on every server: `on_every_server!(a_function, another)`.
macro_rules! on_every_server {
    ($($test:ident),* $(,)?) => {
        crate::every::on_servers_with_locks!($($test),*);
        mod sqlite {
            $(#[test] fn $test() { crate::every::with(limosa_testkit::Kind::Sqlite, super::$test); })*
        }
    };
}
pub(crate) use on_every_server;

/// Runs a test on a fresh database of a kind.
#[track_caller]
pub(crate) fn with(kind: Kind, test: fn(&limosa_testkit::Database)) {
    match kind.try_database() {
        Ok(database) => test(&database),
        Err(reason) => limosa_testkit::skip_or_panic(reason),
    }
}

/// The parameters of a statement as this server writes them: `$1, $2` or `?, ?`.
pub(crate) fn places(database: &limosa_testkit::Database, count: usize) -> String {
    let one = |number: usize| match database.kind() {
        Kind::Postgres => format!("${number}"),
        _ => "?".to_owned(),
    };
    (1..=count).map(one).collect::<Vec<_>>().join(", ")
}
