//! The tree is the map: every module says what it is for, has a telling name, and is used.

use super::Finding;
use super::rust::Source;
use super::tree::Tree;

/// Drawers, not chapters.
const DRAWERS: [&str; 12] = [
    "util", "utils", "helper", "helpers", "common", "misc", "types", "errors", "manager",
    "managers", "imp", "impls",
];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.ending(".rs") {
        if !says_what_it_is_for(text) {
            findings.push(Finding::new(
                path,
                1,
                "a module begins with `//!`: what it is for",
            ));
        }
        for name in path.trim_end_matches(".rs").split('/') {
            if DRAWERS.contains(&name) {
                let message = format!("{name} is a drawer: name the module after what is in it");
                findings.push(Finding::new(path, 0, message));
            }
        }
        if !is_used(tree, path) {
            findings.push(Finding::new(
                path,
                0,
                "no `mod` names this file, so it is never compiled",
            ));
        }
    }
    findings
}

/// Attributes of the whole file may come first (`#![no_main]`).
fn says_what_it_is_for(text: &str) -> bool {
    let mut lines = text
        .lines()
        .filter(|l| !l.trim().is_empty() && !l.starts_with("#!["));
    lines.next().is_some_and(|line| line.starts_with("//! "))
}

/// Whether the file is a root that cargo finds by itself, or a `mod` of its parent.
fn is_used(tree: &Tree, path: &str) -> bool {
    let Some((before, inside)) = path.split_once("/src/") else {
        return true;
    };
    let (folder, file) = inside.rsplit_once('/').unwrap_or(("", inside));
    let name = file.trim_end_matches(".rs");
    if folder == "bin" || (folder.is_empty() && (name == "lib" || name == "main")) {
        return true;
    }
    let (folder, name) = match (name, folder.rsplit_once('/')) {
        ("mod", Some((above, folder))) => (above, folder),
        ("mod", None) => ("", folder),
        _ => (folder, name),
    };
    let parents = if folder.is_empty() {
        vec![
            format!("{before}/src/lib.rs"),
            format!("{before}/src/main.rs"),
        ]
    } else {
        vec![
            format!("{before}/src/{folder}.rs"),
            format!("{before}/src/{folder}/mod.rs"),
        ]
    };
    parents
        .iter()
        .filter_map(|parent| tree.text(parent))
        .any(|text| {
            let declares = |line: &str| {
                line.trim()
                    .trim_end_matches([';', '{', ' '])
                    .ends_with(&format!("mod {name}"))
            };
            Source::of(text).code.lines().any(declares)
        })
}

#[cfg(test)]
mod tests {
    use super::{Tree, check};

    fn messages(files: &[(&str, &str)]) -> Vec<String> {
        check(&Tree::of(files))
            .into_iter()
            .map(|finding| finding.to_string())
            .collect()
    }

    #[test]
    fn a_module_says_what_it_is_for() {
        assert!(messages(&[("c/src/lib.rs", "//! Splits.\n")]).is_empty());
        assert!(messages(&[("fuzz/a.rs", "#![no_main]\n\n//! Fuzzes.\n")]).is_empty());
        assert_eq!(
            messages(&[("c/src/lib.rs", "use std::fs;\n//! Late.\n")]).len(),
            1
        );
        assert_eq!(messages(&[("c/tests/a.rs", "")]).len(), 1);
    }

    #[test]
    fn a_module_is_not_a_drawer() {
        let found = messages(&[("c/tests/helpers/mod.rs", "//! Things.\n")]);
        assert!(found[0].contains("helpers is a drawer"), "{found:?}");
    }

    #[test]
    fn a_file_that_no_mod_names_is_found() {
        let all = [
            ("c/src/lib.rs", "//! A.\npub mod a;\n// mod lost;\n"),
            ("c/src/a.rs", "//! B.\nmod b;\n#[cfg(test)]\nmod tests;\n"),
            ("c/src/a/b/mod.rs", "//! C.\npub(crate) mod d;\n"),
            ("c/src/a/b/d.rs", "//! D.\n"),
            ("c/src/a/tests.rs", "//! E.\n"),
            ("c/src/bin/x.rs", "//! F.\n"),
            ("c/src/lost.rs", "//! G.\n"),
        ];
        let found = messages(&all);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with("c/src/lost.rs: no `mod`"), "{found:?}");
    }
}
