//! What the names of the files in a folder say, without reading the files.

use std::path::PathBuf;

use super::folder::{EntryKind, Folder};
use super::{Place, db_migrate, golang_migrate, goose_name, native};
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
    collect(&folder, layout, &PathBuf::new(), &mut found);
    Ok(found)
}

fn collect(folder: &Folder, layout: Layout, prefix: &std::path::Path, found: &mut Vec<NamedFile>) {
    for entry in &folder.entries {
        if entry.kind == EntryKind::Directory {
            let is_read = match layout {
                Layout::LiamstaskGoose => true,
                Layout::DbMigrate => prefix.as_os_str().is_empty() && entry.name == "sqls",
                _ => false,
            };
            if is_read && let Ok(below) = folder.below(&entry.name) {
                collect(&below, layout, &prefix.join(&entry.name), found);
            }
            continue;
        }
        let name = entry.name.as_str();
        let parsed = match layout {
            Layout::Native => native::parse(name).map(|(version, title, _)| (version, title, 0)),
            Layout::GolangMigrate => {
                golang_migrate::parse(name).map(|(version, title, _)| (version, title, 0))
            }
            Layout::Goose | Layout::LiamstaskGoose => goose_name::split(name),
            Layout::DbMigrate => {
                let recorded = if prefix.as_os_str().is_empty() {
                    db_migrate::recorded_name(name).filter(|_| db_migrate::is_code(entry))
                } else {
                    db_migrate::sql_name(entry).map(|(name, _)| name)
                };
                recorded.and_then(|recorded| {
                    let (version, title) = recorded.split_once('-')?;
                    Some((version, title, name.find(recorded)?))
                })
            }
        };
        let companion = layout == Layout::Native && native::is_test(name);
        let parsed = if companion {
            native::test_version(name)
        } else {
            parsed
        };
        let Some((version, title, version_at)) = parsed else {
            continue;
        };
        if let Ok(version) = Version::number(version) {
            found.push(NamedFile {
                version,
                title: title.to_owned(),
                path: prefix.join(name),
                version_at,
                companion,
            });
        }
    }
}
