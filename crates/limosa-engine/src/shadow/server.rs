//! The server of a shadow and the databases on it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use limosa_core::DatabaseUrl;
use limosa_core::url::UrlParts;
use limosa_db::{Access, ConnectOptions, DbError, LockWait, Locked, Locks, Server, Session};
use limosa_sql::{Dialect, Facts, Modes, Target};

use super::private::ThrowAway;
use super::{Beyond, Ground, Same, ShadowSettings, admit, locks, mysql, name, postgres, refused};
use crate::Problem;

/// How long to wait for a lock that nobody else takes.
const LOCK: Duration = Duration::from_secs(10);

/// A server on which databases of shadows are made.
pub(super) struct ShadowServer {
    /// Makes and drops the databases, and holds the lock that goes with each of them.
    admin: Mutex<Locked>,
    /// How the databases are reached, in the login in which the work is done.
    place: Place,
    /// For what is done around the work.
    options: ConnectOptions,
    /// A user that reaches nothing but the databases of this shadow (`MySQL`), to be dropped.
    confined: Option<String>,
    target: Target,
    described: String,
    remark: Option<String>,
    /// What makes it ours; ended after everything else.
    private: Option<ThrowAway>,
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
        url.map_err(refused::bad_url)
    }
}

impl ShadowServer {
    /// With a session that makes databases. What is configured for it is how it connects.
    pub(super) fn new(
        admin: Locked,
        place: Place,
        options: ConnectOptions,
        private: Option<ThrowAway>,
    ) -> Self {
        let server = admin.server();
        let (product, version) = (server.product, &server.version);
        let described = match (&place, &private) {
            (Place::Memory, _) => format!("{product} {version} in memory"),
            (_, Some(_)) => format!("a private {product} {version}"),
            (_, None) => format!("{product} {version} on {}", server.place),
        };
        Self {
            target: server.target,
            admin: Mutex::new(admin),
            place,
            options,
            confined: None,
            described,
            remark: None,
            private,
        }
    }

    /// The same with something to know about it.
    pub(super) fn with_remark(mut self, remark: Option<String>) -> Self {
        self.remark = remark;
        self
    }

    /// The same with a user of its own for the work.
    pub(super) fn with_login(mut self, user: String, password: String) -> Self {
        if let Place::Server(_, parts) = &mut self.place {
            (parts.parameters).retain(|(name, _)| name != "user" && name != "password");
            parts.user = Some(user.clone());
            parts.password = Some(password);
            self.confined = Some(user);
        }
        self
    }

    pub(super) fn is_private(&self) -> bool {
        self.private.is_some() || matches!(self.place, Place::Memory)
    }

    /// What its statements are judged for.
    pub(super) fn target(&self) -> Target {
        self.target
    }

    /// Whether a statement may run in a database of it.
    pub(super) fn admit(&self, sql: &str, facts: &Facts, modes: Modes) -> Result<(), Beyond> {
        let ground = match (&self.confined, self.is_private()) {
            (_, true) => Ground::Private,
            (Some(_), false) => Ground::Confined,
            (None, false) => Ground::Shared,
        };
        admit(sql, facts, &self.target, modes, ground)
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

    /// A session of ours in a database, with nothing that is configured for the work.
    fn session(&self, database: &str) -> Result<Locked, Problem> {
        connect(&self.place.url(database)?, &self.options, admin_locks)
    }
}

impl Drop for ShadowServer {
    fn drop(&mut self) {
        if let (Some(user), None) = (&self.confined, &self.private) {
            let admin = self.admin.get_mut();
            let admin = admin.unwrap_or_else(PoisonError::into_inner);
            // Who cannot be dropped now is dropped by the next shadow on this server.
            let _ = mysql::drop_user(admin, user);
        }
    }
}

/// A database of a shadow, dropped with the value.
pub(super) struct Named {
    pub(super) server: Arc<ShadowServer>,
    name: String,
}

impl Named {
    /// Makes an empty one.
    pub(super) fn create(server: &Arc<ShadowServer>) -> Result<Self, Problem> {
        Self::made(server, |admin, name| match admin.server().target.dialect {
            Dialect::Postgres => postgres::create(admin, name),
            Dialect::Mysql => mysql::create(admin, name, server.confined.as_deref()),
            Dialect::Sqlite => Ok(()),
        })
    }

    /// Makes one with everything that is in this one, to which nobody is connected.
    pub(super) fn copy(&self, interrupted: &(dyn Fn() -> bool + Sync)) -> Result<Self, Problem> {
        if let Place::Server(Dialect::Postgres, _) = self.server.place {
            return Self::made(&self.server, |admin, name| {
                postgres::copy(admin, &self.name, name)
            });
        }
        let new = Self::create(&self.server)?;
        self.copier(&new)?.copy(&Same::default(), interrupted)?;
        Ok(new)
    }

    /// What makes another one like this (`MySQL`).
    pub(super) fn copier(&self, to: &Self) -> Result<Copier, Problem> {
        Ok(Copier {
            from: self.server.session(&self.name)?,
            to: to.server.session(&to.name)?,
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

    /// The server that it is on.
    pub(super) fn server(&self) -> &ShadowServer {
        &self.server
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// A session in it that may write.
    pub(super) fn connect(&self, options: &ConnectOptions) -> Result<Locked, Problem> {
        let mut options = options.clone();
        if self.server.private.is_some() {
            // Nothing there is about this server.
            options.environment.clear();
        }
        connect(&self.server.place.url(&self.name)?, &options, locks)
    }
}

/// Makes one database like another one, as often as that is wanted.
pub(super) struct Copier {
    from: Locked,
    to: Locked,
}

impl Copier {
    /// Makes it so, where this is the same already.
    pub(super) fn copy(
        &mut self,
        same: &Same,
        interrupted: &(dyn Fn() -> bool + Sync),
    ) -> Result<(), Problem> {
        mysql::copy(&mut self.from, &mut self.to, same, interrupted)
    }
}

impl Drop for Named {
    fn drop(&mut self) {
        let mut admin = self.server.admin();
        // What cannot be dropped is removed by the next shadow on this server, or with it.
        let _ = match admin.server().target.dialect {
            Dialect::Postgres => postgres::drop(&mut admin, &self.name),
            Dialect::Mysql => mysql::drop(&mut admin, &self.name),
            Dialect::Sqlite => Ok(()),
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

/// The key of the lock of a session that is not for the work; nobody else has it.
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
