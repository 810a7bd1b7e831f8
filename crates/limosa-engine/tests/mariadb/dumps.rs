//! Files of `mariadb-dump` are migrations like any other.

use crate::client::{client, contents};
use crate::support::Lab;

const SHOP: &str = r#"
CREATE TABLE customers (
  id int PRIMARY KEY AUTO_INCREMENT, name varchar(100) DEFAULT 'it''s; "x" \\', note text, raw blob,
  KEY (name)
) COMMENT='a; ''b''';
CREATE TABLE orders (id int PRIMARY KEY, customer int, at timestamp NULL,
  FOREIGN KEY (customer) REFERENCES customers (id));
CREATE TABLE old (id int PRIMARY KEY, x varchar(20)) ENGINE=MyISAM;
INSERT INTO customers VALUES
  (1, 'O''Brien; \\ "q" `b`', 'line\r\nline;\n-- no comment\n/* none */ DELIMITER //\n', x'00275c3b'),
  (2, '\\', NULL, ''), (3, 'ü€😀', '#', '\'');
INSERT INTO orders VALUES (1, 1, '2026-01-02 03:04:05'), (2, 3, NULL);
INSERT INTO old VALUES (1, ';');
CREATE VIEW big AS SELECT c.name, count(*) AS n FROM customers c JOIN orders o ON o.customer = c.id GROUP BY c.name;
CREATE VIEW bigger AS SELECT * FROM big WHERE n > 0 AND name <> ';';
"#;

fn fill(lab: &Lab) {
    lab.db.execute(SHOP);
    for program in [
        "CREATE TRIGGER t BEFORE INSERT ON orders FOR EACH ROW BEGIN IF NEW.at IS NULL THEN SET NEW.at = '2026-01-01'; END IF; END",
        "CREATE TRIGGER u AFTER DELETE ON orders FOR EACH ROW INSERT INTO old VALUES (OLD.id, ';\\\\')",
        "CREATE FUNCTION f(x int) RETURNS varchar(20) DETERMINISTIC BEGIN -- it's; \n RETURN CASE x WHEN 1 THEN ';' ELSE 'end' END; END",
        "CREATE PROCEDURE p(INOUT a int) BEGIN DECLARE i int DEFAULT 0; WHILE i < 3 DO SET i = i + 1; END WHILE; SET a = i; END",
        "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DISABLE DO BEGIN DELETE FROM old WHERE x = ';'; END",
    ] {
        lab.db.execute(program);
    }
}

/// A dump with all programs, where the options do not say otherwise.
fn dump(lab: &Lab, options: &[&str]) -> String {
    let all = [&["--routines", "--triggers", "--events"], options].concat();
    client("mariadb-dump", &all, &lab.db, "")
}

#[test]
fn a_dump_with_everything_makes_the_same_database() {
    let source = lab!();
    fill(&source);
    let text = dump(&source, &[]);
    for part in [
        "LOCK TABLES",
        "@OLD_SQL_MODE=@@SQL_MODE",
        "SET TIME_ZONE",
        "SET NAMES",
        "DELIMITER ;;",
        "/*!50001",
    ] {
        assert!(text.contains(part), "{part}");
    }
    let lab = lab!();
    lab.file("1_dump.sql", &text);
    lab.file("2_after.sql", "CREATE TABLE seen AS SELECT @@sql_mode AS mode, @@time_zone AS zone, @@foreign_key_checks AS fk;\n");
    lab.up();
    assert_eq!(
        lab.db.query("SELECT * FROM seen"),
        lab.db
            .query("SELECT @@sql_mode, @@time_zone, @@foreign_key_checks")
    );
    lab.db.execute("DROP TABLE seen");
    assert_eq!(contents(&lab.db), contents(&source.db));
    assert_eq!(lab.applied(), ["1", "2"]);
}

#[test]
fn other_forms_of_dumps_do_too() {
    let source = lab!();
    fill(&source);
    for options in [
        &["--no-autocommit", "--skip-extended-insert"][..],
        &["--single-transaction", "--skip-add-locks", "--hex-blob"],
        &[
            "--compact",
            "--skip-opt",
            "--quote-names",
            "--create-options",
        ],
        // Its programs cannot be read by anybody: their names are in double quotes, and the mode is reset.
        &[
            "--compatible=ansi",
            "--skip-routines",
            "--skip-triggers",
            "--skip-events",
        ],
    ] {
        let lab = lab!();
        lab.file("1_dump.sql", &dump(&source, options));
        lab.up();
        let (here, there) = (contents(&lab.db), contents(&source.db));
        // `--compatible=ansi` leaves out engines and character sets.
        if options[0].starts_with("--compatible") {
            let rows = "SELECT * FROM customers ORDER BY id";
            assert_eq!(lab.db.query(rows), source.db.query(rows), "{options:?}");
        } else {
            assert_eq!(here, there, "{options:?}");
        }
    }
}

#[test]
fn a_dump_that_was_interrupted_goes_on() {
    let source = lab!();
    fill(&source);
    let text = dump(&source, &[]);
    let broken = text.replace("CREATE TABLE `orders`", "CREATE TABEL `orders`");
    assert_ne!(text, broken);
    let lab = lab!();
    lab.file("1_dump.sql", &broken);
    let failure = lab.up_fails();
    assert_eq!(
        failure.failed.as_ref().unwrap().code.as_deref(),
        Some("1064")
    );
    lab.file("1_dump.sql", &text);
    lab.up();
    assert_eq!(contents(&lab.db), contents(&source.db));
}
