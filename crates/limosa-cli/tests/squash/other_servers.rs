//! MariaDB and SQLite.

use limosa_testkit::{Database, Kind, Sqlite, require};

use crate::place::{Place, contents};

const MARIADB: [(&str, &str); 3] = [
    (
        "1_a.sql",
        "-- limosa: up\nCREATE TABLE a (id int AUTO_INCREMENT PRIMARY KEY, n varchar(40) NOT NULL, b varbinary(9),\n\
         f float, d double, t timestamp NULL, j json, flags bit(5), e enum('x','y')) COMMENT 'it''s; a';\n\
         SET time_zone = '+02:00';\n\
         INSERT INTO a VALUES (7, 'it''s \\\\ \u{e4}', x'00ff5c', 0.1, 1e300, '2020-01-01 12:00:00', '{\"a\": 1}', b'10110', 'y'),\n\
         (9, '', '', NULL, NULL, NULL, NULL, NULL, NULL);\n\
         DELETE FROM a WHERE id = 9;\n\
         -- limosa: down\nDROP TABLE a;\n",
    ),
    (
        "2_b.sql",
        "-- limosa: up\nCREATE TABLE b (id int PRIMARY KEY, a int, CONSTRAINT to_a FOREIGN KEY (a) REFERENCES a (id));\n\
         ALTER TABLE a ADD COLUMN b_id int, ADD CONSTRAINT to_b FOREIGN KEY (b_id) REFERENCES b (id);\n\
         CREATE TRIGGER counts BEFORE INSERT ON b FOR EACH ROW BEGIN SET NEW.id = NEW.id + 1; END;\n\
         INSERT INTO b VALUES (0, 7);\nUPDATE a SET b_id = 1;\n\
         CREATE TABLE z (id int AUTO_INCREMENT PRIMARY KEY);\nINSERT INTO z VALUES (5);\nUPDATE z SET id = 0;\n\
         CREATE VIEW v AS SELECT n FROM a;\n\
         -- limosa: down\nDROP TABLE z;\nDROP VIEW v;\nALTER TABLE a DROP CONSTRAINT to_b, DROP COLUMN b_id;\nDROP TABLE b;\n",
    ),
    (
        "3_c.sql",
        "-- limosa: up\nALTER TABLE b ADD COLUMN c text;\n-- limosa: down\nALTER TABLE b DROP COLUMN c;\n",
    ),
];

const SQLITE: [(&str, &str); 3] = [
    (
        "1_a.sql",
        "-- limosa: up\nCREATE TABLE a (id integer PRIMARY KEY AUTOINCREMENT, n text NOT NULL, b blob, r real, up text GENERATED ALWAYS AS (upper(n)));\n\
         INSERT INTO a (id, n, b, r) VALUES (7, 'it''s', x'00ff', 0.1), (9, '', NULL, 1e300);\n\
         DELETE FROM a WHERE id = 9;\n\
         -- limosa: down\nDROP TABLE a;\n",
    ),
    (
        "2_b.sql",
        "-- limosa: up\nCREATE TABLE b (id integer PRIMARY KEY, a int REFERENCES a (id), self int REFERENCES b (id)) STRICT;\n\
         CREATE TRIGGER counts AFTER INSERT ON b BEGIN UPDATE a SET n = n || '!' WHERE id = NEW.a; END;\n\
         INSERT INTO b VALUES (1, 7, 2), (2, 7, NULL);\n\
         CREATE INDEX b_a ON b (a) WHERE a > 0;\nCREATE VIEW v AS SELECT n FROM a;\n\
         -- limosa: down\nDROP VIEW v;\nDROP TABLE b;\n",
    ),
    (
        "3_c.sql",
        "-- limosa: up\nALTER TABLE b ADD COLUMN c text;\n-- limosa: down\nALTER TABLE b DROP COLUMN c;\n",
    ),
];

/// Squashes the first two of three, and holds a new database against one of before.
fn is_the_same(kind: Kind, files: &[(&str, &str)], database: &dyn Fn() -> Database) {
    let place = Place::new(kind, "", files);
    let [old, half, new] = [(); 3].map(|()| database());
    place.done(&old, &["up"]);
    place.done(&half, &["up", "--to", "1"]);
    place.squash(&["--to", "2"]);
    place.done(&new, &["up"]);
    assert_eq!(contents(&place, &new), contents(&place, &old));
    place.is_up_to_date(&old);
    place.is_up_to_date(&new);
    let refused = place.on(&half, &["up"]);
    assert_eq!(refused.code, 2, "{refused}");
    assert!(refused.stderr.contains("partial-baseline"), "{refused}");
    // The counter goes on where it was.
    for database in [&old, &new] {
        database.execute("INSERT INTO a (n) VALUES ('next')");
        assert_eq!(database.value("SELECT max(id) FROM a"), "10");
    }
}

#[test]
fn a_baseline_of_mariadb_makes_the_same() {
    let server = require!(MariaDb);
    is_the_same(Kind::MariaDb, &MARIADB, &|| server.database());
}

#[test]
fn a_baseline_of_sqlite_makes_the_same() {
    is_the_same(Kind::Sqlite, &SQLITE, &Sqlite::database);
}
