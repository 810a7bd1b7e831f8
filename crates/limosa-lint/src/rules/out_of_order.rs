//! A new migration with a version below one that was merged before.

use limosa_core::{Class, Diagnostic, Version};

use super::Rule;
use crate::LintInput;

pub(super) const RULE: Rule = Rule {
    name: "out-of-order",
    summary: "a new migration has a lower version than one that was merged before",
    explanation: "\
# out-of-order

## What it means
The migration does not exist at the point given by `--since`, but its version is below the highest
one there. It mostly happens when a branch was open while others were merged.

## Why
Databases that are up to date have passed this version. There it would run after migrations that
come before it everywhere else; some tools would never run it at all. `limosa up` stops at it.

## What to do
Give it the next free version, before it is merged:

    limosa renumber <version>

When the order really does not matter, `limosa up --out-of-order` applies it.
",
    check: Some(check),
};

fn check(input: &LintInput<'_>, found: &mut Vec<Diagnostic>) {
    let Some(base) = input.base else { return };
    let Some((highest, highest_name)) = base.merged.iter().max() else {
        return;
    };
    for migration in &input.set.migrations {
        let is_merged = |(version, name): &(Version, String)| {
            *version == migration.version && *name == migration.full_name()
        };
        if migration.version > *highest
            || base.get(&migration.version).is_some()
            || base.merged.iter().any(is_merged)
        {
            continue;
        }
        let message = format!(
            "{} is new, but not above {highest_name}, the highest version at {}",
            migration.full_name(),
            base.reference
        );
        let finding = Diagnostic::error(RULE.name, Class::Finding, message)
            .with_help("give it the next free version:")
            .with_help(format!("limosa renumber {}", migration.version));
        found.push(match migration.files.first() {
            Some(file) => finding.in_file(file),
            None => finding,
        });
    }
}
