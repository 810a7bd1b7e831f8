//! Puts the files of a baseline in the place of those that it replaces.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use limosa_core::layout::{NamedFile, NewFile};
use limosa_core::{Class, Diagnostic, MigrationSet, Version};

use super::Squashed;
use crate::Problem;
use crate::base::Tracked;

/// Where the replaced files can be found afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Archive<'a> {
    /// In the history of git, which has them as they are.
    Git,
    /// In this folder, into which they are moved.
    Folder(&'a Path),
}

/// What becomes of the files of a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replacement {
    /// The replaced files, with their places in the folder.
    pub replaced: Vec<PathBuf>,
}

impl Replacement {
    /// The files that are not there any more once the baseline is written. It may have the name of one of them.
    pub fn removed<'r>(&'r self, squashed: &'r Squashed) -> impl Iterator<Item = &'r PathBuf> {
        let is_new = |path: &PathBuf| squashed.files.iter().any(|new| new.path == *path);
        self.replaced.iter().filter(move |path| !is_new(path))
    }
}

/// Which files are replaced, once it is certain that they will not be lost.
///
/// # Errors
/// When git does not have one of them as it is, or the folder for them cannot be used.
pub fn replacement(
    set: &MigrationSet,
    files: &[NamedFile],
    to: &Version,
    archive: Archive<'_>,
) -> Result<Replacement, Problem> {
    let replaced: BTreeSet<PathBuf> = (files.iter())
        .filter(|file| file.version <= *to && !is_other_code(set, file))
        .map(|file| file.path.clone())
        .collect();
    match archive {
        Archive::Git => in_git(&set.directory, &replaced)?,
        Archive::Folder(folder) => free(&set.directory, folder, &replaced)?,
    }
    Ok(Replacement {
        replaced: replaced.into_iter().collect(),
    })
}

/// Whether a file is code that has the name of a migration and is none.
fn is_other_code(set: &MigrationSet, file: &NamedFile) -> bool {
    let is_code = file.path.extension().is_some_and(|one| one == "go");
    let files = set.get(&file.version).map(|one| one.files.as_slice());
    let is_known = |shown: &String| Path::new(shown).ends_with(&file.path);
    is_code && !files.unwrap_or_default().iter().any(is_known)
}

fn in_git(directory: &Path, replaced: &BTreeSet<PathBuf>) -> Result<(), Problem> {
    let refused = |message: String| {
        let problem = Diagnostic::error("not-in-git", Class::Usage, message);
        problem.with_note("nothing was written")
    };
    let archive =
        "or keep the files in a folder outside of the migrations, with\nadd --archive DIR";
    let tracked = match Tracked::of(directory) {
        Ok(tracked) => tracked,
        Err(error) => {
            return Err(Problem::report(
                refused(format!(
                    "the replaced files would be removed, and git has not got them: {error}"
                ))
                .with_help(archive),
            ));
        }
    };
    let lost: Vec<&PathBuf> = (replaced.iter())
        .filter(|file| !tracked.has_unmodified(file))
        .collect();
    let Some(first) = lost.first() else {
        return Ok(());
    };
    let message = match lost.len() {
        1 => format!(
            "{} would be removed, and git has not got it as it is",
            first.display()
        ),
        n => format!("{n} files would be removed, and git has not got them as they are"),
    };
    let problem = (lost.iter().take(10)).fold(refused(message), |problem, file| {
        problem.with_note(file.display().to_string())
    });
    Err(Problem::report(
        problem.with_help("commit them first").with_help(archive),
    ))
}

/// Whether all of the files can be moved into a folder.
fn free(directory: &Path, folder: &Path, replaced: &BTreeSet<PathBuf>) -> Result<(), Problem> {
    let refused = |message: String| {
        Problem::report(
            Diagnostic::error("cannot-write", Class::Usage, message)
                .with_note("nothing was written")
                .with_help("name another folder with --archive"),
        )
    };
    let whole = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    if whole(folder).starts_with(whole(directory)) {
        return Err(refused(format!(
            "{} is in the folder of the migrations, where its files would be read again",
            folder.display()
        )));
    }
    match replaced.iter().find(|file| folder.join(file).exists()) {
        None => Ok(()),
        Some(file) => Err(refused(format!(
            "{} exists already",
            folder.join(file).display()
        ))),
    }
}

/// Writes the baseline, then takes away what it replaces. The places of its files are returned.
///
/// While files are taken away, a process that dies leaves the baseline beside some of them, which every command then
/// refuses.
///
/// # Errors
/// When a file cannot be written or taken away.
pub fn write(
    set: &MigrationSet,
    squashed: &Squashed,
    replacement: &Replacement,
    archive: Archive<'_>,
) -> Result<Vec<PathBuf>, Problem> {
    let directory = set.directory.as_path();
    if let Archive::Folder(folder) = archive {
        for file in &replacement.replaced {
            let (from, to) = (directory.join(file), folder.join(file));
            in_folder(&to)
                .and_then(|()| fs::copy(&from, &to).map(drop))
                .map_err(|cause| {
                    cannot("be written", &to, &cause, "the migrations are as they were")
                })?;
        }
    }
    for file in &squashed.files {
        let path = directory.join(&file.path);
        let written = in_folder(&path).and_then(|()| write_beside(directory, file));
        if let Err(cause) = written {
            for file in &squashed.files {
                let _ = fs::remove_file(beside(directory, file));
            }
            return Err(cannot(
                "be written",
                &path,
                &cause,
                "the migrations are as they were",
            ));
        }
    }
    let mut paths = Vec::new();
    for file in &squashed.files {
        let path = directory.join(&file.path);
        fs::rename(beside(directory, file), &path).map_err(|cause| {
            let so_far =
                "the replaced files are still here; take them back from git, and squash again";
            cannot("be written", &path, &cause, so_far)
        })?;
        paths.push(path);
    }
    for file in replacement.removed(squashed) {
        let path = directory.join(file);
        fs::remove_file(&path).map_err(|cause| {
            let so_far = "the baseline is written; remove the files that it replaced";
            cannot("be removed", &path, &cause, so_far)
        })?;
    }
    Ok(paths)
}

fn in_folder(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), fs::create_dir_all)
}

/// A hidden place beside a file, which no layout reads.
fn beside(directory: &Path, file: &NewFile) -> PathBuf {
    let path = directory.join(&file.path);
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.limosa"))
}

fn write_beside(directory: &Path, new: &NewFile) -> io::Result<()> {
    let mut file = File::create(beside(directory, new))?;
    file.write_all(new.text.as_bytes())?;
    file.sync_all()
}

fn cannot(what: &str, path: &Path, cause: &io::Error, so_far: &str) -> Problem {
    let message = format!("{} cannot {what}: {cause}", path.display());
    Problem::report(
        Diagnostic::error("cannot-write", Class::Failed, message).with_note(so_far.to_owned()),
    )
}
