//! The programs that are compared: who they are, how each is called, and where each can do what.

mod layout;

use std::path::{Path, PathBuf};
use std::process::Command;

use limosa_testkit::Kind;
use limosa_testkit::address::{Address, Way};
use limosa_testkit::tools::{self, Tool};

pub(super) use layout::{migrations, write_many, write_one};

/// One of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Program {
    Limosa,
    /// With a transaction for each migration.
    LimosaEach,
    /// The database's own client.
    Client(Glue),
    GolangMigrate,
    Goose,
    Dbmate,
    Sqlx,
    Diesel,
    Refinery,
    NodePgMigrate,
    DbMigrate,
}

/// How the database's own client gets many migrations in one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Glue {
    /// BEGIN and COMMIT around each.
    EachInTransaction,
    /// All in one transaction.
    OneTransaction,
    /// All in one message of PostgreSQL's protocol, which is one transaction, too.
    OneMessage,
    /// As they are: where DDL commits by itself.
    Plain,
}

/// What a program is asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    Up,
    /// `limosa status`.
    Status,
    /// One query of the database's own client.
    Query,
}

pub(super) const PEERS: [Program; 8] = [
    Program::GolangMigrate,
    Program::Goose,
    Program::Dbmate,
    Program::Sqlx,
    Program::Diesel,
    Program::Refinery,
    Program::NodePgMigrate,
    Program::DbMigrate,
];

/// A variable by which a URL is given to a program that takes none on its command line.
const URL_VARIABLE: &str = "BENCH_URL";

impl Program {
    /// All that can apply many migrations to this database.
    pub(super) fn all(kind: Kind) -> Vec<Self> {
        let clients: &[Glue] = match kind {
            Kind::Postgres => &[
                Glue::OneTransaction,
                Glue::OneMessage,
                Glue::EachInTransaction,
            ],
            Kind::MariaDb => &[Glue::Plain],
            Kind::Sqlite => &[Glue::OneTransaction, Glue::EachInTransaction],
        };
        let mut all = vec![Self::Limosa, Self::LimosaEach];
        all.extend(clients.iter().map(|&glue| Self::Client(glue)));
        all.extend(PEERS.iter().filter(|peer| peer.knows(kind)));
        all
    }

    pub(super) fn is_peer(self) -> bool {
        PEERS.contains(&self)
    }

    /// Whether it supports this database.
    pub(super) fn knows(self, kind: Kind) -> bool {
        self != Self::NodePgMigrate || kind == Kind::Postgres
    }

    /// As the page writes it.
    pub(super) fn name(self, kind: Kind) -> String {
        let client = client_name(kind);
        match self {
            Self::Limosa => "limosa up".to_owned(),
            Self::LimosaEach => "limosa up --transaction each".to_owned(),
            Self::Client(Glue::OneMessage) => format!("{client}, one message"),
            Self::Client(Glue::Plain) => format!("{client}, one file"),
            Self::Client(Glue::OneTransaction) if kind == Kind::Postgres => "psql -1 -f".to_owned(),
            Self::Client(Glue::OneTransaction) => format!("{client}, one transaction"),
            Self::Client(Glue::EachInTransaction) if kind == Kind::Postgres => {
                "psql -f, a transaction each".to_owned()
            }
            Self::Client(Glue::EachInTransaction) => format!("{client}, a transaction each"),
            Self::GolangMigrate => "golang-migrate".to_owned(),
            Self::Goose => "pressly goose".to_owned(),
            Self::Dbmate => "dbmate".to_owned(),
            Self::Sqlx => "sqlx-cli".to_owned(),
            Self::Diesel => "diesel_cli".to_owned(),
            Self::Refinery => "refinery_cli".to_owned(),
            Self::NodePgMigrate => "node-pg-migrate".to_owned(),
            Self::DbMigrate => "db-migrate".to_owned(),
        }
    }

    /// What has to be installed; `None` for what is not a tool of others.
    pub(super) fn tool(self, kind: Kind) -> Option<Tool> {
        Some(match self {
            Self::Limosa | Self::LimosaEach | Self::Client(_) => return None,
            Self::GolangMigrate => tools::GOLANG_MIGRATE,
            Self::Goose => tools::GOOSE,
            Self::Dbmate => tools::DBMATE,
            Self::Sqlx => tools::SQLX_CLI_RELEASE,
            Self::Diesel if kind == Kind::MariaDb => tools::DIESEL_CLI_MYSQL,
            Self::Diesel => tools::DIESEL_CLI,
            Self::Refinery => tools::REFINERY_CLI,
            Self::NodePgMigrate => tools::NODE_PG_MIGRATE,
            Self::DbMigrate if kind == Kind::Sqlite => tools::DB_MIGRATE_SQLITE,
            Self::DbMigrate => tools::DB_MIGRATE,
        })
    }

    /// Its file, or one sentence why there is none.
    pub(super) fn find(self, kind: Kind, limosa: &Path) -> Result<PathBuf, String> {
        match (self, self.tool(kind)) {
            (_, Some(tool)) => tool.installed(),
            (Self::Client(_), _) => {
                let name = client_name(kind);
                let found = Command::new(name).arg("--version").output();
                if !found.is_ok_and(|output| output.status.success()) {
                    return Err(format!("{name} is not installed"));
                }
                Ok(PathBuf::from(name))
            }
            (Self::LimosaEach, _) => {
                let help = Command::new(limosa).args(["up", "--help"]).output();
                let help = help.map_err(|error| format!("limosa cannot be run: {error}"))?;
                if !String::from_utf8_lossy(&help.stdout).contains("--transaction") {
                    return Err("this limosa has no such option".to_owned());
                }
                Ok(limosa.to_owned())
            }
            _ => Ok(limosa.to_owned()),
        }
    }

    /// Whether it enters a server by its Unix socket.
    pub(super) fn by_socket(self, kind: Kind) -> bool {
        (self, kind) != (Self::Refinery, Kind::MariaDb)
    }

    /// Why nothing can be counted: its driver asks the server for its socket and changes to that.
    pub(super) fn goes_around(self, kind: Kind) -> Option<&'static str> {
        let around = (self, kind) == (Self::Refinery, Kind::MariaDb);
        around.then_some("its driver asks the server for its socket and goes around the proxy")
    }

    /// Writes the configuration that it cannot be called without.
    pub(super) fn configure(self, folder: &Path, address: &Address) -> std::io::Result<()> {
        match (self, &address.way) {
            (Self::DbMigrate, _) => {
                std::fs::write(folder.join("database.json"), address.db_migrate())
            }
            (Self::Refinery, Way::File(path)) => std::fs::write(
                folder.join("refinery.toml"),
                format!(
                    "[main]\ndb_type = \"Sqlite\"\ndb_path = \"{}\"\n",
                    path.display()
                ),
            ),
            _ => Ok(()),
        }
    }

    /// Its command line in a folder, against a database.
    pub(super) fn command(
        self,
        act: Act,
        program: &Path,
        folder: &Path,
        address: &Address,
    ) -> Command {
        let mut command = Command::new(program);
        command.current_dir(folder);
        // What whoever starts the task has told their own programs.
        for variable in ["DATABASE_URL", "LIMOSA_URL", "PGOPTIONS", "PGDATABASE"] {
            command.env_remove(variable);
        }
        match self {
            Self::Limosa | Self::LimosaEach => {
                let act = if act == Act::Status { "status" } else { "up" };
                command.args(["--url", &address.url(), act]);
                if self == Self::LimosaEach {
                    command.args(["--transaction", "each"]);
                }
            }
            Self::Client(glue) => {
                client(&mut command, address);
                match act {
                    Act::Query => client_query(&mut command, address.kind),
                    _ => client_file(&mut command, address.kind, glue, layout::ONE_FILE),
                }
            }
            Self::GolangMigrate => {
                command
                    .args(["-path", "migrations", "-database"])
                    .args([&address.golang_migrate(), "up"]);
            }
            Self::Goose => {
                command
                    .args(["-dir", "migrations"])
                    .args(address.goose())
                    .arg("up");
            }
            // Without the dump of the schema, which no other tool makes, and without the look whether the database
            // is there.
            Self::Dbmate => {
                command.args(["--url", &address.url(), "-d", "migrations"]);
                command.args(["--no-dump-schema", "migrate"]);
            }
            Self::Sqlx => {
                command.args(["migrate", "run", "--no-dotenv", "--source", "migrations"]);
                command.args(["-D", &address.url_with_host()]);
            }
            Self::Diesel => {
                let url = match address.kind {
                    Kind::Sqlite => address.path(),
                    _ => address.url().replace("?socket=", "?unix_socket="),
                };
                command.args(["migration", "run", "--migration-dir", "migrations"]);
                command.args(["--database-url", &url]);
            }
            Self::Refinery => {
                command.args(["migrate", "-p", "migrations"]);
                match address.kind {
                    Kind::Sqlite => command.args(["-c", "refinery.toml"]),
                    _ => command
                        .args(["-e", URL_VARIABLE])
                        .env(URL_VARIABLE, address.url_with_host()),
                };
            }
            Self::NodePgMigrate => {
                command.args(["up", "-m", "migrations"]);
                command.env("DATABASE_URL", address.url());
            }
            Self::DbMigrate => {
                command.arg("up");
            }
        }
        command
    }
}

pub(super) fn client_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Postgres => "psql",
        Kind::MariaDb => "mariadb",
        Kind::Sqlite => "sqlite3",
    }
}

/// What the database's own client is told first.
pub(super) fn client(command: &mut Command, address: &Address) {
    match address.kind {
        Kind::Postgres => {
            command.args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", &address.url()]);
        }
        Kind::MariaDb => {
            command
                .args(["--no-defaults", "--batch", "--skip-ssl"])
                .arg(format!("--user={}", address.user))
                .arg(format!("--password={}", address.password));
            match address.way {
                Way::Port(port) => command
                    .args(["--protocol=tcp", "--host=127.0.0.1"])
                    .arg(format!("--port={port}")),
                _ => command.arg(format!("--socket={}", address.path())),
            };
            command.arg(&address.name);
        }
        Kind::Sqlite => {
            command.args(["-batch", "-bail"]).arg(address.path());
        }
    }
}

fn client_query(command: &mut Command, kind: Kind) {
    match kind {
        Kind::Postgres => command.args(["-c", "select 1"]),
        Kind::MariaDb => command.args(["-e", "select 1"]),
        Kind::Sqlite => command.arg("select 1"),
    };
}

/// What tells the database's own client to run a file.
pub(super) fn client_file(command: &mut Command, kind: Kind, glue: Glue, file: &str) {
    match (kind, glue) {
        (Kind::Postgres, Glue::OneTransaction) => command.args(["-1", "-f", file]),
        (Kind::Postgres, _) => command.args(["-f", file]),
        (Kind::MariaDb, Glue::OneTransaction) => {
            let commands = format!("SET autocommit = 0; SOURCE {file}; COMMIT");
            command.args(["-e", &commands])
        }
        (Kind::MariaDb, _) => command.args(["-e", &format!("SOURCE {file}")]),
        (Kind::Sqlite, Glue::OneTransaction) => {
            command.args(["BEGIN", &format!(".read {file}"), "COMMIT"])
        }
        (Kind::Sqlite, _) => command.arg(format!(".read {file}")),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tool_is_left_out_where_it_does_not_know_the_database() {
        assert!(Program::all(Kind::Postgres).contains(&Program::NodePgMigrate));
        for kind in [Kind::MariaDb, Kind::Sqlite] {
            assert!(!Program::all(kind).contains(&Program::NodePgMigrate));
        }
    }

    #[test]
    fn every_tool_of_others_is_installed_for_the_measurements() {
        for kind in Kind::ALL {
            for peer in PEERS.iter().filter(|peer| peer.knows(kind)) {
                let tool = peer.tool(kind).expect("it is a tool of others");
                assert!(tools::MEASURED.contains(&tool), "{}", tool.name);
            }
        }
    }
}
