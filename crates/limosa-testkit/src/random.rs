//! Names and passwords that no other test uses.

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};

/// Twelve hexadecimal digits that differ on every call, in every process.
///
/// The standard library seeds `RandomState` from the operating system, which is all the
/// randomness that the name of a database needs.
pub(crate) fn digits() -> String {
    static CALLS: AtomicU64 = AtomicU64::new(0);
    let call = CALLS.fetch_add(1, Ordering::Relaxed);
    let hash = RandomState::new().hash_one((std::process::id(), call));
    format!("{:012x}", hash & 0xffff_ffff_ffff)
}

#[cfg(test)]
mod tests {
    #[test]
    fn two_names_differ() {
        assert_ne!(super::digits(), super::digits());
        assert_eq!(super::digits().len(), 12);
    }
}
