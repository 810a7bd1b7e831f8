//! Reads all migrations of a directory.

use std::path::Path;

use limosa_sql::Dialect;

use super::folder::Folder;
use super::{db_migrate, detect, golang_migrate, goose, liamstask_goose, native};
use crate::{Diagnostic, Layout, Migration, MigrationSet, Severity};

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
    let layout = match place.layout {
        Some(layout) => layout,
        None => detect::layout_of(&folder)?,
    };
    let found = match layout {
        Layout::Native => native::read(&folder),
        Layout::GolangMigrate => golang_migrate::read(&folder),
        Layout::Goose => goose::read(&folder),
        Layout::LiamstaskGoose => liamstask_goose::read(&folder),
        Layout::DbMigrate => db_migrate::read(&folder),
    };
    let (errors, remarks) = found
        .problems
        .into_iter()
        .partition(|problem| problem.severity == Severity::Error);
    Ok(Reading {
        set: MigrationSet {
            layout,
            directory: place.directory.to_owned(),
            migrations: found.migrations,
            remarks,
        },
        errors,
    })
}

/// What a layout finds in a folder.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Ordered by version, without duplicates.
    pub(super) migrations: Vec<Migration>,
    /// Errors, warnings and notes.
    pub(super) problems: Vec<Diagnostic>,
}
