//! Quotes and triggers of `SQLite`.

use super::*;

#[test]
fn a_semicolon_inside_of_quotes_or_bodies_splits_nothing() {
    each_is_one(
        Dialect::Sqlite,
        &[
            "SELECT [a;b], `c;``d`, \"e;\"\"f\", 'g;''h', x'00'",
            r"SELECT 'a\'",
            "SELECT /* ; /* ; */ 1",
            "CREATE TABLE t (a INT) STRICT, WITHOUT ROWID",
            "CREATE TRIGGER t AFTER INSERT ON a BEGIN \
             UPDATE b SET x = CASE WHEN new.x THEN 1 ELSE 2 END; SELECT 1 AS end; END",
            "CREATE TEMP TRIGGER IF NOT EXISTS t BEFORE UPDATE OF begin ON a FOR EACH ROW \
             WHEN new.begin > 1 BEGIN DELETE FROM b; END",
            "CREATE TRIGGER t AFTER DELETE ON a WHEN CASE old.x WHEN 1 THEN 1 END \
             BEGIN SELECT end FROM e; END",
            "CREATE TABLE trigger_log (begin TEXT, end TEXT)",
            "EXPLAIN QUERY PLAN SELECT 1",
        ],
    );
}

#[test]
fn transactions_open_no_body() {
    let text = "BEGIN IMMEDIATE; INSERT INTO a VALUES (1); END; BEGIN; END TRANSACTION; COMMIT;";
    assert_eq!(sent(Dialect::Sqlite, text).len(), 6);
}
