//! What a `mysql://` or `mariadb://` URL says about a connection.

use std::path::{Path, PathBuf};

use limosa_core::DatabaseUrl;

use crate::ConnectOptions;
use crate::url::{Parts, PartsError};

/// The parameters that a URL may have. Of several spellings of one (`ssl-mode`, `ssl_mode`, `sslmode`, Go's `tls`)
/// the first is ours.
const KNOWN: &[&str] = &[
    "connect_timeout",
    "password",
    "socket",
    "ssl-ca",
    "ssl-cert",
    "ssl-key",
    "ssl-mode",
    "user",
];

/// Parameters of the Go driver that say how that driver is to behave, and nothing about the connection.
const OF_THE_GO_DRIVER: &[&str] = &[
    "allowAllFiles",
    "allowCleartextPasswords",
    "allowFallbackToPlaintext",
    "allowNativePasswords",
    "allowOldPasswords",
    "charset",
    "checkConnLiveness",
    "clientFoundRows",
    "collation",
    "columnsWithAlias",
    "compress",
    "connectionAttributes",
    "interpolateParams",
    "loc",
    "maxAllowedPacket",
    "multiStatements",
    "parseTime",
    "readTimeout",
    "rejectReadOnly",
    "serverPubKey",
    "timeTruncate",
    "timeout",
    "writeTimeout",
];

const SOCKETS: &[&str] = &[
    "/run/mysqld/mysqld.sock",
    "/var/run/mysqld/mysqld.sock",
    "/var/lib/mysql/mysql.sock",
    "/tmp/mysql.sock",
];

/// Where one server of the URL is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Host {
    Tcp(String, u16),
    Socket(String),
}

impl Host {
    /// For people: `db-1.prod:3306`, or the socket.
    pub(super) fn place(&self) -> String {
        match self {
            Self::Tcp(name, port) if name.contains(':') => format!("[{name}]:{port}"),
            Self::Tcp(name, port) => format!("{name}:{port}"),
            Self::Socket(path) => path.clone(),
        }
    }

    pub(super) fn name(&self) -> &str {
        match self {
            Self::Tcp(name, _) => name,
            Self::Socket(path) => path,
        }
    }
}

/// The `--ssl-mode` of the `mysql` client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SslMode {
    Disabled,
    Preferred,
    Required,
    VerifyCa,
    VerifyIdentity,
}

/// Everything that is needed to connect. It has no `Debug`: it holds the password.
pub(super) struct ConnectionSettings {
    pub(super) hosts: Vec<Host>,
    pub(super) user: String,
    pub(super) password: Option<String>,
    pub(super) database: Option<String>,
    pub(super) timeout: Option<std::time::Duration>,
    pub(super) sslmode: SslMode,
    pub(super) authority: Option<PathBuf>,
    pub(super) certificate: Option<(PathBuf, PathBuf)>,
}

impl ConnectionSettings {
    pub(super) fn read(url: &DatabaseUrl, options: &ConnectOptions) -> Result<Self, PartsError> {
        let Parts {
            user,
            password,
            hosts,
            database,
            mut parameters,
        } = Parts::read(url)?;
        let mut take = |names: &[&str]| names.iter().find_map(|name| parameters.take(name));
        let query_user = take(&["user"]);
        let query_password = take(&["password"]);
        let socket = take(&["socket"]);
        let mode = take(&["ssl-mode", "ssl_mode", "sslmode", "tls"]);
        let authority = take(&["ssl-ca", "ssl_ca", "sslrootcert"]).filter(|file| file != "system");
        let certificate = take(&["ssl-cert", "ssl_cert", "sslcert"]);
        let key = take(&["ssl-key", "ssl_key", "sslkey"]);
        let theirs = [
            "x-tls-ca",
            "x-tls-cert",
            "x-tls-key",
            "x-tls-insecure-skip-verify",
        ]
        .map(|name| take(&[name]));
        let (mode, authority, certificate, key) = match (mode, theirs) {
            // With golang-migrate another word than those of the driver is a name for what these say.
            (Some(mode), [Some(ca), cert, private, skip]) if ssl_mode(mode.clone()).is_err() => {
                let trusting = matches!(skip.as_deref(), Some("1" | "t" | "T" | "true" | "TRUE"));
                let mode = if trusting {
                    "required"
                } else {
                    "verify-identity"
                };
                (Some(mode.to_owned()), Some(ca), cert, private)
            }
            (mode, _) => (mode, authority, certificate, key),
        };
        let timeout = take(&["connect_timeout"]);
        for ignored in OF_THE_GO_DRIVER {
            take(&[ignored]);
        }
        parameters.finish(KNOWN)?;
        let certificate = match (certificate, key) {
            (None, None) => None,
            (Some(certificate), Some(key)) => Some((certificate.into(), key.into())),
            _ => {
                return Err(PartsError::Refused(
                    "a client certificate needs both `ssl-cert` and `ssl-key`".into(),
                ));
            }
        };
        let user = query_user
            .or(user)
            .or_else(|| whoami::username().ok())
            .ok_or_else(|| PartsError::Refused("the URL has no user".into()))?;
        Ok(Self {
            hosts: hosts_of(hosts, socket),
            user,
            password: query_password
                .or(password)
                .or_else(|| options.variable("MYSQL_PWD").map(str::to_owned))
                .filter(|password| !password.is_empty()),
            database,
            timeout: match timeout {
                None => None,
                Some(text) => match text.parse() {
                    Ok(0) => None,
                    Ok(seconds) => Some(std::time::Duration::from_secs(seconds)),
                    Err(_) => {
                        return Err(PartsError::BadValue {
                            name: "connect_timeout".into(),
                            value: text,
                            known: "whole numbers".into(),
                        });
                    }
                },
            },
            // As the `mysql` client does: who names an authority wants it asked.
            sslmode: match mode {
                None if authority.is_some() => SslMode::VerifyCa,
                None => SslMode::Preferred,
                Some(mode) => ssl_mode(mode)?,
            },
            authority: authority.map(PathBuf::from),
            certificate,
        })
    }

    /// All hosts, for people.
    pub(super) fn places(&self) -> String {
        let places: Vec<String> = self.hosts.iter().map(Host::place).collect();
        places.join(", ")
    }
}

/// The names of the `mysql` client, those of libpq, and those of the Go driver.
fn ssl_mode(text: String) -> Result<SslMode, PartsError> {
    match text.to_ascii_lowercase().replace('_', "-").as_str() {
        "disabled" | "disable" | "false" => Ok(SslMode::Disabled),
        "preferred" | "prefer" => Ok(SslMode::Preferred),
        "required" | "require" | "skip-verify" => Ok(SslMode::Required),
        "verify-ca" => Ok(SslMode::VerifyCa),
        "verify-identity" | "verify-full" | "true" => Ok(SslMode::VerifyIdentity),
        _ => Err(PartsError::BadValue {
            name: "ssl-mode".into(),
            value: text,
            known: "disabled, preferred, required, verify-ca, verify-identity".into(),
        }),
    }
}

/// A host in the URL is always reached by TCP, `localhost` too, as every URL of every other program is; only a URL
/// without a host looks for a socket on this machine.
fn hosts_of(in_url: Vec<(String, Option<u16>)>, socket: Option<String>) -> Vec<Host> {
    if let Some(socket) = socket {
        return vec![Host::Socket(socket)];
    }
    let named: Vec<Host> = in_url
        .into_iter()
        .filter(|(name, port)| !name.is_empty() || port.is_some())
        .map(|(name, port)| match (name.as_str(), port) {
            (socket, None) if socket.starts_with('/') => Host::Socket(name),
            ("", port) => Host::Tcp("localhost".into(), port.unwrap_or(3306)),
            (_, port) => Host::Tcp(name, port.unwrap_or(3306)),
        })
        .collect();
    if !named.is_empty() {
        return named;
    }
    match SOCKETS.iter().find(|socket| Path::new(socket).exists()) {
        Some(socket) => vec![Host::Socket((*socket).to_owned())],
        None => vec![Host::Tcp("localhost".into(), 3306)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<ConnectionSettings, PartsError> {
        ConnectionSettings::read(
            &DatabaseUrl::parse(text).unwrap(),
            &ConnectOptions::default(),
        )
    }

    fn accepted(text: &str) -> ConnectionSettings {
        read(text).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn a_host_is_reached_by_tcp_and_a_socket_is_named() {
        assert_eq!(
            accepted("mysql://ada:pw@localhost/shop").places(),
            "localhost:3306"
        );
        assert_eq!(
            accepted("mariadb://ada@db:3307,[::1]/shop").places(),
            "db:3307, [::1]:3306"
        );
        assert_eq!(
            accepted("mysql://ada@localhost/shop?socket=/tmp/x.sock").places(),
            "/tmp/x.sock"
        );
        assert_eq!(
            accepted("mysql://ada@%2Ftmp%2Fx.sock/shop").places(),
            "/tmp/x.sock"
        );
    }

    #[test]
    fn the_modes_have_the_names_of_three_worlds() {
        for (text, mode) in [
            ("ssl-mode=VERIFY_IDENTITY", SslMode::VerifyIdentity),
            ("sslmode=verify-full", SslMode::VerifyIdentity),
            ("tls=skip-verify", SslMode::Required),
            ("ssl-mode=disabled", SslMode::Disabled),
            ("ssl-ca=/ca.pem", SslMode::VerifyCa),
            ("", SslMode::Preferred),
        ] {
            assert_eq!(
                accepted(&format!("mysql://ada@db/shop?{text}")).sslmode,
                mode,
                "{text}"
            );
        }
    }

    #[test]
    fn a_url_of_golang_migrate_is_understood() {
        let url =
            "mysql://ada:pw@tcp(db:3307)/shop?multiStatements=true&parseTime=true&x-no-lock=true";
        let settings = accepted(url);
        assert_eq!(settings.places(), "db:3307");
        assert_eq!(settings.database.as_deref(), Some("shop"));
    }

    #[test]
    fn the_certificates_of_golang_migrate_count_where_they_count_there() {
        let url =
            |tail: &str| format!("mysql://ada:pw@tcp(db:3307)/shop?{tail}x-tls-ca=/etc/ca.pem");
        let settings = accepted(&url("tls=mine&"));
        assert_eq!(settings.sslmode, SslMode::VerifyIdentity);
        assert_eq!(settings.authority, Some("/etc/ca.pem".into()));
        let settings = accepted(&url("tls=mine&x-tls-insecure-skip-verify=true&"));
        assert_eq!(settings.sslmode, SslMode::Required);
        let settings = accepted(&url("tls=skip-verify&"));
        assert_eq!(settings.authority, None);
        assert!(read("mysql://db/shop?tls=mine").is_err());
    }

    #[test]
    fn what_has_no_meaning_is_refused_by_name() {
        for (url, part) in [
            ("mysql://db/shop?sslmode=maybe", "`maybe`"),
            ("mysql://db/shop?sslmode=maybe", "verify-identity"),
            ("mysql://db/shop?sockets=/x", "`sockets` is not known"),
            ("mysql://db/shop?ssl-cert=/x", "ssl-key"),
        ] {
            let error = read(url).map(|_| ()).unwrap_err().to_string();
            assert!(error.contains(part), "{url}: {error}");
        }
    }
}
