//! The JSON documents: a stable interface. Structs that are written as JSON stand only here, and in
//! `limosa_core::journal`; the schemas are in `docs/reference/json`.

mod adopt;
mod blocker;
mod drift;
mod event;
mod history;
mod in_doubt;
mod lint;
mod plan;
mod run;
mod schema_diff;
mod squash;
mod status;
mod verify;

pub use adopt::{
    AdoptChange, AdoptDatabase, AdoptDocument, AdoptFile, AdoptFiles, AdoptMigration, AdoptOutcome,
};
pub use blocker::Blocker;
pub use drift::{DriftDatabase, DriftDocument};
pub use event::{Events, failed, finished};
pub use history::{HistoryDatabase, HistoryDocument};
pub use lint::{Finding, LintDocument};
pub use plan::{PlanDatabase, plan_document};
pub use run::{Failed, RunDatabase, RunDocument};
pub use schema_diff::{DiffDocument, Side};
pub use squash::{SquashDocument, SquashSet};
pub use status::{StatusDatabase, StatusDocument};
pub use verify::{VerifyDatabase, VerifyDocument};

use limosa_core::Diagnostic;
use serde::Serialize;

/// Why a command ended before it could report on a database.
#[derive(Debug, Serialize)]
pub struct Problem {
    /// Its name, as `limosa explain` takes it.
    pub name: &'static str,
    /// What happened.
    pub message: String,
    /// The file, where it is about one.
    pub file: Option<String>,
    /// The line, from 1.
    pub line: Option<u64>,
    /// What else is true.
    pub notes: Vec<String>,
    /// What to do next.
    pub help: Vec<String>,
}

impl From<&Diagnostic> for Problem {
    fn from(diagnostic: &Diagnostic) -> Self {
        let label = diagnostic.labels.first();
        Self {
            name: diagnostic.name,
            message: diagnostic.message.clone(),
            file: label.map(|label| label.file.clone()),
            line: label.map(|label| label.line),
            notes: diagnostic.notes.clone(),
            help: diagnostic.help.clone(),
        }
    }
}

/// The document as text, ending with a line end.
pub fn pretty(document: &impl Serialize) -> String {
    let mut text = serde_json::to_string_pretty(document)
        .expect("documents have only text keys and values that JSON has");
    text.push('\n');
    text
}
