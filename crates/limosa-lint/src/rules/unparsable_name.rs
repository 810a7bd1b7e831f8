//! A file without the name of a migration.

use super::Rule;

pub(super) const RULE: Rule = Rule {
    name: "unparsable-name",
    summary: "a file does not have the name of a migration",
    explanation: "\
# unparsable-name

## What it means
A file in the folder of the migrations has an extension of one, but not the name: there is no
version at its beginning, or no `_` behind it. Where the tool of the layout passes over such files
in silence it is only noted.

## Why
A migration that is never run because of its name is found out much later, in production.

## What to do
Rename the file to what the message names, or move it out of the folder. `limosa new` makes files
with the right name.
",
    // Reading the files finds them.
    check: None,
};
