//! `cargo xtask test`: all tests, with one PostgreSQL and one MariaDB for the whole run.
//!
//! The servers are started by the test kit, which stops them however this process ends.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::thread;

use limosa_testkit::{KitError, MariaDb, Postgres, Settings};

use crate::{eprint, servers, tools};

/// Runs `cargo test` and passes its exit code on; nothing is printed after its own last line.
pub(crate) fn run(root: &Path, arguments: &[String]) -> ExitCode {
    let installed = servers::ensure().and_then(|()| {
        if needs_tools(arguments) {
            tools::ensure(&limosa_testkit::tools::TESTED)
        } else {
            Ok(())
        }
    });
    if let Err(sentence) = installed {
        eprint(&format!("error: {sentence}\n"));
        return ExitCode::FAILURE;
    }
    let started = thread::scope(|scope| {
        let postgres = scope.spawn(|| Postgres::start(&Settings::new()));
        let mariadb = MariaDb::start(&Settings::new());
        let postgres = postgres
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        Ok::<_, KitError>((postgres?, mariadb?))
    });
    let (postgres, mariadb) = match started {
        Ok(servers) => servers,
        Err(error) => {
            eprint(&format!("error: {error}\n"));
            return ExitCode::FAILURE;
        }
    };
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(cargo);
    command
        .arg("test")
        .args(selection(arguments))
        .args(arguments)
        .current_dir(root)
        .env("LIMOSA_TEST_POSTGRES", postgres.folder())
        .env("LIMOSA_TEST_MARIADB", mariadb.folder());
    if std::env::var_os("LIMOSA_CORPORA").is_none()
        && let Some(corpora) = corpora(root)
    {
        command.env("LIMOSA_CORPORA", corpora);
    }
    match command.status() {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(status) => status
            .code()
            .and_then(|c| u8::try_from(c).ok())
            .map_or(ExitCode::FAILURE, ExitCode::from),
        Err(error) => {
            eprint(&format!("error: cannot start cargo: {error}\n"));
            ExitCode::FAILURE
        }
    }
}

/// Everything is tested, to the end, unless the caller says otherwise.
fn selection(arguments: &[String]) -> Vec<&'static str> {
    let own: Vec<&str> = arguments
        .iter()
        .map(String::as_str)
        .take_while(|a| *a != "--")
        .collect();
    let packages = |argument: &&str| {
        argument.starts_with("-p")
            || argument.starts_with("--package=")
            || ["--package", "--workspace", "--all"].contains(argument)
    };
    let mut selection = Vec::new();
    if !own.iter().any(packages) {
        selection.push("--workspace");
    }
    if !own.contains(&"--no-fail-fast") {
        selection.push("--no-fail-fast");
    }
    selection
}

/// Whether the tests of the command are among what is asked for: the other tools judge there.
fn needs_tools(arguments: &[String]) -> bool {
    selection(arguments).contains(&"--workspace")
        || arguments.iter().any(|argument| {
            argument.ends_with("limosa-cli") || ["--workspace", "--all"].contains(&&**argument)
        })
}

/// The folder of real migrations that may lie beside the work tree.
pub(crate) fn corpora(root: &Path) -> Option<PathBuf> {
    Some(root.parent()?.join("shared/corpora")).filter(|folder| folder.is_dir())
}

#[cfg(test)]
mod tests {
    use super::{corpora, needs_tools, selection};

    fn arguments(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn everything_is_tested_unless_packages_are_named() {
        assert_eq!(selection(&arguments("")), ["--workspace", "--no-fail-fast"]);
        assert_eq!(
            selection(&arguments("-- -p")),
            ["--workspace", "--no-fail-fast"]
        );
        assert_eq!(selection(&arguments("-p limosa-db")), ["--no-fail-fast"]);
        assert_eq!(
            selection(&arguments("-plimosa-db name")),
            ["--no-fail-fast"]
        );
        assert!(selection(&arguments("--package=x --no-fail-fast")).is_empty());
    }

    #[test]
    fn the_other_tools_are_needed_where_the_command_is_tested() {
        for yes in [
            "",
            "-- some_test",
            "-p limosa-cli",
            "-plimosa-cli",
            "--workspace",
        ] {
            assert!(needs_tools(&arguments(yes)), "{yes}");
        }
        assert!(!needs_tools(&arguments("-p limosa-db a_killed_session")));
    }

    #[test]
    fn corpora_beside_the_tree_are_found() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path().join("tree");
        assert_eq!(corpora(&root), None);
        let beside = folder.path().join("shared/corpora");
        std::fs::create_dir_all(&beside).expect("is made");
        assert_eq!(corpora(&root), Some(beside));
    }
}
