//! Names for runs and attempts that no other process has.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::time::{SystemTime, UNIX_EPOCH};

/// 16 hexadecimal digits that differ on every call, in every process: the standard library seeds `RandomState` from the
/// operating system.
pub(crate) fn digits() -> String {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    let mut hasher = RandomState::new().build_hasher();
    hasher.write_u32(std::process::id());
    hasher.write_u128(now.as_nanos());
    format!("{:016x}", hasher.finish())
}

/// A new identity: the time in milliseconds and 64 random bits, in hexadecimal, so that identities
/// sort by time where people look at them.
pub(crate) fn fresh() -> String {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    format!("{:012x}-{}", now.as_millis(), digits())
}

#[cfg(test)]
mod tests {
    #[test]
    fn no_two_identities_are_the_same() {
        let all: std::collections::HashSet<_> = (0..1000).map(|_| super::fresh()).collect();
        assert_eq!(all.len(), 1000);
    }
}
