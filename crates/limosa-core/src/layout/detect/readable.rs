//! Every layout that the files of a folder could be read as. Where the files alone do not decide,
//! the database that they belong to may.

use std::path::Path;

use super::evidence::{Evidence, Sign};
use crate::layout::Place;
use crate::layout::folder::{EntryKind, Folder};
use crate::{Diagnostic, Layout};

/// Every layout that fits the files as they are: their names, and what only one tool writes in
/// them. In an empty folder these are all; where a tool is not read yet, or the folder is not that of
/// the migrations, there is none. The layout of the place does not count.
///
/// # Errors
/// When the directory cannot be read.
pub fn readable_as(place: &Place<'_>) -> Result<Vec<Layout>, Diagnostic> {
    let folder = Folder::open(place)?;
    Ok(layouts(&folder, &Evidence::collect(&folder)))
}

/// Every layout that fits the files of a folder, by what is known of them.
pub(super) fn layouts(folder: &Folder, evidence: &Evidence) -> Vec<Layout> {
    let fits = |layout: &Layout| {
        layout.rules().dialects().contains(&folder.dialect)
            && may_be_written_for(*layout, evidence)
            && names_fit(*layout, folder)
    };
    Layout::ALL.into_iter().filter(fits).collect()
}

/// Whether what is in the files speaks for a layout, or at least not for others only.
fn may_be_written_for(layout: Layout, evidence: &Evidence) -> bool {
    let is_written = |layout| evidence.of(Sign::Written(layout)).is_some();
    match layout {
        Layout::Goose | Layout::LiamstaskGoose if is_written(Layout::Goose) => {
            let old = is_written(Layout::LiamstaskGoose);
            let new = evidence.of(Sign::NewGoose).is_some();
            old == new || old == (layout == Layout::LiamstaskGoose)
        }
        _ if is_written(layout) => true,
        _ if Layout::ALL.into_iter().any(is_written) => false,
        _ if evidence.not_read_yet().is_some() || evidence.of(Sign::InsideOfSqls).is_some() => {
            false
        }
        _ => layout.rules().is_plain_sql() || is_empty(evidence),
    }
}

/// Whether there is nothing that any tool would read.
fn is_empty(evidence: &Evidence) -> bool {
    evidence.of(Sign::Pair).is_none() && evidence.of(Sign::Single).is_none()
}

/// Whether a layout refuses none of the files, and reads one where there is any to read.
fn names_fit(layout: Layout, folder: &Folder) -> bool {
    let rules = layout.rules();
    let files = || {
        let files = folder.entries.iter();
        files.filter(|entry| entry.kind != EntryKind::Directory)
    };
    let reads = |rules_of: Layout| {
        files().any(|entry| {
            let name = rules_of.rules().name_of(entry, Path::new(""));
            name.is_some()
        })
    };
    let refuses =
        files().any(|entry| rules.name_of(entry, Path::new("")).is_none() && rules.refuses(entry));
    !refuses
        && (reads(layout) || !Layout::ALL.into_iter().any(reads) || has_folders(layout, folder))
}

/// Whether there are folders below that a layout reads, too.
fn has_folders(layout: Layout, folder: &Folder) -> bool {
    folder.entries.iter().any(|entry| {
        entry.kind == EntryKind::Directory && layout.rules().reads_below(&entry.name, Path::new(""))
    })
}
