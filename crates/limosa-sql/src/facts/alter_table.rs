//! What the actions of `ALTER TABLE` have in common.

use super::Action;
use super::draft::Draft;

/// The words that begin a constraint without a name, behind `ADD`.
const CONSTRAINTS: &[&str] = &["primary", "unique", "foreign", "check", "exclude", "not"];

/// Reads one action on columns and constraints as `PostgreSQL` and `SQLite` have them, and
/// `MySQL` too. `keeps_data` where the columns are only declared here (foreign tables).
pub(super) fn action(draft: &mut Draft<'_>, table: &str, keeps_data: bool) {
    if draft.tokens.eat("drop") {
        if draft.tokens.eat("constraint") {
            part(draft, Action::Drop, "constraint", table);
        } else {
            draft.tokens.eat("column");
            if let Some(column) = part(draft, Action::Drop, "column", table)
                && !keeps_data
            {
                draft.lose("column", column);
            }
        }
    } else if draft.tokens.eat("add") {
        if draft.tokens.eat("constraint") {
            part(draft, Action::Create, "constraint", table);
        } else if !draft.tokens.peek_is_any(CONSTRAINTS) {
            draft.tokens.eat("column");
            part(draft, Action::Create, "column", table);
        }
    } else if draft.tokens.eat("alter") {
        if draft.tokens.eat("constraint") {
            part(draft, Action::Alter, "constraint", table);
        } else {
            draft.tokens.eat("column");
            part(draft, Action::Alter, "column", table);
        }
    } else if draft.tokens.eat_words("validate constraint")
        || draft.tokens.eat_words("rename constraint")
    {
        part(draft, Action::Alter, "constraint", table);
    } else if draft.tokens.eat("rename") && !draft.tokens.eat("to") {
        draft.tokens.eat("column");
        part(draft, Action::Alter, "column", table);
    }
}

/// Reads the name of a part of the table and notes it as `table.part`.
pub(super) fn part(
    draft: &mut Draft<'_>,
    action: Action,
    object: &'static str,
    table: &str,
) -> Option<String> {
    draft.tokens.eat_if_exists();
    let name = format!("{table}.{}", draft.tokens.name()?);
    draft.change(action, object, name.clone());
    Some(name)
}
