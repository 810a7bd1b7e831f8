//! What a `sqlite:` URL names.

use std::path::{Path, PathBuf};

use limosa_core::DatabaseUrl;
use limosa_core::url::decode;

use crate::url::{Parameters, PartsError};

/// The parameters that a URL may have.
const KNOWN: &[&str] = &["cache", "immutable", "mode"];

/// Which database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// Private to the session, gone with it.
    Memory,
    File(PathBuf),
}

/// How the file may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// `mode=ro`.
    ReadOnly,
    /// `mode=rw`: it must be there.
    ReadWrite,
    /// `mode=rwc`, and what is meant without a mode.
    Create,
}

/// A `sqlite:` URL, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FileUrl {
    pub(super) place: Place,
    pub(super) mode: Mode,
    /// Nobody changes the file: it may be read without locks, on a medium that has none.
    pub(super) immutable: bool,
}

impl FileUrl {
    /// Reads `sqlite:path`, `sqlite://path`, `sqlite:///absolute/path`, `sqlite::memory:`.
    /// A relative path starts from `directory`.
    pub(super) fn read(url: &DatabaseUrl, directory: &Path) -> Result<Self, PartsError> {
        let text = url.secret();
        let rest = text.split_once(':').map_or(text, |(_, rest)| rest);
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let path = path.strip_prefix("//").unwrap_or(path);
        let mut parameters = Parameters::read(query)?;
        let mut memory = path == ":memory:";
        let mode = match parameters.take("mode").as_deref() {
            None | Some("rwc") => Mode::Create,
            Some("ro") => Mode::ReadOnly,
            Some("rw") => Mode::ReadWrite,
            Some("memory") => {
                memory = true;
                Mode::Create
            }
            Some(other) => return Err(bad("mode", other, "ro, rw, rwc, memory")),
        };
        let immutable = match parameters.take("immutable").as_deref() {
            None | Some("0") => false,
            Some("1") => true,
            Some(other) => return Err(bad("immutable", other, "0, 1")),
        };
        // Shared by the connections of one process, and we have one.
        if let Some(other) = parameters
            .take("cache")
            .filter(|cache| !["shared", "private"].contains(&cache.as_str()))
        {
            return Err(bad("cache", &other, "private, shared"));
        }
        parameters.finish(KNOWN)?;
        let place = if memory {
            Place::Memory
        } else {
            Place::File(directory.join(decode(path)?))
        };
        Ok(Self {
            place,
            mode,
            immutable,
        })
    }
}

fn bad(name: &str, value: &str, known: &str) -> PartsError {
    PartsError::BadValue {
        name: name.to_owned(),
        value: value.to_owned(),
        known: known.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<FileUrl, PartsError> {
        FileUrl::read(&DatabaseUrl::parse(text).unwrap(), Path::new("/srv"))
    }

    #[test]
    fn a_relative_path_starts_from_the_directory() {
        for (text, path) in [
            ("sqlite:shop.db", "/srv/shop.db"),
            ("sqlite://data/shop.db", "/srv/data/shop.db"),
            ("sqlite:///var/shop.db", "/var/shop.db"),
            ("sqlite:/var/shop.db", "/var/shop.db"),
            ("sqlite:my%20shop.db?mode=rwc", "/srv/my shop.db"),
            ("sqlite:100%.db", "/srv/100%.db"),
        ] {
            assert_eq!(
                read(text).unwrap().place,
                Place::File(path.into()),
                "{text}"
            );
        }
    }

    #[test]
    fn memory_has_two_spellings() {
        for text in [
            "sqlite::memory:",
            "sqlite://:memory:",
            "sqlite:x?mode=memory",
        ] {
            assert_eq!(read(text).unwrap().place, Place::Memory, "{text}");
        }
    }

    #[test]
    fn what_has_no_meaning_is_refused_by_name() {
        let error = read("sqlite:x?mode=wr").unwrap_err().to_string();
        assert!(error.contains("`wr`") && error.contains("rwc"), "{error}");
        let error = read("sqlite:x?foreign_keys=on").unwrap_err().to_string();
        assert!(
            error.contains("foreign_keys") && error.contains("mode"),
            "{error}"
        );
    }
}
