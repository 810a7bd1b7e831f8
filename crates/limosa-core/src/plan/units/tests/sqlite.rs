//! Units on SQLite.

use limosa_sql::Dialect;

use super::{one_by_one, script, shape_of, without_transaction};
use crate::Layout;

fn shape(sql: &str) -> String {
    super::shape(Dialect::Sqlite, sql)
}

#[test]
fn the_usual_rebuild_of_a_table_is_one_transaction_with_its_pragma_before_it() {
    assert_eq!(
        shape(
            "PRAGMA foreign_keys=OFF; BEGIN; CREATE TABLE n (id); INSERT INTO n SELECT id FROM a; DROP TABLE a; ALTER TABLE n RENAME TO a; COMMIT; PRAGMA foreign_keys=ON;"
        ),
        "t(PRAGMA CREATE INSERT DROP ALTER)"
    );
    assert_eq!(
        shape("BEGIN TRANSACTION; CREATE TABLE a (id); END TRANSACTION"),
        "t(CREATE)"
    );
    assert_eq!(
        shape("BEGIN IMMEDIATE; CREATE TABLE a (id); COMMIT"),
        "t[IMMEDIATE](CREATE)"
    );
}

#[test]
fn a_pragma_outside_of_a_transaction_begins_a_unit() {
    assert_eq!(
        shape("CREATE TABLE a (id); PRAGMA foreign_keys = ON; INSERT INTO a VALUES (1); SELECT 1"),
        "t(CREATE) t(PRAGMA INSERT SELECT)"
    );
    // Inside of the file's own transaction it stays where it is.
    assert_eq!(
        shape("BEGIN; CREATE TABLE a (id); PRAGMA foreign_keys = ON; SELECT 1; COMMIT"),
        "t(CREATE PRAGMA SELECT)"
    );
    // Those that are queries or belong to the transaction are statements.
    assert_eq!(
        shape(
            "CREATE TABLE a (id); PRAGMA user_version = 3; PRAGMA foreign_key_check; PRAGMA foreign_keys; SELECT 1"
        ),
        "t(CREATE PRAGMA PRAGMA PRAGMA SELECT)"
    );
}

#[test]
fn only_settings_are_a_unit_and_settings_at_the_end_are_none() {
    assert_eq!(
        shape("PRAGMA foreign_keys = ON; PRAGMA cache_size = 10"),
        "t(PRAGMA PRAGMA)"
    );
    assert_eq!(
        shape("SELECT 1; PRAGMA foreign_keys = ON; PRAGMA cache_size = 10"),
        "t(SELECT)"
    );
}

#[test]
fn a_journal_mode_at_the_end_is_set_since_the_file_keeps_it() {
    assert_eq!(
        shape("CREATE TABLE a (id); PRAGMA journal_mode = WAL;"),
        "t(CREATE) t(PRAGMA)"
    );
    assert_eq!(
        shape("PRAGMA journal_mode = WAL; CREATE TABLE a (id);"),
        "t(PRAGMA CREATE)"
    );
}

#[test]
fn vacuum_runs_alone() {
    assert_eq!(
        shape("DELETE FROM a; VACUUM; PRAGMA wal_checkpoint(TRUNCATE); INSERT INTO a VALUES (1)"),
        "t(DELETE) a(VACUUM) a(PRAGMA) t(INSERT)"
    );
    let (line, _, reason) = super::refusal(Dialect::Sqlite, &script("BEGIN;\nVACUUM;\nCOMMIT;\n"));
    assert_eq!(line, 2);
    assert!(reason.contains("inside a transaction"), "{reason}");
}

#[test]
fn attached_databases_are_settings() {
    assert_eq!(
        shape(
            "ATTACH 'other.db' AS other; CREATE TABLE other.a (id); DETACH other; CREATE TABLE b (id)"
        ),
        "t(ATTACH CREATE) t(DETACH CREATE)"
    );
}

#[test]
fn bodies_of_triggers_are_one_statement() {
    assert_eq!(
        shape(
            "CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET b = 1; DELETE FROM c; END; INSERT INTO a VALUES (1);"
        ),
        "t(CREATE INSERT)"
    );
}

#[test]
fn a_transaction_inside_of_a_transaction_or_without_an_end_is_refused() {
    let refusal = |sql: &str| super::refusal(Dialect::Sqlite, &script(sql));
    assert_eq!(refusal("BEGIN;\nSELECT 1;\nBEGIN;\nCOMMIT;\n").0, 3);
    assert_eq!(refusal("SELECT 1;\nBEGIN;\nSELECT 2;\n").0, 2);
    assert!(
        refusal("BEGIN;\nROLLBACK;\n")
            .2
            .contains("rolls itself back")
    );
}

#[test]
fn one_by_one_every_statement_is_a_unit() {
    assert_eq!(
        shape_of(
            Dialect::Sqlite,
            &one_by_one(
                "CREATE TABLE a (id); PRAGMA foreign_keys = ON; INSERT INTO a VALUES (1); SELECT 1"
            )
        ),
        "t(CREATE) t(PRAGMA INSERT) t(SELECT)"
    );
}

#[test]
fn sqlx_runs_each_statement_by_itself_where_a_file_asks_for_no_transaction() {
    let sql = "-- no-transaction\nINSERT INTO a VALUES (1); VACUUM; DELETE FROM a; SELECT 1";
    assert_eq!(
        shape_of(Dialect::Sqlite, &without_transaction(Layout::Sqlx, sql)),
        "t(INSERT) a(VACUUM) t(DELETE) t(SELECT)"
    );
}
