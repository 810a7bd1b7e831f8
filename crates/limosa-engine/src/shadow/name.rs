//! The names of throw-away databases. By its name alone nobody else's database may look like one.

use crate::identity;

/// Begins the name of every database of a shadow.
const PREFIX: &str = "limosa_shadow_";
/// How many hexadecimal digits follow.
const DIGITS: usize = 16;

/// A name that no other shadow has, on any server.
pub(super) fn fresh() -> String {
    format!("{PREFIX}{}", identity::digits())
}

/// Whether a database of this name can only be that of a shadow.
pub(super) fn is_ours(name: &str) -> bool {
    name.strip_prefix(PREFIX).is_some_and(|digits| {
        digits.len() == DIGITS
            && (digits.bytes()).all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_exactly_such_a_name_is_ours() {
        assert!(is_ours(&fresh()));
        assert_ne!(fresh(), fresh());
        for other in [
            "limosa_shadow_",
            "limosa_shadow_0123456789abcde",
            "limosa_shadow_0123456789abcdef0",
            "limosa_shadow_0123456789ABCDEF",
            "limosa_shadow_of_mine_is_here_",
            "my_limosa_shadow_0123456789abcdef",
            "shop",
        ] {
            assert!(!is_ours(other), "{other}");
        }
    }
}
