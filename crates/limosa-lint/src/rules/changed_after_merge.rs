//! A migration that exists at the base has another text now, or is gone.

use limosa_core::{Checksums, Class, Diagnostic, Migration, Script};

use super::Rule;
use crate::LintInput;

pub(super) const RULE: Rule = Rule {
    name: "changed-after-merge",
    summary: "a migration that was merged has been changed or removed",
    explanation: "\
# changed-after-merge

## What it means
A migration that exists at the point given by `--since` has another text now, or is gone. Comments,
blanks and line ends do not count. A changed down is only noted. What `limosa squash` replaced is
not reported: the baseline that stands for it says so in its head.

## Why
Whoever has applied the migration has the old text in the database and never gets the new one; a new
database gets only the new one. From then on they differ, and `limosa up` refuses the changed file.

## What to do
Restore the file, and write what should be different as a new migration:

    git checkout <ref> -- <file>
    limosa new <name>

When nobody has applied it yet, say so in the head of the file:
`-- limosa: allow(changed-after-merge): reason`. When it must stay changed, every database that has
the old one needs `limosa repair`.
",
    check: Some(check),
};

fn check(input: &LintInput<'_>, found: &mut Vec<Diagnostic>) {
    let Some(base) = input.base else { return };
    for before in &base.migrations {
        let reference = &base.reference;
        // What a baseline stands for is gone; that it is equal was proved when it was written.
        let is_same = |one: &Migration| before.is_baseline && one.version == before.version;
        let baseline = input.set.baseline_of(&before.version);
        if baseline.is_some_and(|one| !is_same(one)) {
            continue;
        }
        let Some(now) = input.set.get(&before.version) else {
            // A file that cannot be read is reported as such.
            let unreadable = |one: &Diagnostic| {
                one.labels
                    .iter()
                    .any(|label| before.files.contains(&label.file))
            };
            if !input.errors.iter().any(unreadable) {
                let message = format!("{} was removed since {reference}", before.full_name);
                found.push(finding(message, before.files.first()).with_help("restore its files"));
            }
            continue;
        };
        let changed = |before: Option<&Checksums>, now: Option<&Script>| match (before, now) {
            (Some(before), Some(now)) if before.raw == now.sha256 => false,
            (Some(before), Some(now)) => now
                .checksums(input.dialect)
                .map_or(true, |sums| sums.tokens != before.tokens),
            (None, None) => false,
            // A text that could not be read at the base cannot be compared.
            (None, Some(_)) => before.is_some(),
            (Some(_), None) => true,
        };
        let first = now.files.first().or(before.files.first());
        let up = now.up.as_ref().map(|script| &script.file).or(first);
        let down = now.down.as_ref().map(|script| &script.file).or(first);
        if changed(before.up.as_ref(), now.up.as_deref()) {
            let message = format!("{} was changed since {reference}", before.full_name);
            found.push(finding(message, up).with_help("restore it, and write a new migration"));
        }
        if changed(before.down.as_ref(), now.down.as_deref()) {
            let message = format!(
                "the down of {} was changed since {reference}",
                before.full_name
            );
            let note = Diagnostic::note(RULE.name, message);
            found.push(in_file(note, down));
        }
    }
}

fn finding(message: String, file: Option<&String>) -> Diagnostic {
    in_file(Diagnostic::error(RULE.name, Class::Finding, message), file)
}

fn in_file(diagnostic: Diagnostic, file: Option<&String>) -> Diagnostic {
    match file {
        Some(file) => diagnostic.in_file(file),
        None => diagnostic,
    }
}
