//! Where the programs of the servers are.
//!
//! Only looks. The folders that the caller names come first, then `PATH`, then where the packages of systems put
//! programs that are not for everybody's `PATH`.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Folders with a folder for each version (`/usr/lib/postgresql/15`), in which the programs are.
const POSTGRES_ROOTS: &[(&str, &str, &str)] = &[
    ("/usr/lib/postgresql", "", "bin"),
    ("/usr", "pgsql-", "bin"),
    ("/usr/local", "pgsql", "bin"),
    ("/usr/libexec", "postgresql", ""),
    ("/usr/local/opt", "postgresql", "bin"),
    ("/opt/homebrew/opt", "postgresql", "bin"),
    ("/Applications/Postgres.app/Contents/Versions", "", "bin"),
];

const MARIADB_ROOTS: &[(&str, &str, &str)] = &[
    ("/usr/local", "mariadb", "bin"),
    ("/usr/local", "mysql", "bin"),
    ("/usr/local/opt", "mariadb", "bin"),
    ("/opt/homebrew/opt", "mariadb", "bin"),
];

/// The folders that may have programs of PostgreSQL, in the order in which they are looked into.
pub fn postgres_folders(named: &[PathBuf]) -> Vec<PathBuf> {
    folders(named, POSTGRES_ROOTS)
}

/// The folders that may have programs of MariaDB, in the order in which they are looked into.
pub fn mariadb_folders(named: &[PathBuf]) -> Vec<PathBuf> {
    folders(named, MARIADB_ROOTS)
}

/// Every installed PostgreSQL as major version and folder of programs (`initdb`, `postgres`), the highest major
/// first. Of several folders with the same one the first counts.
pub fn all_postgres(named: &[PathBuf]) -> Vec<(u32, PathBuf)> {
    let mut found: Vec<(u32, PathBuf)> = postgres_folders(named)
        .into_iter()
        .filter(|folder| has_postgres(folder))
        .filter_map(|folder| Some((postgres_major(&folder.join("postgres"))?, folder)))
        .collect();
    found.sort_by_key(|(major, _)| std::cmp::Reverse(*major));
    found.dedup_by_key(|(major, _)| *major);
    found
}

/// The oldest major whose programs understand what a throw-away server is started with.
pub const OLDEST_POSTGRES: u32 = 11;

/// Whether a folder has the programs that make and run a PostgreSQL server.
pub fn has_postgres(folder: &Path) -> bool {
    folder.join("initdb").is_file() && folder.join("postgres").is_file()
}

/// The two programs of a MariaDB server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MariaDbPrograms {
    /// `mariadbd`, the server.
    pub server: PathBuf,
    /// `mariadb-install-db`, which makes a data folder.
    pub install: PathBuf,
    /// Major and minor version.
    pub version: (u32, u32),
}

/// Every installed MariaDB, the highest version first.
pub fn all_mariadb(named: &[PathBuf]) -> Vec<MariaDbPrograms> {
    let folders = mariadb_folders(named);
    let mut found: Vec<MariaDbPrograms> = folders
        .iter()
        .filter_map(|folder| {
            let server = first_of(&[folder], &["mariadbd", "mysqld"])?;
            // Where they are installed apart, they are so under the same root.
            let beside = folder.parent().map(|root| root.join("bin"));
            let near: Vec<&PathBuf> = [folder]
                .into_iter()
                .chain(&beside)
                .chain(&folders)
                .collect();
            let install = first_of(&near, &["mariadb-install-db", "mysql_install_db"])?;
            let version = parse_mariadb(&version_of(&server)?)?;
            Some(MariaDbPrograms {
                server,
                install,
                version,
            })
        })
        .collect();
    found.sort_by_key(|one| std::cmp::Reverse(one.version));
    found.dedup_by_key(|one| one.version);
    found
}

/// A program by its name, in `PATH` or the folders of system programs.
pub fn find(name: &str) -> Option<PathBuf> {
    let folders = search_path();
    let folders: Vec<&PathBuf> = folders.iter().collect();
    first_of(&folders, &[name])
}

fn first_of(folders: &[&PathBuf], names: &[&str]) -> Option<PathBuf> {
    let paths = |name: &&str| {
        let name = (*name).to_owned();
        (folders.iter()).map(move |folder| folder.join(&name))
    };
    names.iter().flat_map(paths).find(|path| path.is_file())
}

/// `PATH`, and the folders of system programs that an ordinary user's `PATH` lacks on Debian.
fn search_path() -> Vec<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = env::split_paths(&path).collect();
    for extra in [
        "/usr/sbin",
        "/usr/libexec",
        "/usr/local/sbin",
        "/usr/local/bin",
        "/opt/homebrew/bin",
    ] {
        folders.push(PathBuf::from(extra));
    }
    folders
}

fn folders(named: &[PathBuf], roots: &[(&str, &str, &str)]) -> Vec<PathBuf> {
    let mut all = named.to_vec();
    all.extend(search_path());
    for (root, prefix, inside) in roots {
        let Ok(entries) = fs::read_dir(root) else {
            continue;
        };
        let of_this =
            |entry: &fs::DirEntry| entry.file_name().to_string_lossy().starts_with(prefix);
        let mut of_root: Vec<PathBuf> = entries
            .flatten()
            .filter(of_this)
            .map(|entry| entry.path().join(inside))
            .collect();
        of_root.sort();
        all.extend(of_root);
    }
    let mut seen = std::collections::HashSet::new();
    all.retain(|folder| seen.insert(folder.clone()));
    all
}

/// The major version of a program of PostgreSQL.
pub fn postgres_major(program: &Path) -> Option<u32> {
    parse_major(&version_of(program)?)
}

fn version_of(program: &Path) -> Option<String> {
    let output = Command::new(program).arg("--version").output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
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

/// Major and minor in `mariadbd  Ver 10.11.19-MariaDB-0+deb12u1 for debian-linux-gnu`; `None` for MySQL.
fn parse_mariadb(version: &str) -> Option<(u32, u32)> {
    let number = version.split_once("Ver ")?.1;
    if !number.contains("MariaDB") {
        return None;
    }
    let mut parts = number.split(|c: char| !c.is_ascii_digit());
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_read_from_the_version_line() {
        let debian = "postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)\n";
        assert_eq!(parse_major(debian), Some(15));
        assert_eq!(parse_major("postgres (PostgreSQL) 19beta1"), Some(19));
        assert_eq!(parse_major("something else"), None);
        let debian = "mariadbd  Ver 10.11.19-MariaDB-0+deb12u1 for debian-linux-gnu on x86_64";
        assert_eq!(parse_mariadb(debian), Some((10, 11)));
        assert_eq!(parse_mariadb("mysqld  Ver 8.4.3 for Linux on x86_64"), None);
    }
}
