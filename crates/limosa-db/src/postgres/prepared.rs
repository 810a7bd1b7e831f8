//! Our own statements that the server keeps ready. Planning a guard takes longer than running it, and each migration
//! has the same ones.

use std::collections::HashMap;

/// How many are kept at most.
const MOST: usize = 64;

/// The names of statements that were prepared on a session.
#[derive(Debug, Default)]
pub(super) struct Prepared {
    names: HashMap<Box<str>, Name>,
}

#[derive(Debug)]
struct Name {
    name: Box<str>,
    /// The server has a statement of this name: ours.
    is_known: bool,
}

impl Prepared {
    /// The name of a statement, and whether the server has it. Where not, it may still have an old one of this name.
    pub(super) fn name(&mut self, sql: &str) -> (Box<str>, bool) {
        if let Some(Name { name, is_known }) = self.names.get_mut(sql) {
            return (name.clone(), std::mem::replace(is_known, true));
        }
        if self.names.len() >= MOST {
            self.names.clear();
        }
        let name: Box<str> = format!("limosa_{}", self.names.len() + 1).into();
        let is_known = true;
        let of_statement = Name {
            name: name.clone(),
            is_known,
        };
        self.names.insert(sql.into(), of_statement);
        (name, false)
    }

    /// The server may have none of them any more: a migration can take them away, and a series that failed may have
    /// ended before they were made.
    pub(super) fn forget(&mut self) {
        for name in self.names.values_mut() {
            name.is_known = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_keeps_its_name_and_is_prepared_again_after_all_are_forgotten() {
        let mut prepared = Prepared::default();
        assert_eq!(prepared.name("a"), ("limosa_1".into(), false));
        assert_eq!(prepared.name("b"), ("limosa_2".into(), false));
        assert_eq!(prepared.name("a"), ("limosa_1".into(), true));
        prepared.forget();
        assert_eq!(prepared.name("a"), ("limosa_1".into(), false));
        assert_eq!(prepared.name("a"), ("limosa_1".into(), true));
        for number in 0..=MOST {
            assert!(!prepared.name(&number.to_string()).1);
        }
        assert!(prepared.names.len() <= MOST);
    }
}
