//! The schema, on PostgreSQL.

use limosa_sql::Dialect;

use crate::bench::{report, schema_of_one};
use limosa_engine::verify::Which;

const T: &str = "CREATE TABLE t (id integer PRIMARY KEY, a text, b text);";

fn expect(before: &str, up: &str, down: &str, findings: &[&str]) {
    assert_eq!(
        schema_of_one(Dialect::Postgres, before, up, down),
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
            "ALTER TABLE t RENAME COLUMN a TO c;",
            "ALTER TABLE t RENAME COLUMN c TO a;",
        ),
        (
            T,
            "CREATE INDEX CONCURRENTLY t_a ON t (a);",
            "DROP INDEX CONCURRENTLY t_a;",
        ),
        (
            "CREATE TYPE m AS ENUM ('a');",
            "ALTER TYPE m ADD VALUE 'b'; CREATE TABLE u (m m DEFAULT 'a');",
            "DROP TABLE u; ALTER TYPE m RENAME TO old; CREATE TYPE m AS ENUM ('a'); DROP TYPE old;",
        ),
        // Only what a transaction of ours cannot have around itself.
        (
            "",
            "CREATE TEMP TABLE s (a int); CREATE TABLE u (id int); DROP TABLE s;",
            "CREATE TEMP TABLE s (a int); DROP TABLE u;",
        ),
        (
            T,
            "CREATE VIEW v AS SELECT a FROM t; SET search_path = pg_temp;",
            "DROP VIEW v;",
        ),
        (
            "",
            "BEGIN; CREATE TABLE u (id int); COMMIT; BEGIN; CREATE TABLE w (id int); COMMIT;",
            "DROP TABLE u, w;",
        ),
        (
            T,
            "DO $$ BEGIN EXECUTE 'ALTER TABLE t ADD COLUMN z int'; END $$;",
            "ALTER TABLE t DROP COLUMN z;",
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
            "ALTER TABLE t DROP COLUMN a;",
            "ALTER TABLE t ADD COLUMN a text;",
            &["2 down-leaves-difference index t_a (lost)"][..],
        ),
        (
            "",
            "CREATE TYPE mood AS ENUM ('ok'); CREATE TABLE u (m mood);",
            "DROP TABLE u;",
            &[
                "2 down-leaves-difference type mood (left_behind)",
                "2 up-fails-again",
            ],
        ),
        (
            T,
            "ALTER TABLE t ALTER COLUMN a SET NOT NULL;",
            "ALTER TABLE t ALTER COLUMN a TYPE varchar(10);",
            &["2 down-leaves-difference column t.a (changed)"],
        ),
        (
            T,
            "ALTER TABLE t DROP COLUMN a;",
            "ALTER TABLE t ADD COLUMN a text;",
            &["2 down-leaves-difference table t (order_only)"],
        ),
        (
            "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$SELECT 1$$;",
            "DROP FUNCTION f();",
            "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT  1 $$;",
            &["2 down-leaves-difference routine f() (text_only)"],
        ),
        (
            "CREATE VIEW v AS SELECT 1 AS a; GRANT SELECT ON v TO PUBLIC;",
            "DROP VIEW v;",
            "CREATE VIEW v AS SELECT 1 AS a;",
            &["2 down-leaves-difference view v (privileges)"],
        ),
        (
            "",
            "CREATE TABLE u (id int);",
            "DROP TABLE nosuch;",
            &["2 down-fails"],
        ),
        (
            "",
            "CREATE TABLE u (id int);",
            "-- nothing",
            &["2 down-empty"],
        ),
        (
            "",
            "CREATE TABLE u (id nosuch);",
            "DROP TABLE u;",
            &["2 up-fails"],
        ),
    ] {
        expect(before, up, down, findings);
    }
}

#[test]
fn a_failing_down_shows_its_file_line_and_statement() {
    let files = [(
        "1_a.sql",
        "-- limosa: up\nCREATE TABLE t (a int);\n\n-- limosa: down\nSELECT 1;\nDROP TABLE\n  nosuch;\n",
    )];
    let report = report(Dialect::Postgres, &files, Which::All);
    let label = &report.findings[0].diagnostic.labels[0];
    assert_eq!((label.file.as_str(), label.line), ("migrations/1_a.sql", 6));
    assert!(label.excerpt.as_ref().unwrap().text.contains("nosuch"));
    let diagnostic = &report.findings[0].diagnostic;
    assert!(
        diagnostic
            .message
            .contains("table \"nosuch\" does not exist"),
        "{}",
        diagnostic.message
    );
}

#[test]
fn sequences_are_where_they_were_after_a_trial() {
    let files = [
        (
            "1_a.sql",
            "-- limosa: up\nCREATE TABLE t (id serial PRIMARY KEY, a text); INSERT INTO t (a) VALUES ('x');\n-- limosa: down\nDROP TABLE t;\n",
        ),
        (
            "2_b.sql",
            "-- limosa: up\nINSERT INTO t (a) VALUES ('y');\n-- limosa: down\nDELETE FROM t WHERE a = 'y';\n",
        ),
        (
            "3_c.sql",
            "-- limosa: up\nDO $$ BEGIN ASSERT (SELECT id FROM t WHERE a = 'y') = 2; END $$; CREATE TABLE u (id int);\n-- limosa: down\nDROP TABLE u;\n",
        ),
    ];
    let report = report(Dialect::Postgres, &files, Which::All);
    assert_eq!(crate::bench::found(&report), [] as [&str; 0]);
    assert_eq!(report.checked, 3);
}
