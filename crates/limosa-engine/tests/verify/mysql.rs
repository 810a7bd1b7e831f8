//! The schema, on MariaDB, where every statement of DDL commits.

use limosa_sql::Dialect;

use crate::bench::{found, report, schema_of_one};
use limosa_engine::verify::Which;

const T: &str = "CREATE TABLE t (id int PRIMARY KEY, a varchar(20), b text);";

fn expect(before: &str, up: &str, down: &str, findings: &[&str]) {
    assert_eq!(
        schema_of_one(Dialect::Mysql, before, up, down),
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
            "ALTER TABLE t ADD COLUMN c int AFTER a; CREATE INDEX t_a ON t (a);",
            "DROP INDEX t_a ON t; ALTER TABLE t DROP COLUMN c;",
        ),
        (
            T,
            "ALTER TABLE t DROP COLUMN b;",
            "ALTER TABLE t ADD COLUMN b text;",
        ),
        (
            T,
            "CREATE VIEW v AS SELECT a FROM t; CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW SET NEW.b = 'x';",
            "DROP TRIGGER g; DROP VIEW v;",
        ),
    ] {
        expect(before, up, down, &[]);
    }
}

#[test]
fn what_is_lost_left_behind_or_changed_is_named() {
    for (before, up, down, findings) in [
        (
            "CREATE TABLE t (id int, a varchar(20), KEY t_a (a));",
            "ALTER TABLE t DROP COLUMN a;",
            "ALTER TABLE t ADD COLUMN a varchar(20);",
            &["2 down-leaves-difference index t.t_a (lost)"][..],
        ),
        (
            T,
            "ALTER TABLE t MODIFY a varchar(40) NOT NULL;",
            "ALTER TABLE t MODIFY a varchar(40);",
            &["2 down-leaves-difference column t.a (changed)"],
        ),
        (
            T,
            "ALTER TABLE t DROP COLUMN a;",
            "ALTER TABLE t ADD COLUMN a varchar(20);",
            &["2 down-leaves-difference table t (order_only)"],
        ),
        (
            T,
            "ALTER TABLE t ENGINE = Aria;",
            "SELECT 1;",
            &["2 down-leaves-difference table t (changed)"],
        ),
        (
            "",
            "CREATE TABLE u (id int);",
            "DROP TABLE nosuch;",
            &["2 down-fails"],
        ),
    ] {
        expect(before, up, down, findings);
    }
}

#[test]
fn a_down_that_does_not_restore_does_not_disturb_what_comes_after_it() {
    let files = [
        (
            "1_a.sql",
            "-- limosa: up\nCREATE TABLE a (id int);\n-- limosa: down\nSELECT 1;\n",
        ),
        (
            "2_b.sql",
            "-- limosa: up\nALTER TABLE a ADD COLUMN b int;\n-- limosa: down\nALTER TABLE a DROP COLUMN b;\n",
        ),
        (
            "3_c.sql",
            "-- limosa: up\nCREATE TABLE c (id int);\n-- limosa: down\nDROP TABLE c;\n",
        ),
    ];
    let report = report(Dialect::Mysql, &files, Which::All);
    let expected = [
        "1 down-leaves-difference table a (left_behind)",
        "1 up-fails-again",
    ];
    assert_eq!(found(&report), expected);
}

#[test]
fn what_a_trial_leaves_in_its_copy_does_not_reach_the_next_one() {
    let file = |up: &str, down: &str| format!("-- limosa: up\n{up}\n-- limosa: down\n{down}\n");
    let files = [
        file(
            "CREATE TABLE p (id int PRIMARY KEY, a int); CREATE TABLE n (id int AUTO_INCREMENT PRIMARY KEY, a int);",
            "DROP TABLE n; DROP TABLE p;",
        ),
        file(
            "CREATE TABLE c (id int PRIMARY KEY, p int NOT NULL REFERENCES p (id), n int NOT NULL REFERENCES n (id));",
            "DROP TABLE c;",
        ),
        // Its parents are filled for it.
        file(
            "ALTER TABLE c ADD COLUMN x int; CREATE VIEW v AS SELECT x FROM c;",
            "ALTER TABLE c DROP COLUMN x;",
        ),
        // Rows that were left would be in the way.
        file(
            "ALTER TABLE p ADD CHECK (a IS NULL AND a = 1); ALTER TABLE n ADD CHECK (a IS NULL AND a = 1);",
            "SELECT 1;",
        ),
        file("CREATE TABLE u (id int);", "DROP TABLE u;"),
    ];
    let names = ["1_a.sql", "2_b.sql", "3_c.sql", "4_d.sql", "5_e.sql"];
    let files: Vec<(&str, &str)> = names
        .into_iter()
        .zip(files.iter().map(String::as_str))
        .collect();
    let report = report(Dialect::Mysql, &files, Which::All);
    let expected = [
        "3 down-leaves-difference view v (left_behind)",
        "3 up-fails-again",
        "4 down-leaves-difference constraint n.CONSTRAINT_1 (left_behind)",
        "4 down-leaves-difference constraint p.CONSTRAINT_1 (left_behind)",
        "4 up-fails-on-data (on_data)",
    ];
    assert_eq!(found(&report), expected);
}
