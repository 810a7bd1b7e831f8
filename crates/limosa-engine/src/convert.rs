//! Writes the migrations of another layout as native files. No database is looked at: what is applied is known by the
//! checksums of what was run, and these stay.
//!
//! The files are written into a folder beside the wanted one, read again and held against what they come from, and
//! only then that folder gets its name. So there is either everything or nothing.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use limosa_core::layout::{NewFile, Place, check_converted, convert as native_files, load};
use limosa_core::{Class, Diagnostic, Layout, MigrationSet};
use limosa_sql::Dialect;

use crate::scaffold::write_new;

/// What was converted, or would be.
#[derive(Debug)]
pub struct Converted {
    /// The files, in the order of their versions, by their names in the folder.
    pub files: Vec<PathBuf>,
    /// Those of which the old tool will say that they are other ones, because it keeps checksums of files.
    pub changed_for_tool: Vec<PathBuf>,
}

/// Whether files are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Write {
    /// They are.
    Files,
    /// It is only found out whether they could be.
    Nothing,
}

/// Writes the migrations of a set as native files into a folder, which is made. The old files stay.
///
/// # Errors
/// Everything that cannot be converted without another meaning; that there is something in the folder; or that it
/// cannot be written. Then there is nothing new.
pub fn convert(
    set: &MigrationSet,
    into: &Path,
    dialect: Dialect,
    write: Write,
) -> Result<Converted, Vec<Diagnostic>> {
    let failed = |cause: io::Error| vec![not_written(into, &cause)];
    if !is_free(into).map_err(failed)? {
        return Err(vec![taken(into)]);
    }
    let (above, made) = match write {
        Write::Files => {
            let above = parent(into);
            (above.clone(), make_folders(&above).map_err(failed)?)
        }
        Write::Nothing => (std::env::temp_dir(), Vec::new()),
    };
    let staged = stage(set, &above, into, dialect).and_then(|(staging, converted)| {
        if write == Write::Files {
            put(staging, into).map_err(failed)?;
        }
        Ok(converted)
    });
    if staged.is_err() {
        for folder in made.iter().rev() {
            // Best effort: what is reported is why there is nothing.
            let _ = fs::remove_dir(folder);
        }
    }
    staged
}

/// Writes everything into a folder that is removed when it is dropped, and checks it there.
fn stage(
    set: &MigrationSet,
    above: &Path,
    into: &Path,
    dialect: Dialect,
) -> Result<(tempfile::TempDir, Converted), Vec<Diagnostic>> {
    let failed = |cause: io::Error| vec![not_written(into, &cause)];
    let staging = (tempfile::Builder::new().prefix(".limosa-convert-"))
        .tempdir_in(above)
        .map_err(failed)?;
    let mut files = Vec::new();
    let mut problems = Vec::new();
    for migration in &set.migrations {
        match native_files(migration, set.layout, dialect) {
            Ok(texts) => {
                write_new(staging.path(), &texts).map_err(|error| {
                    let cause = std::error::Error::source(&error).map(ToString::to_string);
                    failed(io::Error::other(cause.unwrap_or_else(|| error.to_string())))
                })?;
                files.extend(texts.into_iter().map(|NewFile { path, .. }| path));
            }
            Err(problem) => problems.push(problem),
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let shown = into.to_string_lossy();
    let native = load(&Place {
        directory: staging.path(),
        shown: &shown,
        layout: Some(Layout::Native),
        dialect,
    })?;
    let problems = check_converted(set, &native, dialect);
    if !problems.is_empty() {
        return Err(problems);
    }
    let changed_for_tool = match set.layout {
        Layout::Sqlx => changed(set, &native),
        _ => Vec::new(),
    };
    let converted = Converted {
        files,
        changed_for_tool,
    };
    Ok((staging, converted))
}

/// The files whose bytes are not those that they come from.
fn changed(old: &MigrationSet, new: &MigrationSet) -> Vec<PathBuf> {
    let pairs = old.migrations.iter().zip(&new.migrations);
    let other = pairs.filter(|(old, new)| {
        let sha = |one: &limosa_core::Migration| one.up.as_ref().map(|up| up.sha256);
        sha(old) != sha(new)
    });
    other
        .filter_map(|(_, new)| Path::new(new.files.first()?).file_name().map(PathBuf::from))
        .collect()
}

/// Gives the folder its name.
fn put(staging: tempfile::TempDir, into: &Path) -> io::Result<()> {
    readable_as_others(staging.path(), &parent(into))?;
    match fs::remove_dir(into) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    fs::rename(staging.path(), into)?;
    // It is not there under its old name any more.
    let _ = staging.keep();
    Ok(())
}

/// A temporary folder is only for its owner; that of the project is for those who may read the one above it.
#[cfg(unix)]
fn readable_as_others(folder: &Path, above: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(above)?.permissions().mode() & 0o777;
    fs::set_permissions(folder, fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn readable_as_others(_folder: &Path, _above: &Path) -> io::Result<()> {
    Ok(())
}

fn parent(into: &Path) -> PathBuf {
    match into.parent() {
        Some(above) if !above.as_os_str().is_empty() => above.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// Makes a folder and those above it; says which ones were made.
fn make_folders(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let missing: Vec<&Path> = (folder.ancestors())
        .take_while(|one| !one.as_os_str().is_empty() && !one.exists())
        .collect();
    fs::create_dir_all(folder)?;
    Ok(missing.into_iter().rev().map(Path::to_owned).collect())
}

/// Whether nothing is there, or an empty folder.
fn is_free(into: &Path) -> io::Result<bool> {
    match fs::read_dir(into) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(error) => match error.kind() {
            io::ErrorKind::NotFound => Ok(true),
            io::ErrorKind::NotADirectory => Ok(false),
            _ => Err(error),
        },
    }
}

fn taken(into: &Path) -> Diagnostic {
    let message = format!("there is something in {} already", into.display());
    Diagnostic::error("folder-not-empty", Class::Usage, message)
        .with_note("nothing was written")
        .with_help("name a folder that does not exist yet, or one that is empty")
}

fn not_written(into: &Path, cause: &io::Error) -> Diagnostic {
    let message = format!("{} cannot be written: {cause}", into.display());
    Diagnostic::error("folder-not-written", Class::Usage, message).with_note("nothing was written")
}

#[cfg(test)]
mod tests;
