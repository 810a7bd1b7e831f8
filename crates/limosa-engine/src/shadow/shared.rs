//! A server that somebody names: `--shadow URL`.
//!
//! It is not ours, so what other shadows left there is removed only when nobody holds its lock, and in a protected
//! environment it must be another one than that of the database itself.

use limosa_core::DatabaseUrl;
use limosa_core::url::UrlParts;
use limosa_db::{Access, ConnectOptions, Session};
use limosa_sql::Dialect;

use super::server::{Place, ShadowServer, admin_locks, locked, options_for_us};
use super::{ShadowSettings, mysql, postgres, refused};
use crate::Problem;

/// The database of PostgreSQL that is always there, for a URL that names none.
const MAINTENANCE: &str = "postgres";

/// Connects to it.
pub(super) fn open(
    url: &DatabaseUrl,
    settings: &ShadowSettings<'_, '_>,
) -> Result<ShadowServer, Problem> {
    let dialect = settings.dialect;
    if dialect == Dialect::Sqlite {
        let reason = "a shadow of SQLite is in memory, so no server can be named for it";
        return Err(refused::not_there(reason.to_owned()));
    }
    if url.dialect() != dialect {
        let reason = format!(
            "the migrations are for {dialect}, and `--shadow` names a server of {}",
            url.dialect()
        );
        return Err(refused::not_there(reason));
    }
    let options = options_for_us(settings);
    let parts = UrlParts::read(url).map_err(refused::bad_url)?;
    let names_one = parts.database.is_some()
        || parts.parameter("dbname").is_some()
        || options.environment.contains_key("PGDATABASE");
    let place = Place::Server(dialect, Box::new(parts));
    let entrance = match dialect {
        Dialect::Postgres if !names_one => place.url(MAINTENANCE)?,
        Dialect::Postgres => url.clone(),
        // Here databases are made without being in one.
        Dialect::Mysql | Dialect::Sqlite => place.url("")?,
    };
    let mut session = limosa_db::connect(&entrance, &options).map_err(Problem::Connect)?;
    let server = session.server().clone();
    if let (true, Some(target)) = (settings.protected, settings.target) {
        refuse_target(&mut *session, target, &options)?;
    }
    if !server.capabilities.session_locks {
        return Err(refused::not_there(format!(
            "at {} a lock does not keep others out (a pooler, or a cluster), so nobody could tell whose a database is",
            server.place
        )));
    }
    if server.capabilities.read_only {
        return Err(refused::not_there(format!(
            "{} does not accept writes",
            server.place
        )));
    }
    let mut admin = locked(session, admin_locks)?;
    let cleaned = match dialect {
        Dialect::Postgres => postgres::remove_leftovers(&mut admin),
        Dialect::Mysql | Dialect::Sqlite => mysql::remove_leftovers(&mut admin),
    };
    cleaned.map_err(|cause| Problem::Db {
        doing: "removing what other shadows left",
        cause,
    })?;
    let login = match dialect {
        Dialect::Mysql => mysql::create_user(&mut admin),
        Dialect::Postgres | Dialect::Sqlite => None,
    };
    let remark = (settings.like).and_then(|like| super::private::other_version(&server, like));
    let server = ShadowServer::new(admin, place, options, None).with_remark(remark);
    Ok(match login {
        Some((user, password)) => server.with_login(user, password),
        None => server,
    })
}

/// Refuses the server of the target, a copy of it, and one of which nobody can tell.
fn refuse_target(
    session: &mut dyn Session,
    target: &DatabaseUrl,
    options: &ConnectOptions,
) -> Result<(), Problem> {
    let described = session.server().place.clone();
    let refuse = |reason: &str| Err(refused::is_target(&described, reason));
    let options = ConnectOptions {
        access: Access::Read,
        ..options.clone()
    };
    let mut target = match limosa_db::connect(target, &options) {
        Ok(target) => target,
        Err(error) => {
            return refuse(&format!(
                "nobody can tell whether the database is on another server: {error}"
            ));
        }
    };
    let (own, theirs) = (Identity::of(session), Identity::of(&mut *target));
    match (own.cluster, theirs.cluster) {
        (Some(own), Some(theirs)) if own == theirs => {
            return refuse("the database is on that server, or on a copy of it");
        }
        _ => {}
    }
    match (own.server, theirs.server) {
        (Some(own), Some(theirs)) if own != theirs => Ok(()),
        (Some(_), Some(_)) => refuse("the database is on that server"),
        _ => refuse("nobody can tell whether the database is on another server"),
    }
}

/// What tells servers apart, as far as the server says it.
struct Identity {
    cluster: Option<String>,
    server: Option<String>,
}

impl Identity {
    fn of(session: &mut dyn Session) -> Self {
        let (cluster, server) = match session.dialect() {
            Dialect::Postgres => (postgres::CLUSTER, postgres::IDENTITY),
            Dialect::Mysql | Dialect::Sqlite => (mysql::CLUSTER, mysql::IDENTITY),
        };
        let mut ask = |sql| {
            let rows = session.query(sql, &[]).ok()?;
            rows.first()?.text(0)
        };
        Self {
            cluster: ask(cluster),
            server: ask(server),
        }
    }
}
