//! A directive that does not exist, or that names a rule that does not exist.

use limosa_core::{Class, Diagnostic};

use super::Rule;
use crate::{LintInput, names};

pub(super) const RULE: Rule = Rule {
    name: "unknown-directive",
    summary: "a line looks like a directive and is none",
    explanation: "\
# unknown-directive

## What it means
A line is meant for Limosa or for goose, but says nothing that they know, or is not written as it
has to be: `-- limosa: no_transaction`, `--limosa: up`, `-- +goose Donw`. It also means an `allow`
of a rule that does not exist.

## Why
A directive that is passed over in silence changes what the file does: with a mistyped section
marker the down would be applied together with the up.

## What to do
Write it as it is meant; the message names the most likely one. All directives are in the reference:
`-- limosa: up`, `down`, `no-transaction`, `lock-timeout=2s`, `statement-timeout=15min`,
`irreversible: reason`, `allow(rule): reason`, `accepts-loss(table.column): reason`,
`min-release=1.4.0`. An ordinary comment should not begin like a directive.
",
    check: Some(check),
};

fn check(input: &LintInput<'_>, found: &mut Vec<Diagnostic>) {
    let names = names();
    for migration in &input.set.migrations {
        for allowance in &migration.allows {
            if names.contains(&allowance.rule.as_str()) {
                continue;
            }
            let rule = limosa_core::layout::show_name(&allowance.rule);
            let mut finding = Diagnostic::error(
                RULE.name,
                Class::Finding,
                format!("`allow({rule})` names a rule that does not exist"),
            );
            if let Some(file) = migration.files.first() {
                finding = finding.in_file(file);
            }
            let meant = names
                .iter()
                .map(|name| (strsim::jaro_winkler(name, &allowance.rule), name))
                .filter(|(likeness, _)| *likeness > 0.8)
                .max_by(|(a, _), (b, _)| a.total_cmp(b));
            if let Some((_, name)) = meant {
                finding = finding.with_help(format!("did you mean `{name}`?"));
            }
            found.push(finding);
        }
    }
}
