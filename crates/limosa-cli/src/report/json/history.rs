//! `limosa.history/1`: the journal.

use limosa_core::Diagnostic;
use limosa_engine::JournalEntry;
use serde::Serialize;

use super::Problem;

/// The document.
#[derive(Debug, Serialize)]
pub struct HistoryDocument {
    document: &'static str,
    /// One for each database, in their order.
    pub databases: Vec<Entry>,
    /// Why a journal could not be read.
    pub problems: Vec<Problem>,
    /// The exit code of the process.
    pub exit_code: u8,
}

impl HistoryDocument {
    /// Of these databases and problems.
    pub fn new(databases: Vec<Entry>, problems: &[Diagnostic], exit_code: u8) -> Self {
        Self {
            document: "limosa.history/1",
            databases,
            problems: problems.iter().map(Problem::from).collect(),
            exit_code,
        }
    }
}

/// The journal of a database, oldest entry first.
#[derive(Debug, Serialize)]
pub struct Entry {
    /// The database.
    pub name: String,
    /// Its entries.
    pub entries: Vec<JournalEntry>,
}
