//! Private PostgreSQL servers.

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
        server: "the PostgreSQL server",
        prefix: "limosa-pg-",
        account: "postgres",
        socket_mode: 0o755,
        stop: Signal::INT,
        end: Signal::QUIT,
        end_name: "QUIT",
    },
    variable: "LIMOSA_TEST_POSTGRES",
};

/// A private PostgreSQL server: passwords are checked over TCP (scram-sha-256), everybody local
/// may enter through the socket.
#[derive(Debug)]
pub struct Postgres {
    instance: Instance,
    certificates: Option<Certificates>,
}

impl Postgres {
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
        static SHARED: OnceLock<Result<Postgres, KitError>> = OnceLock::new();
        let access = |folder| Access::new(Kind::Postgres, folder);
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
    /// ```no_run
    /// use limosa_testkit::{Postgres, Settings};
    /// let server = Postgres::start(&Settings::new().set("max_connections", "10"))?;
    /// let db = server.database();
    /// server.kill();
    /// assert!(db.try_open().is_err());
    /// server.restart()?;
    /// assert_eq!(db.value("select 1"), "1");
    /// # Ok::<(), limosa_testkit::KitError>(())
    /// ```
    ///
    /// # Errors
    /// When the programs are missing, or the server does not start with these settings.
    pub fn start(settings: &Settings) -> Result<Self, KitError> {
        let programs = match &settings.binaries {
            Some(folder) => folder.clone(),
            None => binaries::postgres()?,
        };
        let access = |folder| Access::new(Kind::Postgres, folder);
        let mut instance = Instance::prepare(&RECIPE, access)?;
        let folder = instance.access.folder.clone();
        let data = folder.join("data");
        let certificates = match settings.transport {
            Transport::Tls => Some(Certificates::create(&folder, instance.account())?),
            Transport::Plain => None,
        };
        let password = folder.join("password");
        fs::write(&password, format!("{}\n", instance.access.password))
            .doing(|| format!("write {}", password.display()))?;
        let initdb = [
            "--username=postgres".to_owned(),
            format!("--pwfile={}", password.display()),
            format!("--pgdata={}", data.display()),
            "--encoding=UTF8".to_owned(),
            "--locale=C".to_owned(),
            "--auth-local=trust".to_owned(),
            "--auth-host=scram-sha-256".to_owned(),
            "--no-sync".to_owned(),
        ];
        instance.set_up(&programs.join("initdb"), &initdb)?;
        let hba = data.join("pg_hba.conf");
        write(&hba, &hba_text(settings))?;
        let arguments = vec!["-D".to_owned(), data.display().to_string()];
        let configuration = data.join("postgresql.conf");
        instance.start(&programs.join("postgres"), &arguments, |access| {
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

    /// Starts a standby of this server that follows it synchronously: what is committed here is there.
    ///
    /// # Errors
    /// When the programs are missing, or the standby does not start.
    ///
    /// # Panics
    /// When this server does not answer.
    pub fn standby(&self, settings: &Settings) -> Result<Self, KitError> {
        let programs = match &settings.binaries {
            Some(folder) => folder.clone(),
            None => binaries::postgres()?,
        };
        let access = |folder| Access {
            password: self.instance.access.password.clone(),
            ..Access::new(Kind::Postgres, folder)
        };
        let mut instance = Instance::prepare(&RECIPE, access)?;
        let data = instance.access.folder.join("data");
        let copy = [
            format!("--host={}", self.socket_dir().display()),
            format!("--port={}", self.port()),
            "--username=postgres".to_owned(),
            format!("--pgdata={}", data.display()),
            "--write-recovery-conf".to_owned(),
            "--checkpoint=fast".to_owned(),
            "--no-sync".to_owned(),
        ];
        instance.set_up(&binaries::own_postgres_client("pg_basebackup")?, &copy)?;
        let arguments = vec!["-D".to_owned(), data.display().to_string()];
        let configuration = data.join("postgresql.conf");
        instance.start(&programs.join("postgres"), &arguments, |access| {
            write(&configuration, &configuration_text(access, settings, None))
        })?;
        let mut primary = self.try_open().unwrap_or_else(|error| panic!("{error}"));
        primary.execute("ALTER SYSTEM SET synchronous_standby_names = '*'");
        primary.execute("SELECT pg_reload_conf()");
        Ok(Self {
            instance,
            certificates: None,
        })
    }

    /// Makes a standby the primary; returns when it accepts writes.
    ///
    /// # Panics
    /// When it does not answer.
    pub fn promote(&self) {
        let mut standby = self.try_open().unwrap_or_else(|error| panic!("{error}"));
        standby.execute("SELECT pg_promote()");
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

    /// The URL of the superuser for the database `postgres`.
    pub fn url(&self) -> String {
        let access = &self.instance.access;
        access.url(access.superuser(), &access.password, access.home())
    }

    /// A session of the superuser in the database `postgres`.
    ///
    /// # Errors
    /// When the server does not answer.
    pub fn try_open(&self) -> Result<Client, crate::QueryError> {
        Client::open(&self.instance.access, self.instance.access.home())
    }

    /// A session of the superuser in another database.
    ///
    /// # Errors
    /// When the server does not answer, or has no such database.
    pub fn try_open_in(&self, database: &str) -> Result<Client, crate::QueryError> {
        Client::open(&self.instance.access, database)
    }

    /// The password of the superuser `postgres`.
    pub fn password(&self) -> &str {
        &self.instance.access.password
    }

    /// The port on 127.0.0.1; the same after a restart.
    pub fn port(&self) -> u16 {
        self.instance.access.port
    }

    /// The folder of the Unix socket, as `host=` takes it.
    pub fn socket_dir(&self) -> PathBuf {
        self.instance.access.socket()
    }

    /// The folder of this instance, which `LIMOSA_TEST_POSTGRES` takes.
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

    /// Kills the server and all its sessions with SIGKILL.
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

fn hba_text(settings: &Settings) -> String {
    let mut lines = settings.hba.clone();
    for database in ["all", "replication"] {
        lines.push(format!("local {database} all trust"));
        lines.push(format!("host {database} all 127.0.0.1/32 scram-sha-256"));
    }
    lines.join("\n") + "\n"
}

fn configuration_text(
    access: &Access,
    settings: &Settings,
    certificates: Option<&Certificates>,
) -> String {
    let mut lines = vec![
        "listen_addresses = '127.0.0.1'".to_owned(),
        format!("port = {}", access.port),
        format!("unix_socket_directories = '{}'", access.socket().display()),
        "password_encryption = 'scram-sha-256'".to_owned(),
        "max_connections = 200".to_owned(),
        "log_line_prefix = '%m [%p] '".to_owned(),
    ];
    if settings.durability == Durability::Off {
        for name in ["fsync", "synchronous_commit", "full_page_writes"] {
            lines.push(format!("{name} = off"));
        }
    }
    if let Some(certificates) = certificates {
        let (certificate, key) = certificates.server();
        lines.push("ssl = on".to_owned());
        lines.push(format!(
            "ssl_ca_file = '{}'",
            certificates.authority().display()
        ));
        lines.push(format!("ssl_cert_file = '{}'", certificate.display()));
        lines.push(format!("ssl_key_file = '{}'", key.display()));
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
