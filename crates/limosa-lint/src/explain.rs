//! What the name of a finding means.

use crate::rules;

/// What a finding or an error means, why it matters and what to do, in Markdown; `None` when
/// there is nothing of that name.
pub fn explain(name: &str) -> Option<&'static str> {
    all()
        .find(|(found, _)| *found == name)
        .map(|(_, text)| text)
}

/// All names that can be explained, in alphabetical order.
pub fn names() -> Vec<&'static str> {
    let mut names: Vec<&'static str> = all().map(|(name, _)| name).collect();
    names.sort_unstable();
    names
}

fn all() -> impl Iterator<Item = (&'static str, &'static str)> {
    let of_rules = rules().iter().map(|rule| (rule.name, rule.explanation));
    of_rules.chain(limosa_core::explain::TEXTS.iter().copied())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::{Path, PathBuf};

    use super::*;

    #[test]
    fn every_text_says_what_why_and_what_to_do() {
        for name in names() {
            let text = explain(name).unwrap();
            assert!(text.starts_with(&format!("# {name}\n")), "{name}");
            for heading in ["\n## What it means\n", "\n## Why\n", "\n## What to do\n"] {
                assert_eq!(text.matches(heading).count(), 1, "{name}: {heading}");
            }
            assert!(text.lines().all(|line| line.len() <= 100), "{name}");
        }
        assert_eq!(explain("nonsense"), None);
    }

    /// The sources of a folder without its tests, each with its blanks made one.
    fn sources(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.file_stem().is_some_and(|stem| stem == "tests") {
                continue;
            }
            if path.is_dir() {
                sources(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                let program = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
                let words: Vec<&str> = program.split_whitespace().collect();
                found.push((path, words.join(" ")));
            }
        }
    }

    fn is_name(text: &str) -> bool {
        !text.is_empty()
            && text
                .bytes()
                .all(|byte| byte == b'-' || byte.is_ascii_lowercase() || byte.is_ascii_digit())
    }

    /// The names that a source reports: the first literal of a call that makes a report, and a
    /// literal in front of a class. Where a call has a variable for the name, also what the arms of a
    /// `match` give.
    fn reported(source: &str) -> Vec<&str> {
        const CALLS: [&str; 6] = [
            "error(",
            "Diagnostic::warning(",
            "Diagnostic::note(",
            "self.problem(",
            "usage(",
            "server(",
        ];
        const ARMS: [&str; 2] = ["=> ", "=> ("];
        let is_chosen = source
            .replace("( ", "(")
            .contains("Diagnostic::error(name,");
        let arms = if is_chosen { &ARMS[..] } else { &[] };
        let of_calls = CALLS
            .iter()
            .chain(arms)
            .flat_map(|call| source.split(call).skip(1))
            .filter_map(|rest| rest.trim_start().strip_prefix('"')?.split_once('"'))
            .map(|(name, _)| name);
        let pieces: Vec<&str> = source.split("\", Class::").collect();
        let before_class = pieces[..pieces.len() - 1]
            .iter()
            .filter_map(|piece| piece.rsplit('"').next());
        of_calls
            .chain(before_class)
            .filter(|name| is_name(name))
            .collect()
    }

    fn all_sources() -> Vec<(PathBuf, String)> {
        let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut found = Vec::new();
        for entry in std::fs::read_dir(crates).unwrap() {
            let folder = entry.unwrap().path().join("src");
            if folder.is_dir() {
                sources(&folder, &mut found);
            }
        }
        found
    }

    #[test]
    fn everything_that_the_program_reports_is_explained() {
        let sources = all_sources();
        let mut found = BTreeSet::new();
        for (path, source) in &sources {
            for name in reported(source) {
                found.insert(name);
                let path = path.display();
                assert!(explain(name).is_some(), "{name} is not explained ({path})");
            }
        }
        // Each of these is written in another way, so the test reads all ways there are.
        for name in [
            "in-doubt",
            "connection-lost",
            "server-error",
            "missing",
            "newer",
            "no-url",
            "unknown-key",
            "cannot-split",
            "version-too-large",
            "needs-consent",
        ] {
            assert!(found.contains(name), "{name} is not found in {found:?}");
        }
    }

    #[test]
    fn every_text_is_of_something_that_is_reported() {
        let sources = all_sources();
        for (name, _) in limosa_core::explain::TEXTS {
            let literal = format!("\"{name}\"");
            let of_table = Path::new("limosa-core/src/explain.rs");
            let is_used = sources
                .iter()
                .any(|(path, source)| !path.ends_with(of_table) && source.contains(&literal));
            assert!(is_used, "nothing reports {name}");
        }
    }

    #[test]
    fn no_name_is_explained_twice() {
        let names = names();
        assert!(names.windows(2).all(|pair| pair[0] < pair[1]), "{names:?}");
    }
}
