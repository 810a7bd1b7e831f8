//! What a `postgres://` URL and libpq's environment variables say about a connection.

use std::path::{Path, PathBuf};
use std::time::Duration;

use limosa_core::DatabaseUrl;
use limosa_core::url::read_port;

use crate::ConnectOptions;
use crate::url::{Parts, PartsError};

/// The parameters that a URL may have.
const KNOWN: &[&str] = &[
    "application_name",
    "channel_binding",
    "connect_timeout",
    "dbname",
    "fallback_application_name",
    "gssencmode",
    "host",
    "hostaddr",
    "keepalives",
    "keepalives_idle",
    "keepalives_interval",
    "keepalives_count",
    "options",
    "passfile",
    "password",
    "port",
    "search_path",
    "sslcert",
    "sslkey",
    "sslmode",
    "sslnegotiation",
    "sslrootcert",
    "target_session_attrs",
    "tcp_user_timeout",
    "user",
];

/// Parameters of the Go drivers that say how those are to behave, and nothing about the connection.
const OF_THE_GO_DRIVERS: &[&str] = &[
    "binary_parameters",
    "default_query_exec_mode",
    "description_cache_capacity",
    "disable_prepared_binary_result",
    "pool_max_conns",
    "pool_min_conns",
    "prefer_simple_protocol",
    "statement_cache_capacity",
    "statement_cache_mode",
];

/// Where one server of the URL is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Host {
    /// A name, an address, or (beginning with `/`) the folder of a socket.
    pub(super) name: String,
    /// Connect to this address instead of looking up the name.
    pub(super) address: Option<std::net::IpAddr>,
    pub(super) port: u16,
}

impl Host {
    /// Whether it is a Unix socket.
    pub(super) fn is_socket(&self) -> bool {
        self.name.starts_with('/')
    }

    /// For people: `db-1.prod:5432`, or the folder of the socket.
    pub(super) fn place(&self) -> String {
        match (self.is_socket(), self.port) {
            (true, 5432) => self.name.clone(),
            (true, port) => format!("{}/.s.PGSQL.{port}", self.name),
            (false, port) if self.name.contains(':') => format!("[{}]:{port}", self.name),
            (false, port) => format!("{}:{port}", self.name),
        }
    }
}

/// libpq's `sslmode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SslMode {
    Disable,
    Allow,
    Prefer,
    Require,
    VerifyCa,
    VerifyFull,
}

/// libpq's `target_session_attrs`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    Any,
    ReadWrite,
    ReadOnly,
    Primary,
    Standby,
    PreferStandby,
}

/// Everything that is needed to connect. It has no `Debug`: it holds the password.
pub(super) struct ConnectionSettings {
    pub(super) hosts: Vec<Host>,
    pub(super) user: String,
    pub(super) password: Option<String>,
    pub(super) passfile: Option<PathBuf>,
    pub(super) database: String,
    pub(super) application_name: String,
    pub(super) options: Option<String>,
    pub(super) timeout: Option<Duration>,
    pub(super) sslmode: SslMode,
    pub(super) sslrootcert: Option<String>,
    pub(super) sslcert: Option<PathBuf>,
    pub(super) sslkey: Option<PathBuf>,
    pub(super) direct_tls: bool,
    pub(super) channel_binding: tokio_postgres::config::ChannelBinding,
    pub(super) wanted: Wanted,
    pub(super) keepalives: bool,
    pub(super) keepalives_idle: Duration,
    pub(super) keepalives_interval: Option<Duration>,
    pub(super) keepalives_count: Option<u32>,
    pub(super) tcp_user_timeout: Option<Duration>,
    /// libpq's folder of certificates and keys.
    pub(super) home: Option<PathBuf>,
}

impl ConnectionSettings {
    /// Reads the URL; what it leaves out comes from libpq's variables, then from libpq's defaults.
    pub(super) fn read(url: &DatabaseUrl, options: &ConnectOptions) -> Result<Self, PartsError> {
        let Parts {
            user,
            password,
            hosts,
            database,
            mut parameters,
        } = Parts::read(url)?;
        let mut take = |name: &str, variable: &str| {
            parameters
                .take(name)
                .or_else(|| options.variable(variable).map(str::to_owned))
        };
        let query_user = take("user", "");
        let query_password = take("password", "");
        let query_database = take("dbname", "");
        let port = take("port", "PGPORT");
        let host = take("host", "");
        let hostaddr = take("hostaddr", "PGHOSTADDR");
        let application = take("application_name", "");
        let fallback = take("fallback_application_name", "");
        let startup = startup_options(take("options", "PGOPTIONS"), take("search_path", ""));
        let sslmode = choice("sslmode", take("sslmode", "PGSSLMODE"), SSL_MODES)?;
        let sslrootcert = take("sslrootcert", "PGSSLROOTCERT");
        let system = sslrootcert.as_deref() == Some("system");
        let sslmode = match sslmode {
            None if system => SslMode::VerifyFull,
            None => SslMode::Prefer,
            Some(SslMode::VerifyFull) => SslMode::VerifyFull,
            Some(_) if system => {
                return Err(PartsError::Refused(
                    "`sslrootcert=system` demands `sslmode=verify-full`: every other mode would accept a \
                     certificate that any public authority gave to anybody".into(),
                ));
            }
            Some(mode) => mode,
        };
        let gssencmode = take("gssencmode", "");
        if !matches!(gssencmode.as_deref(), None | Some("disable" | "prefer")) {
            return Err(PartsError::Refused(
                "GSSAPI encryption is not supported; `gssencmode` may be `disable` or `prefer`"
                    .into(),
            ));
        }
        let direct_tls = choice(
            "sslnegotiation",
            take("sslnegotiation", "PGSSLNEGOTIATION"),
            &[("postgres", false), ("direct", true)],
        )?
        .unwrap_or(false);
        if direct_tls && matches!(sslmode, SslMode::Disable | SslMode::Allow | SslMode::Prefer) {
            return Err(PartsError::Refused(
                "`sslnegotiation=direct` demands `sslmode=require` or a stronger one".into(),
            ));
        }
        let user = query_user
            .or(user)
            .or_else(|| options.variable("PGUSER").map(str::to_owned))
            .or_else(|| whoami::username().ok())
            .ok_or_else(|| PartsError::Refused("the URL has no user".into()))?;
        let read = Self {
            hosts: hosts_of(hosts, host, hostaddr.as_deref(), port.as_deref(), options)?,
            password: query_password
                .or(password)
                .or_else(|| options.variable("PGPASSWORD").map(str::to_owned))
                .filter(|password| !password.is_empty()),
            passfile: take("passfile", "PGPASSFILE")
                .map(PathBuf::from)
                .or_else(|| {
                    options
                        .variable("HOME")
                        .map(|home| Path::new(home).join(".pgpass"))
                }),
            database: query_database
                .or(database)
                .or_else(|| options.variable("PGDATABASE").map(str::to_owned))
                .unwrap_or_else(|| user.clone()),
            user,
            application_name: application
                .or(fallback)
                .unwrap_or_else(|| "limosa".to_owned()),
            options: startup,
            timeout: seconds(
                "connect_timeout",
                take("connect_timeout", "PGCONNECT_TIMEOUT"),
            )?
            .filter(|limit| !limit.is_zero()),
            sslmode,
            sslrootcert,
            sslcert: take("sslcert", "PGSSLCERT").map(PathBuf::from),
            sslkey: take("sslkey", "PGSSLKEY").map(PathBuf::from),
            direct_tls,
            channel_binding: choice(
                "channel_binding",
                take("channel_binding", "PGCHANNELBINDING"),
                CHANNEL_BINDINGS,
            )?
            .unwrap_or(tokio_postgres::config::ChannelBinding::Prefer),
            wanted: choice(
                "target_session_attrs",
                take("target_session_attrs", "PGTARGETSESSIONATTRS"),
                WANTED,
            )?
            .unwrap_or(Wanted::Any),
            keepalives: choice(
                "keepalives",
                take("keepalives", ""),
                &[("1", true), ("0", false)],
            )?
            .unwrap_or(true),
            keepalives_idle: seconds("keepalives_idle", take("keepalives_idle", ""))?
                .unwrap_or(Duration::from_secs(30)),
            keepalives_interval: seconds("keepalives_interval", take("keepalives_interval", ""))?
                .or(Some(Duration::from_secs(10))),
            keepalives_count: number("keepalives_count", take("keepalives_count", ""))?.or(Some(3)),
            tcp_user_timeout: number("tcp_user_timeout", take("tcp_user_timeout", ""))?
                .map(|milliseconds| Duration::from_millis(u64::from(milliseconds))),
            home: options
                .variable("HOME")
                .map(|home| Path::new(home).join(".postgresql")),
        };
        for ignored in OF_THE_GO_DRIVERS {
            parameters.take(ignored);
        }
        parameters.finish(KNOWN)?;
        Ok(read)
    }

    /// All hosts, for people.
    pub(super) fn places(&self) -> String {
        let places: Vec<String> = self.hosts.iter().map(Host::place).collect();
        places.join(", ")
    }
}

const SSL_MODES: &[(&str, SslMode)] = &[
    ("disable", SslMode::Disable),
    ("allow", SslMode::Allow),
    ("prefer", SslMode::Prefer),
    ("require", SslMode::Require),
    ("verify-ca", SslMode::VerifyCa),
    ("verify-full", SslMode::VerifyFull),
];

const WANTED: &[(&str, Wanted)] = &[
    ("any", Wanted::Any),
    ("read-write", Wanted::ReadWrite),
    ("read-only", Wanted::ReadOnly),
    ("primary", Wanted::Primary),
    ("standby", Wanted::Standby),
    ("prefer-standby", Wanted::PreferStandby),
];

const CHANNEL_BINDINGS: &[(&str, tokio_postgres::config::ChannelBinding)] = &[
    ("disable", tokio_postgres::config::ChannelBinding::Disable),
    ("prefer", tokio_postgres::config::ChannelBinding::Prefer),
    ("require", tokio_postgres::config::ChannelBinding::Require),
];

fn choice<T: Copy>(
    name: &str,
    value: Option<String>,
    choices: &[(&str, T)],
) -> Result<Option<T>, PartsError> {
    let Some(value) = value else { return Ok(None) };
    match choices.iter().find(|(text, _)| *text == value) {
        Some((_, meaning)) => Ok(Some(*meaning)),
        None => Err(PartsError::BadValue {
            name: name.to_owned(),
            value,
            known: choices
                .iter()
                .map(|(text, _)| *text)
                .collect::<Vec<_>>()
                .join(", "),
        }),
    }
}

fn number(name: &str, value: Option<String>) -> Result<Option<u32>, PartsError> {
    let Some(value) = value else { return Ok(None) };
    value.parse().map(Some).map_err(|_| PartsError::BadValue {
        name: name.to_owned(),
        value,
        known: "whole numbers".to_owned(),
    })
}

fn seconds(name: &str, value: Option<String>) -> Result<Option<Duration>, PartsError> {
    Ok(number(name, value)?.map(|seconds| Duration::from_secs(u64::from(seconds))))
}

/// `search_path` is no parameter of libpq, but of the Go driver that most URLs of Go tools are written for.
fn startup_options(options: Option<String>, search_path: Option<String>) -> Option<String> {
    let Some(path) = search_path else {
        return options;
    };
    let escaped = path.replace('\\', "\\\\").replace(' ', "\\ ");
    let mut all = options.map_or_else(String::new, |options| options + " ");
    all.push_str("-c search_path=");
    all.push_str(&escaped);
    Some(all)
}

fn hosts_of(
    in_url: Vec<(String, Option<u16>)>,
    host: Option<String>,
    hostaddr: Option<&str>,
    port: Option<&str>,
    options: &ConnectOptions,
) -> Result<Vec<Host>, PartsError> {
    let mut hosts = in_url;
    if let Some(list) = host.or_else(|| {
        hosts
            .iter()
            .all(|(name, _)| name.is_empty())
            .then(|| options.variable("PGHOST").map(str::to_owned))?
    }) {
        let ports: Vec<Option<u16>> = hosts.iter().map(|(_, port)| *port).collect();
        hosts = list
            .split(',')
            .enumerate()
            .map(|(at, name)| {
                let port = ports.get(at).or(ports.last()).copied().flatten();
                (name.to_owned(), port)
            })
            .collect();
    }
    let addresses: Vec<&str> = hostaddr.map_or(vec![], |list| list.split(',').collect());
    if hosts.is_empty() {
        hosts = vec![(String::new(), None); addresses.len().max(1)];
    }
    if !addresses.is_empty() && addresses.len() != hosts.len() {
        return Err(PartsError::Refused(
            "`hostaddr` has not as many addresses as there are hosts".into(),
        ));
    }
    let ports: Vec<&str> = port.map_or(vec![], |list| list.split(',').collect());
    if ports.len() > 1 && ports.len() != hosts.len() {
        return Err(PartsError::Refused(
            "`port` has not as many ports as there are hosts".into(),
        ));
    }
    hosts
        .into_iter()
        .enumerate()
        .map(|(at, (name, port))| {
            let listed = ports
                .get(at)
                .or(ports.first())
                .filter(|port| !port.is_empty());
            let port = match (port, listed) {
                (Some(port), _) => port,
                (None, Some(port)) => read_port(port)?,
                (None, None) => 5432,
            };
            let address: Option<std::net::IpAddr> =
                match addresses.get(at).filter(|address| !address.is_empty()) {
                    None => None,
                    Some(address) => Some(address.parse().map_err(|_| PartsError::BadValue {
                        name: "hostaddr".into(),
                        value: (*address).to_owned(),
                        known: "numeric addresses".into(),
                    })?),
                };
            let name = match (name.is_empty(), address) {
                (true, Some(address)) => address.to_string(),
                (true, None) => socket_folder(port),
                (false, _) => name,
            };
            Ok(Host {
                name,
                address,
                port,
            })
        })
        .collect()
}

/// Where a server on this machine listens, when the URL has no host: the folder that has a socket,
/// since distributions and the server's own default disagree; else `localhost`.
fn socket_folder(port: u16) -> String {
    ["/run/postgresql", "/var/run/postgresql", "/tmp"]
        .into_iter()
        .find(|folder| Path::new(folder).join(format!(".s.PGSQL.{port}")).exists())
        .unwrap_or("localhost")
        .to_owned()
}

#[cfg(test)]
mod tests;
