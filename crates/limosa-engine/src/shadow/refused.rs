//! Why there is no shadow, for people.

#[cfg(unix)]
use std::path::PathBuf;

use limosa_core::{Class, Diagnostic, UrlError};
#[cfg(unix)]
use limosa_db::Server;
#[cfg(unix)]
use limosa_sql::Dialect;

use crate::Problem;

const BY_URL: &str = "or name a server where databases may be made and dropped: `--shadow URL`";

const ANOTHER: &str = "leave `--shadow` out where the programs of the server are on this machine, or name another server";

/// The programs of the server are not installed.
#[cfg(unix)]
pub(super) fn missing(dialect: Dialect, programs: &str, folders: &[PathBuf]) -> Problem {
    let (product, packages) = match dialect {
        Dialect::Postgres => ("PostgreSQL", "the package `postgresql`"),
        Dialect::Mysql => ("MariaDB", "the package `mariadb-server`"),
        Dialect::Sqlite => ("SQLite", "nothing"),
    };
    let message = format!("there is no server of {product} on this machine to make a shadow with");
    let folders: Vec<String> = (folders.iter())
        .filter(|folder| folder.is_dir())
        .map(|folder| folder.display().to_string())
        .collect();
    Problem::report(
        Diagnostic::error("no-shadow", Class::Usage, message)
            .with_note(format!("looked for {programs} in {}", folders.join(", ")))
            .with_help(format!(
                "install {packages}; it need not run, and may be in a folder that LIMOSA_SERVER_PATH names"
            ))
            .with_help(BY_URL),
    )
}

/// The programs that are known make another product.
#[cfg(unix)]
pub(super) fn another_product(like: &Server) -> Problem {
    let message = format!(
        "the database is on {} {}, and only servers of MariaDB can be started for a shadow",
        like.product, like.version
    );
    Problem::report(
        Diagnostic::error("no-shadow", Class::Usage, message).with_help(format!(
            "name a server of {} where databases may be made and dropped: `--shadow URL`",
            like.product
        )),
    )
}

/// Servers are not started on this system.
#[cfg(not(unix))]
pub(super) fn not_on_this_system() -> Problem {
    let message = "on this system no server can be started for a shadow";
    Problem::report(Diagnostic::error("no-shadow", Class::Usage, message).with_help(BY_URL))
}

/// The named server cannot hold a shadow.
pub(super) fn not_there(reason: String) -> Problem {
    let diagnostic = Diagnostic::error("no-shadow", Class::Usage, reason);
    Problem::report(
        diagnostic
            .with_note("nothing was changed")
            .with_help(ANOTHER),
    )
}

/// The named server is that of the target, or may be.
pub(super) fn is_target(described: &str, reason: &str) -> Problem {
    let message = format!("no shadow is made on {described}: {reason}");
    Problem::report(
        Diagnostic::error("shadow-is-target", Class::Usage, message)
            .with_note("the environment is protected, and nothing was changed")
            .with_help(ANOTHER),
    )
}

/// A server of our own did not start.
#[cfg(unix)]
pub(super) fn not_started(error: &dyn std::error::Error) -> Problem {
    let mut message = format!("no server could be started for a shadow: {error}");
    if let Some(cause) = error.source() {
        message = format!("{message}: {cause}");
    }
    Problem::report(
        Diagnostic::error("shadow-failed", Class::Blocked, message)
            .with_note("nothing was changed")
            .with_help("name a server where databases may be made and dropped: `--shadow URL`"),
    )
}

/// The URL cannot be used.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the form that `map_err` takes"
)]
pub(super) fn bad_url(error: UrlError) -> Problem {
    Problem::report(Diagnostic::error(
        "bad-url",
        Class::Usage,
        error.to_string(),
    ))
}
