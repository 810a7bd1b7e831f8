//! The private servers that the programs run against, and one run of a program on an empty database.

use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use limosa_testkit::address::Address;
use limosa_testkit::slow::{SlowProxy, Traffic};
use limosa_testkit::{Database, Kind, MariaDb, Postgres, Settings, Sqlite};

use super::measure::{Measured, Whom, measure};
use super::programs::{Act, Program};

/// How long a server may take to come back.
const LONGEST_START: Duration = Duration::from_secs(60);

/// Which server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Each commit reaches the disk.
    DurablePostgres,
    Postgres,
    MariaDb,
    /// Each commit reaches the disk, as it does by default.
    Sqlite,
}

impl Place {
    pub(super) fn kind(self) -> Kind {
        match self {
            Self::DurablePostgres | Self::Postgres => Kind::Postgres,
            Self::MariaDb => Kind::MariaDb,
            Self::Sqlite => Kind::Sqlite,
        }
    }

    /// As the page writes it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::DurablePostgres => "PostgreSQL, durable",
            Self::Postgres => "PostgreSQL, not durable",
            Self::MariaDb => "MariaDB, not durable",
            Self::Sqlite => "SQLite, durable",
        }
    }
}

/// A running server; it ends with the value.
pub(super) struct Arena {
    pub(super) place: Place,
    server: Server,
}

enum Server {
    Postgres(Postgres),
    MariaDb(MariaDb),
    File,
}

/// How a program comes to the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wire {
    /// By its Unix socket where it can, else over TCP.
    Near,
    /// Over TCP through a proxy that adds this in each direction and counts.
    Slow(Duration),
}

/// A program in a folder with its files.
pub(super) struct Entrant {
    pub(super) program: Program,
    pub(super) act: Act,
    pub(super) name: String,
    /// Its file, or why there is none.
    pub(super) file: Result<PathBuf, String>,
    pub(super) folder: PathBuf,
}

impl Arena {
    pub(super) fn start(place: Place) -> Result<Self, String> {
        let server = match place {
            Place::DurablePostgres => Postgres::start(&Settings::new().durable())
                .map(Server::Postgres)
                .map_err(|error| error.to_string())?,
            Place::Postgres => Postgres::start(&Settings::new())
                .map(Server::Postgres)
                .map_err(|error| error.to_string())?,
            Place::MariaDb => MariaDb::start(&Settings::new())
                .map(Server::MariaDb)
                .map_err(|error| error.to_string())?,
            Place::Sqlite => Server::File,
        };
        Ok(Self { place, server })
    }

    /// An empty database. What the server still has to write for others is written; one that starts again after a
    /// program took all memory is waited for.
    pub(super) fn database(&self) -> Database {
        let began = Instant::now();
        while !self.answers() && began.elapsed() < LONGEST_START {
            thread::sleep(Duration::from_millis(100));
        }
        match &self.server {
            Server::Postgres(server) => {
                let db = server.database();
                db.execute("checkpoint");
                db
            }
            Server::MariaDb(server) => server.database(),
            Server::File => {
                let db = Sqlite::database();
                // Some programs want a file that is there.
                db.execute("pragma user_version = 0");
                db
            }
        }
    }

    fn answers(&self) -> bool {
        match &self.server {
            Server::Postgres(server) => server.try_open().is_ok(),
            Server::MariaDb(server) => server.try_open().is_ok(),
            Server::File => true,
        }
    }

    /// Its name and version.
    pub(super) fn version(&self) -> String {
        let (name, query) = match self.place.kind() {
            Kind::Postgres => ("PostgreSQL", "show server_version"),
            Kind::MariaDb => ("MariaDB", "select version()"),
            Kind::Sqlite => ("SQLite", "select sqlite_version()"),
        };
        let version = self.database().value(query);
        let end = version.find([' ', '-']).unwrap_or(version.len());
        format!("{name} {}", &version[..end])
    }

    fn port(&self) -> u16 {
        match &self.server {
            Server::Postgres(server) => server.port(),
            Server::MariaDb(server) => server.port(),
            Server::File => 0,
        }
    }

    /// Runs a program on a database, over this wire; that it ended well is for the caller to see.
    pub(super) fn run(
        &self,
        entrant: &Entrant,
        db: &Database,
        wire: Wire,
    ) -> Result<(Measured, Option<Traffic>), String> {
        let Entrant {
            program,
            act,
            folder,
            ..
        } = entrant;
        let file = entrant.file.as_ref().map_err(Clone::clone)?;
        let proxy = match wire {
            Wire::Slow(each_way) => Some(SlowProxy::start(self.port(), each_way)),
            Wire::Near => None,
        };
        let proxy = proxy.transpose().map_err(|error| error.to_string())?;
        let address = self.address(*program, db, proxy.as_ref());
        program
            .configure(folder, &address)
            .map_err(|error| format!("its configuration cannot be written: {error}"))?;
        let measured = measure(program.command(*act, file, folder, &address), Whom::Family)?;
        measured.expect(0)?;
        Ok((measured, proxy.map(SlowProxy::finish)))
    }

    fn address(&self, program: Program, db: &Database, proxy: Option<&SlowProxy>) -> Address {
        match proxy {
            Some(proxy) => db.address().through(proxy.port()),
            None if program.by_socket(self.place.kind()) => db.socket_address(),
            None => db.address(),
        }
    }
}

/// How many tables of migrations there are.
pub(super) fn tables(db: &Database) -> String {
    db.value(match db.kind() {
        Kind::Postgres => "select count(*) from pg_tables where tablename like 'table\\_%'",
        Kind::MariaDb => {
            "select count(*) from information_schema.tables \
             where table_schema = database() and table_name like 'table\\_%'"
        }
        Kind::Sqlite => {
            "select count(*) from sqlite_master where type = 'table' and name like 'table\\_%' escape '\\'"
        }
    })
}
