//! A private server that may be killed, and the proxy in front of it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use limosa_testkit::proxy::{Fault, FaultProxy};
use limosa_testkit::{Database, Kind, KitError, MariaDb, Postgres, Settings, Sqlite};

use crate::position::Strike;

/// Where scenarios of one kind of database are played, one after the other.
pub struct Arena {
    server: Server,
    pub proxy: Option<FaultProxy>,
    restart: Arc<Mutex<Option<JoinHandle<()>>>>,
    spare: Mutex<Option<Database>>,
}

#[derive(Clone)]
enum Server {
    Postgres(Arc<Postgres>),
    MariaDb(Arc<MariaDb>),
    None,
}

impl Arena {
    /// Starts the server. A commit reaches the operating system, so that SIGKILL of the server loses none.
    pub fn start(kind: Kind) -> Result<Self, KitError> {
        let (server, port) = match kind {
            Kind::Postgres => {
                // Thousands of log-ins would only compute the hashes of passwords.
                let settings = Settings::new()
                    .hba("host all all 127.0.0.1/32 trust")
                    .set("synchronous_commit", "on")
                    .set("full_page_writes", "on");
                let server = Postgres::start(&settings)?;
                let port = server.port();
                (Server::Postgres(Arc::new(server)), Some(port))
            }
            Kind::MariaDb => {
                let settings = Settings::new()
                    .set("innodb-flush-log-at-trx-commit", "1")
                    .set("innodb-doublewrite", "1");
                let server = MariaDb::start(&settings)?;
                let port = server.port();
                (Server::MariaDb(Arc::new(server)), Some(port))
            }
            Kind::Sqlite => (Server::None, None),
        };
        let proxy = port.map(|port| FaultProxy::start(kind, port));
        Ok(Self {
            server,
            proxy: proxy.transpose().expect("a proxy finds a free port"),
            restart: Arc::default(),
            spare: Mutex::default(),
        })
    }

    /// A database with nothing in it.
    pub fn database(&self) -> Database {
        match &self.server {
            Server::Postgres(server) => {
                let spare = self.spare().take();
                let spare = spare.inspect(|db| db.execute(include_str!("sql/clear_postgres.sql")));
                spare.unwrap_or_else(|| server.database_named("matrix"))
            }
            Server::MariaDb(server) => server.database_named("matrix"),
            Server::None => Sqlite::database(),
        }
    }

    /// Takes a database back in which nobody is any more: clearing one is faster than making another.
    pub fn take_back(&self, db: Database) {
        if db.kind() == Kind::Postgres {
            *self.spare() = Some(db);
        }
    }

    fn spare(&self) -> MutexGuard<'_, Option<Database>> {
        self.spare.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The server's own words about its version.
    pub fn version(&self) -> String {
        let db = self.database();
        match &self.server {
            Server::Postgres(_) => format!("PostgreSQL {}", db.value("show server_version")),
            Server::MariaDb(_) => format!("MariaDB {}", db.value("select version()")),
            Server::None => format!("SQLite {}", db.value("select sqlite_version()")),
        }
    }

    /// The URL for limosa.
    pub fn url(&self, db: &Database) -> String {
        match &self.proxy {
            Some(proxy) => db.url_through(proxy),
            None => db.url(),
        }
    }

    /// Arms the strikes at messages with which these begin, and counts from 1 again.
    pub fn arm<'a>(&self, strikes: impl IntoIterator<Item = &'a Strike>) {
        let Some(proxy) = &self.proxy else {
            return;
        };
        let fault = |strike: &Strike| match *strike {
            Strike::Limosa(_) => None,
            Strike::Connection(at, when) => Some(Fault::cut(at, when)),
            Strike::Server(at, when) => {
                let (server, restart) = (self.server.clone(), Arc::clone(&self.restart));
                Some(Fault::with(at, when, move || {
                    // Whoever sees the end of its connection finds that somebody starts the server.
                    let mut begun = restart.lock().unwrap_or_else(PoisonError::into_inner);
                    server.kill();
                    let server = server.clone();
                    *begun = Some(thread::spawn(move || server.restart()));
                }))
            }
        };
        proxy.arm(strikes.into_iter().map_while(fault));
    }

    /// Waits until a server that was killed is there again.
    pub fn wait_for_the_server(&self) {
        let begun = self
            .restart
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(begun) = begun {
            begun.join().expect("a killed server starts again");
        }
    }
}

impl Server {
    fn kill(&self) {
        match self {
            Self::Postgres(server) => server.kill(),
            Self::MariaDb(server) => server.kill(),
            Self::None => {}
        }
    }

    fn restart(&self) {
        let started = match self {
            Self::Postgres(server) => server.restart(),
            Self::MariaDb(server) => server.restart(),
            Self::None => Ok(()),
        };
        started.expect("a killed server starts again");
    }
}
