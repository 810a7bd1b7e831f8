//! Where the migrations of a database are tried out.

use limosa_core::DatabaseUrl;
use limosa_core::config::DatabaseSettings;
use limosa_db::{Access, ConnectOptions, Server, SessionSettings};
use limosa_engine::shadow::{Shadow, ShadowSettings};
use limosa_sql::Dialect;

use super::address::Address;
use super::{Project, session_init};
use crate::args::ShadowArgs;
use crate::stop::Stop;

impl Project {
    /// Opens a shadow for the migrations of a database. `like` is the server that it will be held against.
    pub fn shadow<'a>(
        &self,
        one: &'a DatabaseSettings,
        dialect: Dialect,
        args: &ShadowArgs,
        like: Option<&'a Server>,
        interrupted: &'a (dyn Fn() -> bool + Sync),
    ) -> Result<Shadow<'a>, Stop> {
        let url = args.shadow.as_ref().filter(|text| !text.is_empty());
        let url = url.map(|text| DatabaseUrl::parse(text)).transpose();
        let url = url.map_err(|error| Stop::usage(format!("`--shadow`: {error}")))?;
        if let Some(url) = url.as_ref().filter(|url| url.dialect() != dialect) {
            return Err(Stop::usage(format!(
                "the migrations are written for `{dialect}`, and the shadow is one of `{}`",
                url.dialect()
            )));
        }
        // Only that of a protected environment must not be on the same server.
        let target = match &url {
            Some(_) if self.is_protected() => Some(Address::of(one, Access::Read)?.url),
            _ => None,
        };
        let connect = ConnectOptions {
            timeout: one.timeouts.connect,
            settings: SessionSettings {
                lock_timeout: None,
                statement_timeout: None,
                init: session_init(one, dialect),
            },
            directory: self.settings.root.clone(),
            environment: self.surroundings.variables.clone(),
            ..ConnectOptions::default()
        };
        let opened = Shadow::open(&ShadowSettings {
            dialect,
            like,
            url: url.as_ref(),
            target: target.as_ref(),
            protected: self.is_protected(),
            prelude: &one.shadow_prelude,
            connect: &connect,
            interrupted,
        });
        opened.map_err(|problem| problem.diagnostic().into())
    }
}
