//! `limosa.verify/1`: what was found in a shadow.

use limosa_core::Diagnostic;
use limosa_engine::verify::{Finding, Report};
use serde::Serialize;

use super::{Problem, lint};

/// The document.
#[derive(Debug, Serialize)]
pub struct VerifyDocument {
    document: &'static str,
    databases: Vec<VerifyDatabase>,
    /// Why something could not be proved at all.
    problems: Vec<Problem>,
    exit_code: u8,
}

/// What was found about the migrations of a database.
#[derive(Debug, Serialize)]
pub struct VerifyDatabase {
    name: String,
    checked: usize,
    findings: Vec<VerifyFinding>,
}

/// A finding.
#[derive(Debug, Serialize)]
struct VerifyFinding {
    #[serde(flatten)]
    finding: lint::Finding,
    migration: String,
    object: Option<String>,
    kind: Option<&'static str>,
}

impl VerifyDocument {
    /// Of these findings and problems.
    pub fn new(databases: Vec<VerifyDatabase>, problems: &[Diagnostic], exit_code: u8) -> Self {
        Self {
            document: "limosa.verify/1",
            databases,
            problems: problems.iter().map(Problem::from).collect(),
            exit_code,
        }
    }
}

impl VerifyDatabase {
    /// Of a report.
    pub fn new(name: &str, report: &Report) -> Self {
        Self {
            name: name.to_owned(),
            checked: report.checked,
            findings: report.findings.iter().map(VerifyFinding::new).collect(),
        }
    }
}

impl VerifyFinding {
    fn new(found: &Finding) -> Self {
        let version = Some(found.version.text().to_owned());
        Self {
            finding: lint::Finding::new(&found.diagnostic, version),
            migration: found.migration.clone(),
            object: found.object.as_ref().map(ToString::to_string),
            kind: found.kind,
        }
    }
}
