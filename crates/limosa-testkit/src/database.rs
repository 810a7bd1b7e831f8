//! Databases for tests, and a way to look at them that is not Limosa's.

mod client;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::address::{Address, Way};
use crate::random;
pub(crate) use client::must;
pub use client::{Client, QueryError};

/// Which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// PostgreSQL.
    Postgres,
    /// MariaDB.
    MariaDb,
    /// SQLite.
    Sqlite,
}

impl Kind {
    /// All of them, in the order of the tree.
    pub const ALL: [Self; 3] = [Self::Postgres, Self::MariaDb, Self::Sqlite];

    /// A fresh database on the shared server of this kind, or why there is none.
    ///
    /// # Errors
    /// When the server is not installed or does not start.
    pub fn try_database(self) -> Result<Database, &'static crate::KitError> {
        self.try_database_named("test")
    }

    /// Like [`Self::try_database`], with a name that begins with `label`.
    ///
    /// # Errors
    /// When the server is not installed or does not start.
    pub fn try_database_named(self, label: &str) -> Result<Database, &'static crate::KitError> {
        Ok(match self {
            Self::Postgres => crate::Postgres::try_shared()?.database_named(label),
            Self::MariaDb => crate::MariaDb::try_shared()?.database_named(label),
            Self::Sqlite => crate::Sqlite::database(),
        })
    }

    /// The name as a transcript writes it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::MariaDb => "mariadb",
            Self::Sqlite => "sqlite",
        }
    }
}

/// Where a server is and how its superuser enters it.
#[derive(Debug, Clone)]
pub(crate) struct Access {
    pub(crate) kind: Kind,
    pub(crate) folder: PathBuf,
    pub(crate) port: u16,
    pub(crate) password: String,
    /// Run first in every session of the kit; empty for nothing.
    pub(crate) first: &'static str,
}

impl Access {
    pub(crate) fn new(kind: Kind, folder: PathBuf) -> Self {
        Self {
            kind,
            folder,
            port: 0,
            password: format!("kit-{}", random::digits()),
            first: "",
        }
    }

    pub(crate) fn superuser(&self) -> &'static str {
        match self.kind {
            Kind::Postgres => "postgres",
            Kind::MariaDb => "root",
            Kind::Sqlite => "",
        }
    }

    /// The database that is always there.
    pub(crate) fn home(&self) -> &'static str {
        match self.kind {
            Kind::Postgres => "postgres",
            Kind::MariaDb => "mysql",
            Kind::Sqlite => "",
        }
    }

    /// The folder of the socket.
    pub(crate) fn socket(&self) -> PathBuf {
        self.folder.join("socket")
    }

    pub(crate) fn url(&self, user: &str, password: &str, database: &str) -> String {
        let scheme = if self.kind == Kind::Postgres {
            "postgres"
        } else {
            "mysql"
        };
        format!(
            "{scheme}://{user}:{password}@127.0.0.1:{}/{database}",
            self.port
        )
    }

    pub(crate) fn socket_url(&self, user: &str, password: &str, database: &str) -> String {
        let socket = self.socket();
        let socket = socket.display();
        match self.kind {
            Kind::Postgres => {
                format!(
                    "postgres://{user}@/{database}?host={socket}&port={}",
                    self.port
                )
            }
            _ => format!("mysql://{user}:{password}@localhost/{database}?socket={socket}/sql.sock"),
        }
    }

    /// Whether the server takes a session and runs a statement.
    pub(crate) fn answers(&self) -> Result<(), String> {
        let answer = Client::open(self, self.home()).and_then(|mut c| c.try_query("select 1"));
        answer.map(|_| ()).map_err(|error| error.to_string())
    }
}

/// A fresh database; dropped with the value.
#[derive(Debug)]
pub struct Database {
    place: Place,
    name: String,
}

#[derive(Debug)]
enum Place {
    Server(Access),
    Folder(tempfile::TempDir),
}

/// A user of the server without any privilege.
#[derive(Debug, Clone)]
pub struct Role {
    /// Its name, which no other test uses.
    pub name: String,
    /// Its password.
    pub password: String,
}

impl Database {
    #[track_caller]
    pub(crate) fn create(access: &Access, label: &str) -> Self {
        let name = format!("{label}_{}", random::digits());
        let statement = match access.kind {
            Kind::Postgres => format!("create database \"{name}\""),
            _ => format!("create database `{name}` character set utf8mb4"),
        };
        must(&statement, Client::open(access, access.home())).execute(&statement);
        Self {
            place: Place::Server(access.clone()),
            name,
        }
    }

    #[track_caller]
    pub(crate) fn sqlite() -> Self {
        let folder = tempfile::Builder::new().prefix("limosa-sqlite-").tempdir();
        let folder = folder.expect("a temporary folder can be made");
        Self {
            place: Place::Folder(folder),
            name: "test.db".to_owned(),
        }
    }

    /// Which database this is.
    pub fn kind(&self) -> Kind {
        match &self.place {
            Place::Server(access) => access.kind,
            Place::Folder(_) => Kind::Sqlite,
        }
    }

    /// The name on the server, or of the file.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The URL for the superuser, with a password that is really checked; `sqlite:/path` for
    /// SQLite.
    pub fn url(&self) -> String {
        match &self.place {
            Place::Server(access) => access.url(access.superuser(), &access.password, &self.name),
            Place::Folder(folder) => format!("sqlite:{}", folder.path().join(&self.name).display()),
        }
    }

    /// The URL for the superuser through the Unix socket; for SQLite the same as [`Self::url`].
    pub fn socket_url(&self) -> String {
        match &self.place {
            Place::Server(access) => {
                access.socket_url(access.superuser(), &access.password, &self.name)
            }
            Place::Folder(_) => self.url(),
        }
    }

    /// Where it is, over TCP, for programs with spellings of their own.
    pub fn address(&self) -> Address {
        match &self.place {
            Place::Server(access) => self.address_by(access, Way::Port(access.port)),
            Place::Folder(folder) => Address {
                kind: Kind::Sqlite,
                user: String::new(),
                password: String::new(),
                name: self.name.clone(),
                way: Way::File(folder.path().join(&self.name)),
            },
        }
    }

    /// Like [`Self::address`], through the Unix socket.
    pub fn socket_address(&self) -> Address {
        match &self.place {
            Place::Server(access) => {
                self.address_by(access, Way::Socket(access.socket(), access.port))
            }
            Place::Folder(_) => self.address(),
        }
    }

    fn address_by(&self, access: &Access, way: Way) -> Address {
        Address {
            kind: access.kind,
            user: access.superuser().to_owned(),
            password: access.password.clone(),
            name: self.name.clone(),
            way,
        }
    }

    /// Like [`Self::url`], through a proxy in front of the server.
    pub fn url_through(&self, proxy: &crate::proxy::FaultProxy) -> String {
        match &self.place {
            Place::Server(access) => {
                let access = Access {
                    port: proxy.port(),
                    ..access.clone()
                };
                access.url(access.superuser(), &access.password, &self.name)
            }
            Place::Folder(_) => self.url(),
        }
    }

    /// The URL for a role, over TCP with its password; for SQLite the same as [`Self::url`].
    pub fn url_as(&self, role: &Role) -> String {
        match &self.place {
            Place::Server(access) => access.url(&role.name, &role.password, &self.name),
            Place::Folder(_) => self.url(),
        }
    }

    /// Creates a role that may log in and nothing else; `label` begins its name. What it may do
    /// is granted by the test, with [`Self::execute`].
    ///
    /// # Panics
    /// When the server refuses, and for SQLite, which has no roles.
    #[track_caller]
    pub fn role(&self, label: &str) -> Role {
        let name = format!("{label}_{}", random::digits());
        let password = format!("p-{}", random::digits());
        match self.kind() {
            Kind::Postgres => {
                self.execute(&format!(
                    "create role \"{name}\" login password '{password}'"
                ));
            }
            Kind::MariaDb => {
                self.execute(&format!(
                    "create user `{name}`@'%' identified by '{password}'"
                ));
            }
            Kind::Sqlite => panic!("SQLite has no roles"),
        }
        Role { name, password }
    }

    /// What of this database is printed, and how a reader's own would look.
    pub(crate) fn looks(&self) -> Vec<(String, &'static str)> {
        let Place::Server(access) = &self.place else {
            return Vec::new();
        };
        let (port, socket) = match access.kind {
            Kind::Postgres => ("127.0.0.1:5432", "/run/postgresql"),
            _ => ("127.0.0.1:3306", "/run/mysqld"),
        };
        vec![
            (self.name.clone(), "shop"),
            (format!("127.0.0.1:{}", access.port), port),
            (access.socket().display().to_string(), socket),
        ]
    }

    /// The superuser's password, which no program may print.
    pub(crate) fn password(&self) -> Option<&str> {
        match &self.place {
            Place::Server(access) => Some(&access.password),
            Place::Folder(_) => None,
        }
    }

    pub(crate) fn query_file(
        path: &std::path::Path,
        sql: &str,
    ) -> Result<Vec<Vec<String>>, QueryError> {
        Client::open_file(path)?.try_query(sql)
    }

    /// Opens a session that stays open, for example to hold a lock.
    ///
    /// # Panics
    /// When the server does not answer.
    #[track_caller]
    pub fn open(&self) -> Client {
        must("connect", self.try_open())
    }

    /// Like [`Self::open`], for a server that may be down.
    ///
    /// # Errors
    /// When the server does not answer.
    pub fn try_open(&self) -> Result<Client, QueryError> {
        match &self.place {
            Place::Server(access) => Client::open(access, &self.name),
            Place::Folder(folder) => Client::open_file(&folder.path().join(&self.name)),
        }
    }

    /// Runs a query in a session of its own; the values as the server writes them, `NULL` for a
    /// null.
    ///
    /// # Panics
    /// When the server refuses.
    #[track_caller]
    pub fn query(&self, sql: &str) -> Vec<Vec<String>> {
        self.open().query(sql)
    }

    /// The first value of the first row.
    ///
    /// # Panics
    /// When the server refuses or there is no row.
    #[track_caller]
    pub fn value(&self, sql: &str) -> String {
        self.open().value(sql)
    }

    /// Runs one or more statements in a session of their own.
    ///
    /// # Panics
    /// When the server refuses.
    #[track_caller]
    pub fn execute(&self, sql: &str) {
        self.open().execute(sql);
    }

    /// Waits until no other session is in this database: a server goes on for a while with what a client that
    /// is gone has sent. SQLite has no such sessions.
    ///
    /// # Panics
    /// When one is still there after a minute.
    #[track_caller]
    pub fn wait_until_alone(&self) {
        let others = match self.kind() {
            Kind::Postgres => include_str!("database/others_postgres.sql"),
            Kind::MariaDb => include_str!("database/others_mariadb.sql"),
            Kind::Sqlite => return,
        };
        let mut client = self.open();
        let deadline = Instant::now() + Duration::from_secs(60);
        loop {
            let there = client.query(others);
            if there.is_empty() {
                return;
            }
            assert!(Instant::now() < deadline, "sessions do not end: {there:?}");
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// The major version of the PostgreSQL server.
    ///
    /// # Panics
    /// When it is another server.
    #[track_caller]
    pub fn postgres_major(&self) -> u32 {
        assert_eq!(self.kind(), Kind::Postgres);
        let major = self.value("SELECT current_setting('server_version_num')::int / 10000");
        major.parse().expect("it is a number")
    }

    /// Ends these sessions, which a query lists by number, as an administrator would, and waits for their end where
    /// they are of PostgreSQL. One that has ended by itself meanwhile is no error.
    ///
    /// # Panics
    /// When the query is refused, or a session does not end.
    #[track_caller]
    pub fn end_sessions(&self, query: &str) {
        let sessions: Vec<String> = self.query(query).concat();
        for id in &sessions {
            // Only one that is gone is refused.
            let _ = match self.kind() {
                Kind::Postgres => self.try_query(&format!("SELECT pg_terminate_backend({id})")),
                Kind::MariaDb => self.try_query(&format!("KILL {id}")),
                Kind::Sqlite => panic!("it has no sessions on a server"),
            };
        }
        if self.kind() == Kind::Postgres && !sessions.is_empty() {
            self.wait_until(&format!(
                "SELECT CASE count(*) WHEN 0 THEN 1 ELSE 0 END FROM pg_stat_activity WHERE pid IN ({})",
                sessions.join(", ")
            ));
        }
    }

    /// Waits until a query that counts gives something else than 0.
    ///
    /// # Panics
    /// When it does not within a minute, and when a statement is refused.
    #[track_caller]
    pub fn wait_until(&self, query: &str) {
        let deadline = Instant::now() + Duration::from_secs(60);
        while self.value(query) == "0" {
            assert!(Instant::now() < deadline, "never: {query}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Like [`Self::query`], for a statement that may be refused.
    ///
    /// # Errors
    /// With the server's words.
    pub fn try_query(&self, sql: &str) -> Result<Vec<Vec<String>>, QueryError> {
        self.try_open()?.try_query(sql)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let Place::Server(access) = &self.place else {
            return;
        };
        let statement = match access.kind {
            Kind::Postgres => format!("drop database if exists \"{}\" with (force)", self.name),
            _ => format!("drop database if exists `{}`", self.name),
        };
        // The whole server goes with its folder, so a database that cannot be dropped (the
        // server was killed, a session holds a lock) is no loss.
        let _ = Client::open(access, access.home()).and_then(|mut c| c.try_query(&statement));
    }
}
