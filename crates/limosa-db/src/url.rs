//! The parts of a network server's URL, decoded. What the parts mean is decided by each driver.

use limosa_core::url::{UrlParts, read_parameters};
use limosa_core::{DatabaseUrl, UrlError};

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
    #[error(transparent)]
    Url(#[from] UrlError),
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
        let UrlParts {
            user,
            password,
            hosts,
            database,
            parameters,
        } = UrlParts::read(url)?;
        Ok(Self {
            user,
            password,
            hosts,
            database,
            parameters: Parameters(parameters),
        })
    }
}

impl Parameters {
    /// Reads `name=value&name=value`.
    pub(crate) fn read(query: &str) -> Result<Self, PartsError> {
        Ok(Self(read_parameters(query)?))
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
