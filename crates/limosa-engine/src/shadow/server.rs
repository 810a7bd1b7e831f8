//! The server of a shadow and the databases on it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use limosa_core::DatabaseUrl;
use limosa_core::url::UrlParts;
use limosa_db::{Access, ConnectOptions, DbError, LockWait, Locked, Locks, Server, Session};
use limosa_sql::Dialect;

use super::private::ThrowAway;
use super::{ShadowSettings, locks, name, postgres};
use crate::Problem;

/// How long to wait for a lock that nobody else takes.
const LOCK: Duration = Duration::from_secs(10);

/// A server on which databases of shadows are made.
pub(super) struct ShadowServer {
    /// Makes and drops the databases, and holds the lock that goes with each of them.
    admin: Mutex<Locked>,
    url: Place,
    /// Of what is done for the shadow, without what is configured for the work in it.
    options: ConnectOptions,
    /// What makes it ours; ended after everything else.
    private: Option<ThrowAway>,
    described: String,
    remark: Option<String>,
}

/// How a database of the server is reached.
pub(super) enum Place {
    /// By a URL with these parts, but for the database.
    Server(Dialect, Box<UrlParts>),
    /// In the memory of this process.
    Memory,
}

impl Place {
    /// The URL of a database.
    pub(super) fn url(&self, database: &str) -> Result<DatabaseUrl, Problem> {
        let url = match self {
            Self::Memory => DatabaseUrl::parse("sqlite::memory:"),
            Self::Server(dialect, parts) => {
                let mut parts = UrlParts::clone(parts);
                parts.database = Some(database.to_owned());
                parts.parameters.retain(|(name, _)| name != "dbname");
                parts.url(*dialect)
            }
        };
        url.map_err(super::refused::bad_url)
    }
}

impl ShadowServer {
    pub(super) fn new(
        admin: Locked,
        url: Place,
        options: ConnectOptions,
        private: Option<ThrowAway>,
        remark: Option<String>,
    ) -> Self {
        let Server {
            product,
            version,
            place,
            ..
        } = admin.server();
        let described = match (&url, &private) {
            (Place::Memory, _) => format!("{product} {version} in memory"),
            (_, Some(_)) => format!("a private {product} {version}"),
            (_, None) => format!("{product} {version} on {place}"),
        };
        Self {
            admin: Mutex::new(admin),
            url,
            options,
            private,
            described,
            remark,
        }
    }

    pub(super) fn is_private(&self) -> bool {
        self.private.is_some() || matches!(self.url, Place::Memory)
    }

    pub(super) fn described(&self) -> String {
        self.described.clone()
    }

    pub(super) fn remark(&self) -> Option<&str> {
        self.remark.as_deref()
    }

    fn admin(&self) -> MutexGuard<'_, Locked> {
        self.admin.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A database of a shadow, dropped with the value.
pub(super) struct Named {
    server: Arc<ShadowServer>,
    name: String,
}

impl Named {
    /// Makes an empty one.
    pub(super) fn create(server: &Arc<ShadowServer>) -> Result<Self, Problem> {
        Self::made(server, |admin, name| match admin.server().target.dialect {
            Dialect::Postgres => postgres::create(admin, name),
            Dialect::Mysql | Dialect::Sqlite => Ok(()),
        })
    }

    /// Makes one with everything that is in this one, to which nobody is connected.
    pub(super) fn copy(&self) -> Result<Self, Problem> {
        Self::made(&self.server, |admin, name| {
            match admin.server().target.dialect {
                Dialect::Postgres => postgres::copy(admin, &self.name, name),
                Dialect::Mysql | Dialect::Sqlite => Ok(()),
            }
        })
    }

    fn made(
        server: &Arc<ShadowServer>,
        make: impl FnOnce(&mut Locked, &str) -> Result<(), DbError>,
    ) -> Result<Self, Problem> {
        let name = name::fresh();
        make(&mut server.admin(), &name).map_err(|cause| Problem::Db {
            doing: "making a database for a shadow",
            cause,
        })?;
        Ok(Self {
            server: Arc::clone(server),
            name,
        })
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// A session in it that may write.
    pub(super) fn connect(&self, options: &ConnectOptions) -> Result<Locked, Problem> {
        let mut options = options.clone();
        if self.server.private.is_some() {
            options.environment.clear();
        }
        connect(&self.server.url.url(&self.name)?, &options, locks)
    }
}

impl Drop for Named {
    fn drop(&mut self) {
        let mut admin = self.server.admin();
        // What cannot be dropped is removed by the next shadow on this server, or with it.
        let _ = match admin.server().target.dialect {
            Dialect::Postgres => postgres::drop(&mut admin, &self.name),
            Dialect::Mysql | Dialect::Sqlite => Ok(()),
        };
    }
}

/// Opens a session that may write.
pub(super) fn connect(
    url: &DatabaseUrl,
    options: &ConnectOptions,
    locks: fn(&Server) -> Locks,
) -> Result<Locked, Problem> {
    let session = limosa_db::connect(url, options).map_err(Problem::Connect)?;
    locked(session, locks)
}

/// Makes it one that may write.
pub(super) fn locked(
    session: Box<dyn Session>,
    locks: fn(&Server) -> Locks,
) -> Result<Locked, Problem> {
    let locks = locks(session.server());
    let mut wait = LockWait {
        limit: LOCK,
        lost: None,
        waiting: &mut |_, _| (),
        interrupted: &|| false,
    };
    session.lock(&locks, &mut wait).map_err(Problem::Lock)
}

/// The key of the lock of a session that makes databases; nobody else has it.
pub(super) fn admin_locks(_server: &Server) -> Locks {
    Locks {
        schema: "limosa_shadow".to_owned(),
        table: name::fresh(),
        others: Vec::new(),
    }
}

/// How to connect for the work in a shadow.
pub(super) fn options_for_work(settings: &ShadowSettings<'_, '_>) -> ConnectOptions {
    ConnectOptions {
        access: Access::Write,
        is_direct: false,
        is_confined: true,
        wait: Duration::ZERO,
        ..settings.connect.clone()
    }
}

/// How to connect for what is done around it: nothing that is configured for the work.
pub(super) fn options_for_us(settings: &ShadowSettings<'_, '_>) -> ConnectOptions {
    let mut options = options_for_work(settings);
    options.settings = ConnectOptions::default().settings;
    options
}
