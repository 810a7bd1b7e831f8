//! Private MariaDB servers.

use std::fs;
use std::path::PathBuf;
use std::sync::OnceLock;

use limosa_server::{Doing, Signal};

use crate::database::{Access, Client, Kind};
use crate::instance::{Instance, Recipe};
use crate::settings::{Durability, Transport};
use crate::{Certificates, Database, KitError, Settings, binaries};

static RECIPE: Recipe = Recipe {
    process: limosa_server::Recipe {
        server: "the MariaDB server",
        prefix: "limosa-maria-",
        account: "mysql",
        socket_mode: 0o755,
        stop: Signal::TERM,
        end: Signal::KILL,
        end_name: "KILL",
    },
    variable: "LIMOSA_TEST_MARIADB",
};

/// What is in the data folder of a server that starts for the first time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Data {
    /// An empty server.
    Fresh,
    /// Nothing: another node of the cluster sends it.
    Sent,
}

/// A private MariaDB server; its superuser is `root` with a password, over TCP and the socket.
#[derive(Debug)]
pub struct MariaDb {
    instance: Instance,
    certificates: Option<Certificates>,
}

impl MariaDb {
    /// The server of this test process, started on first use; under `cargo xtask test` the
    /// server of the whole run.
    ///
    /// # Panics
    /// When it cannot be had; [`crate::require!`] can skip instead.
    #[track_caller]
    pub fn shared() -> &'static Self {
        Self::try_shared().unwrap_or_else(|error| panic!("{}", crate::skip::chain(error)))
    }

    /// Like [`Self::shared`].
    ///
    /// # Errors
    /// Why it cannot be had.
    pub fn try_shared() -> Result<&'static Self, &'static KitError> {
        static SHARED: OnceLock<Result<MariaDb, KitError>> = OnceLock::new();
        let access = |folder| Access::new(Kind::MariaDb, folder);
        SHARED
            .get_or_init(|| match Instance::attach(&RECIPE, access) {
                Some(attached) => Ok(Self {
                    instance: attached?,
                    certificates: None,
                }),
                None => Self::start(&Settings::new()),
            })
            .as_ref()
    }

    /// Starts a server of one's own; it ends with the value.
    ///
    /// # Errors
    /// When the programs are missing, or the server does not start with these settings.
    pub fn start(settings: &Settings) -> Result<Self, KitError> {
        let access = |folder| Access::new(Kind::MariaDb, folder);
        Self::start_from(settings, access, Data::Fresh, &[])
    }

    /// Starts a server with further arguments, on data that is new or comes from elsewhere.
    pub(crate) fn start_from(
        settings: &Settings,
        access: impl FnOnce(PathBuf) -> Access,
        data: Data,
        further: &[&str],
    ) -> Result<Self, KitError> {
        let (server, install_db) = match &settings.binaries {
            Some(folder) => (folder.join("mariadbd"), folder.join("mariadb-install-db")),
            None => {
                let found = binaries::mariadb()?;
                (found.server, found.install)
            }
        };
        let mut instance = Instance::prepare(&RECIPE, access)?;
        let folder = instance.access.folder.clone();
        let certificates = match settings.transport {
            Transport::Tls => Some(Certificates::create(&folder, instance.account())?),
            Transport::Plain => None,
        };
        let install = [
            "--no-defaults".to_owned(),
            format!("--datadir={}", folder.join("data").display()),
            format!("--tmpdir={}", folder.join("temporary").display()),
            "--auth-root-authentication-method=normal".to_owned(),
            "--skip-test-db".to_owned(),
            "--innodb-log-file-size=16M".to_owned(),
        ];
        if data == Data::Fresh {
            instance.set_up(&install_db, &install)?;
        }
        // The superuser gets its password before the server listens for the first time.
        let first = folder.join("first.sql");
        write(&first, &first_sql(&instance.access.password))?;
        let configuration = folder.join("my.cnf");
        let mut arguments = vec![format!("--defaults-file={}", configuration.display())];
        arguments.extend(further.iter().map(|&argument| argument.to_owned()));
        instance.start(&server, &arguments, |access| {
            write(
                &configuration,
                &configuration_text(access, settings, certificates.as_ref()),
            )
        })?;
        Ok(Self {
            instance,
            certificates,
        })
    }

    /// How its superuser enters it.
    pub(crate) fn access(&self) -> &Access {
        &self.instance.access
    }

    /// A fresh database with a name that no other test uses.
    ///
    /// # Panics
    /// When the server refuses.
    #[track_caller]
    pub fn database(&self) -> Database {
        self.database_named("test")
    }

    /// A fresh database whose name begins with `label`.
    ///
    /// # Panics
    /// When the server refuses.
    #[track_caller]
    pub fn database_named(&self, label: &str) -> Database {
        Database::create(&self.instance.access, label)
    }

    /// The URL of the superuser for the database `mysql`.
    pub fn url(&self) -> String {
        let access = &self.instance.access;
        access.url(access.superuser(), &access.password, access.home())
    }

    /// A session of the superuser in the database `mysql`.
    ///
    /// # Errors
    /// When the server does not answer.
    pub fn try_open(&self) -> Result<Client, crate::QueryError> {
        Client::open(&self.instance.access, self.instance.access.home())
    }

    /// The password of the superuser `root`.
    pub fn password(&self) -> &str {
        &self.instance.access.password
    }

    /// The port on 127.0.0.1; the same after a restart.
    pub fn port(&self) -> u16 {
        self.instance.access.port
    }

    /// The Unix socket.
    pub fn socket(&self) -> PathBuf {
        self.instance.access.socket().join("sql.sock")
    }

    /// The folder of the Unix socket.
    pub fn socket_dir(&self) -> PathBuf {
        self.instance.access.socket()
    }

    /// The folder of this instance, which `LIMOSA_TEST_MARIADB` takes.
    pub fn folder(&self) -> PathBuf {
        self.instance.access.folder.clone()
    }

    /// The pid of the server, when it runs and this process has started it.
    pub fn pid(&self) -> Option<u32> {
        self.instance.pid()
    }

    /// Everything that the server has logged.
    pub fn log(&self) -> String {
        self.instance.log()
    }

    /// The certificates, when it was started with [`Settings::tls`].
    pub fn certificates(&self) -> Option<&Certificates> {
        self.certificates.as_ref()
    }

    /// Kills the server with SIGKILL.
    ///
    /// # Panics
    /// When the server is shared by the whole run.
    pub fn kill(&self) {
        self.instance.kill();
    }

    /// Stops the server in good order; open sessions are ended.
    ///
    /// # Panics
    /// When the server is shared by the whole run.
    pub fn stop(&self) {
        self.instance.stop();
    }

    /// Starts the server again, on the same port, with what it had on disk.
    ///
    /// # Errors
    /// When it does not start.
    ///
    /// # Panics
    /// When the server is shared by the whole run.
    pub fn restart(&self) -> Result<(), KitError> {
        self.instance.restart()
    }
}

/// Runs at every start, so every statement may run again. An anonymous user would take
/// precedence over `name@'%'` for everybody on this machine.
fn first_sql(password: &str) -> String {
    // The server takes each line of this file for a statement, so comments stay out.
    let statements = include_str!("mariadb/first.sql")
        .lines()
        .filter(|l| !l.starts_with("--"));
    statements
        .collect::<Vec<_>>()
        .join("\n")
        .replace("$password", password)
        + "\n"
}

fn configuration_text(
    access: &Access,
    settings: &Settings,
    certificates: Option<&Certificates>,
) -> String {
    let folder = access.folder.display();
    let mut lines = vec![
        "[mariadbd]".to_owned(),
        format!("datadir = {folder}/data"),
        format!("socket = {folder}/socket/sql.sock"),
        // A server that starts deletes the temporary tables of others that share the folder with it.
        format!("tmpdir = {folder}/temporary"),
        format!("pid-file = {folder}/data/pid"),
        format!("init-file = {folder}/first.sql"),
        format!("port = {}", access.port),
        "bind-address = 127.0.0.1".to_owned(),
        "skip-name-resolve".to_owned(),
        "character-set-server = utf8mb4".to_owned(),
        "innodb-buffer-pool-size = 64M".to_owned(),
        "innodb-log-file-size = 16M".to_owned(),
        // Many servers at once exhaust the kernel's asynchronous I/O contexts.
        "innodb-use-native-aio = 0".to_owned(),
    ];
    if settings.durability == Durability::Off {
        lines.push("innodb-flush-log-at-trx-commit = 0".to_owned());
        lines.push("innodb-doublewrite = 0".to_owned());
        lines.push("innodb-flush-method = nosync".to_owned());
        lines.push("sync-frm = 0".to_owned());
    }
    if let Some(certificates) = certificates {
        let (certificate, key) = certificates.server();
        lines.push(format!("ssl-ca = {}", certificates.authority().display()));
        lines.push(format!("ssl-cert = {}", certificate.display()));
        lines.push(format!("ssl-key = {}", key.display()));
    }
    lines.extend(
        settings
            .lines
            .iter()
            .map(|(name, value)| format!("{name} = {value}")),
    );
    lines.join("\n") + "\n"
}

fn write(path: &std::path::Path, text: &str) -> Result<(), KitError> {
    Ok(fs::write(path, text).doing(|| format!("write {}", path.display()))?)
}
