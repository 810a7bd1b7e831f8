//! Finds out the layout of a directory from its files.

use super::folder::Folder;
use super::{file_text::FileText, golang_migrate};
use crate::{Diagnostic, Layout};

/// The layout of a folder.
pub(super) fn layout_of(folder: &Folder) -> Result<Layout, Vec<Diagnostic>> {
    let mut pairs = false;
    for entry in &folder.entries {
        if golang_migrate::parse(&entry.name).is_some() {
            pairs = true;
            let text = FileText::open(entry).map_err(|problem| vec![problem])?;
            if !text
                .comment_lines_with("limosa:")
                .map_err(|problem| vec![problem])?
                .is_empty()
            {
                return Ok(Layout::Native);
            }
        }
    }
    Ok(if pairs {
        Layout::GolangMigrate
    } else {
        Layout::Native
    })
}
