//! `cargo xtask crash-matrix`: every position at which something can die, and the page about it.

use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, ExitCode};

use crate::{eprint, servers};

/// How often many processes race for a lock or a lease.
const ROUNDS: &str = "20";

/// Runs the crash matrix in full. Without options it writes `docs/reliability.md`, and lets many processes race for
/// locks and leases after that.
pub(crate) fn run(root: &Path, arguments: &[String]) -> ExitCode {
    if let Err(sentence) = servers::ensure() {
        eprint(&format!("error: {sentence}\n"));
        return ExitCode::FAILURE;
    }
    let page = root.join("docs/reliability.md");
    let mut matrix = cargo(root, &["-p", "limosa-engine", "--test", "crash_matrix"]);
    matrix.args(["--", "--full"]);
    if arguments.is_empty() {
        matrix.arg("--page").arg(page);
    }
    matrix.args(arguments);
    let mut commands = vec![matrix];
    if arguments.is_empty() {
        let mut races = cargo(root, &["-p", "limosa-cli", "--test", "leases"]);
        races.args(["--", "though_the_leader_is_killed"]);
        races.env("LIMOSA_TEST_ROUNDS", ROUNDS);
        commands.push(races);
        let mut races = cargo(root, &["-p", "limosa-cli", "--test", "races"]);
        races.args(["--", "--nocapture", "--test-threads", "1"]);
        races.env("LIMOSA_TEST_ROUNDS", ROUNDS);
        commands.push(races);
    }
    for mut command in commands {
        match command.status() {
            Ok(status) if status.success() => {}
            Ok(_) => return ExitCode::FAILURE,
            Err(error) => {
                eprint(&format!("error: cannot start cargo: {error}\n"));
                return ExitCode::FAILURE;
            }
        }
    }
    ExitCode::SUCCESS
}

fn cargo(root: &Path, arguments: &[&str]) -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(cargo);
    command
        .current_dir(root)
        .args(["test", "--quiet"])
        .args(arguments);
    command
}
