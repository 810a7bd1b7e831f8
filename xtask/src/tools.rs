//! Installs the programs of others with their ordinary clients, each once.
//!
//! A tool that is there is found again without a network. One that cannot be installed leaves the last words of its
//! client, and the tests that need it say them.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use limosa_testkit::tools::{self, Profile, Source, Tool};

use crate::eprint;

/// What the sources of a program of ours were when it was built.
const SOURCES: &str = "sources.txt";

/// Installs what is missing of these. What cannot be installed is said.
pub(crate) fn ensure(wanted: &[Tool]) -> Result<(), String> {
    let home = tools::home();
    fs::create_dir_all(&home)
        .map_err(|error| format!("cannot create {}: {error}", home.display()))?;
    for tool in wanted {
        let sources = sources(tool);
        if tool.installed().is_ok() && built_from(tool) == sources {
            continue;
        }
        eprint(&format!("installing {} {}\n", tool.name, tool.version));
        match install(tool, sources.as_deref()) {
            Ok(()) => {
                // There may be none.
                let _ = fs::remove_file(tool.refusal());
            }
            Err(words) => {
                eprint(&format!(
                    "{} {} could not be installed:\n{words}\n",
                    tool.name, tool.version
                ));
                fs::write(tool.refusal(), &words)
                    .map_err(|error| format!("{}: {error}", tool.refusal().display()))?;
            }
        }
    }
    // It is large, and only the programs are needed.
    remove(&compiled()).map_err(|error| format!("{}: {error}", compiled().display()))
}

/// Installs into a folder beside, which becomes the tool's when everything is in it.
fn install(tool: &Tool, sources: Option<&str>) -> Result<(), String> {
    let part = tools::home().join(format!("{}.part-{}", tool.name, std::process::id()));
    let result = fill(tool, &part).and_then(|()| {
        if let Some(sources) = sources {
            fs::write(part.join(SOURCES), sources).map_err(|error| error.to_string())?;
        }
        let folder = tool.folder();
        remove(&folder)
            .and_then(|()| fs::rename(&part, &folder))
            .map_err(|error| format!("{}: {error}", folder.display()))
    });
    if result.is_err() {
        // The next attempt begins anew.
        let _ = remove(&part);
    }
    result
}

fn fill(tool: &Tool, part: &Path) -> Result<(), String> {
    fs::create_dir_all(part).map_err(|error| error.to_string())?;
    match tool.source {
        Source::Go { package, tags } => {
            let mut go = Command::new("go");
            go.args(["install", "-tags", tags])
                .arg(format!("{package}@{}", tool.version))
                .env("GOBIN", part.join("bin"));
            run(go)
        }
        Source::GoModule { folder, package } => {
            let mut go = Command::new("go");
            go.args(["build", "-buildvcs=false", "-o"])
                .arg(part.join(tool.program))
                .arg(package)
                .current_dir(tools::programs().join(folder));
            run(go)
        }
        Source::Npm { packages, loads } => {
            let mut npm = Command::new("npm");
            npm.args(["install", "--no-audit", "--no-fund", "--prefix"])
                .arg(part)
                .args(packages)
                .current_dir(part);
            if let Some(headers) = node_headers() {
                npm.env("npm_config_nodedir", headers);
            }
            run(npm)?;
            let Some(loads) = loads else { return Ok(()) };
            let mut node = Command::new("node");
            node.args(["-e", &format!("require('{loads}')")])
                .current_dir(part);
            run(node)
        }
        Source::Cargo {
            package,
            features,
            profile,
        } => {
            let mut cargo = cargo();
            cargo.args(["install", "--quiet", "--locked"]);
            if profile == Profile::Debug {
                cargo.arg("--debug");
            }
            cargo
                .args(["--no-default-features", "--features", features])
                .args([package, "--version", tool.version])
                .arg("--root")
                .arg(part)
                .arg("--target-dir")
                .arg(compiled());
            run(cargo)
        }
        Source::CargoPackage { folder } => {
            let mut cargo = cargo();
            cargo
                .args(["build", "--quiet", "--locked", "--target-dir"])
                .arg(compiled())
                .current_dir(tools::programs().join(folder));
            run(cargo)?;
            let program = part.join(tool.program);
            let built = compiled().join("debug").join(tool.name);
            program
                .parent()
                .map_or(Ok(()), fs::create_dir_all)
                .and_then(|()| fs::copy(&built, &program))
                .map(|_| ())
                .map_err(|error| format!("{}: {error}", built.display()))
        }
    }
}

/// Where Node itself is, if its headers are there: native modules are then compiled without a download of them.
fn node_headers() -> Option<PathBuf> {
    let output = Command::new("node")
        .args(["-p", "process.execPath"])
        .output()
        .ok()?;
    let node = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim());
    let root = node.ancestors().nth(2)?.to_owned();
    root.join("include/node/node.h").is_file().then_some(root)
}

/// Where Rust programs are compiled; what they have in common is compiled once.
fn compiled() -> PathBuf {
    tools::home().join("compiled")
}

fn cargo() -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    Command::new(cargo)
}

/// Runs a client; its last lines when it fails.
fn run(mut client: Command) -> Result<(), String> {
    let program = client.get_program().to_string_lossy().into_owned();
    let output = client
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("{program}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let mut words = String::from_utf8_lossy(&output.stdout).into_owned();
    words.push_str(&String::from_utf8_lossy(&output.stderr));
    Err(last_lines(&words))
}

fn last_lines(words: &str) -> String {
    let lines: Vec<&str> = words
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    lines[lines.len().saturating_sub(12)..].join("\n")
}

/// What a program of ours is made of; `None` for the tools of others.
fn sources(tool: &Tool) -> Option<String> {
    let (Source::GoModule { folder, .. } | Source::CargoPackage { folder }) = tool.source else {
        return None;
    };
    let mut text = String::new();
    gather(&tools::programs().join(folder), &mut text);
    Some(text)
}

fn gather(folder: &Path, text: &mut String) {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            gather(&path, text);
        } else {
            text.push_str(&fs::read_to_string(&path).unwrap_or_default());
        }
    }
}

fn built_from(tool: &Tool) -> Option<String> {
    fs::read_to_string(tool.folder().join(SOURCES)).ok()
}

fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        result => result,
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use limosa_testkit::tools::{GO_PG, GOOSE};

    use super::{last_lines, run, sources};

    #[test]
    fn what_a_client_said_last_is_kept() {
        let mut client = Command::new("sh");
        client.args(["-c", "echo one; echo; echo two >&2; exit 1"]);
        assert_eq!(run(client), Err("one\ntwo".to_owned()));
        let long = "line\n".repeat(20);
        assert_eq!(last_lines(&long).lines().count(), 12);
        let missing = run(Command::new("/nowhere/npm")).expect_err("it is not there");
        assert!(missing.starts_with("/nowhere/npm: "), "{missing}");
    }

    #[test]
    fn only_our_own_programs_are_built_again_when_their_sources_change() {
        let text = sources(&GO_PG).expect("it is ours");
        assert!(text.contains("package main") && text.contains("github.com/go-pg/migrations/v8"));
        assert_eq!(sources(&GOOSE), None);
    }
}
