//! Servers for shadows: quick to start, nothing is kept, and nobody but us can reach them.
//!
//! A shadow lives for seconds and its rows are ours, so nothing is written durably. There is no network: the socket
//! is in a folder that only its account can enter, which is why no password is asked for.

use std::fs;
use std::path::{Path, PathBuf};

use rustix::process::Signal;

use crate::ServerError;
use crate::failure::Doing;
use crate::instance::{Instance, Recipe};
use crate::programs::MariaDbPrograms;

/// Begins the name of the folder of every shadow server.
pub const PREFIX: &str = "limosa-shadow-";

static POSTGRES: Recipe = Recipe {
    server: "the PostgreSQL server",
    prefix: PREFIX,
    account: "postgres",
    socket_mode: 0o700,
    stop: Signal::INT,
    end: Signal::QUIT,
    end_name: "QUIT",
};

static MARIADB: Recipe = Recipe {
    server: "the MariaDB server",
    prefix: PREFIX,
    account: "mysql",
    socket_mode: 0o700,
    stop: Signal::TERM,
    end: Signal::KILL,
    end_name: "KILL",
};

/// A private server for shadows; it ends with the value.
#[derive(Debug)]
pub struct ThrowAway {
    instance: Instance,
    socket: PathBuf,
}

impl ThrowAway {
    /// Starts PostgreSQL with the programs of a folder. Its superuser is `postgres`; `answers` is given the folder
    /// of the socket, in which it listens as on port 5432.
    ///
    /// # Errors
    /// When a program fails, or the server does not start.
    pub fn postgres(
        programs: &Path,
        answers: &dyn Fn(&Path) -> Result<(), String>,
    ) -> Result<Self, ServerError> {
        let instance = Instance::prepare(&POSTGRES)?;
        let (data, socket) = (instance.folder().join("data"), folder_of(&instance));
        let initdb = [
            "--username=postgres".to_owned(),
            format!("--pgdata={}", data.display()),
            "--encoding=UTF8".to_owned(),
            "--locale=C".to_owned(),
            "--auth=trust".to_owned(),
            "--wal-segsize=1".to_owned(),
            "--no-sync".to_owned(),
        ];
        instance.set_up(&programs.join("initdb"), &initdb)?;
        let configuration = data.join("postgresql.conf");
        let text = include_str!("throw_away/postgresql.conf")
            .replace("$socket", &socket.display().to_string());
        // Written over the one that belongs to the server's account.
        fs::write(&configuration, text).doing(|| format!("write {}", configuration.display()))?;
        let arguments = vec!["-D".to_owned(), data.display().to_string()];
        instance.start(programs.join("postgres"), arguments, &|| answers(&socket))?;
        Ok(Self { instance, socket })
    }

    /// Starts MariaDB. Its superuser is `root`; `answers` is given the socket.
    ///
    /// # Errors
    /// When a program fails, or the server does not start.
    pub fn mariadb(
        programs: &MariaDbPrograms,
        answers: &dyn Fn(&Path) -> Result<(), String>,
    ) -> Result<Self, ServerError> {
        let instance = Instance::prepare(&MARIADB)?;
        let folder = instance.folder().display().to_string();
        let socket = folder_of(&instance).join("sql.sock");
        let install = [
            "--no-defaults".to_owned(),
            format!("--datadir={folder}/data"),
            format!("--tmpdir={folder}/temporary"),
            "--auth-root-authentication-method=normal".to_owned(),
            "--skip-test-db".to_owned(),
            "--innodb-log-file-size=16M".to_owned(),
            "--innodb-use-native-aio=0".to_owned(),
        ];
        instance.set_up(&programs.install, &install)?;
        let text = include_str!("throw_away/my.cnf").replace("$folder", &folder);
        let configuration = instance.write("my.cnf", &text)?;
        let arguments = vec![format!("--defaults-file={}", configuration.display())];
        instance.start(programs.server.clone(), arguments, &|| answers(&socket))?;
        Ok(Self { instance, socket })
    }

    /// The folder of the socket of PostgreSQL, the socket of MariaDB.
    pub fn socket(&self) -> &Path {
        &self.socket
    }

    /// The folder of this server.
    pub fn folder(&self) -> &Path {
        self.instance.folder()
    }
}

fn folder_of(instance: &Instance) -> PathBuf {
    instance.folder().join("socket")
}
