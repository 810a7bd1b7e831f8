//! What a layout says of itself: each one is a file that implements [`Rules`], and a line in
//! `known.rs`.

use std::path::Path;

use limosa_sql::Dialect;

use super::folder::{Entry, Folder};
use super::load::Found;
use super::new_files::{NewFile, Shape};
use crate::script::Notation;
use crate::{Version, VersionError};

/// How the files of a layout are named, recognised and read.
pub(super) trait Rules: Sync {
    /// Reads the migrations of a folder.
    fn read(&self, folder: &Folder) -> Found;

    /// What the name of a file says, when it belongs to a migration. `within` is its folder, seen
    /// from that of the migrations.
    fn name_of<'e>(&self, entry: &'e Entry, within: &Path) -> Option<Name<'e>>;

    /// The version of a text, with the key that sorts it.
    fn version(&self, text: &str) -> Result<Version, VersionError> {
        Version::number(text)
    }

    /// The files of a new migration, whose names begin with `stem`; `None` when there are none of
    /// that shape.
    fn new_files(&self, stem: &str, shape: Shape) -> Option<Vec<NewFile>>;

    /// How many digits the first version of a sequence has.
    fn width(&self) -> usize {
        4
    }

    /// What stands between the version and the title.
    fn separator(&self) -> char {
        '_'
    }

    /// Whether the files of a folder below are read, too.
    fn reads_below(&self, _name: &str, _within: &Path) -> bool {
        false
    }

    /// Whether a file is refused, of those whose name says nothing; else it is passed over.
    fn refuses(&self, _entry: &Entry) -> bool {
        false
    }

    /// The dialects that its tool has.
    fn dialects(&self) -> &'static [Dialect] {
        &Dialect::ALL
    }

    /// What stands in its texts besides SQL, and has a meaning when they are run.
    fn notation(&self) -> &'static Notation {
        &Notation::NONE
    }

    /// Whether its files are nothing but SQL. Files of the others are told by their text.
    fn is_plain_sql(&self) -> bool {
        false
    }

    /// Whether a comment line is one that only its tool knows.
    fn knows_line(&self, _line: &[u8]) -> bool {
        false
    }

    /// A file in a folder below that only its tool looks for there.
    fn knows_in_folder<'e>(&self, _name: &str, _below: &'e Folder) -> Option<&'e Entry> {
        None
    }

    /// Whether only its tool knows what to do with a file, by its name or by how it begins (which is
    /// given for SQL and Go).
    fn knows_file(&self, _entry: &Entry, _beginning: &[u8]) -> bool {
        false
    }
}

/// What a file name says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Name<'n> {
    /// As it is written.
    pub(super) version: &'n str,
    /// May be empty.
    pub(super) title: &'n str,
    /// Where the version begins, in bytes.
    pub(super) version_at: usize,
}

impl<'n> Name<'n> {
    /// A name that begins with its version.
    pub(super) fn new(version: &'n str, title: &'n str) -> Self {
        Self {
            version,
            title,
            version_at: 0,
        }
    }
}

/// Whether a text contains another one.
pub(super) fn mentions(text: &[u8], part: &str) -> bool {
    memchr::memmem::find(text, part.as_bytes()).is_some()
}
