//! The fingerprint of a schema: the same for two databases exactly when nothing that counts differs.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::{Object, Schema};

/// Of which properties, in which form: a change here makes other fingerprints of the same schema.
const FORMAT: &str = "limosa1";
/// The same without the order of columns.
const UNORDERED: &str = "unordered1";

/// The hash of everything that counts in a schema.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Fingerprint(String);

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Object {
    /// SHA-256 of what counts of the object.
    pub fn hash(&self) -> [u8; 32] {
        self.hash_with(self.position)
    }

    fn hash_with(&self, position: Option<u32>) -> [u8; 32] {
        let counts = serde_json::json!([
            self.key.kind.name(),
            self.key.path,
            self.parent.as_ref().map(|key| &key.path),
            position,
            self.properties,
        ]);
        Sha256::digest(counts.to_string()).into()
    }
}

impl Schema {
    /// The fingerprint.
    pub fn fingerprint(&self) -> Fingerprint {
        self.fingerprint_of(FORMAT, Object::hash)
    }

    /// The fingerprint without the order of columns: equal for two schemas of which only that differs.
    pub fn fingerprint_without_order(&self) -> Fingerprint {
        self.fingerprint_of(UNORDERED, |object| object.hash_with(None))
    }

    fn fingerprint_of(&self, format: &str, hash: impl Fn(&Object) -> [u8; 32]) -> Fingerprint {
        let mut all = Sha256::new();
        all.update(self.dialect.name());
        for object in self.objects() {
            all.update(hash(object));
        }
        let mut text = format!("{format}:");
        for byte in all.finalize() {
            text.push_str(&format!("{byte:02x}"));
        }
        Fingerprint(text)
    }
}
