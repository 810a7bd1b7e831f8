//! Files for a new migration, and versions that are free.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

pub use limosa_core::layout::{NewFile, Shape};
use limosa_core::{Layout, Version};

/// How new versions are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Numbering {
    /// The time in UTC, as `20261120150210`.
    Timestamp,
    /// The next number, as wide as the others.
    Sequential,
}

/// The most bytes of a name: with a version and an ending it is a file name everywhere.
pub(crate) const LONGEST: usize = 200;

/// Why there are no files for a new migration.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ScaffoldError {
    /// Nothing of the name can be part of a file name.
    #[error("the name of a migration needs a letter or a digit")]
    NoName,
    /// The name is too long for a file name.
    #[error("the name has {length} bytes, of at most {LONGEST}")]
    NameTooLong {
        /// How many bytes it has.
        length: usize,
    },
    /// There is no version above the highest one.
    #[error("there is no version above {0}")]
    NoFreeVersion(Version),
    /// The layout has one file for both directions.
    #[error("a migration of the {0} layout cannot be made as a pair")]
    NoPair(Layout),
    /// The file exists already.
    #[error("{0} exists already")]
    Exists(PathBuf),
    /// The file cannot be written.
    #[error("{path} cannot be written")]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        cause: io::Error,
    },
}

impl Numbering {
    /// How the versions of a folder are made, judged by the highest one; `None` without any.
    pub fn of(highest: Option<&Version>) -> Option<Self> {
        let text = highest?.text();
        let is_time = text.len() == 14
            && (1970..3000).contains(&text[..4].parse().unwrap_or(0))
            && (1..=12).contains(&text[4..6].parse().unwrap_or(0))
            && (1..=31).contains(&text[6..8].parse().unwrap_or(0));
        Some(if is_time {
            Self::Timestamp
        } else {
            Self::Sequential
        })
    }

    /// The next free version above the highest one.
    ///
    /// # Errors
    /// When there is none.
    pub fn next(
        self,
        highest: Option<&Version>,
        layout: Layout,
        now: SystemTime,
    ) -> Result<Version, ScaffoldError> {
        let limosa_core::SortKey::Number(last) = highest
            .map_or(limosa_core::SortKey::Number(0), |version| {
                version.key().clone()
            });
        let (number, width) = match self {
            // A clock that is behind the last version must not make a lower one.
            Self::Timestamp => (timestamp(now).max(last.saturating_add(1)), 14),
            Self::Sequential => {
                let width = layout.width();
                let width = highest.map_or(width, |version| version.text().len());
                (last.saturating_add(1), width)
            }
        };
        let version = Version::number(&format!("{number:0width$}"));
        version.map_err(|_| {
            let highest = highest.cloned();
            highest.map_or(ScaffoldError::NoName, ScaffoldError::NoFreeVersion)
        })
    }
}

/// The files of a new migration. `now` only counts for [`Numbering::Timestamp`].
///
/// # Errors
/// When the name has nothing that can be used, or there is no free version.
pub fn scaffold(
    layout: Layout,
    shape: Shape,
    version: &Version,
    name: &str,
) -> Result<Vec<NewFile>, ScaffoldError> {
    let separator = layout.separator();
    let slug = slug(name, separator).ok_or(ScaffoldError::NoName)?;
    let length = slug.len();
    if length > LONGEST {
        return Err(ScaffoldError::NameTooLong { length });
    }
    let stem = format!("{version}{separator}{slug}");
    let files = layout.new_files(&stem, shape);
    files.ok_or(ScaffoldError::NoPair(layout))
}

/// Writes new files and returns their paths. Nothing is ever overwritten; when one file cannot be
/// written, those before it are removed again.
///
/// # Errors
/// When a file exists or cannot be written.
pub fn write_new(directory: &Path, files: &[NewFile]) -> Result<Vec<PathBuf>, ScaffoldError> {
    let mut written = Vec::new();
    for file in files {
        let path = directory.join(&file.path);
        let write = || -> io::Result<()> {
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder)?;
            }
            let mut new = OpenOptions::new()
                .write(true)
                .create_new(true)
                .open(&path)?;
            new.write_all(file.text.as_bytes())
        };
        if let Err(cause) = write() {
            for path in &written {
                // Best effort: the error that is reported is the first one.
                let _ = fs::remove_file(path);
            }
            return Err(match cause.kind() {
                io::ErrorKind::AlreadyExists => ScaffoldError::Exists(path),
                _ => ScaffoldError::Write { path, cause },
            });
        }
        written.push(path);
    }
    Ok(written)
}

/// A name as a part of a file name: `Lowercase e-mail!` is `lowercase_e_mail`.
pub(crate) fn slug(name: &str, separator: char) -> Option<String> {
    let mut slug = String::new();
    for c in name.chars().flat_map(char::to_lowercase) {
        if c.is_alphanumeric() {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with(separator) {
            slug.push(separator);
        }
    }
    let slug = slug.trim_end_matches(separator);
    (!slug.is_empty()).then(|| slug.to_owned())
}

/// A time in UTC as the number `YYYYMMDDHHMMSS`.
pub fn timestamp(time: SystemTime) -> u64 {
    let seconds = time
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or(Duration::ZERO)
        .as_secs();
    let (day, second) = (seconds / 86_400, seconds % 86_400);
    // Years are counted from 1 March of the year 0, so that the leap day is the last of its year,
    // in cycles of 400 years (Gregorian calendar).
    let day = day + 719_468;
    let (cycle, day) = (day / 146_097, day % 146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let march_month = (5 * day + 2) / 153;
    let day = day - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 {
        march_month + 3
    } else {
        march_month - 9
    };
    let year = cycle * 400 + year + u64::from(month <= 2);
    let date = (year * 100 + month) * 100 + day;
    ((date * 100 + second / 3600) * 100 + second / 60 % 60) * 100 + second % 60
}

#[cfg(test)]
mod tests;
