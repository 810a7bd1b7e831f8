//! Versions: the text as written, and the key that sorts it.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// The version of a migration. Two versions are the same when their keys are
/// (`1` and `0001` of a layout that compares numbers).
#[derive(Debug, Clone)]
pub struct Version {
    text: Arc<str>,
    key: SortKey,
}

/// What a layout sorts its versions by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SortKey {
    /// Compared as numbers, from 0 to 2^63 - 1 (what every server can store).
    Number(u64),
}

/// Why a text is not a version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VersionError {
    /// It has other characters than digits, or none.
    #[error("`{0}` is not a number")]
    NotANumber(String),
    /// It is above 2^63 - 1.
    #[error("{0} is above 9223372036854775807, the highest version there can be")]
    TooLarge(String),
}

impl Version {
    /// The version of a text of digits.
    ///
    /// # Errors
    /// When the text is not a number, or one that is too large.
    pub fn number(text: &str) -> Result<Self, VersionError> {
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(VersionError::NotANumber(text.to_owned()));
        }
        match text.parse::<u64>() {
            Ok(number) if i64::try_from(number).is_ok() => Ok(Self {
                text: text.into(),
                key: SortKey::Number(number),
            }),
            _ => Err(VersionError::TooLarge(text.to_owned())),
        }
    }

    /// As a number that every server can store.
    pub fn as_i64(&self) -> Option<i64> {
        let SortKey::Number(number) = self.key;
        i64::try_from(number).ok()
    }

    /// The number after it; `None` when there is none.
    #[must_use]
    pub fn next(&self) -> Option<Self> {
        let SortKey::Number(number) = self.key;
        Self::number(&(number + 1).to_string()).ok()
    }

    /// The text as written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What it is sorted by.
    pub fn key(&self) -> &SortKey {
        &self.key
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for Version {}

impl Hash for Version {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key.hash(state);
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key.cmp(&other.key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding_makes_no_other_version() {
        let (short, long) = (
            Version::number("1").unwrap(),
            Version::number("0001").unwrap(),
        );
        assert_eq!(short, long);
        assert_eq!(long.text(), "0001");
        assert!(Version::number("9").unwrap() < Version::number("10").unwrap());
    }

    #[test]
    fn versions_that_no_server_can_store_are_refused() {
        assert!(Version::number("9223372036854775807").is_ok());
        assert!(matches!(
            Version::number("9223372036854775808"),
            Err(VersionError::TooLarge(_))
        ));
        assert!(matches!(
            Version::number("1e3"),
            Err(VersionError::NotANumber(_))
        ));
    }
}
