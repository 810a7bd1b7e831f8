//! `cargo xtask interop`: the original tools judge what Limosa does beside them.

use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, ExitCode};

use limosa_testkit::tools::TESTED;

use crate::{eprint, servers, tools};

/// Installs the tools and runs the tests against them: those that belong to all tests, or with `--all` everything,
/// which writes `docs/reference/compatibility.md`.
pub(crate) fn run(root: &Path, arguments: &[String]) -> ExitCode {
    if let Err(sentence) = servers::ensure().and_then(|()| tools::ensure(&TESTED)) {
        eprint(&format!("error: {sentence}\n"));
        return ExitCode::FAILURE;
    }
    if arguments == ["--install"] {
        return ExitCode::SUCCESS;
    }
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(cargo);
    command
        .current_dir(root)
        .args(["test", "--quiet", "-p", "limosa-cli", "--test", "interop"])
        .arg("--")
        .args(arguments);
    if arguments == ["--all"] {
        command
            .arg("--page")
            .arg(root.join("docs/reference/compatibility.md"));
    }
    if let Some(corpora) = crate::test::corpora(root)
        && std::env::var_os("LIMOSA_CORPORA").is_none()
    {
        command.env("LIMOSA_CORPORA", corpora);
    }
    match command.status() {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprint(&format!("error: cannot start cargo: {error}\n"));
            ExitCode::FAILURE
        }
    }
}
