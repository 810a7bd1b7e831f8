//! `limosa.history/1`: the journal, run by run.

use limosa_core::Diagnostic;
use limosa_core::journal::Run;
use serde::Serialize;

use super::Problem;

/// The document.
#[derive(Debug, Serialize)]
pub struct HistoryDocument {
    document: &'static str,
    /// One for each database, in their order.
    pub databases: Vec<HistoryDatabase>,
    /// Why a journal could not be read.
    pub problems: Vec<Problem>,
    /// The exit code of the process.
    pub exit_code: u8,
}

impl HistoryDocument {
    /// Of these databases and problems.
    pub fn new(databases: Vec<HistoryDatabase>, problems: &[Diagnostic], exit_code: u8) -> Self {
        Self {
            document: "limosa.history/1",
            databases,
            problems: problems.iter().map(Problem::from).collect(),
            exit_code,
        }
    }
}

/// The journal of a database, oldest run first.
#[derive(Debug, Serialize)]
pub struct HistoryDatabase {
    /// The database.
    pub name: String,
    /// Its runs.
    pub runs: Vec<Run>,
}
