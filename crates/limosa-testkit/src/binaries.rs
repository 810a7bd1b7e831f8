//! Where the programs of the servers are.
//!
//! Only looks; `cargo xtask test` installs what is missing.

use std::env;
use std::path::PathBuf;

use limosa_server::programs::{self, MariaDbPrograms, find};

use crate::KitError;

/// The folder with the PostgreSQL programs that the tests use: `LIMOSA_TEST_PG_BIN` when it is
/// set, else the highest major that is installed.
///
/// # Errors
/// [`KitError::Missing`] when no folder has both `initdb` and `postgres`.
pub fn postgres() -> Result<PathBuf, KitError> {
    let found = match env::var_os("LIMOSA_TEST_PG_BIN") {
        Some(folder) => Some(PathBuf::from(folder)).filter(|folder| programs::has_postgres(folder)),
        None => all_postgres().into_iter().next().map(|(_, folder)| folder),
    };
    found.ok_or_else(|| KitError::Missing {
        server: "the PostgreSQL server",
        programs: "initdb and postgres".to_owned(),
    })
}

/// A client program of PostgreSQL: the one beside the server's own programs, else that of `PATH`.
///
/// # Errors
/// [`KitError::Missing`] when it is in neither.
pub fn postgres_client(program: &str) -> Result<PathBuf, KitError> {
    // The folder of the server may be one of links to some of its programs.
    let server = postgres()?.join("postgres");
    let beside = server
        .canonicalize()
        .unwrap_or(server)
        .with_file_name(program);
    let found = Some(beside).filter(|path| path.is_file());
    found
        .or_else(|| find(program))
        .ok_or_else(|| KitError::Missing {
            server: "a client of PostgreSQL",
            programs: program.to_owned(),
        })
}

/// The same, if it is not older than the server: `pg_dump` refuses one that is newer, and an older `psql` sends it what
/// it does not read in the same way any more.
///
/// # Errors
/// [`KitError::Missing`] when there is none, or only an older one.
pub fn new_postgres_client(program: &str) -> Result<PathBuf, KitError> {
    let needed = "a client of PostgreSQL that is not older than the server";
    fitting_client(program, needed, |client, server| client >= server)
}

/// The same, if it is of the server's own major version: a copy that `pg_basebackup` makes has settings that an older
/// server does not know.
///
/// # Errors
/// [`KitError::Missing`] when there is none, or only another one.
pub fn own_postgres_client(program: &str) -> Result<PathBuf, KitError> {
    let needed = "a client of PostgreSQL of the server's version";
    fitting_client(program, needed, |client, server| client == server)
}

fn fitting_client(
    program: &str,
    needed: &'static str,
    fits: impl Fn(Option<u32>, Option<u32>) -> bool,
) -> Result<PathBuf, KitError> {
    let client = postgres_client(program)?;
    let server = postgres()?.join("postgres");
    let [own, theirs] = [&client, &server].map(|program| programs::postgres_major(program));
    Some(client)
        .filter(|_| fits(own, theirs))
        .ok_or_else(|| KitError::Missing {
            server: needed,
            programs: program.to_owned(),
        })
}

/// Every installed PostgreSQL as major version and folder of programs, the highest major first.
pub fn all_postgres() -> Vec<(u32, PathBuf)> {
    programs::all_postgres(&[])
}

/// The MariaDB programs that the tests use: those of the highest version that is installed.
///
/// # Errors
/// [`KitError::Missing`] when `mariadbd` or `mariadb-install-db` is not found.
pub fn mariadb() -> Result<MariaDbPrograms, KitError> {
    let found = programs::all_mariadb(&[]).into_iter().next();
    found.ok_or_else(|| KitError::Missing {
        server: "the MariaDB server",
        programs: "mariadbd and mariadb-install-db".to_owned(),
    })
}

/// The program PgBouncer.
///
/// # Errors
/// [`KitError::Missing`] when it is not found.
pub fn pgbouncer() -> Result<PathBuf, KitError> {
    find("pgbouncer").ok_or_else(|| KitError::Missing {
        server: "PgBouncer",
        programs: "pgbouncer".to_owned(),
    })
}

/// The library by which MariaDB is a node of a Galera cluster; `rsync`, which sends a new node the data, is there, too.
///
/// # Errors
/// [`KitError::Missing`] when one of them is not found.
pub fn galera() -> Result<PathBuf, KitError> {
    let found = [
        "/usr/lib/galera/libgalera_smm.so",
        "/usr/lib64/galera-4/libgalera_smm.so",
        "/usr/lib64/galera/libgalera_smm.so",
    ]
    .into_iter()
    .map(PathBuf::from)
    .find(|path| path.is_file())
    .filter(|_| find("rsync").is_some());
    found.ok_or_else(|| KitError::Missing {
        server: "a Galera cluster",
        programs: "libgalera_smm.so (galera-4) and rsync".to_owned(),
    })
}
