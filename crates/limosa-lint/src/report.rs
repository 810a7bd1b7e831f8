//! Runs all rules and sorts out what their authors allow.

use limosa_core::{Class, Diagnostic, Migration};

use crate::{LintInput, rules};

/// What the rules found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LintReport {
    /// The findings, ordered by file and line. Notes are among them; they fail no check.
    pub findings: Vec<Diagnostic>,
    /// What would be a finding, but its author allows it.
    pub allowed: Vec<Allowed>,
    /// How many migrations were judged: all, or those that are new since the base.
    pub judged: usize,
}

/// A finding that the author of a migration allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowed {
    /// The rule.
    pub rule: &'static str,
    /// The file.
    pub file: String,
    /// Why, as its author says.
    pub reason: String,
}

/// Runs all rules.
pub fn lint(input: &LintInput<'_>) -> LintReport {
    let mut found: Vec<Diagnostic> = input
        .errors
        .iter()
        .chain(&input.set.remarks)
        .cloned()
        .collect();
    for rule in rules() {
        if let Some(check) = rule.check {
            check(input, &mut found);
        }
    }
    let mut report = LintReport {
        findings: Vec::new(),
        allowed: Vec::new(),
        judged: input
            .set
            .migrations
            .iter()
            .filter(|one| input.is_judged(one))
            .count(),
    };
    for mut finding in found {
        finding.class = Class::Finding;
        let file = finding.labels.first().map(|label| label.file.as_str());
        let of =
            |one: &&Migration| file.is_some_and(|file| one.files.iter().any(|its| its == file));
        let migration = input.set.migrations.iter().find(of);
        match migration.and_then(|migration| migration.allows(finding.name)) {
            Some(reason) => report.allowed.push(Allowed {
                rule: finding.name,
                file: file.unwrap_or_default().to_owned(),
                reason: reason.to_owned(),
            }),
            None => report.findings.push(finding),
        }
    }
    report.findings.sort_by_key(|finding| {
        let label = finding.labels.first();
        (
            label.map(|label| (label.file.clone(), label.line)),
            finding.name,
        )
    });
    report
}

#[cfg(test)]
mod tests;
