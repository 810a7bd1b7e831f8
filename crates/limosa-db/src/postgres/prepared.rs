//! Our own statements that the server keeps ready. Planning a guard takes longer than running it, and each migration
//! has the same ones.

use std::collections::HashMap;

/// How many are kept at most.
const MOST: usize = 64;

/// The names of statements that were prepared on a session.
#[derive(Debug, Default)]
pub(super) struct Prepared {
    names: HashMap<Box<str>, Box<str>>,
    /// How many names were given: none is given twice, since the server may still have what is forgotten here.
    given: u64,
}

impl Prepared {
    /// The name of a statement, and whether the server has it.
    pub(super) fn name(&mut self, sql: &str) -> (Box<str>, bool) {
        if let Some(name) = self.names.get(sql) {
            return (name.clone(), true);
        }
        if self.names.len() >= MOST {
            self.forget();
        }
        self.given += 1;
        let name: Box<str> = format!("limosa_{}", self.given).into();
        self.names.insert(sql.into(), name.clone());
        (name, false)
    }

    /// The server may have none of them any more: a migration can take them away, and a series that failed may have
    /// ended before they were made.
    pub(super) fn forget(&mut self) {
        self.names.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_keeps_its_name_until_all_are_forgotten_and_no_name_comes_back() {
        let mut prepared = Prepared::default();
        assert_eq!(prepared.name("a"), ("limosa_1".into(), false));
        assert_eq!(prepared.name("b"), ("limosa_2".into(), false));
        assert_eq!(prepared.name("a"), ("limosa_1".into(), true));
        prepared.forget();
        assert_eq!(prepared.name("a"), ("limosa_3".into(), false));
        for number in 0..MOST {
            prepared.name(&number.to_string());
        }
        assert!(prepared.names.len() <= MOST);
    }
}
