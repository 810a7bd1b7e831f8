//! A down without any statement.

use limosa_core::{Diagnostic, Script, ScriptReader};
use limosa_sql::Dialect;

use super::Rule;
use crate::LintInput;

pub(super) const RULE: Rule = Rule {
    name: "empty-down",
    summary: "the down of a migration does nothing",
    explanation: "\
# empty-down

## What it means
The migration has a down, but there is no statement in it, while its up has some.

## Why
Undoing it records that it is not applied, and changes nothing: the next `limosa up` meets the
schema that it has made itself and fails, or does its work twice.

## What to do
Write the statements that undo it. When it cannot be undone, say so, and `limosa down` refuses it:

    -- limosa: irreversible: <reason>

When there really is nothing to undo, allow it in the head of the file:
`-- limosa: allow(empty-down): reason`.
",
    check: Some(check),
};

fn check(input: &LintInput<'_>, found: &mut Vec<Diagnostic>) {
    for migration in &input.set.migrations {
        let Some(down) = &migration.down else {
            continue;
        };
        let said = |one: &Diagnostic| {
            one.name == RULE.name && one.labels.iter().any(|label| label.file == down.file)
        };
        if !input.is_judged(migration)
            || migration.irreversible.is_some()
            || found.iter().any(said)
            || has_statement(down, input.dialect)
            || !migration
                .up
                .as_ref()
                .is_some_and(|up| has_statement(up, input.dialect))
        {
            continue;
        }
        let message = format!("the down of {} has no statement", migration.full_name());
        found.push(
            Diagnostic::warning(RULE.name, message)
                .in_file(&down.file)
                .with_help("write how it is undone"),
        );
    }
}

/// A script that cannot be read is not empty.
fn has_statement(script: &Script, dialect: Dialect) -> bool {
    ScriptReader::open(script, dialect, &|_| None)
        .map_or(true, |mut reader| reader.next().is_some())
}
