//! The statements that are written from a schema make it again.

use limosa_schema::write::{create, remarks, repair};
use limosa_schema::{Key, Kind};
use limosa_testkit::{Database, require};

use super::RICH;
use crate::changes::{differences, repaired, run, schema};

fn rich(database: &Database) {
    database.execute(&RICH.replace("{db}", &format!("`{}`", database.name())));
}

#[test]
fn what_is_written_makes_the_same_again() {
    let server = require!(MariaDb);
    let (one, other) = (server.database(), server.database());
    rich(&one);
    let wanted = schema(&one);
    let statements = create(&wanted);
    assert_eq!(remarks(&statements), [""; 0]);
    assert!(
        !statements.join("\n").contains(one.name()),
        "{statements:#?}"
    );
    run(&other, &statements).unwrap();
    let made = schema(&other);
    assert_eq!(differences(&wanted, &made), [""; 0]);
    assert_eq!(wanted.fingerprint(), made.fingerprint());
    assert_eq!(statements, create(&made));
}

#[test]
fn everything_comes_and_goes() {
    let server = require!(MariaDb);
    let (one, other) = (server.database(), server.database());
    let nothing = schema(&other);
    rich(&one);
    let everything = schema(&one);
    repaired(&other, &nothing, &everything).unwrap();
    repaired(&other, &everything, &nothing).unwrap();
    assert_eq!(repair(&everything, &everything), [""; 0]);
}

/// Foreign keys that refer forward, to each other, and views on views that come later.
#[test]
fn the_order_is_one_that_works() {
    let server = require!(MariaDb);
    let (one, other) = (server.database(), server.database());
    one.execute(
        "SET foreign_key_checks = 0; \
         CREATE TABLE a (id int PRIMARY KEY, b int, FOREIGN KEY (b) REFERENCES b (id)); \
         CREATE TABLE b (id int PRIMARY KEY, a int, c int, FOREIGN KEY (a) REFERENCES a (id), FOREIGN KEY (c) REFERENCES z (id)); \
         CREATE TABLE z (id int PRIMARY KEY); \
         CREATE VIEW z1 AS SELECT id FROM z; CREATE VIEW y1 AS SELECT id FROM z1; CREATE VIEW x1 AS SELECT y1.id FROM y1 JOIN z1 USING (id); \
         SET foreign_key_checks = 1",
    );
    let nothing = schema(&other);
    let wanted = schema(&one);
    run(&other, &create(&wanted)).unwrap();
    assert_eq!(differences(&wanted, &schema(&other)), [""; 0]);
    repaired(&other, &wanted, &nothing).unwrap();
    repaired(&other, &nothing, &wanted).unwrap();
}

/// Several columns move, come, go and change at once.
#[test]
fn columns_find_their_places() {
    let server = require!(MariaDb);
    let (one, other) = (server.database(), server.database());
    one.execute(
        "CREATE TABLE t (a int, b int, c int, d varchar(9) CHECK (d <> ''), e int, KEY k (a, b))",
    );
    other.execute(
        "CREATE TABLE t (e bigint, n int, c int NOT NULL DEFAULT 4, x text, a int, d varchar(9), y int CHECK (y > 1), KEY k (a), KEY l (x(9)))",
    );
    let (from, to) = (schema(&one), schema(&other));
    repaired(&one, &from, &to).unwrap();
    repaired(&one, &to, &from).unwrap();
    assert_eq!(repair(&from, &to).len(), 1, "{:?}", repair(&from, &to));
}

/// The text of a table is that of the server without what is of this moment; its parts have theirs.
#[test]
fn texts_are_without_what_is_of_this_moment() {
    let database = require!(MariaDb).database();
    database.execute(
        "CREATE TABLE t (id int PRIMARY KEY AUTO_INCREMENT, a int, KEY k (a)); INSERT INTO t (a) VALUES (1), (2); \
         CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO SELECT 1",
    );
    let schema = schema(&database);
    let text = |kind: Kind, path: &[&str]| {
        let object = schema.get(&Key::new(kind, path.iter().copied())).unwrap();
        object.text.clone().unwrap()
    };
    let table = text(Kind::Table, &["t"]);
    assert!(!table.contains("AUTO_INCREMENT="), "{table}");
    assert_eq!(text(Kind::Column, &["t", "a"]), "`a` int(11) DEFAULT NULL");
    assert_eq!(text(Kind::Index, &["t", "k"]), "KEY `k` (`a`)");
    assert_eq!(
        text(Kind::Constraint, &["t", "PRIMARY"]),
        "PRIMARY KEY (`id`)"
    );
    let event = text(Kind::Event, &["e"]);
    assert!(!event.contains("STARTS"), "{event}");
}

/// Code that reads its own text in another way, or stands in the middle of others.
#[test]
fn code_keeps_the_mode_that_it_was_written_in() {
    let server = require!(MariaDb);
    let (one, other) = (server.database(), server.database());
    let nothing = schema(&other);
    one.execute(
        "CREATE TABLE t (a int, b text); \
         SET sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES'; \
         CREATE TRIGGER \"r2\" BEFORE INSERT ON \"t\" FOR EACH ROW SET new.b = 'a\\'; \
         CREATE OR REPLACE TRIGGER r1 BEFORE INSERT ON t FOR EACH ROW PRECEDES r2 SET new.b = concat(\"new\".b, ''''); \
         CREATE FUNCTION \"f\" (\"a b\" int) RETURNS text RETURN concat(\"a b\", '\\'); \
         SET sql_mode = DEFAULT; SET time_zone = '+03:00'; \
         CREATE EVENT e ON SCHEDULE EVERY '1:30' HOUR_MINUTE COMMENT 'do it' DO SET @a = 'do'; \
         SET time_zone = DEFAULT; \
         CREATE PROCEDURE p () BEGIN DECLARE x text DEFAULT '\u{1f600} \\' '; SELECT x; END; \
         CREATE TRIGGER r3 AFTER DELETE ON t FOR EACH ROW BEGIN IF old.a > 1 THEN SET @b = 2; END IF; END",
    );
    let wanted = schema(&one);
    run(&other, &create(&wanted)).unwrap();
    assert_eq!(differences(&wanted, &schema(&other)), [""; 0]);
    assert_eq!(
        other.value("SELECT body FROM mysql.proc WHERE name = 'p' AND db = database()"),
        one.value("SELECT body FROM mysql.proc WHERE name = 'p' AND db = database()"),
    );
    repaired(&other, &wanted, &nothing).unwrap();
    repaired(&other, &nothing, &wanted).unwrap();
}

/// What stands in each other's way is done in an order that the server takes.
#[test]
fn tables_become_others_and_back() {
    let server = require!(MariaDb);
    for (before, after) in [
        (
            "CREATE TABLE t (id int AUTO_INCREMENT PRIMARY KEY, a int)",
            "CREATE TABLE t (id int, a int AUTO_INCREMENT PRIMARY KEY)",
        ),
        (
            "CREATE TABLE t (id int AUTO_INCREMENT PRIMARY KEY)",
            "CREATE TABLE t (id int, new int AUTO_INCREMENT, UNIQUE KEY (new))",
        ),
        (
            "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (id int, p int, FOREIGN KEY (p) REFERENCES p (id))",
            "CREATE TABLE p (id bigint PRIMARY KEY); CREATE TABLE c (id int, p bigint, FOREIGN KEY (p) REFERENCES p (id))",
        ),
        (
            "CREATE TABLE p (id varchar(9) PRIMARY KEY, up varchar(9), FOREIGN KEY (up) REFERENCES p (id))",
            "CREATE TABLE p (id varchar(9) PRIMARY KEY, up varchar(9), FOREIGN KEY (up) REFERENCES p (id)) CHARACTER SET latin1",
        ),
        (
            "CREATE TABLE p (a int, b int, KEY k (a)); CREATE TABLE c (x int, KEY l (x), CONSTRAINT f FOREIGN KEY (x) REFERENCES p (a))",
            "CREATE TABLE p (a int, b int, UNIQUE KEY k (b)); CREATE TABLE c (x int, y int, KEY l (y, x), CONSTRAINT f FOREIGN KEY (y) REFERENCES p (b))",
        ),
        (
            "CREATE TABLE t (a int, b int AS (a + 1) STORED, KEY k (b)); CREATE VIEW v AS SELECT b FROM t",
            "CREATE TABLE t (a bigint, b varchar(20), KEY k (b(5))); CREATE TABLE v (b int)",
        ),
        (
            "CREATE TABLE t (d date, n int) PARTITION BY RANGE (year(d)) (PARTITION p VALUES LESS THAN (2000))",
            "CREATE TABLE t (e date, n int) PARTITION BY HASH (n) PARTITIONS 2",
        ),
    ] {
        let (one, other) = (server.database(), server.database());
        one.execute(before);
        other.execute(after);
        let (from, to) = (schema(&one), schema(&other));
        for (from, to) in [(&from, &to), (&to, &from)] {
            if let Err(failure) = repaired(&one, from, to) {
                panic!("{before}\n{after}\n{failure}");
            }
        }
    }
}
