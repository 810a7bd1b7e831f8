//! `limosa.squash/1`: the baseline in place of many migrations.

use limosa_core::Diagnostic;
use limosa_engine::squash::{Replacement, Squashed};
use serde::Serialize;

use super::Problem;

/// The document.
#[derive(Debug, Serialize)]
pub struct SquashDocument {
    document: &'static str,
    /// What was done; null where nothing could be.
    pub squashed: Option<SquashSet>,
    /// Why nothing was done.
    pub problems: Vec<Problem>,
    /// The exit code of the process.
    pub exit_code: u8,
}

impl SquashDocument {
    /// Of a baseline or problems.
    pub fn new(squashed: Option<SquashSet>, problems: &[Diagnostic], exit_code: u8) -> Self {
        Self {
            document: "limosa.squash/1",
            squashed,
            problems: problems.iter().map(Problem::from).collect(),
            exit_code,
        }
    }
}

/// A baseline.
#[derive(Debug, Serialize)]
pub struct SquashSet {
    version: String,
    name: String,
    replaces: Vec<String>,
    statements: usize,
    rows: Vec<SquashRows>,
    fingerprint: String,
    files: Vec<String>,
    removed: Vec<String>,
    archive: Option<String>,
    written: bool,
}

/// The rows that it puts into a table.
#[derive(Debug, Serialize)]
struct SquashRows {
    table: String,
    rows: usize,
}

impl SquashSet {
    /// Of what was made.
    pub fn new(
        squashed: &Squashed,
        replacement: &Replacement,
        archive: Option<&std::path::Path>,
        written: bool,
    ) -> Self {
        let shown = |path: &std::path::PathBuf| path.display().to_string();
        Self {
            version: squashed.version.text().to_owned(),
            name: squashed.name.clone(),
            replaces: squashed.replaces.iter().map(ToString::to_string).collect(),
            statements: squashed.statements,
            rows: (squashed.rows.iter())
                .map(|(table, rows)| SquashRows {
                    table: table.path.join("."),
                    rows: *rows,
                })
                .collect(),
            fingerprint: squashed.fingerprint.to_string(),
            files: (squashed.files.iter())
                .map(|file| shown(&file.path))
                .collect(),
            removed: replacement.removed(squashed).map(shown).collect(),
            archive: archive.map(|path| path.display().to_string()),
            written,
        }
    }
}
