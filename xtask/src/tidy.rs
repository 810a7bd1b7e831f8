//! `cargo xtask tidy`: checks that neither the compiler nor clippy can make.
//!
//! Each module below is one chapter of checks: a function from the tree to findings. What is
//! excused, and why, is in `xtask/tidy.toml`.

mod layers;
mod links;
mod modules;
mod rust;
mod settings;
mod size;
mod source;
mod text;
mod tree;

use std::fmt;
use std::path::Path;
use std::process::ExitCode;

use crate::eprint;
use settings::Settings;
use tree::Tree;

/// One thing that is not tidy.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Finding {
    path: String,
    /// Counted from 1; 0 for the whole file.
    line: usize,
    message: String,
}

impl Finding {
    fn new(path: &str, line: usize, message: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            line,
            message: message.into(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.path, self.message),
            line => write!(f, "{}:{line}: {}", self.path, self.message),
        }
    }
}

/// Checks the files that git knows or would add; prints what is not tidy.
pub(crate) fn run(root: &Path) -> ExitCode {
    let read = || -> Result<(Tree, Settings), String> {
        let tree = Tree::of_git(root)?;
        let settings = Settings::parse(tree.text("xtask/tidy.toml").unwrap_or_default())?;
        Ok((tree, settings))
    };
    let (tree, settings) = match read() {
        Ok(both) => both,
        Err(error) => {
            eprint(&format!("error: {error}\n"));
            return ExitCode::from(2);
        }
    };
    let findings = check(&tree, &settings);
    for finding in &findings {
        eprint(&format!("{finding}\n"));
    }
    match findings.len() {
        0 => {
            eprint(&format!("{} files are tidy\n", tree.len()));
            ExitCode::SUCCESS
        }
        1 => {
            eprint("1 finding\n");
            ExitCode::FAILURE
        }
        count => {
            eprint(&format!("{count} findings\n"));
            ExitCode::FAILURE
        }
    }
}

fn check(tree: &Tree, settings: &Settings) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(size::check(tree, settings));
    findings.extend(layers::check(tree, settings));
    findings.extend(modules::check(tree));
    findings.extend(source::check(tree));
    findings.extend(text::check(tree));
    findings.extend(links::check(tree));
    findings.sort();
    findings
}

#[cfg(test)]
mod tests {
    use super::{Settings, Tree, check};

    #[test]
    fn a_tidy_tree_has_no_findings() {
        let tree = Tree::of(&[
            (
                "crates/limosa-sql/Cargo.toml",
                "[package]\nname = \"limosa-sql\"\n",
            ),
            (
                "crates/limosa-sql/src/lib.rs",
                "//! Splits.\n\nmod split;\n",
            ),
            ("crates/limosa-sql/src/split.rs", "//! The splitter.\n"),
            (
                "crates/limosa-sql/src/probe.sql",
                "-- Tested on PostgreSQL 15.\nselect 1;\n",
            ),
            (
                "README.md",
                "# Limosa\n\nSee [the code](crates/limosa-sql/src/lib.rs).\n",
            ),
        ]);
        let settings = Settings::parse("[layers]\nlimosa-sql = 0\n").expect("are settings");
        assert_eq!(check(&tree, &settings), []);
    }

    #[test]
    fn the_settings_of_this_repository_can_be_read() {
        Settings::parse(include_str!("../tidy.toml")).expect("are settings");
    }
}
