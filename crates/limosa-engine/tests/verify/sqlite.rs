//! The schema, on SQLite.

use limosa_sql::Dialect;

use crate::bench::schema_of_one;

const T: &str = "CREATE TABLE t (id integer PRIMARY KEY, a text, b text);";

fn expect(before: &str, up: &str, down: &str, findings: &[&str]) {
    assert_eq!(
        schema_of_one(Dialect::Sqlite, before, up, down),
        findings,
        "{up} / {down}"
    );
}

#[test]
fn what_is_restored_is_not_found() {
    for (before, up, down) in [
        ("", "CREATE TABLE u (id int);", "DROP TABLE u;"),
        (
            T,
            "ALTER TABLE t ADD COLUMN c text;",
            "ALTER TABLE t DROP COLUMN c;",
        ),
        (
            T,
            "PRAGMA foreign_keys = OFF; CREATE TABLE n (id integer PRIMARY KEY, a text NOT NULL, b text); INSERT INTO n SELECT * FROM t; DROP TABLE t; ALTER TABLE n RENAME TO t;",
            "CREATE TABLE n (id integer PRIMARY KEY, a text, b text); INSERT INTO n SELECT * FROM t; DROP TABLE t; ALTER TABLE n RENAME TO t;",
        ),
    ] {
        expect(before, up, down, &[]);
    }
}

#[test]
fn what_is_lost_left_behind_or_changed_is_named() {
    for (before, up, down, findings) in [
        (
            "CREATE TABLE t (id int, a text); CREATE INDEX t_a ON t (a);",
            "DROP INDEX t_a;",
            "SELECT 1;",
            &[
                "2 down-leaves-difference index t_a (lost)",
                "2 up-fails-again",
            ][..],
        ),
        (
            "",
            "CREATE TABLE u (id int); CREATE TABLE w (id int);",
            "DROP TABLE u;",
            &[
                "2 down-leaves-difference table w (left_behind)",
                "2 up-fails-again",
            ],
        ),
        (
            T,
            "ALTER TABLE t DROP COLUMN a;",
            "ALTER TABLE t ADD COLUMN a text;",
            &["2 down-leaves-difference table t (order_only)"],
        ),
        (
            "",
            "CREATE TABLE u (id int);",
            "DROP TABLE nosuch;",
            &["2 down-fails"],
        ),
        ("", "CREATE TABLE u (id int);", "", &["2 down-empty"]),
    ] {
        expect(before, up, down, findings);
    }
}
