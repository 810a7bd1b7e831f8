//! The files of a new migration, as each layout has them.

use std::path::PathBuf;

use crate::{Layout, Version, VersionError};

/// Which files a new migration has, where its layout leaves the choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// One file.
    One,
    /// A file for each direction.
    Pair,
}

/// A file that is to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFile {
    /// Its place in the folder of the migrations.
    pub path: PathBuf,
    /// What is in it.
    pub text: String,
}

impl NewFile {
    /// A file of a path and a text.
    pub(super) fn new(path: String, text: &str) -> Self {
        Self {
            path: path.into(),
            text: text.to_owned(),
        }
    }

    /// A file for each direction.
    pub(super) fn pair(stem: &str, up: &str, down: &str) -> Vec<Self> {
        vec![
            Self::new(format!("{stem}.up.sql"), up),
            Self::new(format!("{stem}.down.sql"), down),
        ]
    }
}

impl Layout {
    /// The version of a text as this layout sorts it.
    ///
    /// # Errors
    /// When the text is none.
    pub fn version(self, text: &str) -> Result<Version, VersionError> {
        self.rules().version(text)
    }

    /// How many digits the first version of a sequence has.
    pub fn width(self) -> usize {
        self.rules().width()
    }

    /// What stands between the version and the title, and between the words of the title.
    pub fn separator(self) -> char {
        self.rules().separator()
    }

    /// The files of a new migration, whose names begin with `stem`; `None` when the layout does not
    /// have them in that shape.
    pub fn new_files(self, stem: &str, shape: Shape) -> Option<Vec<NewFile>> {
        self.rules().new_files(stem, shape)
    }
}
