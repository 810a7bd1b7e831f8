//! Links and paths in Markdown point somewhere.

use super::Finding;
use super::tree::Tree;

/// A path in backticks that begins like this is checked as well.
const FOLDERS: [&str; 5] = ["crates/", "docs/", "examples/", "xtask/", ".ci/"];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.ending(".md") {
        for (line, content) in prose(text) {
            for target in link_targets(content) {
                if let Err(reason) = follow(tree, path, target) {
                    findings.push(Finding::new(path, line, format!("{target}: {reason}")));
                }
            }
            for named in content
                .split('`')
                .skip(1)
                .step_by(2)
                .filter(|named| is_path(named))
            {
                if !tree.exists(named) {
                    findings.push(Finding::new(path, line, format!("{named} does not exist")));
                }
            }
        }
    }
    findings
}

/// The numbered lines outside of fenced blocks.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut fence: Option<&str> = None;
    (1..).zip(text.lines()).filter(move |(_, line)| {
        let marks = line.trim_start();
        let length = marks.len() - marks.trim_start_matches('`').len();
        match fence {
            Some(open) if length >= open.len() && marks.trim_end().len() == length => fence = None,
            Some(_) => {}
            None if length >= 3 => fence = Some(&marks[..length]),
            None => return true,
        }
        false
    })
}

/// What stands in `](…)`, and behind `[name]:`.
fn link_targets(line: &str) -> Vec<&str> {
    // Code in backticks has no links.
    let plain = |at: usize| line[..at].matches('`').count().is_multiple_of(2);
    let mut targets: Vec<&str> = line
        .match_indices("](")
        .filter(|(at, _)| plain(*at))
        .filter_map(|(at, _)| line[at + 2..].split([')', ' ']).next())
        .collect();
    if line.starts_with('[')
        && let Some((_, target)) = line.split_once("]: ")
    {
        targets.push(target.split(' ').next().unwrap_or_default());
    }
    targets
}

fn is_path(text: &str) -> bool {
    FOLDERS.iter().any(|folder| text.starts_with(folder))
        && !text.contains(['*', '<', '{', ' ', '…', '$'])
}

/// Whether the target of a link is there; other sites are not asked.
fn follow(tree: &Tree, from: &str, target: &str) -> Result<(), &'static str> {
    if target.contains("://") || target.starts_with("mailto:") {
        return Ok(());
    }
    let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
    let path = if file.is_empty() {
        Some(from.to_owned())
    } else {
        resolve(from, file)
    };
    let Some(path) = path.filter(|path| tree.exists(path)) else {
        return Err("does not exist");
    };
    let is_page = std::path::Path::new(&path)
        .extension()
        .is_some_and(|e| e == "md");
    if anchor.is_empty() || !is_page {
        return Ok(());
    }
    let text = tree.text(&path).unwrap_or_default();
    let headings = prose(text).filter_map(|(_, line)| {
        line.trim_start_matches('#')
            .strip_prefix(' ')
            .filter(|_| line.starts_with('#'))
    });
    if headings.into_iter().any(|heading| slug(heading) == anchor) {
        Ok(())
    } else {
        Err("the page has no such heading")
    }
}

/// The path from the root; none when it leaves the tree.
fn resolve(from: &str, to: &str) -> Option<String> {
    let mut parts: Vec<&str> = if to.starts_with('/') {
        Vec::new()
    } else {
        from.split('/').collect()
    };
    parts.pop();
    for part in to.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The anchor that a heading gets: lower case, blanks as hyphens, no punctuation.
fn slug(heading: &str) -> String {
    let kept = |c: char| match c {
        ' ' => Some('-'),
        c if c.is_alphanumeric() || c == '-' || c == '_' => Some(c),
        _ => None,
    };
    heading
        .trim()
        .to_lowercase()
        .chars()
        .filter_map(kept)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Tree, check, slug};

    fn messages(page: &str) -> Vec<String> {
        let tree = Tree::of(&[
            ("docs/a.md", page),
            ("docs/b.md", "# The `up` command, in short\n"),
            ("crates/x/src/lib.rs", "//! X.\n"),
        ]);
        check(&tree)
            .into_iter()
            .map(|finding| finding.to_string())
            .collect()
    }

    #[test]
    fn links_that_lead_somewhere_are_fine() {
        let page = "# A b\n[b](b.md) [c](../crates/x) [d](#a-b) [e](https://example.com/x) \
                    ![f](b.md#the-up-command-in-short) [g](/docs/b.md)\n\n[h]: b.md\n\n\
                    `crates/x/src/lib.rs` `crates/*/src` `[x](y)`\n\n```md\n[x](nowhere.md)\n```\n";
        assert_eq!(messages(page), [""; 0]);
    }

    #[test]
    fn links_that_lead_nowhere_are_found_with_their_line() {
        assert_eq!(
            messages("\n[b](c.md)\n"),
            ["docs/a.md:2: c.md: does not exist"]
        );
        assert_eq!(
            messages("[b](../../c.md)"),
            ["docs/a.md:1: ../../c.md: does not exist"]
        );
        assert_eq!(messages("[b]: c.md"), ["docs/a.md:1: c.md: does not exist"]);
        assert_eq!(
            messages("[b](b.md#x)"),
            ["docs/a.md:1: b.md#x: the page has no such heading"]
        );
        assert_eq!(
            messages("see `crates/y`"),
            ["docs/a.md:1: crates/y does not exist"]
        );
    }

    #[test]
    fn a_heading_becomes_an_anchor() {
        assert_eq!(slug("What is *never* done?"), "what-is-never-done");
    }
}
