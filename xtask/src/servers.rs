//! Makes sure that the programs of the test servers are on this machine.
//!
//! Only packages of the system are installed, and only when this needs no question. No server is
//! started here.

use std::path::Path;
use std::process::{Command, Stdio};

use limosa_testkit::binaries;

use crate::eprint;

const INSTALL: &str = include_str!("install.sh");

/// A program that the tests need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Needed {
    Postgres,
    PgBouncer,
    MariaDb,
    Galera,
}

impl Needed {
    /// The packages of the system.
    fn packages(self) -> &'static [&'static str] {
        match self {
            Self::Postgres => &["postgresql"],
            Self::PgBouncer => &["pgbouncer"],
            Self::MariaDb => &["mariadb-server"],
            Self::Galera => &["galera-4", "rsync"],
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Postgres => "PostgreSQL server",
            Self::PgBouncer => "PgBouncer",
            Self::MariaDb => "MariaDB server",
            Self::Galera => "Galera cluster",
        }
    }
}

/// What this machine lets us do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rights {
    /// apt-get as we are.
    Root,
    /// apt-get by sudo, which asks for no password.
    Sudo,
    /// apt-get is there, but only for somebody else.
    Others,
    /// Another system.
    NoApt,
}

#[derive(Debug, PartialEq, Eq)]
enum Step {
    Nothing,
    Install {
        by: Rights,
        packages: Vec<&'static str>,
    },
}

/// Finds the servers, installs them where that is possible, or says in one sentence what to do.
pub(crate) fn ensure() -> Result<(), String> {
    let Step::Install { by, packages } = decide(&missing(), rights)? else {
        return Ok(());
    };
    install(by, &packages)?;
    match missing().as_slice() {
        [] => Ok(()),
        still => Err(explain(
            still,
            "the packages were installed without their programs",
        )),
    }
}

/// Installs a package of the system, or says in one sentence what to do.
pub(crate) fn install_package(package: &'static str) -> Result<(), String> {
    match rights() {
        by @ (Rights::Root | Rights::Sudo) => install(by, &[package]),
        Rights::Others => Err(format!("install with `sudo apt-get install {package}`")),
        Rights::NoApt => Err(format!(
            "{package} is not on this machine: install it with the package manager of this system"
        )),
    }
}

fn install(by: Rights, packages: &[&'static str]) -> Result<(), String> {
    eprint(&format!("installing {}\n", packages.join(" and ")));
    let mut command = match by {
        Rights::Sudo => {
            let mut command = Command::new("sudo");
            command.args(["-n", "sh"]);
            command
        }
        _ => Command::new("sh"),
    };
    command
        .args(["-c", INSTALL, "install"])
        .args(packages)
        .stdin(Stdio::null());
    let status = command
        .status()
        .map_err(|error| format!("cannot run sh: {error}"))?;
    if !status.success() {
        return Err(format!(
            "apt-get could not install {} ({status})",
            packages.join(" and ")
        ));
    }
    Ok(())
}

fn decide(missing: &[Needed], rights: impl FnOnce() -> Rights) -> Result<Step, String> {
    if missing.is_empty() {
        return Ok(Step::Nothing);
    }
    match rights() {
        by @ (Rights::Root | Rights::Sudo) => Ok(Step::Install {
            by,
            packages: missing.iter().flat_map(|m| m.packages()).copied().collect(),
        }),
        Rights::Others => {
            let packages: Vec<_> = missing.iter().flat_map(|m| m.packages()).copied().collect();
            let packages = packages.join(" ");
            Err(explain(
                missing,
                &format!("install with `sudo apt-get install {packages}`"),
            ))
        }
        Rights::NoApt => Err(explain(
            missing,
            "install with the package manager of this system",
        )),
    }
}

/// One sentence.
fn explain(missing: &[Needed], way_out: &str) -> String {
    let names: Vec<_> = missing.iter().map(|m| m.name()).collect();
    format!(
        "the tests need a {} on this machine: {way_out}",
        names.join(" and a ")
    )
}

fn missing() -> Vec<Needed> {
    let mut missing = Vec::new();
    if binaries::postgres().is_err() {
        missing.push(Needed::Postgres);
    }
    if binaries::pgbouncer().is_err() {
        missing.push(Needed::PgBouncer);
    }
    if binaries::mariadb().is_err() {
        missing.push(Needed::MariaDb);
    }
    if binaries::galera().is_err() {
        missing.push(Needed::Galera);
    }
    missing
}

fn rights() -> Rights {
    if !Path::new("/usr/bin/apt-get").exists() {
        return Rights::NoApt;
    }
    let id = Command::new("id").arg("-u").output();
    if id.is_ok_and(|output| output.stdout.trim_ascii() == b"0") {
        return Rights::Root;
    }
    let sudo = Command::new("sudo")
        .args(["-n", "true"])
        .stdin(Stdio::null())
        .output();
    if sudo.is_ok_and(|output| output.status.success()) {
        Rights::Sudo
    } else {
        Rights::Others
    }
}

#[cfg(test)]
mod tests {
    use super::{INSTALL, Needed, Rights, Step, decide};

    const BOTH: [Needed; 2] = [Needed::Postgres, Needed::MariaDb];

    #[test]
    fn nothing_is_done_and_nobody_is_asked_when_the_servers_are_there() {
        let decided = decide(&[], || unreachable!("rights do not matter"));
        assert_eq!(decided, Ok(Step::Nothing));
    }

    #[test]
    fn what_is_missing_is_installed_where_that_needs_no_question() {
        for by in [Rights::Root, Rights::Sudo] {
            let packages = vec!["postgresql", "mariadb-server"];
            assert_eq!(decide(&BOTH, || by), Ok(Step::Install { by, packages }));
            let packages = vec!["mariadb-server"];
            assert_eq!(
                decide(&[Needed::MariaDb], || by),
                Ok(Step::Install { by, packages })
            );
        }
    }

    #[test]
    fn otherwise_one_sentence_says_what_is_missing_and_how_to_get_it() {
        assert_eq!(
            decide(&BOTH, || Rights::Others).expect_err("nothing can be installed"),
            "the tests need a PostgreSQL server and a MariaDB server on this machine: \
             install with `sudo apt-get install postgresql mariadb-server`"
        );
        assert_eq!(
            decide(&[Needed::Postgres], || Rights::NoApt).expect_err("nothing can be installed"),
            "the tests need a PostgreSQL server on this machine: \
             install with the package manager of this system"
        );
    }

    #[test]
    fn the_installation_forbids_servers_to_start_and_asks_nothing() {
        assert!(INSTALL.contains("policy-rc.d"));
        assert!(INSTALL.contains("DEBIAN_FRONTEND=noninteractive"));
    }
}
