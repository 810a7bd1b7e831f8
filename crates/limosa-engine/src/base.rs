//! The migrations as they were at a point in the history of the repository, for `lint --since`.
//!
//! Git is asked as a program, without a shell. Nothing is changed in the repository or its work
//! tree: the files of that point are written to a temporary folder, read there as the layout
//! reads them, and removed.

mod git;

use std::fs;
use std::io;

use limosa_core::layout::{Place, read};
use limosa_core::{Layout, MigrationSet, Script};
use limosa_lint::{Base, BaseMigration};

use self::git::Git;
pub(crate) use self::git::Tracked;

/// Why the state at a reference is not known.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BaseError {
    /// The reference would be taken for an option.
    #[error("`{0}` is not a reference")]
    NotAReference(String),
    /// Git cannot be started.
    #[error("git cannot be started")]
    NoGit(#[source] io::Error),
    /// The folder is in no repository.
    #[error("{0} is in no git repository")]
    NoRepository(String),
    /// There is no such commit.
    #[error("there is no commit `{0}` in the repository")]
    UnknownReference(String),
    /// The reference and the present state have no commit in common, as in a shallow clone.
    #[error(
        "`{0}` and HEAD have no commit in common here; a shallow clone needs `git fetch --unshallow`"
    )]
    NothingInCommon(String),
    /// Git failed or answered something else than expected.
    #[error("`git {command}` failed: {message}")]
    Failed {
        /// The command.
        command: &'static str,
        /// What git said.
        message: String,
    },
    /// The files cannot be written to a temporary folder.
    #[error("the files of that point cannot be written to a temporary folder")]
    Temporary(#[source] io::Error),
}

/// The migrations of a folder at a reference.
///
/// Changes are judged against the commit where the present branch left the reference, the order
/// against the reference itself, since that is what the branch will be merged to.
///
/// # Errors
/// When git does not know.
pub fn base_at(reference: &str, place: &Place<'_>, layout: Layout) -> Result<Base, BaseError> {
    let git = Git::open(place)?;
    let tip = git.commit(reference)?;
    let common = git.merge_base(reference, &tip)?;
    let before = migrations(&git, place, layout, &common)?;
    let merged = if common == tip {
        before.clone()
    } else {
        migrations(&git, place, layout, &tip)?
    };
    Ok(Base {
        reference: limosa_core::layout::show_name(reference),
        migrations: before,
        merged: merged
            .into_iter()
            .map(|one| (one.version, one.full_name))
            .collect(),
    })
}

fn migrations(
    git: &Git<'_>,
    place: &Place<'_>,
    layout: Layout,
    commit: &str,
) -> Result<Vec<BaseMigration>, BaseError> {
    let folder = tempfile::tempdir().map_err(BaseError::Temporary)?;
    git.write_files(commit, folder.path())?;
    // What is wrong with files of the past is of no interest.
    let reading = read(&Place {
        directory: folder.path(),
        layout: Some(layout),
        ..*place
    });
    let set = reading.map(|reading| reading.set);
    let found = set.map_or_else(|_| Vec::new(), |set| checksums(&set, place));
    // A folder that cannot be removed is left to the system.
    let _ = fs::remove_dir_all(folder.path());
    Ok(found)
}

fn checksums(set: &MigrationSet, place: &Place<'_>) -> Vec<BaseMigration> {
    let sums = |script: Option<&Script>| script?.checksums(place.dialect).ok();
    set.migrations
        .iter()
        .map(|migration| BaseMigration {
            version: migration.version.clone(),
            full_name: migration.full_name(),
            is_baseline: migration.is_baseline(),
            files: migration.files.clone(),
            up: sums(migration.up.as_deref()),
            down: sums(migration.down.as_deref()),
        })
        .collect()
}

#[cfg(test)]
mod tests;
