//! User variables (`@name`) of `MySQL` and `MariaDB`.
//!
//! They stay in the session between the units of a step, so a `SET` of nothing else is not repeated before each
//! unit: another value might come out (`LAST_INSERT_ID()`, a query). With the session they are gone. Whoever
//! goes on in another session repeats what can only give the same value; a value that is lost stops the step before
//! the first statement that uses it.

use std::collections::BTreeSet;

use limosa_sql::lexer::{Token, TokenKind, significant_tokens};
use limosa_sql::{Dialect, Target};

/// Variables whose values are lost, in lower case with their `@`.
pub(super) type Lost = BTreeSet<String>;

/// Whether a setting holds until the session ends: a `SET` of user variables alone.
pub(super) fn stays(setting: &str, target: &Target) -> bool {
    target.dialect == Dialect::Mysql && assignments(setting).is_some()
}

/// Notes what a statement of a unit that another session has done means for the variables. False when it is a
/// setting that cannot be repeated.
pub(super) fn skip(sql: &str, target: &Target, lost: &mut Lost) -> bool {
    if target.dialect != Dialect::Mysql {
        return true;
    }
    let Some(assignments) = assignments(sql) else {
        lost.extend(assigned_inside(sql));
        return true;
    };
    let known = assignments
        .iter()
        .all(|(_, value)| value.iter().all(|token| is_constant(token, lost)));
    for (name, _) in assignments {
        if known {
            lost.remove(&name);
        } else {
            lost.insert(name);
        }
    }
    known
}

/// The first lost variable that a statement uses. What it sets anew is not lost any more.
pub(super) fn lost_in(sql: &str, target: &Target, lost: &mut Lost) -> Option<String> {
    if lost.is_empty() || target.dialect != Dialect::Mysql {
        return None;
    }
    let assignments = assignments(sql);
    let used = match &assignments {
        Some(assignments) => {
            let mut values = assignments.iter().flat_map(|(_, value)| value);
            values.find_map(|token| name(token).filter(|name| lost.contains(name)))
        }
        None => significant_tokens(Dialect::Mysql, sql.as_bytes())
            .find_map(|token| name(&token).filter(|name| lost.contains(name))),
    };
    for (name, _) in assignments.into_iter().flatten() {
        lost.remove(&name);
    }
    used
}

/// The variables of a `SET` that sets nothing else, each with the tokens of its value.
fn assignments(sql: &str) -> Option<Vec<(String, Vec<Token<'_>>)>> {
    let mut tokens = significant_tokens(Dialect::Mysql, sql.as_bytes()).peekable();
    tokens.next().filter(|token| token.is_word("set"))?;
    let mut found = Vec::new();
    while tokens.peek().is_some() {
        let name = name(&tokens.next()?)?;
        tokens.next_if(|token| token.is_symbol(b':'));
        tokens.next().filter(|token| token.is_symbol(b'='))?;
        let mut value = Vec::new();
        let mut depth = 0;
        for token in tokens.by_ref() {
            match token.text {
                b"(" => depth += 1,
                b")" => depth -= 1,
                b"," if depth == 0 => break,
                _ => {}
            }
            value.push(token);
        }
        found.push((name, value));
    }
    Some(found)
}

/// Variables that a statement sets beside its work: `SELECT … INTO @a, @b`, `SELECT @a := …`.
fn assigned_inside(sql: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut into = false;
    let mut tokens = significant_tokens(Dialect::Mysql, sql.as_bytes()).peekable();
    while let Some(token) = tokens.next() {
        match name(&token) {
            Some(name) if into || tokens.peek().is_some_and(|next| next.is_symbol(b':')) => {
                found.push(name);
            }
            Some(_) => {}
            None => into = token.is_word("into") || (into && token.is_symbol(b',')),
        }
    }
    found
}

/// Whether it gives the same value in another session. A system variable does: a unit begins in a clean session.
fn is_constant(token: &Token<'_>, lost: &Lost) -> bool {
    match token.kind {
        TokenKind::Number | TokenKind::String => true,
        TokenKind::Symbol => token.text != b"(",
        TokenKind::Parameter => name(token).is_none_or(|name| !lost.contains(&name)),
        TokenKind::Word => ["null", "true", "false"]
            .iter()
            .any(|word| token.is_word(word)),
        _ => false,
    }
}

/// The name of a user variable; those of the system begin with two signs.
fn name(token: &Token<'_>) -> Option<String> {
    let is_variable = token.kind == TokenKind::Parameter
        && token.text.starts_with(b"@")
        && !token.text.starts_with(b"@@");
    is_variable.then(|| String::from_utf8_lossy(token.text).to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TARGET: Target = Target::newest(Dialect::Mysql);

    #[test]
    fn only_a_set_of_user_variables_alone_stays() {
        for (sql, expected) in [
            ("SET @a = 1", true),
            ("set @a := LAST_INSERT_ID(), @b = (SELECT 1, 2)", true),
            ("SET @OLD = @@SQL_MODE, SQL_MODE = 'ANSI'", false),
            ("SET sql_mode = 'ANSI'", false),
            ("SET @@session.sql_mode = 'ANSI'", false),
            ("SET NAMES utf8mb4", false),
            ("SELECT 1", false),
        ] {
            assert_eq!(stays(sql, &TARGET), expected, "{sql}");
        }
    }

    #[test]
    fn a_value_that_may_differ_is_lost_with_its_session() {
        let mut lost = Lost::new();
        assert!(skip("SET @a = 1, @b = @@sql_mode", &TARGET, &mut lost));
        assert!(lost.is_empty());
        assert!(!skip("SET @a = LAST_INSERT_ID()", &TARGET, &mut lost));
        assert!(!skip("SET @c = @A + 1", &TARGET, &mut lost));
        assert!(skip("SELECT x, y INTO @d, @e FROM t", &TARGET, &mut lost));
        assert!(skip("SELECT @f := max(x) FROM t", &TARGET, &mut lost));
        assert_eq!(
            lost.iter().map(String::as_str).collect::<Vec<_>>(),
            ["@a", "@c", "@d", "@e", "@f"]
        );
        assert_eq!(lost_in("UPDATE t SET x = @b", &TARGET, &mut lost), None);
        let found = lost_in("UPDATE t SET x = @C", &TARGET, &mut lost);
        assert_eq!(found.as_deref(), Some("@c"));
        assert_eq!(lost_in("SET @c = 3", &TARGET, &mut lost), None);
        assert_eq!(lost_in("UPDATE t SET x = @c", &TARGET, &mut lost), None);
        assert_eq!(
            lost_in("SET @g = @d", &TARGET, &mut lost).as_deref(),
            Some("@d")
        );
    }
}
