//! Database URLs that cannot print their password, and the other forms that say the same.

mod go_mysql;
mod keywords;
mod parts;

use std::fmt;

use limosa_sql::Dialect;

pub use go_mysql::{Login, read_go_mysql};
pub use keywords::{read_keywords, read_postgres};
pub use parts::{UrlParts, decode, read_parameters, read_port};

/// A database URL. Neither `Display` nor `Debug` shows a password or the value of a query
/// parameter that is not known to be harmless.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl {
    text: String,
    dialect: Dialect,
}

/// Why a text is not a database URL. Does not contain the text: it may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// No `scheme:` at its beginning.
    #[error("the database URL has no scheme")]
    NoScheme,
    /// A scheme that no driver has.
    #[error("the scheme `{0}` of the database URL is not known")]
    UnknownScheme(String),
    /// More than one `@` before the host, so that it is not clear where the password ends.
    #[error("the database URL has more than one `@`: a password's `@` is written `%40`")]
    AmbiguousAt,
    /// Percent signs that are not followed by two hexadecimal digits.
    #[error("the database URL has a `%` that is not followed by two hexadecimal digits")]
    BadPercent,
    /// A part that must be there is missing.
    #[error("the database URL has no {0}")]
    Missing(&'static str),
    /// A port that is none.
    #[error("the port in the URL is not a number from 1 to 65535")]
    Port,
    /// Percent signs that stand for something else than UTF-8.
    #[error("the URL is not valid UTF-8 after its percent signs are decoded")]
    Encoding,
    /// A NUL character.
    #[error("the URL has a NUL character in it")]
    Nul,
    /// A connection string of another driver that cannot be read.
    #[error("the connection string cannot be read: {0}")]
    ConnectionString(&'static str),
    /// A server that speaks like one of ours and behaves in another way.
    #[error("{0} is not supported")]
    Server(&'static str),
}

/// The schemes of golang-migrate for servers that speak PostgreSQL's protocol.
const OTHER_SERVERS: &[(&[&str], &str)] = &[
    (
        &["cockroach", "cockroachdb", "crdb-postgres"],
        "CockroachDB",
    ),
    (&["yugabyte", "yugabytedb", "ysql"], "YugabyteDB"),
    (&["redshift"], "Redshift"),
];

impl DatabaseUrl {
    /// Reads a URL: `postgres://`, `postgresql://`, `mysql://`, `mariadb://`, `sqlite:path`, `sqlite::memory:`, and
    /// as golang-migrate has them `pgx://`, `pgx4://`, `pgx5://` and `mysql://user:password@tcp(host:port)/database`.
    ///
    /// # Errors
    /// When the scheme is not known or the parts are not clear; the error never contains the text.
    pub fn parse(text: &str) -> Result<Self, UrlError> {
        let (scheme, rest) = text.split_once(':').ok_or(UrlError::NoScheme)?;
        if scheme.is_empty()
            || !scheme
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
        {
            return Err(UrlError::NoScheme);
        }
        let scheme = scheme.to_ascii_lowercase();
        let dialect = match scheme.as_str() {
            "postgres" | "postgresql" | "pgx" | "pgx4" | "pgx5" => Dialect::Postgres,
            "mysql" | "mariadb" => Dialect::Mysql,
            "sqlite" | "sqlite3" => Dialect::Sqlite,
            other => {
                let server = OTHER_SERVERS.iter().find(|(all, _)| all.contains(&other));
                return Err(match server {
                    Some((_, name)) => UrlError::Server(name),
                    None => UrlError::UnknownScheme(scheme),
                });
            }
        };
        if dialect == Dialect::Mysql
            && let Some(rest) = rest.strip_prefix("//")
            && go_mysql::is_go_mysql(rest)
        {
            return go_mysql::of_golang_migrate(rest);
        }
        let url = Self {
            text: text.to_owned(),
            dialect,
        };
        if dialect == Dialect::Sqlite {
            if rest.trim_start_matches('/').is_empty() {
                return Err(UrlError::Missing("file name"));
            }
            return Ok(url);
        }
        if !rest.starts_with("//") {
            return Err(UrlError::Missing("`//` after its scheme"));
        }
        let authority = url.authority();
        if authority.matches('@').count() > 1 {
            return Err(UrlError::AmbiguousAt);
        }
        if !percents_are_encoded(text) {
            return Err(UrlError::BadPercent);
        }
        Ok(url)
    }

    /// The dialect that the scheme names.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The whole text with its secrets, for drivers only.
    pub fn secret(&self) -> &str {
        &self.text
    }

    /// What stands between `//` and the path or query, with its secrets: for drivers only.
    ///
    /// A `/`, `?` or `#` inside a password must be percent-encoded, as in every URL. Where one is not,
    /// everything up to the last `@` counts as the login, so that no rest of a password is taken for a
    /// visible path. An `@` in the query of a URL whose beginning is plainly a host belongs to the query.
    pub fn authority(&self) -> &str {
        let rest = self.text.split_once("//").map_or("", |(_, rest)| rest);
        let plain = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
        let (before_query, query) = rest.split_once('?').unwrap_or((rest, ""));
        let at = if before_query.contains('@') {
            before_query.rfind('@')
        } else if is_list_of_hosts(plain) && is_parameter(query) {
            None
        } else {
            rest.rfind('@')
        };
        let end = match at {
            Some(at) => at + rest[at..].find(['/', '?', '#']).unwrap_or(rest.len() - at),
            None => plain.len(),
        };
        &rest[..end]
    }
}

/// Whether a query begins with `name=`, so that an `@` in it is part of a value.
fn is_parameter(query: &str) -> bool {
    query.find('@').is_none_or(|at| query[..at].contains('='))
}

/// Whether a text can be `host:port,host:port`: what follows a colon are digits, so it is no password.
fn is_list_of_hosts(text: &str) -> bool {
    text.split(',').all(|host| {
        let port = match host.strip_prefix('[').and_then(|h| h.split_once(']')) {
            Some((_, port)) => port,
            None => host.find(':').map_or("", |at| &host[at..]),
        };
        port.bytes()
            .all(|byte| byte == b':' || byte.is_ascii_digit())
    })
}

fn percents_are_encoded(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes
        .iter()
        .enumerate()
        .filter(|(_, byte)| **byte == b'%')
        .all(|(at, _)| {
            bytes
                .get(at + 1..at + 3)
                .is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
        })
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.dialect == Dialect::Sqlite {
            let (path, query) = self.text.split_once('?').unwrap_or((&self.text, ""));
            let harmless = |pair: &str| {
                let name = pair.split('=').next().unwrap_or_default();
                ["cache", "immutable", "mode"].contains(&name)
            };
            return match query {
                "" => f.write_str(path),
                query if query.split('&').all(harmless) => f.write_str(&self.text),
                _ => write!(f, "{path}?…"),
            };
        }
        let authority = self.authority();
        let start = self.text.find("//").map_or(0, |at| at + 2);
        f.write_str(&self.text[..start])?;
        let host = match authority.rfind('@') {
            Some(at) => {
                let (user, password) = match authority[..at].split_once(':') {
                    Some((user, _)) => (user, ":***"),
                    None => (&authority[..at], ""),
                };
                write!(f, "{user}{password}@")?;
                &authority[at + 1..]
            }
            None => authority,
        };
        f.write_str(host)?;
        let path = &self.text[start + authority.len()..];
        match path.split_once('?') {
            Some((path, _)) => write!(f, "{path}?…"),
            None => f.write_str(path),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DatabaseUrl({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_printed() {
        for text in [
            "postgres://ada:s3cret@db/shop?sslmode=require",
            "mysql://ada:s3cret%40x@db:3306/shop",
            "postgres://ada:s3cret/part@db/shop",
            "postgres://db/shop?user=ada&password=s3cret",
            "postgres://db/shop?user=ada&password=s3cret@x",
            "postgres://ada:p@s3cret/s3cret@db/shop",
            "postgres://ada:s3cret?s3cret@db/shop",
            "postgres://ada:12?s3cret@db/shop",
        ] {
            let url = match DatabaseUrl::parse(text) {
                Ok(url) => url,
                Err(error) => {
                    assert!(!error.to_string().contains("s3cret"), "{error}");
                    continue;
                }
            };
            for shown in [format!("{url}"), format!("{url:?}")] {
                assert!(
                    !shown.contains("s3cret") && !shown.contains("part@"),
                    "{shown}"
                );
                assert!(shown.contains("shop") && shown.contains("db"), "{shown}");
            }
        }
    }

    #[test]
    fn an_at_sign_in_a_password_is_explained() {
        let error = DatabaseUrl::parse("postgres://ada:p@ss@db/shop").unwrap_err();
        assert_eq!(error, UrlError::AmbiguousAt);
        assert!(error.to_string().contains("%40"));
    }

    #[test]
    fn a_scheme_of_another_tool_is_the_same_database() {
        for text in [
            "pgx5://ada@db/shop",
            "pgx://ada@db/shop?a=b",
            "PGX4://db/shop",
        ] {
            let url = DatabaseUrl::parse(text).unwrap();
            assert_eq!(url.dialect(), Dialect::Postgres, "{text}");
        }
        assert_eq!(
            DatabaseUrl::parse("cockroachdb://db/shop")
                .unwrap_err()
                .to_string(),
            "CockroachDB is not supported"
        );
    }

    #[test]
    fn a_password_of_an_sqlite_file_is_not_printed() {
        let url = DatabaseUrl::parse("sqlite:shop.db?mode=ro&_auth_pass=s3cret").unwrap();
        assert_eq!(url.to_string(), "sqlite:shop.db?…");
        let url = DatabaseUrl::parse("sqlite:shop.db?mode=ro").unwrap();
        assert_eq!(url.to_string(), "sqlite:shop.db?mode=ro");
    }

    #[test]
    fn unknown_schemes_are_refused() {
        assert_eq!(
            DatabaseUrl::parse("oracle://db/shop"),
            Err(UrlError::UnknownScheme("oracle".into()))
        );
        assert_eq!(DatabaseUrl::parse("shop.db"), Err(UrlError::NoScheme));
    }
}
