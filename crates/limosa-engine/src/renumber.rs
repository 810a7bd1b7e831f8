//! Gives a pending migration the next free version, by renaming its files.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use limosa_core::layout::NamedFile;
use limosa_core::{Layout, Version, full_name};

use crate::scaffold::{Numbering, ScaffoldError};

/// A file with its new name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rename {
    /// Its place in the folder.
    pub from: PathBuf,
    /// Its new place.
    pub to: PathBuf,
    /// A name in its text that is replaced by the new one (the loader of db-migrate).
    pub replaces: Option<(String, String)>,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Renumbering {
    /// The migration as it is named now.
    pub before: String,
    /// The migration as it will be named.
    pub after: String,
    /// Its files.
    pub renames: Vec<Rename>,
}

/// Why a migration is not given another version.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RenumberError {
    /// There is no such migration.
    #[error("there is no migration {0}")]
    Unknown(String),
    /// Several migrations have that version, and it is not said which is meant.
    #[error("{version} is the version of {}; name the one that is to move", names.join(" and "))]
    Ambiguous {
        /// The version.
        version: Version,
        /// The migrations with that version.
        names: Vec<String>,
    },
    /// It is applied: another version would make it missing and pending at once.
    #[error("{0} is applied, so its version stays")]
    Applied(String),
    /// It already is the only one with the highest version.
    #[error("{0} already has the highest version")]
    AlreadyLast(String),
    /// There is no free version.
    #[error(transparent)]
    NoVersion(#[from] ScaffoldError),
    /// A file cannot be renamed; nothing was changed.
    #[error("{from} cannot be renamed to {to}")]
    Rename {
        /// The file.
        from: PathBuf,
        /// Its new name.
        to: PathBuf,
        /// Why.
        #[source]
        cause: io::Error,
    },
}

/// Finds out how a migration gets the next free version.
///
/// `which` is a version, or a version with a name (`7_orders`), or the name of a file. `is_applied`
/// is asked with the version and the title of each migration that comes into question.
///
/// # Errors
/// When it is not clear which one is meant, it is applied, or it is the last one anyway.
pub fn renumber(
    layout: Layout,
    files: &[NamedFile],
    which: &str,
    is_applied: &dyn Fn(&Version, &str) -> bool,
    numbering: Option<Numbering>,
    now: SystemTime,
) -> Result<Renumbering, RenumberError> {
    let migrations = group(files);
    let matching: Vec<&Named<'_>> = migrations.iter().filter(|one| one.is(which)).collect();
    let pending = |one: &&&Named<'_>| !is_applied(one.version, one.title);
    let found = match matching.as_slice() {
        [] => {
            return Err(RenumberError::Unknown(limosa_core::layout::show_name(
                which,
            )));
        }
        [one] => *one,
        several => {
            // The one that is applied stays, so the other one is meant.
            let pending: Vec<_> = several.iter().filter(pending).collect();
            match pending.as_slice() {
                [one] => **one,
                _ => {
                    return Err(RenumberError::Ambiguous {
                        version: several[0].version.clone(),
                        names: several.iter().map(|one| one.full_name()).collect(),
                    });
                }
            }
        }
    };
    if is_applied(found.version, found.title) {
        return Err(RenumberError::Applied(found.full_name()));
    }
    let others = migrations.iter().filter(|one| !std::ptr::eq(*one, found));
    let highest = others.map(|one| one.version).max();
    if highest.is_none_or(|highest| highest < found.version) {
        return Err(RenumberError::AlreadyLast(found.full_name()));
    }
    let numbering = numbering
        .or(Numbering::of(highest))
        .unwrap_or(Numbering::Timestamp);
    let version = numbering.next(highest, layout, now)?;
    // Tests that stand beside a version follow it only when it is clear whose they are.
    let alone = migrations
        .iter()
        .filter(|one| one.version == found.version)
        .count()
        == 1;
    let companions = files
        .iter()
        .filter(|file| alone && file.companion && file.version == *found.version);
    let moved = found.files.iter().copied().chain(companions);
    let renames = moved.map(|file| rename(layout, file, &version)).collect();
    Ok(Renumbering {
        before: found.full_name(),
        after: full_name(version.text(), found.title),
        renames,
    })
}

/// The files of one migration.
struct Named<'f> {
    version: &'f Version,
    title: &'f str,
    files: Vec<&'f NamedFile>,
}

impl Named<'_> {
    fn full_name(&self) -> String {
        full_name(self.version.text(), self.title)
    }

    fn is(&self, which: &str) -> bool {
        let is_version = Version::number(which).is_ok_and(|version| version == *self.version);
        let file_name = Path::new(which).file_name();
        is_version
            || self.files.iter().any(|file| {
                full_name(file.version.text(), &file.title) == which
                    || format!("{}-{}", file.version, file.title) == which
                    || file.path.file_name() == file_name
            })
    }
}

/// Sorts files to migrations: by version, and where a version is taken twice, by title too.
fn group(files: &[NamedFile]) -> Vec<Named<'_>> {
    let mut groups: Vec<Named<'_>> = Vec::new();
    for file in files.iter().filter(|file| !file.companion) {
        let kind = |file: &NamedFile| kind(&file.path, &file.title);
        let of_version: Vec<&NamedFile> = files
            .iter()
            .filter(|other| !other.companion && other.version == file.version)
            .collect();
        // A pair with two titles is one migration when each kind of file is there once.
        let unique = of_version.iter().enumerate().all(|(at, one)| {
            of_version[at + 1..]
                .iter()
                .all(|other| kind(one) != kind(other))
        });
        let same = groups
            .iter_mut()
            .find(|group| *group.version == file.version && (unique || group.title == file.title));
        match same {
            Some(group) => group.files.push(file),
            None => groups.push(Named {
                version: &file.version,
                title: &file.title,
                files: vec![file],
            }),
        }
    }
    groups
}

/// What stands behind the title (`.up.sql`, `-down.sql`, `.js`), without the difference between a
/// file with both directions and one with the up, or between the two ups of go-pg.
fn kind(path: &Path, title: &str) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let behind = name.rfind(title).map_or("", |at| &name[at + title.len()..]);
    behind.replacen(".tx.", ".", 1).replacen(".up.", ".", 1)
}

fn rename(layout: Layout, file: &NamedFile, version: &Version) -> Rename {
    let name = file.path.file_name().unwrap_or_default().to_string_lossy();
    let end = file.version_at + file.version.text().len();
    let new = format!("{}{version}{}", &name[..file.version_at], &name[end..]);
    let is_code = layout == Layout::DbMigrate && file.path.components().count() == 1;
    Rename {
        from: file.path.clone(),
        to: file.path.with_file_name(new),
        replaces: is_code.then(|| {
            let recorded = |version: &Version| format!("{version}-{}", file.title);
            (recorded(&file.version), recorded(version))
        }),
    }
}

/// Renames the files. Nothing is overwritten; when one cannot be renamed, the others get their old
/// names back.
///
/// # Errors
/// When a file cannot be renamed.
pub fn rename_files(directory: &Path, renumbering: &Renumbering) -> Result<(), RenumberError> {
    let mut done: Vec<&Rename> = Vec::new();
    for rename in &renumbering.renames {
        let (from, to) = (directory.join(&rename.from), directory.join(&rename.to));
        if let Err(cause) = rename_file(&from, &to, rename.replaces.as_ref()) {
            for rename in done {
                let (from, to) = (directory.join(&rename.from), directory.join(&rename.to));
                let back = rename
                    .replaces
                    .as_ref()
                    .map(|(old, new)| (new.clone(), old.clone()));
                // Best effort: the error that is reported is the first one.
                let _ = rename_file(&to, &from, back.as_ref());
            }
            return Err(RenumberError::Rename { from, to, cause });
        }
        done.push(rename);
    }
    Ok(())
}

fn rename_file(from: &Path, to: &Path, replaces: Option<&(String, String)>) -> io::Result<()> {
    if let Some((old, new)) = replaces {
        let text = fs::read_to_string(from)?.replace(old, new);
        let mut file = fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(to)?;
        file.write_all(text.as_bytes())?;
    } else {
        // Unlike a rename, a link never replaces a file.
        match fs::hard_link(from, to) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(error),
            // A file system without links.
            Err(_) if !to.try_exists()? => return fs::rename(from, to),
            Err(error) => return Err(error),
        }
    }
    fs::remove_file(from)
}

#[cfg(test)]
mod tests;
