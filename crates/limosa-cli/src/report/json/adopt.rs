//! `limosa.adopt/1`: what was taken over from another tool, or given back to it.

use limosa_core::foreign::{FileMatch, Moved, TakenOver};
use limosa_core::{Diagnostic, MigrationSet};
use serde::Serialize;

use super::Problem;

/// The document.
#[derive(Debug, Serialize)]
pub struct AdoptDocument {
    document: &'static str,
    /// One for each database that was reached, in their order.
    pub databases: Vec<AdoptDatabase>,
    /// The files that were converted, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub converted: Option<AdoptFiles>,
    /// Why the others were not.
    pub problems: Vec<Problem>,
    /// The exit code of the process.
    pub exit_code: u8,
}

impl AdoptDocument {
    /// Of these databases and problems.
    pub fn new(databases: Vec<AdoptDatabase>, problems: &[Diagnostic], exit_code: u8) -> Self {
        Self {
            document: "limosa.adopt/1",
            databases,
            converted: None,
            problems: problems.iter().map(Problem::from).collect(),
            exit_code,
        }
    }
}

/// Files that were converted.
#[derive(Debug, Serialize)]
pub struct AdoptFiles {
    /// The layout that they had.
    pub layout: &'static str,
    /// The folder in which they are now.
    pub folder: String,
    /// Whether they were written; otherwise they could be.
    pub written: bool,
    /// How many migrations they are.
    pub migrations: usize,
    /// Their names in the folder.
    pub files: Vec<String>,
}

/// What was done with the histories of one database.
#[derive(Debug, Serialize)]
pub struct AdoptDatabase {
    /// Its name in the configuration.
    pub name: String,
    /// What was done.
    pub outcome: AdoptOutcome,
    /// The other tool.
    pub tool: &'static str,
    /// Its table.
    pub table: String,
    /// In what the histories differed.
    pub migrations: Vec<AdoptMigration>,
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AdoptOutcome {
    /// The history of Limosa follows.
    Adopted,
    /// It would.
    WouldAdopt,
    /// The other tool's table follows.
    Corrected,
    /// The history of Limosa was removed.
    Undone,
}

/// A migration in which the histories differed.
#[derive(Debug, Serialize)]
pub struct AdoptMigration {
    /// Its version.
    pub version: String,
    /// Its name.
    pub name: String,
    /// Whether the other tool had applied it, or undone it.
    pub change: AdoptChange,
    /// What is known of its file.
    pub file: AdoptFile,
}

/// What the other tool had done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AdoptChange {
    /// It had applied it.
    Applied,
    /// It had undone it.
    Undone,
}

/// Whether a file is the one that was applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AdoptFile {
    /// It is, by the other tool's checksum.
    Same,
    /// But for its line endings.
    LineEndings,
    /// It is not.
    Differs,
    /// The other tool keeps no checksum.
    Unknown,
    /// There is no file.
    Missing,
}

impl AdoptDatabase {
    /// Of what the other tool did.
    pub fn new(
        name: &str,
        outcome: AdoptOutcome,
        (tool, table): (&'static str, &str),
        moved: &Moved,
        set: &MigrationSet,
    ) -> Self {
        let name_of = |version| set.get(version).map(|one| one.name.clone());
        let undone = moved.back.iter().map(|version| AdoptMigration {
            version: version.text().to_owned(),
            name: name_of(version).unwrap_or_default(),
            change: AdoptChange::Undone,
            file: AdoptFile::Unknown,
        });
        Self {
            name: name.to_owned(),
            outcome,
            tool,
            table: table.to_owned(),
            migrations: moved
                .ahead
                .iter()
                .map(AdoptMigration::from)
                .chain(undone)
                .collect(),
        }
    }
}

impl From<&TakenOver> for AdoptMigration {
    fn from(taken: &TakenOver) -> Self {
        Self {
            version: taken.row.version.text().to_owned(),
            name: taken.row.name.clone(),
            change: AdoptChange::Applied,
            file: match (taken.file, taken.has_file) {
                (Some(FileMatch::Same), _) => AdoptFile::Same,
                (Some(FileMatch::LineEndings), _) => AdoptFile::LineEndings,
                (Some(FileMatch::Differs), _) => AdoptFile::Differs,
                (None, true) => AdoptFile::Unknown,
                (None, false) => AdoptFile::Missing,
            },
        }
    }
}
