//! From a statement to its facts.

use super::draft::Draft;
use super::{Facts, control, mysql, postgres, sqlite};
use crate::lexer::Modes;
use crate::{Dialect, Target};

/// What the statement does on the target. Never fails: what is not recognised is `unknown`.
///
/// ```
/// use limosa_sql::facts::InTransaction;
/// use limosa_sql::{Dialect, Target, classify};
///
/// let target = Target::newest(Dialect::Postgres);
/// let facts = classify(b"DROP INDEX CONCURRENTLY users_email", &target);
/// assert_eq!(facts.kind, "drop_index");
/// assert_eq!(facts.transaction, InTransaction::Forbidden);
/// ```
pub fn classify(sql: &[u8], target: &Target) -> Facts {
    classify_with_modes(sql, target, Modes::of(target.dialect))
}

/// As [`classify`], for a statement in a session with these modes.
pub fn classify_with_modes(sql: &[u8], target: &Target, modes: Modes) -> Facts {
    let mut draft = Draft::new(sql, target, modes);
    read(&mut draft);
    draft.facts
}

/// More statements inside of each other than this are no statement of a person.
const DEEPEST: u32 = 8;

/// Reads a statement from where the draft stands.
pub(super) fn read(draft: &mut Draft<'_>) {
    draft.depth += 1;
    if draft.depth > DEEPEST || control::read(draft) {
        return;
    }
    let verbs = match draft.target.dialect {
        Dialect::Postgres => postgres::VERBS,
        Dialect::Mysql => mysql::VERBS,
        Dialect::Sqlite => sqlite::VERBS,
    };
    // `(SELECT …) UNION (SELECT …)`
    if draft.tokens.peek_is_symbol(b'(') {
        draft.facts.kind = "select";
        return;
    }
    for verb in verbs {
        if draft.tokens.eat_words(verb.words) {
            draft.facts.kind = verb.kind;
            (verb.read)(draft);
            return;
        }
    }
}
