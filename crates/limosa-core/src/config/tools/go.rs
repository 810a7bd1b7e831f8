//! Drivers of Go's `database/sql` and what is handed to them.

use limosa_sql::Dialect;

use crate::config::Variables;
use crate::url::{Login, UrlParts, read_go_mysql, read_postgres};
use crate::{DatabaseUrl, UrlError};

/// A driver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Driver {
    /// `github.com/lib/pq`
    LibPq,
    /// `github.com/jackc/pgx`
    Pgx,
    /// `github.com/go-sql-driver/mysql`
    Mysql,
    /// `github.com/mattn/go-sqlite3`, `modernc.org/sqlite`
    Sqlite,
}

impl Driver {
    /// What it is for.
    pub(super) fn dialect(self) -> Dialect {
        match self {
            Self::LibPq | Self::Pgx => Dialect::Postgres,
            Self::Mysql => Dialect::Mysql,
            Self::Sqlite => Dialect::Sqlite,
        }
    }

    /// The URL that says the same as the text that the driver is handed.
    pub(super) fn url(self, text: &str, variables: Variables<'_>) -> Result<DatabaseUrl, UrlError> {
        match self {
            Self::LibPq => lib_pq(read_postgres(text)?, variables).url(Dialect::Postgres),
            Self::Pgx => read_postgres(text)?.url(Dialect::Postgres),
            Self::Mysql => read_go_mysql(text.trim(), Login::Plain)?.url(Dialect::Mysql),
            Self::Sqlite => sqlite(text.trim()),
        }
    }
}

/// What lib/pq does where nothing is said, and libpq does not: it goes to `localhost`, never to a
/// socket, and demands encryption.
fn lib_pq(mut parts: UrlParts, variables: Variables<'_>) -> UrlParts {
    let given = |name: &str, variable: &str| {
        parts.parameter(name).is_some() || variables.of_process(variable).is_some()
    };
    let host = given("host", "PGHOST") || given("hostaddr", "PGHOSTADDR");
    let mode = given("sslmode", "PGSSLMODE");
    if !host {
        match parts.hosts.as_mut_slice() {
            [] => parts.hosts.push(("localhost".into(), None)),
            hosts => {
                for (name, _) in hosts.iter_mut().filter(|(name, _)| name.is_empty()) {
                    "localhost".clone_into(name);
                }
            }
        }
    }
    if !mode {
        parts.parameters.push(("sslmode".into(), "require".into()));
    }
    parts
}

/// A path, or one with `file:` before it, which then has percent signs.
fn sqlite(text: &str) -> Result<DatabaseUrl, UrlError> {
    let (path, query) = text.split_once('?').unwrap_or((text, ""));
    let path = match path.strip_prefix("file:") {
        Some(path) => path.strip_prefix("//").unwrap_or(path).to_owned(),
        None => path.replace('%', "%25"),
    };
    let query = if query.is_empty() {
        String::new()
    } else {
        format!("?{query}")
    };
    DatabaseUrl::parse(&format!("sqlite:{path}{query}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn url(driver: Driver, text: &str, process: &[(&str, &str)]) -> String {
        let process: BTreeMap<String, String> = process
            .iter()
            .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
            .collect();
        let variables = Variables {
            process: &process,
            env_file: &BTreeMap::new(),
        };
        let url = driver.url(text, variables);
        let url = url.unwrap_or_else(|error| panic!("{text}: {error}"));
        url.secret().to_owned()
    }

    #[test]
    fn lib_pq_goes_to_localhost_and_demands_encryption_unless_told_otherwise() {
        for (text, expected) in [
            (
                "user=liam dbname=tester",
                "postgres://liam@localhost/tester?sslmode=require",
            ),
            (
                "user=liam dbname=tester sslmode=disable port=5433",
                "postgres://liam@localhost:5433/tester?sslmode=disable",
            ),
            (
                "postgres://liam:pw@db/tester",
                "postgres://liam:pw@db/tester?sslmode=require",
            ),
        ] {
            assert_eq!(url(Driver::LibPq, text, &[]), expected);
        }
        let told = [("PGHOST", "db"), ("PGSSLMODE", "disable")];
        assert_eq!(
            url(Driver::LibPq, "user=liam dbname=tester", &told),
            "postgres://liam@/tester"
        );
        assert_eq!(
            url(Driver::Pgx, "user=liam dbname=tester", &[]),
            "postgres://liam@/tester"
        );
    }

    #[test]
    fn a_path_is_a_file() {
        for (text, expected) in [
            ("./foo.db", "sqlite:./foo.db"),
            ("100%41.db", "sqlite:100%2541.db"),
            ("file:a%20b.db?cache=shared", "sqlite:a%20b.db?cache=shared"),
            ("file:///srv/x.db", "sqlite:/srv/x.db"),
            (":memory:", "sqlite::memory:"),
        ] {
            assert_eq!(url(Driver::Sqlite, text, &[]), expected);
        }
    }
}
