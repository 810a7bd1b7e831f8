//! Shadows: databases to try migrations in, thrown away afterwards.
//!
//! A [`Shadow`] is where they are made: a server of our own, started for it from the programs of this machine; a
//! server that somebody names (`--shadow URL`), where only a database of our own is touched; or memory (`SQLite`).
//! A [`ShadowDatabase`] is one of them; it is dropped with the value, and what a killed process left is removed by
//! the next one. On a server that is not ours [`Shadow::admit`] refuses what would reach beyond the database.

mod admission;
mod closed;
mod mysql;
mod name;
mod postgres;
mod prelude;
mod private;
mod reach;
mod refused;
mod server;
mod shared;
mod sqlite;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use limosa_core::DatabaseUrl;
use limosa_db::{ConnectOptions, Locked, Locks, Server, Session as _};
use limosa_sql::{Dialect, Facts, Modes};

use crate::Problem;
use closed::Closed;
pub use reach::{Beyond, Ground, Reach, admit};
use server::{Copier, Named, ShadowServer};

/// What a shadow is to be.
pub struct ShadowSettings<'s, 'a> {
    /// The dialect of the migrations.
    pub dialect: Dialect,
    /// The server whose version to match, where one is to be held against the shadow.
    pub like: Option<&'s Server>,
    /// `--shadow`: where to make databases instead of on a server of our own.
    pub url: Option<&'s DatabaseUrl>,
    /// The database that the migrations are for, as far as there is one.
    pub target: Option<&'s DatabaseUrl>,
    /// Whether its environment is protected.
    pub protected: bool,
    /// SQL that every database of the shadow begins with; each text may have several statements.
    pub prelude: &'s [String],
    /// How to connect. What its sessions hold (`session-init`, timeouts) holds in the shadow, too.
    pub connect: &'s ConnectOptions,
    /// True once the person asked to stop.
    pub interrupted: &'a (dyn Fn() -> bool + Sync),
}

/// Where throw-away databases are made.
pub struct Shadow<'a> {
    server: Arc<ShadowServer>,
    /// A database in which the prelude was run, to be copied.
    template: Mutex<Option<ShadowDatabase>>,
    prelude: Vec<String>,
    connect: ConnectOptions,
    interrupted: &'a (dyn Fn() -> bool + Sync),
}

/// What of a copy is as in the database that it is a copy of: names of tables.
#[derive(Debug, Default)]
pub struct Same {
    /// Those that are the same.
    pub tables: BTreeSet<String>,
    /// Those with the same definition, once they have the same rows.
    pub definitions: BTreeSet<String>,
}

/// A throw-away database, dropped with the value.
pub struct ShadowDatabase {
    // Closed before the database is dropped.
    session: Locked,
    is_closed: bool,
    /// What makes it a copy again of what it is a copy of.
    copier: Option<Copier>,
    named: Named,
    connect: ConnectOptions,
}

impl<'a> Shadow<'a> {
    /// Finds or starts the server, and removes what killed processes left behind.
    ///
    /// # Errors
    /// When there is no server, or it must not be used.
    pub fn open(settings: &ShadowSettings<'_, 'a>) -> Result<Self, Problem> {
        let server = match settings.url {
            Some(url) => shared::open(url, settings)?,
            None => private::open(settings)?,
        };
        Ok(Self {
            server: Arc::new(server),
            template: Mutex::new(None),
            prelude: settings.prelude.to_vec(),
            connect: server::options_for_work(settings),
            interrupted: settings.interrupted,
        })
    }

    /// Whether nobody else's databases are on the server.
    pub fn is_private(&self) -> bool {
        self.server.is_private()
    }

    /// What it is, for people: `a private PostgreSQL 15.18`.
    pub fn described(&self) -> String {
        self.server.described()
    }

    /// What should be known about it: its version is another one than that of the server it is held against.
    pub fn remark(&self) -> Option<&str> {
        self.server.remark()
    }

    /// Whether a statement may run in it. `modes` is how its session reads quotes by then.
    ///
    /// # Errors
    /// With what it would reach; [`Beyond::diagnostic`] is the report.
    pub fn admit(&self, sql: &str, facts: &Facts, modes: Modes) -> Result<(), Beyond> {
        self.server.admit(sql, facts, modes)
    }

    /// A fresh database in which the prelude was run.
    ///
    /// # Errors
    /// When the server refuses, or a statement of the prelude fails.
    pub fn database(&self) -> Result<ShadowDatabase, Problem> {
        if self.prelude.is_empty() {
            return self.opened(Named::create(&self.server)?);
        }
        let mut template = self.template.lock().unwrap_or_else(PoisonError::into_inner);
        let template = match &mut *template {
            Some(template) => template,
            empty => empty.insert(self.with_prelude()?),
        };
        self.copied(template)
    }

    /// Another database with everything that is in this one. Its session is closed and opened again meanwhile, so
    /// what a session holds (open transactions, temporary tables) is gone.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn copy(&self, of: &mut ShadowDatabase) -> Result<ShadowDatabase, Problem> {
        let copied = self.copied(of);
        if of.is_closed {
            of.session = of.named.connect(&of.connect)?;
            of.is_closed = false;
        }
        copied
    }

    /// Makes a copy of a database like it again (`MySQL` and `MariaDB`), of which this is the same still. Whatever else is
    /// in the copy is made anew, and its session is another one.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn renew(
        &self,
        copy: &mut ShadowDatabase,
        of: &ShadowDatabase,
        same: &Same,
    ) -> Result<(), Problem> {
        Closed::put_for(&mut copy.session);
        copy.is_closed = true;
        let mut copier = match copy.copier.take() {
            Some(copier) => copier,
            None => of.named.copier(&copy.named)?,
        };
        copier.copy(same, self.interrupted)?;
        copy.copier = Some(copier);
        copy.session = copy.named.connect(&copy.connect)?;
        copy.is_closed = false;
        Ok(())
    }

    fn copied(&self, of: &mut ShadowDatabase) -> Result<ShadowDatabase, Problem> {
        if of.session.dialect() == Dialect::Sqlite {
            let session = sqlite::copy(&mut of.session, &self.connect.settings)?;
            let named = Named::create(&self.server)?;
            return Ok(self.of_session(named, session));
        }
        // Nobody may be connected to a database that is copied.
        Closed::put_for(&mut of.session);
        of.is_closed = true;
        self.opened(of.named.copy(self.interrupted)?)
    }

    /// What is configured for every session may need what the prelude makes, so it is left out.
    fn with_prelude(&self) -> Result<ShadowDatabase, Problem> {
        let mut connect = self.connect.clone();
        connect.settings.init.clear();
        let named = Named::create(&self.server)?;
        let mut session = named.connect(&connect)?;
        prelude::run(&mut session, &self.server, &self.prelude, self.interrupted)?;
        Ok(ShadowDatabase {
            connect,
            ..self.of_session(named, session)
        })
    }

    fn of_session(&self, named: Named, session: Locked) -> ShadowDatabase {
        ShadowDatabase {
            session,
            is_closed: false,
            copier: None,
            named,
            connect: self.connect.clone(),
        }
    }

    fn opened(&self, named: Named) -> Result<ShadowDatabase, Problem> {
        let session = named.connect(&self.connect)?;
        Ok(self.of_session(named, session))
    }
}

impl ShadowDatabase {
    /// The session, which may write.
    pub fn session(&mut self) -> &mut Locked {
        &mut self.session
    }

    /// The name of the database on its server.
    pub fn name(&self) -> &str {
        self.named.name()
    }
}

/// The key of our lock in a shadow. No table of that name need be there.
fn locks(server: &Server) -> Locks {
    let schema = match server.target.dialect {
        Dialect::Postgres => "public",
        Dialect::Mysql => &server.database,
        Dialect::Sqlite => "main",
    };
    Locks {
        schema: schema.to_owned(),
        table: "limosa_history".to_owned(),
        others: Vec::new(),
    }
}
