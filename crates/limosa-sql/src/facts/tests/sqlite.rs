//! Statements of `SQLite`.

use super::*;

#[test]
fn definitions_and_losses() {
    all(
        &newest(Dialect::Sqlite),
        &[
            (
                "CREATE TABLE IF NOT EXISTS [a b] (c) STRICT",
                "create_table, +table a b",
            ),
            ("CREATE TABLE 'a' (b)", "create_table, +table a"),
            (
                "CREATE VIRTUAL TABLE f USING fts5(a)",
                "create_table, +table f",
            ),
            (
                "CREATE TEMP TRIGGER t AFTER INSERT ON a BEGIN DELETE FROM b; END",
                "create_trigger, +trigger t",
            ),
            ("CREATE UNIQUE INDEX i ON t (a)", "create_index, +index i"),
            (
                "DROP TABLE main.t",
                "drop_table, -table main.t, loses table main.t",
            ),
            ("DROP INDEX i", "drop_index, -index i"),
            (
                "ALTER TABLE t DROP COLUMN c",
                "alter_table, ~table t, -column t.c, loses column t.c",
            ),
            (
                "ALTER TABLE t ADD c INT",
                "alter_table, ~table t, +column t.c",
            ),
            (
                "ALTER TABLE t RENAME a TO b",
                "alter_table, ~table t, ~column t.a",
            ),
            ("DELETE FROM t", "delete, loses rows t"),
            ("WITH x AS (SELECT 1) DELETE FROM t", "delete, loses rows t"),
            ("REPLACE INTO t VALUES (1)", "replace"),
        ],
    );
}

#[test]
fn settings_and_transactions() {
    all(
        &newest(Dialect::Sqlite),
        &[
            ("BEGIN IMMEDIATE TRANSACTION", "begin, begin [IMMEDIATE]"),
            ("END", "commit, Commit"),
            (
                "ROLLBACK TRANSACTION TO SAVEPOINT a",
                "rollback_to_savepoint, Savepoint",
            ),
            ("RELEASE SAVEPOINT a", "release_savepoint, Savepoint"),
            ("VACUUM", "vacuum, forbidden"),
            ("PRAGMA foreign_keys = ON", "pragma, forbidden, session"),
            ("PRAGMA foreign_keys", "pragma"),
            (
                "PRAGMA main.journal_mode = wal",
                "pragma, forbidden, session",
            ),
            ("PRAGMA user_version = 3", "pragma"),
            ("PRAGMA table_info(t)", "pragma"),
            ("PRAGMA recursive_triggers(1)", "pragma, session"),
            ("PRAGMA wal_checkpoint", "pragma, forbidden"),
            ("ATTACH 'x' AS y", "attach, session"),
            ("SELECT 1", "select"),
        ],
    );
}
