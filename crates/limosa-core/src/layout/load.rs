//! Reads all migrations of a directory.

use std::path::Path;
use std::sync::Arc;

use limosa_sql::Dialect;

use super::baseline;
use super::cases;
use super::detect::{self, Certainty};
use super::folder::{Folder, show_name};
use super::threads::in_parts;
use crate::{Class, Diagnostic, Layout, Migration, MigrationSet, Script, Severity};

/// Where migrations are and how to read them.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The directory.
    pub directory: &'a Path,
    /// What stands before file names in messages (the directory as the user wrote it).
    pub shown: &'a str,
    /// The layout, when it is configured; else it is detected.
    pub layout: Option<Layout>,
    /// The dialect that the texts are written in.
    pub dialect: Dialect,
}

/// What could be read of a directory, and everything that is wrong with it.
#[derive(Debug, Clone)]
pub struct Reading {
    /// The migrations that could be read, with remarks. Only complete when there are no errors.
    pub set: MigrationSet,
    /// What stops every command but `lint`.
    pub errors: Vec<Diagnostic>,
}

/// Reads all migrations of a directory.
///
/// # Errors
/// Everything that is wrong with the files, each with its place; never only the first.
pub fn load(place: &Place<'_>) -> Result<MigrationSet, Vec<Diagnostic>> {
    let reading = read(place)?;
    if reading.errors.is_empty() {
        Ok(reading.set)
    } else {
        Err(reading.errors)
    }
}

/// Reads what can be read of a directory, for `lint`.
///
/// # Errors
/// When there is nothing to read: no directory, or no single way to read it.
pub fn read(place: &Place<'_>) -> Result<Reading, Vec<Diagnostic>> {
    let folder = Folder::open(place).map_err(|problem| vec![problem])?;
    let detect::Detected {
        layout,
        certainty,
        readable,
    } = match place.layout {
        Some(layout) => detect::Detected {
            layout,
            certainty: Certainty::Given,
            readable: Vec::new(),
        },
        None => detect::layout_of(&folder)?,
    };
    if !layout.rules().dialects().contains(&place.dialect) {
        return Err(vec![other_server(layout, place)]);
    }
    let mut found = layout.rules().read(&folder);
    baseline::read(layout, &folder, &mut found);
    for migration in &mut found.migrations {
        // Most have one file, and there is room for four.
        migration.files.shrink_to_fit();
    }
    let (errors, remarks) = found
        .problems
        .into_iter()
        .partition(|problem| problem.severity == Severity::Error);
    Ok(Reading {
        set: MigrationSet {
            layout,
            certainty,
            readable,
            directory: place.directory.to_owned(),
            migrations: found.migrations,
            remarks,
            cases: cases::of(&folder, layout),
        },
        errors,
    })
}

/// The tool of the layout does not have such servers, so that nothing says what its files mean there.
fn other_server(layout: Layout, place: &Place<'_>) -> Diagnostic {
    let names = |dialects: &[Dialect]| {
        let names = dialects.iter().map(|dialect| match dialect {
            Dialect::Postgres => "PostgreSQL",
            Dialect::Mysql => "MySQL and MariaDB",
            Dialect::Sqlite => "SQLite",
        });
        names.collect::<Vec<_>>().join(", ")
    };
    Diagnostic::error(
        "layout-for-other-server",
        Class::Usage,
        format!(
            "the files in {} are of the layout {layout}, which is only for {}; this is {}",
            show_name(place.shown),
            names(layout.rules().dialects()),
            names(&[place.dialect]),
        ),
    )
    .with_help("name another database, or say with `--layout` how else the files are to be read")
}

/// What a layout finds in a folder.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Ordered by version, without duplicates.
    pub(super) migrations: Vec<Migration>,
    /// Errors, warnings and notes.
    pub(super) problems: Vec<Diagnostic>,
}

impl Found {
    /// Reads each of many, by several threads, and adds what is found in their order.
    pub(super) fn each<T: Sync>(&mut self, all: Vec<T>, read: impl Fn(&T, &mut Self) + Sync) {
        let parts = in_parts(&all, |part| {
            let mut found = Self {
                migrations: Vec::with_capacity(part.len()),
                ..Self::default()
            };
            for one in part {
                read(one, &mut found);
            }
            found
        });
        drop(all);
        for part in parts {
            // The list of the first part grows, rather than being there twice.
            if self.migrations.is_empty() {
                self.migrations = part.migrations;
            } else {
                self.migrations.extend(part.migrations);
            }
            self.problems.extend(part.problems);
        }
    }

    /// A script, or what is wrong with it noted.
    pub(super) fn script(&mut self, read: Result<Script, Diagnostic>) -> Option<Arc<Script>> {
        let read = read.map_err(|problem| self.problems.push(problem));
        read.ok().map(Arc::new)
    }
}
