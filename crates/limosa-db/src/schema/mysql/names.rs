//! Names within texts that the server writes: without the database that they are in.

use std::collections::BTreeSet;

use limosa_sql::Dialect;
use limosa_sql::lexer::{Lexer, Token, TokenKind, identifier};

/// A text that the server itself has written (an expression, the query of a view), without the name of the database.
///
/// There, names are always in backquotes. A name of three parts that begins with the database is one of its columns.
/// A name of two parts is a table, a function or a sequence of it, unless it is a column of an alias that has the same
/// name as the database: what follows `from` or `join`, or stands before a bracket, or within `nextval`, is none.
pub(super) fn without_database(text: &str, database: &str) -> String {
    let tokens: Vec<Token<'_>> = Lexer::new(Dialect::Mysql, text.as_bytes()).collect();
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < tokens.len() {
        let parts = parts(&tokens[at..]);
        let first = identifier(&tokens[at]).filter(|_| parts > 0);
        let is_ours = first.as_deref() == Some(database);
        if is_ours && (parts > 2 || parts == 2 && is_no_column(&tokens, at)) {
            at += 2;
            continue;
        }
        let end = at + (2 * parts).saturating_sub(1).max(1);
        for token in &tokens[at..end] {
            out.extend_from_slice(token.text);
        }
        at = end;
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// How many parts the name has that begins here; 0 where none does.
fn parts(tokens: &[Token<'_>]) -> usize {
    let is_name = |token: Option<&Token<'_>>| {
        token.is_some_and(|token| token.kind == TokenKind::QuotedIdentifier)
    };
    if !is_name(tokens.first()) {
        return 0;
    }
    let mut parts = 1;
    while tokens
        .get(2 * parts - 1)
        .is_some_and(|token| token.is_symbol(b'.'))
        && is_name(tokens.get(2 * parts))
    {
        parts += 1;
    }
    parts
}

/// Whether the name of two parts that begins here is that of a table, a function or a sequence.
fn is_no_column(tokens: &[Token<'_>], at: usize) -> bool {
    if tokens
        .get(at + 3)
        .is_some_and(|token| token.is_symbol(b'('))
    {
        return true;
    }
    let before = tokens[..at].iter().rev();
    let mut before = before.filter(|token| token.is_significant() && !token.is_symbol(b'('));
    before.next().is_some_and(|token| {
        [
            "from",
            "join",
            "straight_join",
            "nextval",
            "lastval",
            "setval",
        ]
        .iter()
        .any(|word| token.is_word(word))
    })
}

/// What the definition of a view mentions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mentioned {
    /// A table, a view or a sequence.
    Table,
    /// A function.
    Function,
}

/// What of the database a text mentions that the server has written. It writes functions without their database.
pub(super) fn mentioned(text: &str, database: &str) -> BTreeSet<(Mentioned, String)> {
    let tokens: Vec<Token<'_>> = Lexer::new(Dialect::Mysql, text.as_bytes()).collect();
    let mut found = BTreeSet::new();
    let mut at = 0;
    while at < tokens.len() {
        let parts = parts(&tokens[at..]);
        let end = at + (2 * parts).saturating_sub(1).max(1);
        let called = tokens.get(end).is_some_and(|token| token.is_symbol(b'('));
        let name = |number: usize| identifier(&tokens[at + 2 * number]).unwrap_or_default();
        match parts {
            1 if called => {
                found.insert((Mentioned::Function, name(0)));
            }
            2 if name(0) == database && called => {
                found.insert((Mentioned::Function, name(1)));
            }
            2 | 3 if name(0) == database && (parts > 2 || is_no_column(&tokens, at)) => {
                found.insert((Mentioned::Table, name(1)));
            }
            _ => {}
        }
        at = end;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_the_database_lose_it() {
        for (text, without) in [
            (
                "select `shop`.`t`.`id` AS `id` from `shop`.`t`",
                "select `t`.`id` AS `id` from `t`",
            ),
            (
                "select 'shop.t', `x`.`y` from (`shop`.`t` `x` join `shop`.`u`)",
                "select 'shop.t', `x`.`y` from (`t` `x` join `u`)",
            ),
            ("nextval(`shop`.`s`)", "nextval(`s`)"),
            (
                "select `shop`.`f`(`shop`.`id`) from `shop`.`t` `shop`",
                "select `f`(`shop`.`id`) from `t` `shop`",
            ),
            (
                "select `shop`.`shop`.`shop` from `shop`.`shop`",
                "select `shop`.`shop` from `shop`",
            ),
            (
                "select `other`.`shop`.`a` from `other`.`shop`",
                "select `other`.`shop`.`a` from `other`.`shop`",
            ),
            (
                "select `sh``op`.`t`.`a` from `sh``op`.`t`",
                "select `sh``op`.`t`.`a` from `sh``op`.`t`",
            ),
        ] {
            assert_eq!(without_database(text, "shop"), without);
        }
        assert_eq!(
            without_database("select `sh``op`.`t`.`a` from `sh``op`.`t`", "sh`op"),
            "select `t`.`a` from `t`"
        );
    }
}
