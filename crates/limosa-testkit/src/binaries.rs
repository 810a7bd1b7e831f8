//! Where the programs of the servers are.
//!
//! Only looks; `cargo xtask test` installs what is missing.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::KitError;

/// The folder with the PostgreSQL programs that the tests use: `LIMOSA_TEST_PG_BIN` when it is
/// set, else the highest major that is installed.
///
/// # Errors
/// [`KitError::Missing`] when no folder has both `initdb` and `postgres`.
pub fn postgres() -> Result<PathBuf, KitError> {
    let found = match env::var_os("LIMOSA_TEST_PG_BIN") {
        Some(folder) => Some(PathBuf::from(folder)).filter(|folder| has_postgres(folder)),
        None => all_postgres().into_iter().next().map(|(_, folder)| folder),
    };
    found.ok_or_else(|| KitError::Missing {
        server: "the PostgreSQL server",
        programs: "initdb and postgres".to_owned(),
    })
}

/// Every installed PostgreSQL as major version and folder of programs, the highest major first.
pub fn all_postgres() -> Vec<(u32, PathBuf)> {
    let mut folders: Vec<PathBuf> = search_path();
    for root in ["/usr/lib/postgresql", "/usr/local/opt", "/opt/homebrew/opt"] {
        let Ok(entries) = fs::read_dir(root) else {
            continue;
        };
        folders.extend(entries.flatten().map(|entry| entry.path().join("bin")));
    }
    folders.extend(numbered("/usr", "pgsql-"));
    let mut found: Vec<(u32, PathBuf)> = folders
        .into_iter()
        .filter(|folder| has_postgres(folder))
        .filter_map(|folder| Some((major_of(&folder.join("postgres"))?, folder)))
        .collect();
    found.sort_by_key(|(major, _)| std::cmp::Reverse(*major));
    found.dedup_by_key(|(major, _)| *major);
    found
}

/// The two programs of a MariaDB server.
#[derive(Debug, Clone)]
pub struct MariaDbBinaries {
    /// `mariadbd`, the server.
    pub server: PathBuf,
    /// `mariadb-install-db`, which makes a data folder.
    pub install: PathBuf,
}

/// The MariaDB programs that the tests use.
///
/// # Errors
/// [`KitError::Missing`] when `mariadbd` or `mariadb-install-db` is not found.
pub fn mariadb() -> Result<MariaDbBinaries, KitError> {
    match (find("mariadbd"), find("mariadb-install-db")) {
        (Some(server), Some(install)) => Ok(MariaDbBinaries { server, install }),
        _ => Err(KitError::Missing {
            server: "the MariaDB server",
            programs: "mariadbd and mariadb-install-db".to_owned(),
        }),
    }
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

/// A program by its name.
fn find(name: &str) -> Option<PathBuf> {
    let mut folders = search_path().into_iter();
    folders.find_map(|folder| Some(folder.join(name)).filter(|path| path.is_file()))
}

/// `PATH`, and the folders of system programs that an ordinary user's `PATH` lacks on Debian.
fn search_path() -> Vec<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = env::split_paths(&path).collect();
    for extra in [
        "/usr/sbin",
        "/usr/local/sbin",
        "/usr/local/bin",
        "/opt/homebrew/bin",
    ] {
        folders.push(PathBuf::from(extra));
    }
    folders
}

fn numbered(root: &str, prefix: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(root) else {
        return Vec::new();
    };
    entries
        .flatten()
        .filter(|entry| entry.file_name().to_string_lossy().starts_with(prefix))
        .map(|entry| entry.path().join("bin"))
        .collect()
}

fn has_postgres(folder: &Path) -> bool {
    folder.join("initdb").is_file() && folder.join("postgres").is_file()
}

fn major_of(postgres: &Path) -> Option<u32> {
    let output = std::process::Command::new(postgres)
        .arg("--version")
        .output()
        .ok()?;
    parse_major(&String::from_utf8_lossy(&output.stdout))
}

/// The major in `postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)`.
fn parse_major(version: &str) -> Option<u32> {
    let number = version.split_once("(PostgreSQL) ")?.1;
    number
        .split(|c: char| !c.is_ascii_digit())
        .next()?
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::parse_major;

    #[test]
    fn the_major_is_read_from_the_version_line() {
        assert_eq!(
            parse_major("postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)\n"),
            Some(15)
        );
        assert_eq!(parse_major("postgres (PostgreSQL) 19beta1"), Some(19));
        assert_eq!(parse_major("something else"), None);
    }
}
