//! Whether a statement that may commit can be run in the transaction that records it.

use std::collections::BTreeSet;

use limosa_sql::lexer::{Modes, identifier, significant_tokens_with_modes};
use limosa_sql::{Dialect, Facts};

use super::reader::Reader;
use super::scene::Context;
use crate::{DbError, Session, Value};

const PROCEDURE: &str = include_str!("procedure.sql");
const KEEPING_ROWS: &str = include_str!("keeping_rows.sql");
/// What rolls back, or leads to what is not in the text.
const UNKNOWN: &[&str] = &["rollback", "execute", "prepare", "call", "xa"];

/// Whether the text of a call or compound statement says that nothing in it rolls back, and that a rollback undoes all
/// of it. Then an entry that is written in the same transaction before it is there afterwards exactly when something of
/// it was committed.
pub(in crate::probe) fn is_undone_with_its_entry(
    session: &mut dyn Session,
    facts: &Facts,
    sql: &str,
) -> Result<bool, DbError> {
    let context = Context::of_session(session)?;
    match facts.kind {
        "call" => {
            let mut reader = Reader::new(sql, context.modes());
            reader.eat("call");
            let Some((database, name)) = reader.name() else {
                return Ok(false);
            };
            let Some(database) = database.or(context.database) else {
                return Ok(false);
            };
            let rows = session.query(PROCEDURE, &[Value::Text(database), Value::Text(name)])?;
            // Who may call it may not be allowed to read it.
            let text = rows.first().and_then(|row| row.text(0));
            match text {
                Some(text) => is_undone(session, &text, Modes::of(Dialect::Mysql)),
                None => Ok(false),
            }
        }
        "compound" => is_undone(session, sql, context.modes()),
        _ => Ok(false),
    }
}

fn is_undone(session: &mut dyn Session, text: &str, modes: Modes) -> Result<bool, DbError> {
    let tokens = || significant_tokens_with_modes(Dialect::Mysql, modes, text.as_bytes());
    if tokens().any(|token| UNKNOWN.iter().any(|word| token.is_word(word))) {
        return Ok(false);
    }
    let names: BTreeSet<String> = tokens()
        .filter_map(|token| Some(identifier(&token)?.to_lowercase()))
        .collect();
    let keeping = session.query(KEEPING_ROWS, &[])?;
    let is_named = |table: String| names.contains(&table.to_lowercase());
    Ok(!keeping.iter().filter_map(|row| row.text(0)).any(is_named))
}
