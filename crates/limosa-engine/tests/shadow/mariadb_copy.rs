//! A copy on MariaDB, which the server cannot make by itself.

use limosa_sql::Dialect;

use crate::support::{column, has_programs, open, options, run, settings};

/// One of each kind of object, in an order in which they can be made.
const OBJECTS: &[&str] = &[
    "ALTER DATABASE CHARACTER SET latin1 COLLATE latin1_general_cs",
    "CREATE TABLE a_child (id integer PRIMARY KEY)",
    "CREATE TABLE parents (
        id integer AUTO_INCREMENT PRIMARY KEY,
        name varchar(20) NOT NULL DEFAULT '',
        size integer NOT NULL DEFAULT 5,
        twice integer AS (size * 2) STORED,
        shout varchar(20) AS (upper(name)) VIRTUAL,
        secret integer INVISIBLE DEFAULT 3,
        CHECK (size > 0),
        KEY by_name (name)
     ) COMMENT 'it''s a \\\\ table'",
    "SET SESSION sql_mode = 'NO_AUTO_VALUE_ON_ZERO'",
    "INSERT INTO parents (id, name) VALUES (0, 'zero'), (41, 'élan')",
    "SET SESSION sql_mode = DEFAULT",
    "ALTER TABLE a_child ADD parent integer, ADD FOREIGN KEY (parent) REFERENCES parents (id)",
    "INSERT INTO a_child VALUES (1, 0)",
    "CREATE SEQUENCE numbers START WITH 100 NOCACHE",
    "SELECT NEXT VALUE FOR numbers",
    "CREATE FUNCTION plus_one(n integer) RETURNS integer DETERMINISTIC RETURN n + 1",
    "CREATE PROCEDURE quiet() BEGIN DECLARE n integer; SET n = 1; END",
    "CREATE VIEW z_below AS SELECT id, plus_one(id) AS next FROM parents",
    "CREATE VIEW a_above AS SELECT next FROM z_below",
    "CREATE TRIGGER second_b BEFORE INSERT ON a_child FOR EACH ROW SET NEW.id = NEW.id + 1",
    "CREATE TRIGGER first_a BEFORE INSERT ON a_child FOR EACH ROW FOLLOWS second_b SET NEW.id = NEW.id * 10",
    "CREATE EVENT nightly ON SCHEDULE EVERY 1 DAY DO DELETE FROM a_child",
];

#[test]
fn a_copy_has_every_kind_of_object_and_the_rows_as_they_are() {
    if !has_programs(Dialect::Mysql) {
        return;
    }
    let connect = options();
    let shadow = open(&settings(Dialect::Mysql, &connect));
    let mut one = shadow.database().unwrap();
    for sql in OBJECTS {
        run(&mut **one.session(), sql);
    }
    let mut other = shadow.copy(&mut one).unwrap();
    for show in [
        "TABLE a_child",
        "TABLE parents",
        "SEQUENCE numbers",
        "VIEW a_above",
        "VIEW z_below",
    ] {
        let text = |session: &mut dyn limosa_db::Executor| {
            let rows = session.query(&format!("SHOW CREATE {show}"), &[]).unwrap();
            rows[0].text(1)
        };
        let (before, after) = (text(&mut **one.session()), text(&mut **other.session()));
        assert_eq!(before, after);
    }
    let session = &mut **other.session();
    let read = "SELECT concat_ws(' ', id, name, twice, shout, secret) FROM parents ORDER BY id";
    assert_eq!(
        column(session, read),
        ["0 zero 10 ZERO 3", "41 élan 10 ÉLAN 3"]
    );
    assert_eq!(
        column(session, "SELECT next FROM a_above ORDER BY 1"),
        ["1", "42"]
    );
    assert_eq!(column(session, "SELECT NEXT VALUE FOR numbers"), ["101"]);
    run(session, "INSERT INTO parents (name) VALUES ('next')");
    assert_eq!(column(session, "SELECT max(id) FROM parents"), ["42"]);
    // The triggers run in their order: (2 + 1) * 10.
    run(session, "INSERT INTO a_child VALUES (2, NULL)");
    assert_eq!(column(session, "SELECT max(id) FROM a_child"), ["30"]);
    let events = "SELECT event_name FROM information_schema.events WHERE event_schema = database()";
    assert_eq!(column(session, events), ["nightly"]);
    run(session, "CALL quiet()");
    assert_eq!(
        column(session, "SELECT @@collation_database"),
        ["latin1_general_cs"]
    );
}

#[test]
fn a_copy_of_many_tables_is_not_much_slower_than_making_them() {
    if !has_programs(Dialect::Mysql) {
        return;
    }
    let connect = options();
    let shadow = open(&settings(Dialect::Mysql, &connect));
    let mut one = shadow.database().unwrap();
    let began = std::time::Instant::now();
    for number in 0..50 {
        let session = &mut **one.session();
        run(
            session,
            &format!("CREATE TABLE t{number} (id integer PRIMARY KEY, name text)"),
        );
        run(session, &format!("INSERT INTO t{number} VALUES (1, 'x')"));
    }
    let making = began.elapsed();
    let began = std::time::Instant::now();
    let _other = shadow.copy(&mut one).unwrap();
    let copying = began.elapsed();
    assert!(
        copying < making * 5,
        "made in {making:?}, copied in {copying:?}"
    );
}
