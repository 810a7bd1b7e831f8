//! What a text leaves of the session that it ran in: after most definitions there is nothing to put back, and so nothing
//! to ask the server for.

use limosa_sql::facts::Control;
use limosa_sql::lexer::significant_tokens;
use limosa_sql::{Dialect, Target, classify};

/// Definitions that change no setting of their session, since nothing in them calls a function of the database.
const DEFINITIONS: &[&str] = &[
    "alter_table",
    "create_index",
    "create_view",
    "drop_index",
    "drop_table",
    "drop_view",
    "rename_table",
    "truncate",
];
/// A table may be made of a query, which may call one.
const QUERIES: &[&str] = &["select", "values", "execute", "call"];

/// What may be other than it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Remains {
    /// Nothing.
    Nothing,
    /// A transaction is open.
    Transaction,
    /// None is open any more.
    NoTransaction,
    /// Everything.
    Anything,
}

/// What may be other than it was when this text has run.
pub(super) fn remains(sql: &str, target: &Target) -> Remains {
    let is_look = |locks: &str| locks.starts_with("LOCK TABLES ") && !locks.contains(';');
    if sql.strip_suffix("; UNLOCK TABLES").is_some_and(is_look) {
        // Our own look at tables gives the locks back.
        return Remains::Nothing;
    }
    let begins_with_set = || {
        let first = significant_tokens(Dialect::Mysql, sql.as_bytes()).next();
        first.is_some_and(|first| first.is_word("set"))
    };
    // Several statements, or the body of a program; `SET STATEMENT … FOR`.
    if sql.contains(';') || begins_with_set() {
        return Remains::Anything;
    }
    let facts = classify(sql.as_bytes(), target);
    let has_query = || {
        let sql = sql.to_ascii_lowercase();
        QUERIES.iter().any(|word| sql.contains(word))
    };
    match (&facts.control, facts.kind) {
        (Some(Control::Begin { .. }), _) => Remains::Transaction,
        (Some(Control::Commit { chain: false } | Control::Rollback { chain: false }), _) => {
            Remains::NoTransaction
        }
        (Some(Control::Savepoint), _) => Remains::Nothing,
        (Some(_), _) => Remains::Anything,
        (None, "create_table") if !has_query() => Remains::Nothing,
        (None, kind) if DEFINITIONS.contains(&kind) => Remains::Nothing,
        (None, _) => Remains::Anything,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_known_to_change_no_setting_leaves_nothing() {
        let target = Target::newest(Dialect::Mysql);
        for (sql, expected) in [
            ("CREATE TABLE a (b int DEFAULT 1)", Remains::Nothing),
            ("CREATE OR REPLACE TABLE a LIKE b", Remains::Nothing),
            ("CREATE TABLE a AS SELECT f()", Remains::Anything),
            ("CREATE TABLE a VALUES (f())", Remains::Anything),
            ("ALTER TABLE a ADD b text", Remains::Nothing),
            ("/* x */ create unique index a on b (c)", Remains::Nothing),
            ("CREATE VIEW a AS SELECT f()", Remains::Nothing),
            (
                "LOCK TABLES `a` WRITE NOWAIT; UNLOCK TABLES",
                Remains::Nothing,
            ),
            (
                "LOCK TABLES a WRITE; SET x = 1; UNLOCK TABLES",
                Remains::Anything,
            ),
            ("LOCK TABLES a WRITE", Remains::Anything),
            ("DROP TABLE a; SET sql_mode = ''", Remains::Anything),
            (
                "DROP TABLE /*!50000 a; SET sql_mode = '' */",
                Remains::Anything,
            ),
            (
                "SET STATEMENT sql_mode = '' FOR DROP TABLE a",
                Remains::Anything,
            ),
            ("SET sql_mode = ''", Remains::Anything),
            ("USE other", Remains::Anything),
            ("INSERT INTO a VALUES (1)", Remains::Anything),
            ("SELECT f()", Remains::Anything),
            ("CALL a()", Remains::Anything),
            ("DROP DATABASE a", Remains::Anything),
            ("START TRANSACTION", Remains::Transaction),
            ("COMMIT", Remains::NoTransaction),
            ("COMMIT AND CHAIN", Remains::Anything),
            ("ROLLBACK TO SAVEPOINT a", Remains::Nothing),
            ("unheard of", Remains::Anything),
        ] {
            assert_eq!(remains(sql, &target), expected, "{sql}");
        }
    }
}
