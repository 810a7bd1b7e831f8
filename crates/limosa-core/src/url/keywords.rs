//! libpq's connection strings: `host=db user=ada password=secret dbname=shop`.

use super::parts::{UrlParts, read_port};
use super::{DatabaseUrl, UrlError};

/// What a connection string may say beside the parts that a URL has places for. Another word may be
/// the rest of a password that nobody quoted, so it is not passed on (and not repeated).
const KEYWORDS: &[&str] = &[
    "application_name",
    "binary_parameters",
    "channel_binding",
    "client_encoding",
    "connect_timeout",
    "default_query_exec_mode",
    "disable_prepared_binary_result",
    "fallback_application_name",
    "gssencmode",
    "hostaddr",
    "keepalives",
    "keepalives_count",
    "keepalives_idle",
    "keepalives_interval",
    "krbspn",
    "krbsrvname",
    "load_balance_hosts",
    "options",
    "passfile",
    "prefer_simple_protocol",
    "replication",
    "require_auth",
    "search_path",
    "service",
    "sslcert",
    "sslcompression",
    "sslcrl",
    "sslinline",
    "sslkey",
    "sslmode",
    "sslnegotiation",
    "sslpassword",
    "sslrootcert",
    "sslsni",
    "statement_cache_capacity",
    "statement_timeout",
    "target_session_attrs",
    "tcp_user_timeout",
    "timezone",
];

/// The parts of a connection string.
///
/// # Errors
/// When it is not one; the error has nothing of the text.
pub fn read_keywords(text: &str) -> Result<UrlParts, UrlError> {
    let mut parts = UrlParts::default();
    let (mut hosts, mut ports) = (String::new(), String::new());
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (keyword, after) = rest
            .split_once('=')
            .ok_or(UrlError::ConnectionString("a word in it has no `=`"))?;
        let keyword = keyword.trim();
        if keyword.contains(char::is_whitespace) {
            return Err(UrlError::ConnectionString("a word in it has no `=`"));
        }
        let (value, after) = value(after.trim_start())?;
        rest = after.trim_start();
        match keyword {
            "user" => parts.user = Some(value),
            "password" => parts.password = Some(value),
            "dbname" | "database" => parts.database = Some(value),
            "host" => hosts = value,
            "port" => ports = value,
            _ if KEYWORDS.contains(&keyword) => {
                parts.parameters.retain(|(name, _)| name != keyword);
                parts.parameters.push((keyword.to_owned(), value));
            }
            _ => return Err(UrlError::ConnectionString("a keyword in it is not known")),
        }
    }
    parts.hosts = together(&hosts, &ports)?;
    Ok(parts)
}

/// The URL that says the same as a connection string, or the URL that the text is.
///
/// # Errors
/// When it is neither; the error has nothing of the text.
pub fn read_postgres(text: &str) -> Result<UrlParts, UrlError> {
    let text = text.trim();
    if text.starts_with("postgres://") || text.starts_with("postgresql://") {
        UrlParts::read(&DatabaseUrl::parse(text)?)
    } else {
        read_keywords(text)
    }
}

/// A value and what follows it. Quotes and backslashes as libpq has them.
fn value(text: &str) -> Result<(String, &str), UrlError> {
    let quoted = text.strip_prefix('\'');
    let mut value = String::new();
    let body = quoted.unwrap_or(text);
    let mut letters = body.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\\' => match letters.next() {
                Some((_, escaped)) => value.push(escaped),
                None => return Err(UrlError::ConnectionString("it ends with a backslash")),
            },
            '\'' if quoted.is_some() => return Ok((value, &body[at + 1..])),
            blank if quoted.is_none() && blank.is_whitespace() => return Ok((value, &body[at..])),
            letter => value.push(letter),
        }
    }
    match quoted {
        Some(_) => Err(UrlError::ConnectionString("a quotation in it does not end")),
        None => Ok((value, "")),
    }
}

/// Hosts with their ports; one port is that of all hosts.
fn together(hosts: &str, ports: &str) -> Result<Vec<(String, Option<u16>)>, UrlError> {
    if hosts.is_empty() && ports.is_empty() {
        return Ok(Vec::new());
    }
    let hosts: Vec<&str> = hosts.split(',').collect();
    let ports: Vec<&str> = ports.split(',').collect();
    if ports.len() != 1 && ports.len() != hosts.len() {
        return Err(UrlError::ConnectionString(
            "it has not as many ports as hosts",
        ));
    }
    let port = |at: usize| match ports.get(at).or(ports.first()).copied() {
        None | Some("") => Ok(None),
        Some(port) => read_port(port.trim()).map(Some),
    };
    hosts
        .iter()
        .enumerate()
        .map(|(at, host)| Ok(((*host).to_owned(), port(at)?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use limosa_sql::Dialect;
    use proptest::prelude::*;

    fn url(text: &str) -> String {
        let parts = read_postgres(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        let url = parts.url(Dialect::Postgres).unwrap();
        url.secret().to_owned()
    }

    #[test]
    fn a_connection_string_is_a_url() {
        for (text, expected) in [
            (
                "user=liam dbname=tester sslmode=disable",
                "postgres://liam@/tester?sslmode=disable",
            ),
            (
                "host=db port = 5433  user=ada password='it\\'s a \\\\' dbname=shop",
                "postgres://ada:it%27s%20a%20%5C@db:5433/shop",
            ),
            (
                "host=/run/postgresql dbname=shop",
                "postgres://%2Frun%2Fpostgresql/shop",
            ),
            (
                "host=a,b port=1,2 dbname=shop password=",
                "postgres://:@a:1,b:2/shop",
            ),
            ("host=a,b port=5", "postgres://a:5,b:5/"),
            ("port=5", "postgres://:5/"),
            ("password=a\\ b", "postgres://:a%20b@/"),
            ("", "postgres:///"),
            (
                "postgresql://ada:pw@db/shop?sslmode=require",
                "postgres://ada:pw@db/shop?sslmode=require",
            ),
        ] {
            assert_eq!(url(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_connection_string_is_refused_without_repeating_it() {
        for (text, part) in [
            ("host=db password=s3cret s3cret", "has no `=`"),
            ("host=db s3cret user=a", "has no `=`"),
            ("password=my s3cret=x", "is not known"),
            ("password='s3cret", "does not end"),
            ("password=s3cret\\", "backslash"),
            ("host=a,b port=1,2,3", "as many ports"),
            ("host=a port=s3cret", "port"),
            ("s3cret", "has no `=`"),
        ] {
            let error = read_postgres(text).map(|_| ()).unwrap_err().to_string();
            assert!(error.contains(part), "{text}: {error}");
            assert!(!error.contains("s3cret"), "{error}");
        }
    }

    proptest! {
        #[test]
        fn a_quoted_password_comes_back_and_none_is_ever_shown(
            password in "[0-9][a-z '=\\\\$@:/]{4,20}",
            broken in any::<bool>(),
        ) {
            let quoted = password.replace('\\', "\\\\").replace('\'', "\\'");
            if broken {
                let text = format!("host=db password={password} user");
                if let Err(error) = read_keywords(&text) {
                    prop_assert!(!error.to_string().contains(&password), "{}", error);
                }
            } else {
                let text = format!("host=db password='{quoted}' user=ada");
                let parts = read_keywords(&text).unwrap_or_else(|error| panic!("{error}"));
                prop_assert_eq!(parts.password.as_deref(), Some(password.as_str()));
                prop_assert_eq!(parts.user.as_deref(), Some("ada"));
            }
        }
    }
}
