//! The closed set of SQL dialects, and the server that a text is meant for.

use std::fmt;

/// A dialect of SQL. The set is closed: the compiler names the forgotten case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Dialect {
    /// `PostgreSQL`.
    Postgres,
    /// `MySQL` and `MariaDB`.
    Mysql,
    /// `SQLite`.
    Sqlite,
}

impl Dialect {
    /// All dialects, in the order in which they appear everywhere in this project.
    pub const ALL: [Self; 3] = [Self::Postgres, Self::Mysql, Self::Sqlite];

    /// The name used in configuration, JSON and file names: `postgres`, `mysql`, `sqlite`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::Mysql => "mysql",
            Self::Sqlite => "sqlite",
        }
    }

    /// The dialect of that [`name`](Self::name).
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|dialect| dialect.name() == name)
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The server that a statement is classified for.
///
/// Without a connection (`lint`, tests) [`Target::newest`] is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    /// The dialect.
    pub dialect: Dialect,
    /// Major and minor version of the server, for example `(15, 18)`, `(10, 11)`, `(3, 50)`.
    pub version: (u32, u32),
    /// Whether a `mysql` server is `MariaDB`.
    pub mariadb: bool,
}

impl Target {
    /// A target that is as new as this crate knows.
    pub const fn newest(dialect: Dialect) -> Self {
        let version = match dialect {
            Dialect::Postgres => (18, 0),
            Dialect::Mysql => (11, 8),
            Dialect::Sqlite => (3, 50),
        };
        Self {
            dialect,
            version,
            mariadb: matches!(dialect, Dialect::Mysql),
        }
    }
}
