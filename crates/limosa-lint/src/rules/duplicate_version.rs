//! Two migrations with one version.

use super::Rule;

pub(super) const RULE: Rule = Rule {
    name: "duplicate-version",
    summary: "two migrations have the same version",
    explanation: "\
# duplicate-version

## What it means
Two migrations have the same version. `1` and `0001` are the same. It mostly happens when two
branches take the next number of a sequence and both are merged.

## Why
A version says what is applied. With two of them nobody can say which one was, and only one of
them would ever run.

## What to do
Give the one that is newer, and not applied anywhere, the next free version:

    limosa renumber <version>

With timestamps as versions (`numbering = \"timestamp\"`) it hardly ever happens.
",
    // Reading the files finds them.
    check: None,
};
