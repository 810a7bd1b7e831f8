//! What the tests of all layouts share, and the tests of what is wrong with a folder.

#[cfg(unix)]
mod bad_input;
mod corpora;
mod stored;

use std::fs;
use std::path::Path;

use limosa_sql::Dialect;

use super::{Place, Reading, read};
use crate::{Diagnostic, Layout, Migration, ScriptReader};

/// A folder for a test.
#[derive(Debug)]
pub(super) struct TestFolder(tempfile::TempDir);

impl TestFolder {
    /// A folder `m` with these files; their folders are made.
    pub(super) fn with(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("m")).unwrap();
        for (name, text) in files {
            let path = folder.path().join("m").join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        Self(folder)
    }

    pub(super) fn path(&self) -> std::path::PathBuf {
        self.0.path().join("m")
    }

    pub(super) fn try_read(&self, layout: Option<Layout>) -> Result<Reading, Vec<Diagnostic>> {
        read_path(&self.path(), layout)
    }

    pub(super) fn read(&self, layout: Layout) -> Reading {
        self.try_read(Some(layout)).unwrap()
    }
}

pub(super) fn read_path(path: &Path, layout: Option<Layout>) -> Result<Reading, Vec<Diagnostic>> {
    let dialect = Dialect::Postgres;
    read(&Place {
        directory: path,
        shown: "m",
        layout,
        dialect,
    })
}

/// The statements of both directions; what is wrong stands in their place.
pub(super) fn statements(migration: &Migration) -> [Vec<String>; 2] {
    [&migration.up, &migration.down].map(|script| {
        let mut found = Vec::new();
        let Some(script) = script else { return found };
        let mut reader = ScriptReader::open(script, Dialect::Postgres, &|_| None).unwrap();
        while let Some(statement) = reader.next() {
            found.push(statement.map_or_else(|error| error.to_string(), |one| one.sql.to_owned()));
        }
        found
    })
}

/// Severity, name, places and message, one line for each.
pub(super) fn short(problems: &[Diagnostic]) -> Vec<String> {
    let line = |one: &Diagnostic| {
        let places: Vec<String> = one
            .labels
            .iter()
            .map(|label| format!("{}:{}", label.file, label.line))
            .collect();
        format!(
            "{:?} {} {} {}",
            one.severity,
            one.name,
            places.join(","),
            one.message
        )
    };
    problems.iter().map(line).collect()
}
