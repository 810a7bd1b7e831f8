//! `cargo xtask crash-matrix`: every position at which something can die, and the page about it.

use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, ExitCode};

use crate::{eprint, servers};

/// Runs the crash matrix in full. Without options it writes `docs/reliability.md`.
pub(crate) fn run(root: &Path, arguments: &[String]) -> ExitCode {
    if let Err(sentence) = servers::ensure() {
        eprint(&format!("error: {sentence}\n"));
        return ExitCode::FAILURE;
    }
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(cargo);
    command
        .current_dir(root)
        .args(["test", "--quiet", "-p", "limosa-engine"])
        .args(["--test", "crash_matrix", "--", "--full"]);
    if arguments.is_empty() {
        command.arg("--page").arg(root.join("docs/reliability.md"));
    }
    match command.args(arguments).status() {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprint(&format!("error: cannot start cargo: {error}\n"));
            ExitCode::FAILURE
        }
    }
}
