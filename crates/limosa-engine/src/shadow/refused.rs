//! Why there is no shadow, for people.

use std::path::PathBuf;

use limosa_core::{Class, Diagnostic, UrlError};
use limosa_db::Server;
use limosa_server::ServerError;
use limosa_sql::Dialect;

use crate::Problem;

const BY_URL: &str = "or name a server where databases may be made and dropped: `--shadow URL`";

const ANOTHER: &str = "leave `--shadow` out where the programs of the server are on this machine, or name another server";

/// The programs of the server are not installed.
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
pub(super) fn not_started(error: &ServerError) -> Problem {
    let mut message = format!("no server could be started for a shadow: {error}");
    if let Some(cause) = std::error::Error::source(error) {
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
