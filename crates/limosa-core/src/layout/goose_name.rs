//! File names of both goose layouts: `<version>_<name>.sql` and `<version>_<name>.go`.

use super::folder::Entry;
use super::new_files::{NewFile, Shape};
use super::rules::Name;
use crate::{Version, VersionError};

/// How the files are named.
pub(super) const PATTERN: &str = "`<digits>_<name>.sql`, with a version above 0";

/// What a name says.
pub(super) struct GooseName<'n> {
    pub(super) version: Version,
    pub(super) name: &'n str,
    pub(super) code: bool,
}

/// Why a name is not that of a migration.
pub(super) enum NotGoose {
    /// It has another extension.
    OtherFile,
    /// It has the extension but no version before a `_`.
    NoVersion,
    /// The version cannot be used.
    BadVersion(VersionError),
}

/// What a name says, whether or not its version can be used.
pub(super) fn split(name: &str) -> Option<Name<'_>> {
    let (stem, extension) = name.rsplit_once('.')?;
    let is_migration = extension == "sql" || (extension == "go" && !stem.ends_with("_test"));
    let (version, title) = stem.split_once('_').filter(|_| is_migration)?;
    Some(Name::new(version, title))
}

/// Parses the name of an entry.
pub(super) fn parse(entry: &Entry) -> Result<GooseName<'_>, NotGoose> {
    let (stem, extension) = entry.name.rsplit_once('.').ok_or(NotGoose::OtherFile)?;
    let code = match extension {
        "sql" => false,
        "go" if stem.ends_with("_test") => return Err(NotGoose::OtherFile),
        "go" => true,
        _ => return Err(NotGoose::OtherFile),
    };
    let (version, name) = stem.split_once('_').ok_or(NotGoose::NoVersion)?;
    match Version::number(version) {
        Ok(version) if version.text().bytes().any(|digit| digit != b'0') => Ok(GooseName {
            version,
            name,
            code,
        }),
        Ok(_) | Err(VersionError::NotANumber(_)) => Err(NotGoose::NoVersion),
        Err(error) => Err(NotGoose::BadVersion(error)),
    }
}

/// The digits of a sequence.
pub(super) const WIDTH: usize = 5;

/// The file of a new migration.
pub(super) fn new_files(stem: &str, shape: Shape) -> Option<Vec<NewFile>> {
    let text = "-- +goose Up\n\n\n-- +goose Down\n\n";
    (shape == Shape::One).then(|| vec![NewFile::new(format!("{stem}.sql"), text)])
}

/// Why a migration in Go is not run here.
pub(super) fn code_reason() -> String {
    "it is written in Go, which only goose can run".to_owned()
}
