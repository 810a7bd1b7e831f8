//! What the name of a finding means.

use crate::rules;

/// The tables of names and texts, one for each crate that reports something.
const TABLES: &[&[(&str, &str)]] = &[limosa_core::explain::TEXTS];

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
    of_rules.chain(TABLES.iter().copied().flatten().copied())
}

#[cfg(test)]
mod tests {
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

    /// The names behind `calls` in the sources of a crate.
    fn names_in(path: &std::path::Path, calls: &[&str], found: &mut Vec<String>) {
        for entry in std::fs::read_dir(path).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                names_in(&path, calls, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                for call in calls {
                    let behind = text
                        .split(call)
                        .skip(1)
                        .filter_map(|rest| rest.trim_start().strip_prefix('"')?.split_once('"'));
                    let is_name = |name: &&str| {
                        name.bytes()
                            .all(|byte| byte == b'-' || byte.is_ascii_alphanumeric())
                    };
                    found.extend(
                        behind
                            .map(|(name, _)| name)
                            .filter(is_name)
                            .map(str::to_owned),
                    );
                }
            }
        }
    }

    #[test]
    fn everything_that_reading_files_reports_is_explained() {
        let core = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../limosa-core/src");
        let calls = [
            "Diagnostic::error(",
            "Diagnostic::warning(",
            "Diagnostic::note(",
        ];
        let calls = [&calls[..], &["self.problem(", "self.error(", "error("]].concat();
        let mut found = Vec::new();
        for folder in ["layout", "script"] {
            names_in(&core.join(folder), &calls, &mut found);
        }
        assert!(found.len() > 40, "{found:?}");
        for name in found {
            assert!(explain(&name).is_some(), "{name} is not explained");
        }
    }

    #[test]
    fn no_name_is_explained_twice() {
        let names = names();
        assert!(names.windows(2).all(|pair| pair[0] < pair[1]), "{names:?}");
    }
}
