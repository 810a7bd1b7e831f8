//! PgBouncer in front of a private PostgreSQL: one connection of a client is served by many of the
//! server, each for one transaction.

use std::fs;
use std::sync::OnceLock;

use limosa_server::{Doing, Signal};

use crate::database::{Access, Client, Kind};
use crate::instance::{Instance, Recipe};
use crate::{Database, KitError, Postgres, binaries};

static RECIPE: Recipe = Recipe {
    process: limosa_server::Recipe {
        server: "PgBouncer",
        prefix: "limosa-pgbouncer-",
        account: "postgres",
        socket_mode: 0o755,
        stop: Signal::INT,
        end: Signal::KILL,
        end_name: "KILL",
    },
    variable: "LIMOSA_TEST_PGBOUNCER",
};

/// How PgBouncer shares the connections of the server (`pool_mode`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PoolMode {
    /// A client has a connection of the server for one transaction.
    Transaction,
    /// A client has a connection of the server until it leaves.
    Session,
}

/// A private PgBouncer. Passwords are checked as the server behind it does.
#[derive(Debug)]
pub struct PgBouncer {
    instance: Instance,
}

impl PgBouncer {
    /// The one of this test process, in transaction mode in front of [`Postgres::shared`].
    ///
    /// # Errors
    /// Why it cannot be had.
    pub fn try_shared() -> Result<&'static Self, &'static KitError> {
        static SHARED: OnceLock<Result<PgBouncer, KitError>> = OnceLock::new();
        let server = Postgres::try_shared()?;
        SHARED
            .get_or_init(|| Self::start(server, PoolMode::Transaction, &[]))
            .as_ref()
    }

    /// Starts one of one's own, with further lines for `pgbouncer.ini`; it ends with the value.
    ///
    /// # Errors
    /// When the program is missing, or it does not start with these settings.
    pub fn start(
        server: &Postgres,
        mode: PoolMode,
        settings: &[(&str, &str)],
    ) -> Result<Self, KitError> {
        let program = binaries::pgbouncer()?;
        let mut instance = Instance::prepare(&RECIPE, |folder| Access {
            password: server.password().to_owned(),
            ..Access::new(Kind::Postgres, folder)
        })?;
        let folder = instance.access.folder.clone();
        let write = |name: &str, text: String| {
            let path = folder.join(name);
            let written = fs::write(&path, text).doing(|| format!("write {}", path.display()));
            written.map_err(KitError::from)
        };
        let rules = "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n";
        write("hba.conf", rules.to_owned())?;
        // Whoever asks the server for the passwords of others is not asked for there.
        write(
            "users.txt",
            format!("\"postgres\" \"{}\"\n", server.password()),
        )?;
        let configuration = folder.join("pgbouncer.ini");
        let arguments = vec![configuration.display().to_string()];
        instance.start(&program, &arguments, |access| {
            let text = configuration_text(access, server, mode, settings);
            write("pgbouncer.ini", text)
        })?;
        Ok(Self { instance })
    }

    /// The URL of the superuser for a database of the server behind it, through PgBouncer.
    pub fn url(&self, database: &Database) -> String {
        let access = &self.instance.access;
        access.url(access.superuser(), &access.password, database.name())
    }

    /// A session of the superuser in a database of the server behind it, through PgBouncer.
    ///
    /// # Panics
    /// When it does not answer.
    #[track_caller]
    pub fn open(&self, database: &Database) -> Client {
        crate::database::must(
            "connect",
            Client::open(&self.instance.access, database.name()),
        )
    }

    /// Everything that it has logged.
    pub fn log(&self) -> String {
        self.instance.log()
    }

    /// Kills it with SIGKILL; every connection through it is cut.
    pub fn kill(&self) {
        self.instance.kill();
    }

    /// Starts it again, on the same port.
    ///
    /// # Errors
    /// When it does not start.
    pub fn restart(&self) -> Result<(), KitError> {
        self.instance.restart()
    }
}

fn configuration_text(
    access: &Access,
    server: &Postgres,
    mode: PoolMode,
    settings: &[(&str, &str)],
) -> String {
    let mode = match mode {
        PoolMode::Transaction => "transaction",
        PoolMode::Session => "session",
    };
    let socket = server.socket_dir();
    let folder = access.folder.display();
    let mut lines = vec![
        "[databases]".to_owned(),
        // The server lets everybody local in, so nobody's password is needed for it.
        format!(
            "* = host={} port={} auth_user=postgres",
            socket.display(),
            server.port()
        ),
        "[pgbouncer]".to_owned(),
        format!("pool_mode = {mode}"),
        "listen_addr = 127.0.0.1".to_owned(),
        format!("listen_port = {}", access.port),
        format!("unix_socket_dir = {}", access.socket().display()),
        "auth_type = hba".to_owned(),
        format!("auth_hba_file = {folder}/hba.conf"),
        format!("auth_file = {folder}/users.txt"),
        "auth_query = SELECT rolname, rolpassword FROM pg_catalog.pg_authid WHERE rolname = $1"
            .to_owned(),
        "max_client_conn = 500".to_owned(),
    ];
    lines.extend(
        settings
            .iter()
            .map(|(name, value)| format!("{name} = {value}")),
    );
    lines.join("\n") + "\n"
}
