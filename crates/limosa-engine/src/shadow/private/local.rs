//! Servers that are started from the programs of this machine.

use std::cell::RefCell;
use std::path::{Path, PathBuf};

use limosa_core::url::UrlParts;
use limosa_db::{ConnectOptions, Locked, Server, Session as _};
pub(in crate::shadow) use limosa_server::ThrowAway;
use limosa_server::{ServerError, programs};
use limosa_sql::Dialect;

use super::other_version;
use crate::Problem;
use crate::shadow::refused;
use crate::shadow::server::{Place, ShadowServer, admin_locks, connect};

/// Starts one with the programs in these folders, or where they usually are.
pub(super) fn start(
    dialect: Dialect,
    like: Option<&Server>,
    named: &[PathBuf],
    options: ConnectOptions,
) -> Result<ShadowServer, Problem> {
    limosa_server::remove_leftovers(limosa_server::PREFIX);
    match dialect {
        Dialect::Postgres => postgres(like, named, options),
        Dialect::Mysql | Dialect::Sqlite => mariadb(like, named, options),
    }
}

fn postgres(
    like: Option<&Server>,
    named: &[PathBuf],
    options: ConnectOptions,
) -> Result<ShadowServer, Problem> {
    let mut all = programs::all_postgres(named);
    all.retain(|(major, _)| *major >= programs::OLDEST_POSTGRES);
    let wanted = like.map(|like| like.target.version.0);
    let Some((_, folder)) = closest(&all, wanted, |(major, _)| *major) else {
        return Err(refused::missing(
            Dialect::Postgres,
            "initdb and postgres",
            &programs::postgres_folders(named),
        ));
    };
    let place = |socket: &Path| {
        let parts = UrlParts {
            user: Some("postgres".to_owned()),
            database: Some("postgres".to_owned()),
            parameters: vec![("host".to_owned(), socket.display().to_string())],
            ..UrlParts::default()
        };
        Place::Server(Dialect::Postgres, Box::new(parts))
    };
    started(place, "postgres", options, like, |answers| {
        ThrowAway::postgres(folder, answers)
    })
}

fn mariadb(
    like: Option<&Server>,
    named: &[PathBuf],
    options: ConnectOptions,
) -> Result<ShadowServer, Problem> {
    if let Some(like) = like.filter(|like| !like.target.mariadb) {
        return Err(refused::another_product(like));
    }
    let all = programs::all_mariadb(named);
    let wanted = like.map(|like| like.target.version);
    let Some(programs) = closest(&all, wanted, |one| one.version) else {
        return Err(refused::missing(
            Dialect::Mysql,
            "mariadbd and mariadb-install-db",
            &programs::mariadb_folders(named),
        ));
    };
    let place = |socket: &Path| {
        let parts = UrlParts {
            user: Some("root".to_owned()),
            hosts: vec![("localhost".to_owned(), None)],
            parameters: vec![("socket".to_owned(), socket.display().to_string())],
            ..UrlParts::default()
        };
        Place::Server(Dialect::Mysql, Box::new(parts))
    };
    started(place, "mysql", options, like, |answers| {
        ThrowAway::mariadb(programs, answers)
    })
}

/// Of several versions that which is wanted, else the next higher one, else the highest. They are in descending order.
fn closest<T, V: Ord>(all: &[T], wanted: Option<V>, version: impl Fn(&T) -> V) -> Option<&T> {
    let fitting = wanted.and_then(|wanted| all.iter().rev().find(|one| version(one) >= wanted));
    fitting.or(all.first())
}

/// Starts a server; its first session is the one that makes databases.
fn started(
    place: impl Fn(&Path) -> Place,
    database: &str,
    options: ConnectOptions,
    like: Option<&Server>,
    start: impl FnOnce(&dyn Fn(&Path) -> Result<(), String>) -> Result<ThrowAway, ServerError>,
) -> Result<ShadowServer, Problem> {
    let admin: RefCell<Option<Locked>> = RefCell::new(None);
    let answers = |socket: &Path| {
        let url = place(socket).url(database).map_err(|e| e.to_string())?;
        let session = connect(&url, &options, admin_locks).map_err(|error| error.to_string())?;
        admin.replace(Some(session));
        Ok(())
    };
    let server = start(&answers).map_err(|error| refused::not_started(&error))?;
    let admin = admin
        .take()
        .expect("a server that answers has given a session");
    let remark = like.and_then(|like| other_version(admin.server(), like));
    let place = place(server.socket());
    let server = ShadowServer::new(admin, place, options, Some(server));
    Ok(server.with_remark(remark))
}

#[cfg(test)]
mod tests {
    use super::closest;

    #[test]
    fn the_same_version_comes_first_then_the_next_higher_one() {
        let found = |wanted| closest(&[17, 15, 13], wanted, |one| *one).copied();
        assert_eq!(found(Some(15)), Some(15));
        assert_eq!(found(Some(14)), Some(15));
        assert_eq!(found(Some(18)), Some(17));
        assert_eq!(found(None), Some(17));
        assert_eq!(closest(&[], Some(15), |one: &i32| *one), None);
    }
}
