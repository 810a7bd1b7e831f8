//! `cargo xtask versions`: the tests of the drivers and the engine on the major versions of PostgreSQL, not only on
//! the one that the system has.

use std::path::PathBuf;
use std::process::{Command, ExitCode};

use limosa_testkit::tools::{POSTGRES, Tool};

use crate::{eprint, tools};

/// What is tested on each.
const TESTS: [&str; 12] = [
    "test",
    "-p",
    "limosa-db",
    "-p",
    "limosa-engine",
    "--",
    "--skip",
    "mariadb",
    "--skip",
    "sqlite",
    "--skip",
    "galera",
];

/// Installs the versions and tests on one after the other; fails when one of them does.
pub(crate) fn run(arguments: &[String]) -> ExitCode {
    match wanted(arguments).and_then(|wanted| on_each(&wanted)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(sentence) => {
            eprint(&format!("error: {sentence}\n"));
            ExitCode::FAILURE
        }
    }
}

/// The versions that are named; all of them where none is.
fn wanted(arguments: &[String]) -> Result<Vec<(u32, Tool)>, String> {
    if arguments.is_empty() {
        return Ok(POSTGRES.to_vec());
    }
    let one = |argument: &String| {
        let major = argument.parse().ok();
        let found = POSTGRES.iter().find(|(one, _)| Some(*one) == major);
        let all = POSTGRES.map(|(major, _)| major.to_string()).join(", ");
        (found.copied()).ok_or(format!("`{argument}` is none of the versions: {all}"))
    };
    arguments.iter().map(one).collect()
}

fn on_each(wanted: &[(u32, Tool)]) -> Result<bool, String> {
    let servers: Vec<Tool> = wanted.iter().map(|(_, tool)| *tool).collect();
    tools::ensure(&servers)?;
    let mut summary = String::new();
    let mut good = true;
    for (major, tool) in wanted {
        let passed = passes(tool)?;
        let word = if passed { "passed" } else { "failed" };
        summary.push_str(&format!("PostgreSQL {major} ({}): {word}\n", tool.version));
        good &= passed;
    }
    eprint(&summary);
    Ok(good)
}

/// Whether the tests pass on this server.
fn passes(tool: &Tool) -> Result<bool, String> {
    let program = tool.installed()?;
    let folder = program.parent().map(PathBuf::from).unwrap_or_default();
    eprint(&format!("== {} {}\n", tool.name, tool.version));
    let this = std::env::current_exe().map_err(|error| format!("cargo xtask: {error}"))?;
    // Shadows are servers of the same version, too.
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path =
        std::env::join_paths(std::iter::once(folder.clone()).chain(std::env::split_paths(&path)))
            .map_err(|error| format!("PATH: {error}"))?;
    // The package has the server alone: what needs clients that are as new is skipped, which it says.
    let status = Command::new(this)
        .args(TESTS)
        .env("PATH", path)
        .env("LIMOSA_TEST_PG_BIN", folder)
        .env("LIMOSA_TEST_ALLOW_SKIP", "1")
        .env_remove("CI")
        .status();
    let status = status.map_err(|error| format!("cannot start cargo xtask test: {error}"))?;
    Ok(status.success())
}

#[cfg(test)]
mod tests {
    use super::wanted;

    #[test]
    fn versions_are_named_or_all() {
        let majors = |arguments: &[&str]| {
            let arguments: Vec<String> = arguments.iter().map(|one| (*one).to_owned()).collect();
            let wanted = wanted(&arguments);
            wanted.map(|all| all.iter().map(|(major, _)| *major).collect::<Vec<_>>())
        };
        assert_eq!(majors(&[]), Ok(vec![12, 13, 14, 15, 16, 17, 18]));
        assert_eq!(majors(&["18", "12"]), Ok(vec![18, 12]));
        let no = majors(&["18", "eleven"]).expect_err("there is none");
        assert_eq!(
            no,
            "`eleven` is none of the versions: 12, 13, 14, 15, 16, 17, 18"
        );
    }
}
