//! How a server of one's own differs from the shared one.

use std::path::PathBuf;

/// Extra settings for [`crate::Postgres::start`] and [`crate::MariaDb::start`].
///
/// ```
/// let settings = limosa_testkit::Settings::new().set("max_connections", "20").durable().tls();
/// ```
#[derive(Debug, Clone, Default)]
pub struct Settings {
    pub(crate) lines: Vec<(String, String)>,
    pub(crate) hba: Vec<String>,
    pub(crate) binaries: Option<PathBuf>,
    pub(crate) durability: Durability,
    pub(crate) transport: Transport,
}

/// Whether a commit reaches the disk.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Durability {
    /// As fast as possible; lost when the machine (not the server) stops.
    #[default]
    Off,
    /// As the server does by default.
    On,
}

/// Whether the server offers TLS.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Transport {
    /// Without TLS.
    #[default]
    Plain,
    /// With a certificate of the kit.
    Tls,
}

impl Settings {
    /// The settings of the shared server.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a line to `postgresql.conf` or to `[mariadbd]` of `my.cnf`; the last one wins. The
    /// value is written as it is, so a PostgreSQL string needs its quotes.
    #[must_use]
    pub fn set(mut self, name: &str, value: &str) -> Self {
        self.lines.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Writes commits to the disk, as the server does by default.
    #[must_use]
    pub fn durable(mut self) -> Self {
        self.durability = Durability::On;
        self
    }

    /// Offers TLS with a certificate for `localhost` and 127.0.0.1, see
    /// [`crate::Postgres::certificates`].
    #[must_use]
    pub fn tls(mut self) -> Self {
        self.transport = Transport::Tls;
        self
    }

    /// Puts a line in front of `pg_hba.conf`, for example
    /// `hostssl all all 127.0.0.1/32 cert`. MariaDB has no such file and ignores it.
    #[must_use]
    pub fn hba(mut self, line: &str) -> Self {
        self.hba.push(line.to_owned());
        self
    }

    /// Uses the programs in this folder, for example of another major version
    /// ([`crate::binaries::all_postgres`]).
    #[must_use]
    pub fn binaries(mut self, folder: impl Into<PathBuf>) -> Self {
        self.binaries = Some(folder.into());
        self
    }
}
