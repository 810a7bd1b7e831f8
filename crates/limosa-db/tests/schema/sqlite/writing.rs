//! The statements that are written from a schema make it again.

use limosa_schema::write::{create, repair};
use limosa_testkit::Sqlite;

use crate::changes::{differences, repaired, run, schema};

const RICH: &str = include_str!("rich.sql");

#[test]
fn what_is_written_makes_the_same_again() {
    let (one, other) = (Sqlite::database(), Sqlite::database());
    one.execute(RICH);
    let wanted = schema(&one);
    run(&other, &create(&wanted)).unwrap();
    let made = schema(&other);
    assert_eq!(differences(&wanted, &made), [""; 0]);
    assert_eq!(wanted.fingerprint(), made.fingerprint());
    assert_eq!(create(&wanted), create(&made));
}

#[test]
fn everything_comes_and_goes() {
    let (one, other) = (Sqlite::database(), Sqlite::database());
    let nothing = schema(&other);
    one.execute(RICH);
    let everything = schema(&one);
    repaired(&other, &nothing, &everything).unwrap();
    repaired(&other, &everything, &nothing).unwrap();
    assert_eq!(repair(&everything, &everything), [""; 0]);
}

/// Rows, numbers that were used, and everything that speaks of the table are there afterwards.
#[test]
fn a_table_is_made_again_with_its_rows() {
    let database = Sqlite::database();
    let common = "CREATE TABLE child (id int REFERENCES t (id) ON DELETE CASCADE); \
        CREATE INDEX i ON t (a); CREATE VIEW v AS SELECT a FROM t; CREATE VIEW w AS SELECT a FROM v; \
        CREATE TRIGGER r AFTER INSERT ON t BEGIN INSERT INTO child VALUES (new.id); END; \
        CREATE TRIGGER s AFTER DELETE ON child BEGIN DELETE FROM t WHERE id = old.id; END; ";
    database.execute(&format!(
        "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a text, b AS (a || '!')); {common} \
         INSERT INTO t (a) VALUES ('1'), ('2'), ('3'); DELETE FROM t WHERE id = 3"
    ));
    let before = schema(&database);
    let wanted = Sqlite::database();
    wanted.execute(&format!(
        "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, c int DEFAULT 7, a int NOT NULL CHECK (a > 0), b AS (a || '?')); {common}"
    ));
    repaired(&database, &before, &schema(&wanted)).unwrap();
    assert_eq!(
        database.query("SELECT id, c, a, b FROM t"),
        [["1", "7", "1", "1?"], ["2", "7", "2", "2?"]]
    );
    assert_eq!(database.value("SELECT count(*) FROM child"), "2");
    database.execute("INSERT INTO t (a) VALUES (9)");
    assert_eq!(database.value("SELECT max(id) FROM t"), "4");
    assert_eq!(database.value("SELECT count(*) FROM w"), "3");
}

/// The least that does it: a column comes and goes where it is.
#[test]
fn what_alter_table_can_do_is_done_so() {
    let (one, other) = (Sqlite::database(), Sqlite::database());
    one.execute("CREATE TABLE t (a int, gone text)");
    other.execute("CREATE TABLE t (a int, b text NOT NULL DEFAULT 'x' CHECK (b <> ''), c int REFERENCES t (a))");
    let (from, to) = (schema(&one), schema(&other));
    assert_eq!(
        repair(&from, &to),
        [
            "ALTER TABLE \"t\" DROP COLUMN \"gone\"",
            "ALTER TABLE \"t\" ADD COLUMN b text NOT NULL DEFAULT 'x' CHECK (b <> '')",
            "ALTER TABLE \"t\" ADD COLUMN c int REFERENCES t (a)",
        ]
    );
    repaired(&one, &from, &to).unwrap();
}
