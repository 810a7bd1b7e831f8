//! The parts of a network server's URL, decoded. What the parts mean is decided by each driver.

use limosa_core::DatabaseUrl;

/// The decoded parts of `scheme://user:password@host:port,host:port/database?name=value`.
///
/// It has no `Debug`, so that nobody prints the password by accident.
pub(crate) struct Parts {
    pub(crate) user: Option<String>,
    pub(crate) password: Option<String>,
    pub(crate) hosts: Vec<(String, Option<u16>)>,
    pub(crate) database: Option<String>,
    pub(crate) parameters: Parameters,
}

/// The query parameters of a URL, each of which some driver must take.
pub(crate) struct Parameters(Vec<(String, String)>);

/// Why a URL cannot be used. No message repeats a part that could be a password.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub(crate) enum PartsError {
    #[error("the port in the URL is not a number from 1 to 65535")]
    Port,
    #[error("the URL is not valid UTF-8 after its percent signs are decoded")]
    Encoding,
    #[error("the URL has a NUL character in it")]
    Nul,
    #[error("the URL parameter `{name}` is not known; the known ones are: {known}")]
    UnknownParameter { name: String, known: String },
    #[error("`{value}` is not a value of `{name}`; its values are: {known}")]
    BadValue {
        name: String,
        value: String,
        known: String,
    },
    #[error("{0}")]
    Refused(String),
}

impl Parts {
    /// Takes the URL apart.
    pub(crate) fn read(url: &DatabaseUrl) -> Result<Self, PartsError> {
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
            parameters: Parameters::read(query)?,
        })
    }
}

fn present(text: &str) -> Result<Option<String>, PartsError> {
    if text.is_empty() {
        Ok(None)
    } else {
        decode(text).map(Some)
    }
}

fn read_hosts(text: &str) -> Result<Vec<(String, Option<u16>)>, PartsError> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    text.split(',').map(read_host).collect()
}

fn read_host(text: &str) -> Result<(String, Option<u16>), PartsError> {
    // The Go driver of MySQL writes `tcp(host:port)`.
    let text = text
        .strip_prefix("tcp(")
        .and_then(|text| text.strip_suffix(')'))
        .unwrap_or(text);
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
pub(crate) fn read_port(text: &str) -> Result<u16, PartsError> {
    match text.parse() {
        Ok(port) if port > 0 => Ok(port),
        _ => Err(PartsError::Port),
    }
}

/// Decodes `%41`; what is not followed by two hexadecimal digits stays as it is.
pub(crate) fn decode(text: &str) -> Result<String, PartsError> {
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
        return Err(PartsError::Nul);
    }
    String::from_utf8(decoded).map_err(|_| PartsError::Encoding)
}

fn hexadecimal(digits: &[u8]) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(digits[0])? * 16 + digit(digits[1])?).ok()
}

impl Parameters {
    /// Reads `name=value&name=value`.
    pub(crate) fn read(query: &str) -> Result<Self, PartsError> {
        query
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                Ok((decode(name)?, decode(value)?))
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Takes a parameter out; the last one counts when it is there twice.
    pub(crate) fn take(&mut self, name: &str) -> Option<String> {
        let mut found = None;
        self.0.retain_mut(|(key, value)| {
            let same = key == name;
            if same {
                found = Some(std::mem::take(value));
            }
            !same
        });
        found
    }

    /// What is left has no meaning: an error that names it and the known ones. Parameters of
    /// golang-migrate (`x-…`) are that tool's own and left alone.
    pub(crate) fn finish(self, known: &[&str]) -> Result<(), PartsError> {
        match self.0.into_iter().find(|(name, _)| !name.starts_with("x-")) {
            None => Ok(()),
            Some((name, _)) => Err(PartsError::UnknownParameter {
                name,
                known: known.join(", "),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Parts {
        Parts::read(&DatabaseUrl::parse(text).unwrap()).unwrap()
    }

    #[test]
    fn all_parts_are_decoded() {
        let mut parts =
            parts("postgres://a%64a:s%40c%2F@db-1:5433,[::1]/my%20shop?sslmode=require&x=%26");
        assert_eq!(parts.user.as_deref(), Some("ada"));
        assert_eq!(parts.password.as_deref(), Some("s@c/"));
        assert_eq!(
            parts.hosts,
            [("db-1".to_owned(), Some(5433)), ("::1".to_owned(), None)]
        );
        assert_eq!(parts.database.as_deref(), Some("my shop"));
        assert_eq!(parts.parameters.take("sslmode").as_deref(), Some("require"));
        assert_eq!(parts.parameters.take("x").as_deref(), Some("&"));
        assert!(parts.parameters.finish(&[]).is_ok());
    }

    #[test]
    fn what_is_left_out_is_none() {
        let parts = parts("postgres:///shop");
        assert!(parts.user.is_none() && parts.password.is_none() && parts.hosts.is_empty());
        assert_eq!(parts.database.as_deref(), Some("shop"));
    }

    #[test]
    fn an_at_sign_in_the_query_does_not_end_a_password() {
        let mut parts = parts("postgres://db:5433/shop?user=ada@corp");
        assert_eq!(parts.hosts, [("db".to_owned(), Some(5433))]);
        assert_eq!(parts.parameters.take("user").as_deref(), Some("ada@corp"));
    }

    #[test]
    fn an_unknown_parameter_is_named_with_the_known_ones() {
        let parts = parts("postgres://db/shop?sslmoda=require&x-migrations-table=t");
        let error = parts.parameters.finish(&["sslmode", "host"]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the URL parameter `sslmoda` is not known; the known ones are: sslmode, host"
        );
    }

    #[test]
    fn a_bad_port_is_not_repeated() {
        let url = DatabaseUrl::parse("postgres://ada:s3cret").unwrap();
        let error = Parts::read(&url).map(|_| ()).unwrap_err();
        assert!(!error.to_string().contains("s3cret"));
    }
}
