//! Which temporary tables a text creates: most servers have no list of them, so they are read from what is sent.
//! What a procedure creates inside is not seen.

use limosa_sql::lexer::{identifier, significant_tokens};
use limosa_sql::{Dialect, Token};

use super::settings::quoted;

/// The tables that `CREATE TEMPORARY TABLE` in this text names: database, if it is written, and table.
pub(super) fn created(sql: &str) -> Vec<(Option<String>, String)> {
    if !mentions_temporary(sql.as_bytes()) {
        return Vec::new();
    }
    let mut tokens = significant_tokens(Dialect::Mysql, sql.as_bytes());
    let mut found = Vec::new();
    let mut created = false;
    while let Some(token) = tokens.next() {
        if created
            && token.is_word("temporary")
            && tokens.next().is_some_and(|token| token.is_word("table"))
        {
            found.extend(name(&mut tokens));
        }
        created = token.is_word("create") || token.is_word("replace");
    }
    found
}

/// The name after `CREATE TEMPORARY TABLE`, perhaps after `IF NOT EXISTS`.
fn name<'a>(tokens: &mut impl Iterator<Item = Token<'a>>) -> Option<(Option<String>, String)> {
    let is_name = |token: &Token<'_>| {
        !["if", "not", "exists"]
            .iter()
            .any(|word| token.is_word(word))
    };
    let first = identifier(&tokens.find(is_name)?)?;
    match tokens.next() {
        Some(dot) if dot.is_symbol(b'.') => Some((Some(first), identifier(&tokens.next()?)?)),
        _ => Some((None, first)),
    }
}

fn mentions_temporary(sql: &[u8]) -> bool {
    const WORD: &[u8] = b"temporary";
    sql.windows(WORD.len())
        .any(|window| window.eq_ignore_ascii_case(WORD))
}

/// The statement that drops a temporary table, and never another one of that name.
pub(super) fn dropping(database: &str, table: &str) -> String {
    format!(
        "DROP TEMPORARY TABLE IF EXISTS {}.{}",
        quoted(database),
        quoted(table)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn temporary_tables_are_found_by_their_names() {
        let sql = "/* x */ CREATE TEMPORARY TABLE a (i int); create or replace temporary table `b``c` (i int);
            CREATE TEMPORARY TABLE IF NOT EXISTS other.d LIKE e; SELECT 'CREATE TEMPORARY TABLE f'; CREATE TABLE g (i int)";
        let names: Vec<_> = created(sql).into_iter().map(|(_, name)| name).collect();
        assert_eq!(names, ["a", "b`c", "d"]);
        assert_eq!(created(sql)[2].0.as_deref(), Some("other"));
        assert!(created("SELECT 1").is_empty());
    }
}
