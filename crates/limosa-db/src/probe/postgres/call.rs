//! `CALL` and `DO` outside of a transaction: what they committed before an error stays.

use super::words::Words;
use crate::{DbError, Session};

const PROCEDURES: &str = include_str!("procedures.sql");

/// Whether a procedure of that name may commit: by its text, which may also call another one, or because it is in
/// another language.
pub(super) fn may_have_committed(session: &mut dyn Session, sql: &str) -> Result<bool, DbError> {
    let mut words = Words::of(sql);
    words.eat("call");
    let mut name = None;
    while let Some(part) = words.name() {
        name = Some(part);
        if !words.eat_symbol(b'.') {
            break;
        }
    }
    let Some(name) = name else {
        return Ok(true);
    };
    let rows = session.query(PROCEDURES, &[name.into()])?;
    let may = |text: Option<String>| text.is_none_or(|text| commits(&text));
    Ok(rows.iter().any(|row| may(row.text(0))))
}

/// Whether a text has a word in it that commits, or that calls what may commit. Where it stands does not matter: it
/// may be in a string that is executed.
pub(super) fn commits(text: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    text.split(|c| !is_part(c))
        .any(|word| word.eq_ignore_ascii_case("commit") || word.eq_ignore_ascii_case("call"))
}

#[cfg(test)]
mod tests {
    use super::commits;

    #[test]
    fn a_word_that_commits_is_found_wherever_it_stands() {
        assert!(commits("DO $$ BEGIN COMMIT; END $$"));
        assert!(commits("DO $$ BEGIN EXECUTE 'call p()'; END $$"));
        assert!(!commits(
            "DO $$ BEGIN INSERT INTO commits VALUES (recall); END $$"
        ));
    }
}
