//! The versions that a baseline stands for, as they are written in its head: `1..14, 17`.
//!
//! The list is exact. A range names each whole number in it, so that a set of hundreds of versions that were counted
//! up fits in a line, and one of timestamps is a list over several lines.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Version, VersionError};

/// The versions that a baseline stands for. Empty for every other migration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Replaces(BTreeSet<Version>);

/// More than anybody has, and few enough to be kept.
const LIMIT: u64 = 100_000;

/// A run of versions is written as a range from this many on.
const RUN: usize = 3;

/// Why a text is not a list of versions.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReplacesError {
    /// One of them is no version.
    #[error(transparent)]
    Version(#[from] VersionError),
    /// A range ends before it begins.
    #[error("the range {0} ends before it begins")]
    Backwards(String),
    /// A range has more versions than a list may have.
    #[error("the range {0} has more than {LIMIT} versions")]
    TooLong(String),
}

impl Replaces {
    /// Reads a list: versions and ranges of them (`1..14`, both included), with commas between.
    ///
    /// # Errors
    /// When a part of it is neither.
    pub fn parse(text: &str) -> Result<Self, ReplacesError> {
        let mut versions = BTreeSet::new();
        for part in text.split(',').map(str::trim) {
            match part.split_once("..") {
                None => {
                    versions.insert(Version::number(part)?);
                }
                Some((first, last)) => versions.extend(range(part, first.trim(), last.trim())?),
            }
        }
        Ok(Self(versions))
    }

    /// No versions.
    pub const NONE: Self = Self(BTreeSet::new());

    /// Whether there are none: the migration is no baseline.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether a version is among them.
    pub fn contains(&self, version: &Version) -> bool {
        self.0.contains(version)
    }

    /// The versions, the lowest first.
    pub fn iter(&self) -> impl Iterator<Item = &Version> {
        self.0.iter()
    }

    /// The highest.
    pub fn last(&self) -> Option<&Version> {
        self.0.last()
    }

    /// The list in parts of which none is longer than `width`, unless it is a single one.
    pub fn lines(&self, width: usize) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        for part in self.parts() {
            match lines.last_mut() {
                Some(line) if line.len() + 2 + part.len() <= width => {
                    line.push_str(", ");
                    line.push_str(&part);
                }
                _ => lines.push(part),
            }
        }
        lines
    }

    fn parts(&self) -> Vec<String> {
        let mut runs: Vec<Vec<&Version>> = Vec::new();
        for version in &self.0 {
            match runs.last_mut() {
                Some(run) if run.last().is_some_and(|last| follows(last, version)) => {
                    run.push(version);
                }
                _ => runs.push(vec![version]),
            }
        }
        let mut parts = Vec::new();
        for run in runs {
            match (run.first(), run.last()) {
                (Some(first), Some(last)) if run.len() >= RUN => {
                    parts.push(format!("{first}..{last}"));
                }
                _ => parts.extend(run.iter().map(ToString::to_string)),
            }
        }
        parts
    }
}

/// Whether a version is the next whole number, written as a range of both would be read.
fn follows(last: &Version, version: &Version) -> bool {
    let next = last.next();
    next.is_some_and(|next| next == *version && padded(&next, width_of(last)) == version.text())
}

/// How many digits the versions of a range have at least.
fn width_of(first: &Version) -> usize {
    if first.text().starts_with('0') {
        first.text().len()
    } else {
        0
    }
}

fn padded(version: &Version, width: usize) -> String {
    let number = version.text().trim_start_matches('0');
    format!("{number:0>width$}")
}

fn range(part: &str, first: &str, last: &str) -> Result<Vec<Version>, ReplacesError> {
    let (first, last) = (Version::number(first)?, Version::number(last)?);
    let (from, to) = (first.as_i64().unwrap_or(0), last.as_i64().unwrap_or(0));
    let Ok(more) = u64::try_from(to - from) else {
        return Err(ReplacesError::Backwards(part.to_owned()));
    };
    if more >= LIMIT {
        return Err(ReplacesError::TooLong(part.to_owned()));
    }
    let width = width_of(&first);
    (from..=to)
        .map(|number| Ok(Version::number(&format!("{number:0>width$}"))?))
        .collect()
}

impl Extend<Version> for Replaces {
    fn extend<T: IntoIterator<Item = Version>>(&mut self, versions: T) {
        self.0.extend(versions);
    }
}

impl FromIterator<Version> for Replaces {
    fn from_iter<T: IntoIterator<Item = Version>>(versions: T) -> Self {
        Self(versions.into_iter().collect())
    }
}

impl IntoIterator for Replaces {
    type Item = Version;
    type IntoIter = std::collections::btree_set::IntoIter<Version>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl fmt::Display for Replaces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.parts().join(", "))
    }
}

impl Serialize for Replaces {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Replaces {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        let list = Replaces::parse(text).unwrap();
        list.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_list_is_read_back_as_it_is_written() {
        for text in [
            "1",
            "1, 2",
            "1..3",
            "1..3, 7, 9..12",
            "0001..0012",
            "0008..0010, 11",
            "20200101120000, 20200102120000",
            "9..100",
        ] {
            let list = Replaces::parse(text).unwrap();
            assert_eq!(list.to_string(), text);
            let json = serde_json::to_string(&list).unwrap();
            assert_eq!(serde_json::from_str::<Replaces>(&json).unwrap(), list);
        }
    }

    #[test]
    fn a_range_names_each_whole_number_with_its_padding() {
        assert_eq!(texts("008..010"), ["008", "009", "010"]);
        assert_eq!(texts("3, 1..2"), ["1", "2", "3"]);
        assert_eq!(texts("000..002"), ["000", "001", "002"]);
    }

    #[test]
    fn versions_that_were_not_counted_up_make_no_range() {
        let list: Replaces = ["1", "02", "3"]
            .map(|text| Version::number(text).unwrap())
            .into_iter()
            .collect();
        assert_eq!(list.to_string(), "1, 02, 3");
    }

    #[test]
    fn a_list_that_is_none_is_refused() {
        for wrong in [
            "",
            "1,",
            "a",
            "3..1",
            "1..",
            "1..x",
            "1..9000000000",
            "1...3",
        ] {
            assert!(Replaces::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_long_list_is_broken_between_versions() {
        let list = Replaces::parse("20200101, 20200301, 20200501").unwrap();
        assert_eq!(list.lines(20), ["20200101, 20200301", "20200501"]);
    }
}
