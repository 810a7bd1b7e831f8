//! What the names of the files in a folder say, without reading the files.

use std::path::{Path, PathBuf};

use super::folder::{Entry, EntryKind, Folder};
use super::rules::Name;
use super::{Place, cases};
use crate::{Diagnostic, Layout, Version};

/// A file that belongs to a migration by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedFile {
    /// Its version.
    pub version: Version,
    /// Its title as it is written in the name; may be empty.
    pub title: String,
    /// Its place in the folder.
    pub path: PathBuf,
    /// Where the version begins in the file name, in bytes.
    pub version_at: usize,
    /// Whether it only stands beside a migration (`<version>.given.sql`).
    pub companion: bool,
}

/// All files that belong to migrations by their names, in the order of their paths. Versions may
/// occur more than once; names that do not fit are left out.
///
/// # Errors
/// When the directory cannot be read.
pub fn named_files(place: &Place<'_>, layout: Layout) -> Result<Vec<NamedFile>, Diagnostic> {
    let folder = Folder::open(place)?;
    let mut found = Vec::new();
    collect(&folder, layout, Path::new(""), &mut found);
    Ok(found)
}

fn collect(folder: &Folder, layout: Layout, within: &Path, found: &mut Vec<NamedFile>) {
    for entry in &folder.entries {
        if entry.kind == EntryKind::Directory {
            if layout.rules().reads_below(&entry.name, within)
                && let Ok(below) = folder.below(&entry.name)
            {
                collect(&below, layout, &within.join(&entry.name), found);
            }
            continue;
        }
        let Some(name) = layout.rules().name_of(entry, within) else {
            continue;
        };
        push(layout, within, entry, name, false, found);
    }
    for entry in &folder.cases {
        if let Some(name) = cases::name_of(&entry.name) {
            push(layout, within, entry, name, true, found);
        }
    }
}

fn push(
    layout: Layout,
    within: &Path,
    entry: &Entry,
    name: Name<'_>,
    companion: bool,
    found: &mut Vec<NamedFile>,
) {
    if let Ok(version) = layout.version(name.version) {
        found.push(NamedFile {
            version,
            title: name.title.to_owned(),
            path: within.join(&entry.name),
            version_at: name.version_at,
            companion,
        });
    }
}
