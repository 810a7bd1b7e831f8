//! What bytes are known by.

use std::fmt;

use sha2::{Digest as _, Sha256};

use super::text::hex;

/// A SHA-256. It is shown as the history and the journal keep it: in lowercase hexadecimal.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// Of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// Whether a text shows it.
    pub fn is(&self, text: &str) -> bool {
        self.to_string() == text
    }
}

impl From<Sha256> for Digest {
    fn from(sha: Sha256) -> Self {
        Self(sha.finalize().into())
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::EMPTY_SHA256;

    #[test]
    fn a_digest_is_shown_as_it_is_kept() {
        assert_eq!(Digest::of(b"").to_string(), EMPTY_SHA256);
        assert!(Digest::of(b"").is(EMPTY_SHA256) && !Digest::of(b"x").is(EMPTY_SHA256));
        assert!(!Digest::of(b"").is(""));
    }
}
