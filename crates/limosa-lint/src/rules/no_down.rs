//! A migration that cannot be undone, though nobody says so.

use limosa_core::{Diagnostic, Layout};

use super::Rule;
use crate::LintInput;

pub(super) const RULE: Rule = Rule {
    name: "no-down",
    summary: "a migration has no down",
    explanation: "\
# no-down

## What it means
The migration has no down, and does not say that it cannot be undone.

## Why
When a release has to be taken back, its migrations have to be taken back too. Without a down that
is work by hand, at the worst of times.

## What to do
Write a down. When it cannot be undone, say why; `limosa down` then refuses it with that reason:

    -- limosa: irreversible: <reason>

When your project only goes forward, allow it in the head of the file:
`-- limosa: allow(no-down): reason`.
",
    check: Some(check),
};

fn check(input: &LintInput<'_>, found: &mut Vec<Diagnostic>) {
    for migration in &input.set.migrations {
        if migration.down.is_some()
            || migration.up.is_none()
            || migration.irreversible.is_some()
            || migration.opaque.is_some()
            || !input.is_judged(migration)
        {
            continue;
        }
        // The tools of the other layouts do not know our directives.
        let help = match input.set.layout {
            Layout::Native => "write one, or say `-- limosa: irreversible: reason`",
            _ => "write one",
        };
        let message = format!("{} has no down", migration.full_name());
        let finding = Diagnostic::warning(RULE.name, message).with_help(help);
        found.push(match migration.files.first() {
            Some(file) => finding.in_file(file),
            None => finding,
        });
    }
}
