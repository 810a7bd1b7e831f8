//! golang-migrate: it has no configuration but the parameters `x-…` of its URLs.

use std::time::Duration;

use limosa_sql::Dialect;

use crate::url::{UrlParts, read_parameters};
use crate::{Class, DatabaseUrl, Diagnostic, UrlError};

/// What the parameters of golang-migrate in a URL say. None of them is sent to a server.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UrlParameters {
    /// `x-migrations-table`: the history table, as [`tool_table`](super::tool_table) reads it.
    pub table: Option<String>,
    /// `x-statement-timeout`: how long a statement may run.
    pub statement_timeout: Option<Duration>,
    /// Those that have no effect here.
    pub ignored: Vec<String>,
}

impl UrlParameters {
    /// Reads them from a URL.
    ///
    /// # Errors
    /// When one has a value that it cannot have, or asks for what is not supported.
    pub fn read(url: &DatabaseUrl) -> Result<Self, Diagnostic> {
        let bad = |message: String| Diagnostic::error("bad-url", Class::Usage, message);
        let all = parameters(url).map_err(|error| bad(error.to_string()))?;
        let mut found = Self::default();
        let mut table = None;
        let mut quoted = false;
        for (name, value) in all {
            let no = |known: &str| bad(format!("`{name}` in the URL must be {known}"));
            match name.as_str() {
                "x-migrations-table" => table = Some(value).filter(|table| !table.is_empty()),
                "x-migrations-table-quoted" => {
                    quoted = truth(&value).ok_or_else(|| no("`true` or `false`"))?;
                }
                "x-statement-timeout" => {
                    let limit: u64 = value
                        .parse()
                        .map_err(|_| no("a whole number of milliseconds"))?;
                    found.statement_timeout =
                        Some(Duration::from_millis(limit)).filter(|_| limit > 0);
                }
                "x-lock-strategy" if value.is_empty() || value == "advisory" => {}
                "x-lock-strategy" | "x-lock-table" => {
                    return Err(bad(format!(
                        "`{name}` in the URL is not supported: Limosa takes golang-migrate's advisory lock, not that in a table"
                    )));
                }
                _ if name.starts_with("x-tls-") && url.dialect() == Dialect::Mysql => {}
                _ => found.ignored.push(name),
            }
        }
        // Without quotes the whole is one name, also with a dot in it.
        found.table = match table {
            Some(table) if quoted && !table.starts_with('"') => {
                return Err(bad("`x-migrations-table` in the URL must be in quotes, because `x-migrations-table-quoted` says so".into()));
            }
            Some(table) if quoted => Some(table),
            Some(table) => Some(format!("\"{table}\"")),
            None => None,
        };
        Ok(found)
    }

    /// What is said about those that have no effect.
    pub fn remark(&self) -> Option<Diagnostic> {
        let (has, all) = match self.ignored.as_slice() {
            [] => return None,
            [one] => ("has", one.clone()),
            all => ("have", all.join(", ")),
        };
        Some(Diagnostic::note(
            "url-parameter-ignored",
            format!("{all} in the URL {has} no effect here"),
        ))
    }
}

/// The parameters that begin with `x-`; the last one of a name counts.
fn parameters(url: &DatabaseUrl) -> Result<Vec<(String, String)>, UrlError> {
    let all = match url.dialect() {
        Dialect::Sqlite => {
            let query = url.secret().split_once('?').map_or("", |(_, query)| query);
            read_parameters(query)?
        }
        Dialect::Postgres | Dialect::Mysql => UrlParts::read(url)?.parameters,
    };
    let mut ours: Vec<(String, String)> = Vec::new();
    for (name, value) in all.into_iter().filter(|(name, _)| name.starts_with("x-")) {
        ours.retain(|(other, _)| *other != name);
        ours.push((name, value));
    }
    Ok(ours)
}

fn truth(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" | "" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Result<UrlParameters, String> {
        let url = DatabaseUrl::parse(&format!("postgres://ada:s3cret@db/shop?{query}")).unwrap();
        UrlParameters::read(&url).map_err(|problem| problem.message)
    }

    #[test]
    fn the_parameters_are_understood() {
        let found = read("x-migrations-table=queue&sslmode=disable&x-statement-timeout=1500");
        let expected = UrlParameters {
            table: Some("\"queue\"".into()),
            statement_timeout: Some(Duration::from_millis(1500)),
            ignored: vec![],
        };
        assert_eq!(found, Ok(expected));
        let quoted = read("x-migrations-table=%22app%22.%22queue%22&x-migrations-table-quoted=1");
        assert_eq!(quoted.unwrap().table.as_deref(), Some("\"app\".\"queue\""));
        let none = read("x-statement-timeout=0&x-lock-strategy=advisory&x-migrations-table=");
        assert_eq!(none, Ok(UrlParameters::default()));
    }

    #[test]
    fn what_has_no_effect_is_said() {
        let found = read("x-multi-statement=true&x-no-lock=true&x-multi-statement=false").unwrap();
        assert_eq!(
            found.remark().unwrap().message,
            "x-no-lock, x-multi-statement in the URL have no effect here"
        );
        assert_eq!(read("sslmode=disable").unwrap().remark(), None);
    }

    #[test]
    fn what_cannot_be_done_is_refused() {
        for (query, part) in [
            ("x-lock-strategy=table", "`x-lock-strategy`"),
            ("x-lock-table=locks", "`x-lock-table`"),
            ("x-statement-timeout=2s", "milliseconds"),
            ("x-migrations-table-quoted=maybe", "`true` or `false`"),
            (
                "x-migrations-table=a&x-migrations-table-quoted=true",
                "in quotes",
            ),
        ] {
            let error = read(query).unwrap_err();
            assert!(error.contains(part), "{query}: {error}");
            assert!(!error.contains("s3cret"), "{error}");
        }
    }

    #[test]
    fn they_are_in_the_url_of_a_file_too() {
        let url =
            DatabaseUrl::parse("sqlite3://shop.db?x-migrations-table=m&x-no-tx-wrap=1").unwrap();
        let found = UrlParameters::read(&url).unwrap();
        assert_eq!(found.table.as_deref(), Some("\"m\""));
        assert_eq!(found.ignored, ["x-no-tx-wrap"]);
    }
}
