//! Files that are not Rust: SQL beside code, left-over snapshots, the change log.

use super::Finding;
use super::tree::Tree;

/// The headings of Keep a Changelog.
const KINDS: [&str; 6] = [
    "Added",
    "Changed",
    "Deprecated",
    "Removed",
    "Fixed",
    "Security",
];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree
        .ending(".sql")
        .filter(|(path, _)| path.contains("/src/"))
    {
        if !text.starts_with("-- ") {
            findings.push(Finding::new(path, 1, "SQL beside code begins with a comment: what it is for, and the server versions it was tested on"));
        }
        if let Some(index) = text.lines().position(|line| line.contains('\t')) {
            findings.push(Finding::new(path, index + 1, "a tab; indent with spaces"));
        }
    }
    for (path, _) in tree.ending(".snap.new") {
        findings.push(Finding::new(
            path,
            0,
            "a snapshot waits for its review (`cargo insta review`)",
        ));
    }
    if let Some(text) = tree.text("CHANGELOG.md") {
        findings.extend(change_log(text));
    }
    findings
}

fn change_log(text: &str) -> Vec<Finding> {
    let finding = |line, message: String| Finding::new("CHANGELOG.md", line, message);
    let mut findings = Vec::new();
    let mut kind = None;
    for (number, line) in (1..).zip(text.lines()) {
        if let Some(name) = line.strip_prefix("### ") {
            kind = Some(name);
            if !KINDS.contains(&name) {
                let known = KINDS.join(", ");
                findings.push(finding(number, format!("{name:?} is not one of {known}")));
            }
        } else if line.starts_with("## ") {
            kind = None;
            if !line.starts_with("## [") {
                findings.push(finding(number, "a version stands in brackets".to_owned()));
            }
        } else if line.starts_with("- ") && kind.is_none() {
            findings.push(finding(
                number,
                "a change stands under a heading of its kind".to_owned(),
            ));
        }
    }
    if !text.contains("\n## [Unreleased]\n") {
        findings.push(finding(
            0,
            "there is no `## [Unreleased]` for the next change".to_owned(),
        ));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::{Tree, change_log, check};

    #[test]
    fn sql_beside_code_begins_with_a_comment_and_has_no_tab() {
        let tree = Tree::of(&[
            ("crates/a/src/good.sql", "-- Why.\nselect 1;\n"),
            ("crates/a/src/bare.sql", "select 1;\n"),
            ("crates/a/src/tab.sql", "-- Why.\n\tselect 1;\n"),
            ("crates/a/tests/free.sql", "\tselect 1;\n"),
        ]);
        let found: Vec<String> = check(&tree).iter().map(|f| f.path.clone()).collect();
        assert_eq!(found, ["crates/a/src/bare.sql", "crates/a/src/tab.sql"]);
    }

    #[test]
    fn a_snapshot_without_review_is_found() {
        assert_eq!(check(&Tree::of(&[("a/snapshots/x.snap.new", "")])).len(), 1);
        assert_eq!(check(&Tree::of(&[("a/snapshots/x.snap", "")])), []);
    }

    #[test]
    fn the_change_log_keeps_its_form() {
        let good = "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- `limosa up`.\n";
        assert_eq!(change_log(good), []);
        assert_eq!(change_log(&good.replace("Added", "New")).len(), 1);
        assert_eq!(change_log(&good.replace("### Added\n", "")).len(), 1);
        assert_eq!(
            change_log(&good.replace("[Unreleased]", "[0.1.0]")).len(),
            1
        );
        assert_eq!(change_log(&good.replace("[Unreleased]", "0.1.0")).len(), 2);
    }
}
