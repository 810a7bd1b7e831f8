//! The connection strings of the Go driver of MySQL: `user:password@tcp(host:3306)/database?name=value`.

use super::parts::{UrlParts, decode, read_host};
use super::{DatabaseUrl, UrlError};

/// How user and password are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Login {
    /// As they are, as the driver reads them.
    Plain,
    /// With percent signs (and `+` for a blank), as golang-migrate reads its URLs.
    Encoded,
}

/// The parts of a connection string. Its database ends at the last `/`, its login at the last `@`
/// before that, so that both may be in a password.
///
/// # Errors
/// When it is not one; the error has nothing of the text.
pub fn read_go_mysql(text: &str, login: Login) -> Result<UrlParts, UrlError> {
    // The driver takes the last `/`, and gives up where that is one of a file name in the parameters.
    let slash = match text.rfind(")/") {
        Some(at) => at + 1,
        None => text.rfind('/').ok_or(UrlError::ConnectionString(
            "it has no `/` before the database",
        ))?,
    };
    let (head, tail) = (&text[..slash], &text[slash + 1..]);
    let (database, query) = tail.split_once('?').unwrap_or((tail, ""));
    let (who, place) = head.rsplit_once('@').unwrap_or(("", head));
    let (user, password) = match who.split_once(':') {
        Some((user, password)) => (user, Some(password)),
        None => (who, None),
    };
    let read = |text: &str| match login {
        Login::Plain => Ok(text.to_owned()),
        Login::Encoded => decode(&text.replace('+', " ")),
    };
    let mut parts = UrlParts {
        user: Some(read(user)?).filter(|user| !user.is_empty()),
        password: password.map(read).transpose()?,
        database: Some(decode(database)?).filter(|name| !name.is_empty()),
        ..UrlParts::default()
    };
    for pair in query.split('&') {
        if let Some((name, value)) = pair.split_once('=') {
            let value = decode(&value.replace('+', " "))?;
            parts.parameters.push((name.to_owned(), value));
        }
    }
    match address(place)? {
        ("tcp" | "tcp4" | "tcp6", "") => parts.hosts.push(("127.0.0.1".into(), Some(3306))),
        ("tcp" | "tcp4" | "tcp6", address) => parts.hosts.push(read_host(address)?),
        ("unix", path) => {
            let path = if path.is_empty() {
                "/tmp/mysql.sock"
            } else {
                path
            };
            parts.parameters.push(("socket".into(), path.to_owned()));
        }
        _ => {
            return Err(UrlError::ConnectionString(
                "its network is neither `tcp` nor `unix`",
            ));
        }
    }
    Ok(parts)
}

/// Whether the text behind `mysql://` is such a connection string, as golang-migrate has it.
pub(super) fn is_go_mysql(rest: &str) -> bool {
    let Some(end) = rest.rfind(")/") else {
        return false;
    };
    let head = &rest[..end];
    let network = head.rsplit_once('@').map_or(head, |(_, network)| network);
    network.contains('(')
}

/// The URL that says the same as the text behind `mysql://`.
pub(super) fn of_golang_migrate(rest: &str) -> Result<DatabaseUrl, UrlError> {
    read_go_mysql(rest, Login::Encoded)?.url(limosa_sql::Dialect::Mysql)
}

/// `net(address)`, `net`, or nothing.
fn address(place: &str) -> Result<(&str, &str), UrlError> {
    let Some((network, address)) = place.split_once('(') else {
        return Ok((if place.is_empty() { "tcp" } else { place }, ""));
    };
    match address.strip_suffix(')') {
        Some(address) => Ok((network, address)),
        None => Err(UrlError::ConnectionString("its address has no `)`")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use limosa_sql::Dialect;
    use proptest::prelude::*;

    fn url(text: &str) -> String {
        let parts = read_go_mysql(text, Login::Plain);
        let parts = parts.unwrap_or_else(|error| panic!("{text}: {error}"));
        parts.url(Dialect::Mysql).unwrap().secret().to_owned()
    }

    #[test]
    fn a_connection_string_is_a_url() {
        for (text, expected) in [
            (
                "ada:pw@tcp(db:3307)/shop?parseTime=true",
                "mysql://ada:pw@db:3307/shop?parseTime=true",
            ),
            ("ada@tcp(db)/shop", "mysql://ada@db/shop"),
            (
                "ada:p@s/s:(x@tcp(db)/shop",
                "mysql://ada:p%40s%2Fs%3A%28x@db/shop",
            ),
            (
                "ada:100%41@/shop",
                "mysql://ada:100%2541@127.0.0.1:3306/shop",
            ),
            ("/", "mysql://127.0.0.1:3306/"),
            (
                "root@tcp([::1]:3306)/my%20shop",
                "mysql://root@[::1]:3306/my%20shop",
            ),
            (
                "root@unix(/tmp/x.sock)/shop?charset=utf8",
                "mysql://root@/shop?charset=utf8&socket=%2Ftmp%2Fx.sock",
            ),
            (
                "a@tcp(db)/shop?loc=US%2FPacific&x=a+b",
                "mysql://a@db/shop?loc=US%2FPacific&x=a%20b",
            ),
            (
                "a@tcp(db)/shop?x-tls-ca=/etc/ca.pem",
                "mysql://a@db/shop?x-tls-ca=%2Fetc%2Fca.pem",
            ),
        ] {
            assert_eq!(url(text), expected, "{text}");
        }
    }

    #[test]
    fn golang_migrate_writes_it_behind_a_scheme() {
        let url =
            DatabaseUrl::parse("mysql://a+b:p%40s@s@tcp(db:3307)/shop?x-no-lock=true").unwrap();
        assert_eq!(
            url.secret(),
            "mysql://a%20b:p%40s%40s@db:3307/shop?x-no-lock=true"
        );
        let plain = "mysql://ada:pw@db/shop?a=b";
        assert_eq!(DatabaseUrl::parse(plain).unwrap().secret(), plain);
    }

    #[test]
    fn what_is_no_connection_string_is_refused_without_repeating_it() {
        for (text, part) in [
            ("ada:s3cret@tcp(db)", "no `/`"),
            ("ada:s3cret@tcp(db/shop", "no `)`"),
            ("ada:s3cret@cloudsql(s3cret)/shop", "neither"),
            ("ada:s3cret@tcp(db:s3cret)/shop", "port"),
        ] {
            let error = read_go_mysql(text, Login::Plain).map(|_| ()).unwrap_err();
            let error = error.to_string();
            assert!(error.contains(part), "{text}: {error}");
            assert!(!error.contains("s3cret"), "{error}");
        }
    }

    proptest! {
        #[test]
        fn any_password_comes_back(password in "\\PC{0,20}") {
            let text = format!("ada:{password}@tcp(db:3306)/shop");
            let parts = read_go_mysql(&text, Login::Plain).unwrap_or_else(|error| panic!("{error}"));
            prop_assert_eq!(parts.password.as_deref(), Some(password.as_str()));
            let url = parts.url(Dialect::Mysql).unwrap();
            let again = UrlParts::read(&url).unwrap();
            prop_assert_eq!(again.password.as_deref(), Some(password.as_str()));
        }
    }
}
