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

    #[test]
    fn no_name_is_explained_twice() {
        let names = names();
        assert!(names.windows(2).all(|pair| pair[0] < pair[1]), "{names:?}");
    }
}
