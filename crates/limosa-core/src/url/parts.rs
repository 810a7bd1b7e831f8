//! The parts of a network server's URL: taken apart, and put together from other forms.

use limosa_sql::Dialect;

use super::{DatabaseUrl, UrlError};

/// The decoded parts of `scheme://user:password@host:port,host:port/database?name=value`.
///
/// It has no `Debug`, so that nobody prints the password by accident.
#[derive(Clone, Default)]
pub struct UrlParts {
    /// Who connects.
    pub user: Option<String>,
    /// The password.
    pub password: Option<String>,
    /// The servers: names, addresses or folders of sockets, each with its port.
    pub hosts: Vec<(String, Option<u16>)>,
    /// The database.
    pub database: Option<String>,
    /// The parameters behind the `?`, in their order.
    pub parameters: Vec<(String, String)>,
}

impl UrlParts {
    /// Takes the URL of a server apart.
    ///
    /// # Errors
    /// When a port is none, or percent signs do not stand for UTF-8.
    pub fn read(url: &DatabaseUrl) -> Result<Self, UrlError> {
        let text = url.secret();
        let authority = url.authority();
        let start = text.find("//").map_or(text.len(), |at| at + 2);
        let rest = &text[start + authority.len()..];
        let rest = rest.split('#').next().unwrap_or_default();
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (login, hosts) = authority.rsplit_once('@').unwrap_or(("", authority));
        let (user, password) = match login.split_once(':') {
            Some((user, password)) => (user, Some(password)),
            None => (login, None),
        };
        let database = path.strip_prefix('/').unwrap_or(path);
        Ok(Self {
            user: present(user)?,
            password: password.map(decode).transpose()?,
            hosts: read_hosts(hosts)?,
            database: present(database)?,
            parameters: read_parameters(query)?,
        })
    }

    /// The URL that has these parts.
    ///
    /// # Errors
    /// When a part cannot stand in a URL.
    pub fn url(&self, dialect: Dialect) -> Result<DatabaseUrl, UrlError> {
        let mut text = format!("{}://", dialect.name());
        if self.user.is_some() || self.password.is_some() {
            text.push_str(&encode(self.user.as_deref().unwrap_or_default()));
            if let Some(password) = &self.password {
                text.push(':');
                text.push_str(&encode(password));
            }
            text.push('@');
        }
        let hosts: Vec<String> = self.hosts.iter().map(host_text).collect();
        text.push_str(&hosts.join(","));
        text.push('/');
        text.push_str(&encode(self.database.as_deref().unwrap_or_default()));
        for (at, (name, value)) in self.parameters.iter().enumerate() {
            text.push(if at == 0 { '?' } else { '&' });
            text.push_str(&encode(name));
            text.push('=');
            text.push_str(&encode(value));
        }
        DatabaseUrl::parse(&text)
    }

    /// The value of a parameter; the last one counts when it is there twice.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let found = self.parameters.iter().rev().find(|(key, _)| key == name)?;
        Some(&found.1)
    }
}

fn host_text((name, port): &(String, Option<u16>)) -> String {
    let mut text = if name.contains(':') && !name.starts_with('/') {
        format!("[{name}]")
    } else {
        encode(name)
    };
    if let Some(port) = port {
        text.push_str(&format!(":{port}"));
    }
    text
}

fn present(text: &str) -> Result<Option<String>, UrlError> {
    if text.is_empty() {
        Ok(None)
    } else {
        decode(text).map(Some)
    }
}

fn read_hosts(text: &str) -> Result<Vec<(String, Option<u16>)>, UrlError> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    text.split(',').map(read_host).collect()
}

/// `name`, `name:port`, `[address]:port`.
pub(super) fn read_host(text: &str) -> Result<(String, Option<u16>), UrlError> {
    let (name, port) = match text.strip_prefix('[').and_then(|t| t.split_once(']')) {
        Some((address, port)) => (address, port.strip_prefix(':')),
        None => match text.rsplit_once(':') {
            Some((name, port)) => (name, Some(port)),
            None => (text, None),
        },
    };
    let port = match port.filter(|port| !port.is_empty()) {
        Some(port) => Some(read_port(port)?),
        None => None,
    };
    Ok((decode(name)?, port))
}

/// Reads a port.
///
/// # Errors
/// When it is not a number from 1 to 65535.
pub fn read_port(text: &str) -> Result<u16, UrlError> {
    match text.parse() {
        Ok(port) if port > 0 => Ok(port),
        _ => Err(UrlError::Port),
    }
}

/// Reads `name=value&name=value`.
///
/// # Errors
/// As [`decode`].
pub fn read_parameters(query: &str) -> Result<Vec<(String, String)>, UrlError> {
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Ok((decode(name)?, decode(value)?))
        })
        .collect()
}

/// Decodes `%41`; what is not followed by two hexadecimal digits stays as it is.
///
/// # Errors
/// When the result is not UTF-8 or has a NUL character.
pub fn decode(text: &str) -> Result<String, UrlError> {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let digits = bytes.get(at + 1..at + 3).and_then(hexadecimal);
        match digits {
            Some(byte) if bytes[at] == b'%' => {
                decoded.push(byte);
                at += 3;
            }
            _ => {
                decoded.push(bytes[at]);
                at += 1;
            }
        }
    }
    if decoded.contains(&0) {
        return Err(UrlError::Nul);
    }
    String::from_utf8(decoded).map_err(|_| UrlError::Encoding)
}

fn hexadecimal(digits: &[u8]) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(digits[0])? * 16 + digit(digits[1])?).ok()
}

/// Everything but letters, digits and `-._~` as `%41`.
fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_host_has_its_form_back() {
        for text in [
            "postgres://ada:p%40ss%2F@db:5433,other/my%20shop?sslmode=require&options=-c%20a%3Db",
            "postgres://%2Frun%2Fpostgresql/shop",
            "mysql://ada@[::1]:3307/shop",
            "postgres:///",
        ] {
            let url = DatabaseUrl::parse(text).unwrap();
            let parts = UrlParts::read(&url).unwrap();
            assert_eq!(parts.url(url.dialect()).unwrap().secret(), text);
        }
    }

    proptest! {
        #[test]
        fn what_is_put_together_is_taken_apart_again(
            user in "\\PC{1,8}",
            password in "\\PC{0,12}",
            database in "\\PC{1,8}",
            value in "\\PC{0,8}",
        ) {
            let parts = UrlParts {
                user: Some(user.clone()),
                password: Some(password.clone()),
                hosts: vec![("db".into(), Some(5433))],
                database: Some(database.clone()),
                parameters: vec![("name".into(), value.clone())],
            };
            let url = parts.url(Dialect::Postgres).unwrap();
            let again = UrlParts::read(&url).unwrap();
            prop_assert_eq!(again.user.as_deref(), Some(user.as_str()));
            prop_assert_eq!(again.password.as_deref(), Some(password.as_str()));
            prop_assert_eq!(again.hosts, [("db".to_owned(), Some(5433))]);
            prop_assert_eq!(again.database.as_deref(), Some(database.as_str()));
            prop_assert_eq!(again.parameters, [("name".to_owned(), value)]);
        }
    }
}
