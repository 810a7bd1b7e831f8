//! Bodies without `DELIMITER`, and what only looks like one.

use super::*;

#[test]
fn bodies_without_delimiter_are_one_statement() {
    each_is_one(
        Dialect::Mysql,
        &[
            "CREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2; END",
            "CREATE PROCEDURE IF NOT EXISTS a.`p;`(IN begin INT) COMMENT 'x;' SQL SECURITY INVOKER\n\
             outer_block: BEGIN\n DECLARE x INT DEFAULT CASE WHEN 1 THEN 2 END;\n\
             DECLARE EXIT HANDLER FOR SQLEXCEPTION, NOT FOUND BEGIN ROLLBACK; RESIGNAL; END;\n\
             DECLARE CONTINUE HANDLER FOR SQLSTATE VALUE '23000' SET x = CASE x WHEN 1 THEN 2 END;\n\
             IF x > 1 THEN SELECT 1; ELSEIF x = 0 THEN SELECT IF(x, 1, 2); ELSE\n\
             IF EXISTS (SELECT 1) THEN SELECT 3; END IF; END IF;\n\
             END outer_block",
            "CREATE DEFINER=`root`@`localhost` FUNCTION f(a INT) RETURNS SET('a','b') \
             CHARACTER SET utf8mb4 DETERMINISTIC BEGIN RETURN a; END",
            "CREATE DEFINER = root@localhost FUNCTION f(a INT) RETURNS INT DETERMINISTIC \
             RETURN CASE a WHEN 1 THEN IF(a, 1, 2) ELSE REPEAT('x', 2) END",
            "CREATE FUNCTION f RETURNS STRING SONAME 'x.so'",
            "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW SET NEW.x = 1",
            "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW SET NEW.x = CASE WHEN 1 THEN 2 END",
            "CREATE TRIGGER t AFTER UPDATE ON a FOR EACH ROW PRECEDES u \
             IF NEW.x THEN SET @a = 1; SET @b = 2; END IF",
            "CREATE EVENT e ON SCHEDULE EVERY 1 DAY ON COMPLETION PRESERVE ENABLE DO \
             BEGIN DELETE FROM a; DELETE FROM b; END",
            "ALTER EVENT e ON SCHEDULE EVERY 2 DAY DO BEGIN SELECT 1; END",
            "ALTER EVENT e DISABLE",
            "CREATE EVENT e ON SCHEDULE AT CURRENT_TIMESTAMP DO DELETE FROM a",
            "CREATE PROCEDURE p() BEGIN\n\
             l1: LOOP SET x = x + 1; IF x > 3 THEN LEAVE l1; END IF; END LOOP l1;\n\
             WHILE x > CASE WHEN y THEN 1 ELSE 2 END DO SET x = x - 1; END WHILE;\n\
             REPEAT SET x = 1; UNTIL x > CASE WHEN 1 THEN 0 END END REPEAT;\n\
             CASE x WHEN 1 THEN SELECT 1; WHEN 2 THEN BEGIN END; ELSE SELECT REPEAT('a', 3); END CASE;\n\
             SELECT begin, end FROM t WHERE end > 1;\n\
             SELECT CASE WHEN a THEN end ELSE t.end END FROM t;\n\
             FOR i IN 1..3 DO SELECT i; END FOR;\n\
             CREATE TABLE IF NOT EXISTS x (end INT); REPLACE INTO x VALUES (1);\n\
             START TRANSACTION; COMMIT;\nEND",
            "CREATE PROCEDURE p() WHILE 1 DO SELECT 1; SELECT 2; END WHILE",
            "CREATE PROCEDURE p() CASE 1 WHEN 1 THEN SELECT 1; END CASE",
            "BEGIN NOT ATOMIC SELECT 1; SELECT 2; END",
            "IF @a THEN SELECT 1; ELSE SELECT 2; END IF",
            "CREATE OR REPLACE PACKAGE p PROCEDURE a(); FUNCTION b() RETURNS INT; END",
            "CREATE PACKAGE BODY p COMMENT 'x' PROCEDURE a() BEGIN SELECT 1; END;\n\
             FUNCTION b() RETURNS INT BEGIN RETURN 1; END; SET x = 1; END",
            "CREATE PROCEDURE p() BEGIN BEGIN NOT ATOMIC SELECT 1; END; a: BEGIN SELECT 2; END a; END",
            "CREATE PROCEDURE p()\nBEGIN\n  -- it's; END;\n  SELECT 1; # END\nEND",
        ],
    );
}

#[test]
fn oracle_mode_has_declarations_before_its_blocks() {
    let bodies = [
        "CREATE PROCEDURE p (a INT) AS v INT; w INT; BEGIN SELECT a; END",
        "CREATE FUNCTION f RETURN INT IS BEGIN RETURN CASE WHEN 1 THEN 2 END; END",
        "DECLARE v INT; BEGIN v := 1; END",
        "BEGIN SELECT 1; EXCEPTION WHEN OTHERS THEN BEGIN NULL; END; END",
        "CREATE PACKAGE BODY p AS a INT; PROCEDURE q AS b INT; BEGIN b := 1; END; \
         BEGIN a := 1; END",
        "CREATE PROCEDURE p AS BEGIN <<l>> FOR i IN 1..3 LOOP NULL; END LOOP; \
         WHILE a > 1 LOOP NULL; END LOOP; END",
    ];
    for body in bodies {
        let text = format!("SET sql_mode = 'ORACLE'; {body}; SELECT 1;");
        assert_eq!(
            sent(Dialect::Mysql, &text),
            ["SET sql_mode = 'ORACLE'", body, "SELECT 1"]
        );
    }
}

#[test]
fn what_looks_like_a_body_but_is_none_ends_at_its_semicolon() {
    for text in [
        "BEGIN; SELECT 1; COMMIT;",
        "BEGIN WORK; SELECT 1; COMMIT;",
        "START TRANSACTION; SELECT IF(1, 2, 3); COMMIT;",
        "XA BEGIN 'a'; SELECT 1; XA END 'a';",
        "CREATE TABLE IF NOT EXISTS t (begin INT, end INT); SELECT REPEAT('a', 1); SELECT 1;",
        "SELECT CASE WHEN 1 THEN 2 END; REPLACE INTO t VALUES (1); SELECT begin FROM t;",
        "DROP PROCEDURE IF EXISTS p; SHOW CREATE PROCEDURE p; CALL p();",
        "CREATE TRIGGER t BEFORE INSERT ON row FOR EACH ROW SET NEW.begin = 1; SELECT 1; SELECT 2;",
        "ALTER PROCEDURE p COMMENT 'begin'; ALTER TABLE t ADD COLUMN begin INT; SELECT 1;",
        "CREATE USER begin; CREATE VIEW v AS SELECT CASE WHEN 1 THEN 2 END; SELECT 2;",
    ] {
        assert_eq!(sent(Dialect::Mysql, text).len(), 3, "{text}");
    }
}
