//! What differs from machine to machine and from run to run.
//!
//! Values of this machine that are known exactly are replaced by those of an imagined reader's
//! machine, in the printed text. Values known only by their kind (a duration, a timestamp) stay;
//! they are replaced on both sides before the comparison.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

/// The exact replacements of one run, applied in this order.
#[derive(Debug, Default)]
pub(super) struct Machine {
    values: Vec<(String, String)>,
}

impl Machine {
    pub(super) fn replace(mut self, value: impl Into<String>, by: impl Into<String>) -> Self {
        self.values.push((value.into(), by.into()));
        self
    }

    /// The text as a reader's machine would print it.
    pub(super) fn translate(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (value, by) in &self.values {
            text = text.replace(value, by);
        }
        text
    }
}

struct Form {
    pattern: Regex,
    by: &'static str,
}

/// Blanks before a duration go with it, because it ends columns that are aligned to the right.
static FORMS: LazyLock<Vec<Form>> = LazyLock::new(|| {
    [
        (
            r"\b\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d+)?)?( ?(UTC|Z|[+-]\d\d(:?\d\d)?))?",
            "<timestamp>",
        ),
        (
            r" *\b\d+(\.\d+)?(ns|µs|us|ms|s|min|h)\b( \d+(ms|s|min)\b)*",
            " <duration>",
        ),
        (
            r"\b(PostgreSQL|MariaDB|MySQL|SQLite|limosa) \d[0-9A-Za-z.+~-]*",
            "$1 <version>",
        ),
        (r"\bpid \d+", "pid <number>"),
        (r"\b[0-9a-f]{12}-[0-9a-f]{16}\b", "<run>"),
    ]
    .into_iter()
    .map(|(pattern, by)| Form {
        pattern: Regex::new(pattern).expect("a fixed pattern, used in the tests below"),
        by,
    })
    .collect()
});

static NUMBERED: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\b20\d{12}").expect("a fixed pattern, used in the tests below"));

/// The form of a line in which it is compared. `known` are the versions that the page itself
/// fixes; any other timestamp version was made while the page ran.
pub(super) fn normal(line: &str, known: &BTreeSet<String>) -> String {
    let mut text = line.trim_end().to_owned();
    for Form { pattern, by } in FORMS.iter() {
        text = pattern.replace_all(&text, *by).into_owned();
    }
    let version = |found: &regex::Captures<'_>| {
        if known.contains(&found[0]) {
            found[0].to_owned()
        } else {
            "<version>".to_owned()
        }
    };
    NUMBERED.replace_all(&text, version).into_owned()
}

/// The timestamp versions in a text.
pub(super) fn versions(text: &str) -> impl Iterator<Item = String> {
    NUMBERED
        .find_iter(text)
        .map(|found| found.as_str().to_owned())
}

#[cfg(test)]
mod tests {
    use super::{BTreeSet, Machine, normal};

    #[test]
    fn values_of_a_kind_compare_equal_whatever_their_width() {
        let none = BTreeSet::new();
        for (one, other) in [
            ("  Applied 1_a    41ms", "  Applied 1_a  1.234s"),
            ("done in 3µs", "done in 1min 12s"),
            ("at 2026-11-20 15:02:10", "at 2027-01-01T00:00:00.123Z"),
            ("(PostgreSQL 16.4)", "(PostgreSQL 15.20)"),
            ("waits for pid 8812", "waits for pid 1"),
            (
                "since run 01a1ff417170-6958d08b7b651d20",
                "since run 01a1ff41717f-0958d08b7b651d2f",
            ),
            (
                "Created migrations/20261120150210_a.sql",
                "Created migrations/20301120150210_a.sql",
            ),
        ] {
            assert_eq!(normal(one, &none), normal(other, &none));
        }
        assert_ne!(normal("2 statements", &none), normal("3 statements", &none));
        assert_ne!(normal("PostgreSQL 16", &none), normal("MariaDB 10", &none));
    }

    #[test]
    fn versions_that_a_page_fixes_are_compared_exactly() {
        let known = BTreeSet::from(["20261120150210".to_owned()]);
        assert_ne!(
            normal("20261120150210_a", &known),
            normal("20261120150211_a", &known)
        );
    }

    #[test]
    fn a_machines_values_are_translated() {
        let machine = Machine::default().replace("/tmp/x/shop", "/home/ada/shop");
        assert_eq!(machine.translate("in /tmp/x/shop/a"), "in /home/ada/shop/a");
    }
}
