//! `limosa.lint/1`: findings in files.

use limosa_core::{Diagnostic, Severity};
use serde::Serialize;

use super::Problem;

/// The document.
#[derive(Debug, Serialize)]
pub struct LintDocument {
    document: &'static str,
    /// One for each set of migrations, in their order.
    pub databases: Vec<LintDatabase>,
    /// Why files could not be checked.
    pub problems: Vec<Problem>,
    /// The exit code of the process.
    pub exit_code: u8,
}

/// The findings of a set of migrations.
#[derive(Debug, Serialize)]
pub struct LintDatabase {
    name: String,
    findings: Vec<Finding>,
}

/// A finding.
#[derive(Debug, Serialize)]
pub struct Finding {
    name: &'static str,
    severity: Severity,
    message: String,
    file: Option<String>,
    line: Option<u64>,
    column: Option<u64>,
    version: Option<String>,
    notes: Vec<String>,
    help: Vec<String>,
}

impl LintDocument {
    /// Of these findings and problems.
    pub fn new(
        databases: Vec<(String, Vec<Finding>)>,
        problems: &[Diagnostic],
        exit_code: u8,
    ) -> Self {
        let databases = databases
            .into_iter()
            .map(|(name, findings)| LintDatabase { name, findings })
            .collect();
        Self {
            document: "limosa.lint/1",
            databases,
            problems: problems.iter().map(Problem::from).collect(),
            exit_code,
        }
    }
}

impl Finding {
    /// A finding about a version, where it is known.
    pub fn new(diagnostic: &Diagnostic, version: Option<String>) -> Self {
        let label = diagnostic.labels.first();
        Self {
            name: diagnostic.name,
            severity: diagnostic.severity,
            message: diagnostic.message.clone(),
            file: label.map(|label| label.file.clone()),
            line: label.map(|label| label.line),
            column: label.map(|label| label.column),
            version,
            notes: diagnostic.notes.clone(),
            help: diagnostic.help.clone(),
        }
    }
}
