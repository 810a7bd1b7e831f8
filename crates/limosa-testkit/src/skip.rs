//! What a test does when its server is not installed: it fails, or, where a person has asked for
//! it, prints the reason and is skipped.

use crate::{Database, Galera, KitError, MariaDb, PgBouncer, Postgres};

/// A server that tests share.
pub trait Server: Sized + 'static {
    /// The shared server, or why there is none.
    ///
    /// # Errors
    /// When its programs are missing or it does not start.
    fn try_shared() -> Result<&'static Self, &'static KitError>;
}

impl Server for Postgres {
    fn try_shared() -> Result<&'static Self, &'static KitError> {
        Self::try_shared()
    }
}

impl Server for PgBouncer {
    fn try_shared() -> Result<&'static Self, &'static KitError> {
        Self::try_shared()
    }
}

impl Server for MariaDb {
    fn try_shared() -> Result<&'static Self, &'static KitError> {
        Self::try_shared()
    }
}

impl Server for Galera {
    fn try_shared() -> Result<&'static Self, &'static KitError> {
        Self::try_shared()
    }
}

/// Panics with the reason, unless the programs are missing and `LIMOSA_TEST_ALLOW_SKIP=1`
/// (which CI ignores): then the reason is printed and the caller leaves the test.
#[track_caller]
pub fn skip_or_panic(reason: &KitError) {
    let in_ci = std::env::var_os("CI").is_some_and(|value| !value.is_empty());
    let may_skip = std::env::var_os("LIMOSA_TEST_ALLOW_SKIP").is_some_and(|v| v == "1") && !in_ci;
    assert!(
        may_skip && matches!(reason, KitError::Missing { .. }),
        "{}",
        chain(reason)
    );
    #[expect(clippy::print_stderr, reason = "a skipped test must say so")]
    {
        eprintln!("skipped: {reason}");
    }
}

/// Whether the PostgreSQL server of a database is older than a major version; then it is printed what it does not know.
#[track_caller]
pub fn is_older(database: &Database, major: u32, what: &str) -> bool {
    let found = database.postgres_major();
    if found < major {
        #[expect(clippy::print_stderr, reason = "a skipped test must say so")]
        {
            eprintln!("skipped on PostgreSQL {found}: {what} is new in {major}");
        }
    }
    found < major
}

/// The error and its causes in one text.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        text = format!("{text}: {next}");
        cause = next.source();
    }
    text
}

/// The shared server of a kind; leaves the test when it is not installed and may be skipped.
///
/// ```no_run
/// fn tables_are_created() {
///     let db = limosa_testkit::require!(MariaDb).database();
///     db.execute("create table t (a int)");
/// }
/// ```
#[macro_export]
macro_rules! require {
    ($server:ident) => {
        match <$crate::$server as $crate::Server>::try_shared() {
            Ok(server) => server,
            Err(reason) => {
                $crate::skip_or_panic(reason);
                return;
            }
        }
    };
}

/// Leaves a test about something that is new in a major version of PostgreSQL where the server is older.
///
/// ```no_run
/// fn a_partition_is_detached() {
///     let db = limosa_testkit::require!(Postgres).database();
///     limosa_testkit::since_postgres!(db, 14, "DETACH PARTITION … CONCURRENTLY");
/// }
/// ```
#[macro_export]
macro_rules! since_postgres {
    ($database:expr, $major:literal, $what:literal) => {
        if $crate::is_older(&$database, $major, $what) {
            return;
        }
    };
}
