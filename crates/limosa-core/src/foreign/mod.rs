//! The history of another tool: what its table says, held against ours.
//!
//! A store reads the table as a [`ForeignHistory`]; [`compare`] says what the other tool did since
//! both agreed. Nothing here connects.

mod checksum;
mod compare;

pub use checksum::{FileMatch, tool_checksum};
pub use compare::{ForeignError, Moved, compare, difference};

use std::sync::Arc;

use crate::history::{Applied, Origin, StoredScript, TEXT_LIMIT};
use crate::script::hex;
use crate::{Layout, Migration, MigrationSet, Script, Version};

/// What the table of another tool says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignHistory {
    /// The tool, named by its layout.
    pub tool: Layout,
    /// Its table, qualified, as people know it.
    pub table: String,
    /// What is applied.
    pub marks: Marks,
    /// What the tool began and has not ended, as far as it writes that down; not among the marks.
    pub unfinished: Option<Unfinished>,
    /// Characters that the tool leaves out of its checksums, by its configuration.
    pub ignored_chars: String,
}

/// The mark of a migration that a tool began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfinished {
    /// What the table names: on the way up the migration itself, on the way down that or the one below;
    /// `None` is below the first.
    pub version: Option<Version>,
}

/// How a tool writes down what is applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Marks {
    /// A row for each migration, in the order of application.
    Each(Vec<Mark>),
    /// The highest version alone; without one nothing is applied.
    UpTo(Option<Version>),
    /// The same after each change, the newest last.
    Numbers(Vec<Version>),
}

impl Marks {
    /// Whether the tool keeps no row for each migration.
    pub fn only_highest(&self) -> bool {
        !matches!(self, Self::Each(_))
    }
}

/// An applied migration, as the other tool has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Its version.
    pub version: Version,
    /// Its name, where the tool keeps it.
    pub name: Option<String>,
    /// When, as RFC 3339 in UTC with milliseconds, where the tool keeps it.
    pub at: Option<String>,
    /// The checksum of its file, where the tool keeps one.
    pub checksum: Option<Vec<u8>>,
}

impl Mark {
    /// A mark of which nothing but its version is known.
    pub fn new(version: Version) -> Self {
        Self {
            version,
            name: None,
            at: None,
            checksum: None,
        }
    }
}

/// A migration that the other tool applied and that our history does not have yet.
#[derive(Debug, Clone)]
pub struct TakenOver {
    /// The row that our history gets. Its sequence is 0 until it has a place.
    pub row: Applied,
    /// Whether its version has a file here.
    pub has_file: bool,
    /// Its script here.
    pub up: Option<Arc<Script>>,
    /// How it is undone.
    pub down: Option<Arc<Script>>,
    /// What the other tool's checksum says about the file; `None` when it keeps none, or there is no file.
    pub file: Option<FileMatch>,
}

impl TakenOver {
    /// What our history makes of a mark and the file of its version.
    fn of(
        mark: &Mark,
        migration: Option<&Migration>,
        set: &MigrationSet,
        theirs: &ForeignHistory,
    ) -> Result<Self, crate::ScriptError> {
        let up = migration.and_then(|one| one.up.clone());
        let down = migration.and_then(|one| one.down.clone());
        let file = match (&up, &mark.checksum) {
            (Some(up), Some(checksum)) => FileMatch::of(theirs, up, checksum)?,
            _ => None,
        };
        let stored = |script: Option<&Script>| StoredScript {
            sha256: script.map(|script| script.sha256.to_string()),
            options: script.map(|one| one.options.clone()).unwrap_or_default(),
            text_stored: script.is_some_and(|one| one.length <= TEXT_LIMIT),
            ..StoredScript::default()
        };
        let mut up_stored = stored(up.as_deref());
        if file == Some(FileMatch::Differs) {
            // What was applied is another text, known by a checksum that is not ours.
            up_stored.sha256 = mark.checksum.as_deref().map(hex);
        }
        let name = migration.map(|one| one.name.clone());
        let version = migration.map_or(&mark.version, |one| &one.version);
        Ok(Self {
            row: Applied {
                sequence: 0,
                version: version.clone(),
                name: name.or_else(|| mark.name.clone()).unwrap_or_default(),
                layout: set.layout.name().to_owned(),
                origin: Origin::Adopted,
                up: up_stored,
                down: stored(down.as_deref()),
                irreversible: migration.and_then(|one| one.irreversible.clone()),
                release: None,
                min_release: migration.and_then(|one| one.min_release.clone()),
                applied_at: mark.at.clone().unwrap_or_default(),
                duration_ms: 0,
                statements: 0,
                applied_by: theirs.tool.name().to_owned(),
            },
            has_file: migration.is_some(),
            up,
            down,
            file,
        })
    }
}
