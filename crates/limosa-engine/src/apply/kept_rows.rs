//! Rows that no rollback takes back: those of tables without transactions (`MyISAM`, Aria, `MEMORY`) on `MySQL`
//! and `MariaDB`.
//!
//! The entry that begins a unit is usually written in the unit's own transaction, so that nothing of it is left
//! when something dies. A unit that changes such rows is begun before: when nobody records its end, it is in
//! doubt and not repeated. Tables are found by the names in the statement; what a trigger, a view or a function
//! writes to is not seen.

use std::collections::BTreeSet;

use limosa_db::{DbError, Locked, Session as _};
use limosa_sql::Dialect;
use limosa_sql::lexer::{Token, TokenKind, identifier, significant_tokens};

const KEEPS_ROWS: &str = include_str!("kept_rows.sql");

/// Words before the rows that name no table; all are reserved, so a table of that name is quoted.
const NO_NAMES: [&str; 18] = [
    "insert",
    "low_priority",
    "delayed",
    "high_priority",
    "ignore",
    "into",
    "replace",
    "update",
    "delete",
    "from",
    "load",
    "infile",
    "table",
    "join",
    "inner",
    "left",
    "right",
    "as",
];
/// Words behind which come values and conditions, and tables that are only read.
const ENDS: [&str; 5] = ["set", "values", "value", "select", "where"];

/// When the entry that begins a unit is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beginning {
    /// In the transaction of the work.
    WithWork,
    /// Before, in one of its own.
    Before,
}

/// A table, with its database where a statement says it.
pub(super) type Target = (Option<String>, String);

/// Whether the statement changes rows that a rollback keeps. `asked` has the tables of the unit that do not keep
/// them: the server is asked once for each.
pub(super) fn keeps_rows(
    session: &mut Locked,
    sql: &str,
    asked: &mut BTreeSet<Target>,
) -> Result<bool, DbError> {
    let unknown = targets(sql).into_iter();
    for target in unknown
        .filter(|target| !asked.contains(target))
        .collect::<Vec<_>>()
    {
        if looks_back(sql) {
            return Ok(false);
        }
        let (schema, table) = &target;
        let parameters = [schema.as_deref().into(), table.as_str().into()];
        if !session.query(KEEPS_ROWS, &parameters)?.is_empty() {
            return Ok(true);
        }
        asked.insert(target);
    }
    Ok(false)
}

/// Whether the statement uses what the one before it said: a question in between would change that.
fn looks_back(sql: &str) -> bool {
    significant_tokens(Dialect::Mysql, sql.as_bytes())
        .any(|token| token.is_word("row_count") || token.is_word("found_rows"))
}

/// What may be the names of the tables that a statement writes to, with their databases where it says them.
fn targets(sql: &str) -> Vec<Target> {
    let mut tokens = significant_tokens(Dialect::Mysql, sql.as_bytes()).peekable();
    // Behind WITH the tables come after the queries.
    let everything = tokens.peek().is_some_and(|token| token.is_word("with"));
    let is_end =
        |token: &Token<'_>| token.is_symbol(b'(') || ENDS.iter().any(|word| token.is_word(word));
    let mut found: Vec<Target> = Vec::new();
    while let Some(token) = tokens.next() {
        if !everything && is_end(&token) {
            break;
        }
        let no_name = NO_NAMES.iter().any(|word| token.is_word(word));
        let named = matches!(token.kind, TokenKind::Word | TokenKind::QuotedIdentifier);
        let Some(name) = identifier(&token).filter(|_| named && !no_name) else {
            continue;
        };
        let qualified = tokens.next_if(|next| next.is_symbol(b'.')).is_some();
        let target = match tokens.next_if(|_| qualified).as_ref().and_then(identifier) {
            Some(table) => (Some(name), table),
            None => (None, name),
        };
        if !found.contains(&target) {
            found.push(target);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::targets;

    #[test]
    fn the_tables_that_are_written_to_are_named_before_the_rows() {
        let names = |sql: &str| {
            let named = targets(sql)
                .into_iter()
                .map(|(schema, table)| match schema {
                    Some(schema) => format!("{schema}.{table}"),
                    None => table,
                });
            named.collect::<Vec<_>>().join(" ")
        };
        assert_eq!(names("INSERT INTO a (x) VALUES (b)"), "a");
        assert_eq!(names("insert ignore `in to` values (1)"), "in to");
        assert_eq!(names("REPLACE INTO shop.a SELECT * FROM b"), "shop.a");
        assert_eq!(names("UPDATE a JOIN b SET a.x = b.x"), "a b");
        assert_eq!(names("DELETE FROM a WHERE x = y"), "a");
        assert_eq!(
            names("DELETE a FROM a LEFT JOIN b WHERE b.x IS NULL"),
            "a b"
        );
        assert_eq!(names("LOAD DATA INFILE 'x' INTO TABLE a"), "DATA a");
        assert_eq!(
            names("WITH c AS (SELECT 1) UPDATE a SET x = 1"),
            "WITH c SELECT a SET x"
        );
        assert_eq!(names("SELECT f(a) FROM b"), "");
    }
}
