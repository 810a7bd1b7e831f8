//! Which statements may share a transaction with other migrations such that nobody can tell afterwards.
//!
//! On an empty database consecutive migrations are done in few transactions. The result has to be the same as with
//! a transaction each. So this is a list of what is known to be harmless: statements that define objects, and leave
//! nothing in the session or the transaction that a later one could see. Rows are not among them: `now()` is the
//! same for a whole transaction, and what is deferred to its end would come later.

use limosa_sql::lexer::significant_tokens;
use limosa_sql::{Dialect, Facts, TokenKind};

/// Objects of `PostgreSQL` whose definition lives in the catalog alone.
const OBJECTS: &[&str] = &[
    "aggregate",
    "cast",
    "collation",
    "conversion",
    "domain",
    "function",
    "index",
    "operator",
    "operator_class",
    "operator_family",
    "policy",
    "procedure",
    "routine",
    "rule",
    "sequence",
    "statistics",
    "table",
    "text_search_configuration",
    "text_search_dictionary",
    "trigger",
    "type",
    "view",
];
/// Kinds of statement beside those that create, alter or drop one of them. Dropping a schema may drop our tables.
const OTHERS: &[&str] = &[
    "comment",
    "create_schema",
    "drop_materialized_view",
    "grant",
    "revoke",
];
/// Kinds of statement of `SQLite`. A dropped table may leave rows that refer to it, which is looked for when a
/// migration ends.
const SQLITE: &[&str] = &[
    "alter_table",
    "create_index",
    "create_table",
    "create_trigger",
    "create_view",
    "drop_index",
    "drop_trigger",
    "drop_view",
];

/// Words by which a table is one of the session, or of an extension of the program.
const OF_THE_SESSION: &[&str] = &["temp", "temporary", "virtual"];
/// Words that stand for the time of the transaction, or for the transaction itself. Where a table has rows already
/// a new column gets it as its value.
const OF_THE_TRANSACTION: &[&str] = &[
    "current_date",
    "current_time",
    "current_timestamp",
    "localtime",
    "localtimestamp",
    "now",
    "pg_current_snapshot",
    "pg_current_xact_id",
    "transaction_timestamp",
    "txid_current",
    "txid_current_snapshot",
];
/// The same inside of a string, and the days, which end at midnight.
const TIMES: &[&str] = &["now", "today", "tomorrow", "yesterday"];
/// Words behind each of which there is a further index, sequence or table.
const FURTHER: &[&str] = &[
    "bigserial",
    "exclude",
    "identity",
    "primary",
    "references",
    "serial",
    "smallserial",
    "unique",
];

/// How many locks a statement takes at most, when it may share its transaction; `None` when it may not.
pub(super) fn locks(sql: &str, facts: &Facts, dialect: Dialect) -> Option<u32> {
    if facts.session_setting || facts.control.is_some() || sql.contains("pg_temp") {
        return None;
    }
    let (objects, others) = match dialect {
        Dialect::Postgres => (OBJECTS, OTHERS),
        Dialect::Sqlite => (&[][..], SQLITE),
        // Each of them commits.
        Dialect::Mysql => return None,
    };
    let parts = ["create_", "alter_", "drop_"];
    let object = (parts.iter()).find_map(|part| facts.kind.strip_prefix(part));
    if !others.contains(&facts.kind) && !object.is_some_and(|object| objects.contains(&object)) {
        return None;
    }
    let alters = facts.kind.starts_with("alter_");
    let (mut depth, mut further) = (0_u32, 0_u32);
    for token in significant_tokens(dialect, sql.as_bytes()) {
        let is_one_of = |words: &[&str]| words.iter().any(|word| token.is_word(word));
        if is_one_of(OF_THE_SESSION) {
            return None;
        }
        if alters && (is_one_of(OF_THE_TRANSACTION) || is_a_time(token.kind, token.text)) {
            return None;
        }
        // `CREATE TABLE … AS` copies rows.
        if depth == 0 && facts.kind == "create_table" && token.is_word("as") {
            return None;
        }
        if token.is_symbol(b'(') {
            depth += 1;
        } else if token.is_symbol(b')') {
            depth = depth.saturating_sub(1);
        }
        further += u32::from(is_one_of(FURTHER));
    }
    let own = match facts.kind {
        "create_table" => 5,
        // Indexes, sequences and what holds long values go with a table.
        kind if kind.starts_with("drop_") => 12 * u32::try_from(facts.changes.len()).ok()?,
        _ => 3,
    };
    Some(own + 3 * further)
}

/// Whether a string begins with a word that stands for a time.
fn is_a_time(kind: TokenKind, text: &[u8]) -> bool {
    let TokenKind::String = kind else {
        return false;
    };
    let text = String::from_utf8_lossy(text).to_ascii_lowercase();
    let word = text.trim_start_matches(|c: char| !c.is_ascii_alphabetic());
    TIMES.iter().any(|time| word.starts_with(time))
}

#[cfg(test)]
mod tests {
    use limosa_sql::Target;
    use limosa_sql::facts::{InTransaction, classify};

    use super::*;

    fn may_share(dialect: Dialect, sql: &str) -> bool {
        let facts = classify(sql.as_bytes(), &Target::newest(dialect));
        let alone = facts.transaction == InTransaction::Forbidden;
        !alone && locks(sql, &facts, dialect).is_some()
    }

    #[test]
    fn definitions_may_share_a_transaction() {
        for sql in [
            "CREATE TABLE a (id bigserial PRIMARY KEY, at timestamptz DEFAULT now())",
            "CREATE TABLE a (n int GENERATED ALWAYS AS (1 + 1) STORED)",
            "CREATE UNIQUE INDEX ON a (id)",
            "ALTER TABLE a ADD COLUMN b text DEFAULT 'known'",
            "CREATE FUNCTION f() RETURNS timestamptz LANGUAGE sql AS 'SELECT now()'",
            "COMMENT ON TABLE a IS 'temp'",
            "CREATE TYPE mood AS ENUM ('a')",
            "DROP TABLE a, b",
        ] {
            assert!(may_share(Dialect::Postgres, sql), "{sql}");
        }
        for sql in [
            "CREATE TABLE a (id INTEGER PRIMARY KEY)",
            "CREATE INDEX a_id ON a (id)",
            "DROP VIEW v",
        ] {
            assert!(may_share(Dialect::Sqlite, sql), "{sql}");
        }
    }

    #[test]
    fn whatever_another_migration_could_see_may_not() {
        for sql in [
            "INSERT INTO a VALUES (1)",
            "UPDATE a SET b = 1",
            "SELECT f()",
            "DO $$ BEGIN END $$",
            "CALL p()",
            "SET search_path = x",
            "SET LOCAL search_path = x",
            "CREATE TEMP TABLE a (id int)",
            "CREATE TABLE pg_temp.a (id int)",
            "CREATE TABLE a AS SELECT 1",
            "CREATE TABLE a (b) AS SELECT 1",
            "CREATE MATERIALIZED VIEW v AS SELECT now()",
            "ALTER TYPE mood ADD VALUE 'b'",
            "ALTER TABLE a ADD COLUMN at timestamptz DEFAULT now()",
            "ALTER TABLE a ADD COLUMN at timestamptz DEFAULT 'now'",
            "ALTER TABLE a ADD COLUMN at date DEFAULT CURRENT_DATE",
            "CREATE EXTENSION citext",
            "CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION f()",
            "DROP SCHEMA public CASCADE",
            "TRUNCATE a",
            "LOCK TABLE a",
            "CREATE INDEX CONCURRENTLY i ON a (id)",
            "SAVEPOINT a",
            "nonsense",
        ] {
            assert!(!may_share(Dialect::Postgres, sql), "{sql}");
        }
        for sql in [
            "CREATE TEMP TABLE a (id)",
            "CREATE VIRTUAL TABLE a USING fts5(b)",
            "PRAGMA foreign_keys = on",
            "INSERT INTO a VALUES (1)",
            "DROP TABLE a",
        ] {
            assert!(!may_share(Dialect::Sqlite, sql), "{sql}");
        }
        assert!(!may_share(Dialect::Mysql, "CREATE TABLE a (id int)"));
    }
}
