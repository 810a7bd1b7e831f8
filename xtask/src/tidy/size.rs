//! A file fits in a head.

use super::Finding;
use super::settings::Settings;
use super::tree::Tree;

/// The lines that a file may have without an excuse.
const LIMIT: usize = 600;

pub(super) fn check(tree: &Tree, settings: &Settings) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.ending(".rs") {
        let lines = text.lines().count();
        let excuse = settings.excused.iter().find(|excused| excused.file == path);
        let limit = excuse.map_or(LIMIT, |excused| excused.lines);
        if lines > limit {
            let message =
                format!("{lines} lines, of at most {limit}: there is a second chapter inside");
            findings.push(Finding::new(path, 0, message));
        }
    }
    for excused in &settings.excused {
        let lines = tree
            .text(&excused.file)
            .map_or(0, |text| text.lines().count());
        if lines <= LIMIT {
            let message = format!("the excuse for {} is not needed any more", excused.file);
            findings.push(Finding::new("xtask/tidy.toml", 0, message));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::{LIMIT, Settings, Tree, check};

    #[test]
    fn a_long_file_needs_an_excuse_and_an_excuse_a_long_file() {
        let long = "x\n".repeat(LIMIT + 1);
        let tree = Tree::of(&[("a.rs", &long), ("b.rs", "x\n")]);
        assert_eq!(check(&tree, &Settings::default()).len(), 1);
        let excuse = |file: &str, lines: usize| {
            let text = format!("[[excused]]\nfile = \"{file}\"\nlines = {lines}\nreason = \"why\"");
            Settings::parse(&text).expect("are settings")
        };
        assert_eq!(check(&tree, &excuse("a.rs", LIMIT + 1)), []);
        assert_eq!(check(&tree, &excuse("a.rs", LIMIT)).len(), 1);
        let stale = check(&tree, &excuse("b.rs", 700));
        assert!(
            stale
                .iter()
                .any(|finding| finding.message.contains("not needed")),
            "{stale:?}"
        );
    }
}
