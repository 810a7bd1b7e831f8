//! Each change of a view, a trigger, a routine, an event or a grant is seen, and nothing else.

use limosa_testkit::Kind;

use crate::changes::{Case, hold};

/// Something beside tables that are there, made again.
macro_rules! replaced {
    ($before:literal, $after:literal, $seen:expr) => {
        Case {
            setup: concat!("CREATE TABLE t (a int, b text); ", $before),
            change: $after,
            seen: &$seen,
        }
    };
}

#[test]
fn each_property_of_a_view_is_seen_alone() {
    hold(
        Kind::MariaDb,
        &[
            replaced!(
                "SELECT 1",
                "CREATE VIEW v AS SELECT a FROM t",
                ["view v: left_behind"]
            ),
            replaced!(
                "CREATE VIEW v AS SELECT a FROM t",
                "CREATE OR REPLACE VIEW v AS SELECT b FROM t",
                ["view v: changed definition"]
            ),
            replaced!(
                "CREATE VIEW v AS SELECT a FROM t",
                "CREATE OR REPLACE VIEW v AS\n  SELECT t.a /* x */ FROM t",
                []
            ),
            replaced!(
                "CREATE VIEW v AS SELECT a FROM t",
                "CREATE OR REPLACE ALGORITHM = MERGE VIEW v AS SELECT a FROM t",
                ["view v: changed algorithm"]
            ),
            replaced!(
                "CREATE VIEW v AS SELECT a FROM t",
                "CREATE OR REPLACE SQL SECURITY INVOKER VIEW v AS SELECT a FROM t",
                ["view v: changed security"]
            ),
            replaced!(
                "CREATE VIEW v AS SELECT a FROM t WHERE a > 1",
                "CREATE OR REPLACE VIEW v AS SELECT a FROM t WHERE a > 1 WITH LOCAL CHECK OPTION",
                ["view v: changed check_option"]
            ),
            replaced!(
                "CREATE VIEW v AS SELECT a FROM t",
                "CREATE OR REPLACE DEFINER = 'who'@'there' VIEW v AS SELECT a FROM t",
                ["view v: privileges owner"]
            ),
        ],
    );
}

#[test]
fn each_property_of_a_trigger_is_seen_alone() {
    hold(
        Kind::MariaDb,
        &[
            replaced!(
                "SELECT 1",
                "CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW SET new.a = 1",
                ["trigger t.r: left_behind"]
            ),
            replaced!(
                "CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW SET new.a = 1",
                "CREATE OR REPLACE TRIGGER r BEFORE INSERT ON t FOR EACH ROW SET new.a = 2",
                ["trigger t.r: changed definition"]
            ),
            replaced!(
                "CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW SET new.a = 1",
                "CREATE OR REPLACE TRIGGER r BEFORE INSERT ON t FOR EACH ROW SET  new.a = 1",
                ["trigger t.r: text_only definition"]
            ),
            replaced!(
                "CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW SET @a = 1",
                "CREATE OR REPLACE TRIGGER r AFTER INSERT ON t FOR EACH ROW SET @a = 1",
                ["trigger t.r: changed timing"]
            ),
            replaced!(
                "CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW SET @a = 1",
                "CREATE OR REPLACE TRIGGER r BEFORE DELETE ON t FOR EACH ROW SET @a = 1",
                ["trigger t.r: changed event"]
            ),
            replaced!(
                "CREATE TRIGGER q BEFORE INSERT ON t FOR EACH ROW SET @a = 1; \
            CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW SET @a = 1",
                "DROP TRIGGER r; CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW PRECEDES q SET @a = 1",
                ["trigger t.q: changed order", "trigger t.r: changed order"]
            ),
            replaced!(
                "CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW SET @a = 1",
                "SET sql_mode = 'ANSI_QUOTES'; CREATE OR REPLACE TRIGGER r BEFORE INSERT ON t FOR EACH ROW SET @a = 1",
                ["trigger t.r: changed sql_mode"]
            ),
            replaced!(
                "CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW SET @a = 1",
                "CREATE OR REPLACE DEFINER = 'who'@'there' TRIGGER r BEFORE INSERT ON t FOR EACH ROW SET @a = 1",
                ["trigger t.r: privileges owner"]
            ),
        ],
    );
}

#[test]
fn each_property_of_a_routine_is_seen_alone() {
    let change = |change, seen| Case {
        setup: "CREATE FUNCTION f (a int) RETURNS int RETURN a; CREATE PROCEDURE p (IN a int) BEGIN SELECT a; END",
        change,
        seen,
    };
    hold(
        Kind::MariaDb,
        &[
            change("DROP FUNCTION f", &["routine f: lost"]),
            change(
                "CREATE OR REPLACE FUNCTION f (a int) RETURNS int RETURN a + 1",
                &["routine f: changed body"],
            ),
            change(
                "CREATE OR REPLACE FUNCTION f (a int) RETURNS int RETURN  a",
                &["routine f: text_only body"],
            ),
            change(
                "CREATE OR REPLACE FUNCTION f (a int, b int) RETURNS int RETURN a",
                &["routine f: changed parameters"],
            ),
            change(
                "CREATE OR REPLACE FUNCTION f (a bigint) RETURNS int RETURN a",
                &["routine f: changed parameters"],
            ),
            change(
                "CREATE OR REPLACE PROCEDURE p (OUT a int) BEGIN SELECT a; END",
                &["routine p: changed parameters"],
            ),
            change(
                "CREATE OR REPLACE FUNCTION f (a int) RETURNS bigint RETURN a",
                &["routine f: changed returns"],
            ),
            change(
                "CREATE OR REPLACE FUNCTION f (a int) RETURNS int DETERMINISTIC RETURN a",
                &["routine f: changed deterministic"],
            ),
            change(
                "ALTER FUNCTION f READS SQL DATA",
                &["routine f: changed data_access"],
            ),
            change(
                "ALTER FUNCTION f SQL SECURITY INVOKER",
                &["routine f: changed security"],
            ),
            change(
                "ALTER FUNCTION f COMMENT 'x'",
                &["routine f: changed comment"],
            ),
            change(
                "SET sql_mode = ''; CREATE OR REPLACE FUNCTION f (a int) RETURNS int RETURN a",
                &["routine f: changed sql_mode"],
            ),
            change(
                "CREATE OR REPLACE DEFINER = 'who'@'there' FUNCTION f (a int) RETURNS int RETURN a",
                &["routine f: privileges owner"],
            ),
            change(
                "CREATE PROCEDURE f () SELECT 1",
                &["routine f.procedure: left_behind"],
            ),
        ],
    );
}

#[test]
fn each_property_of_an_event_is_seen_alone() {
    let change = |change, seen| Case {
        setup: "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO SELECT 1",
        change,
        seen,
    };
    hold(
        Kind::MariaDb,
        &[
            change("DROP EVENT e", &["event e: lost"]),
            change(
                "CREATE OR REPLACE EVENT e ON SCHEDULE EVERY 1 DAY DO SELECT 1",
                &[],
            ),
            change(
                "SET time_zone = '+05:00'; CREATE OR REPLACE EVENT e ON SCHEDULE EVERY 1 DAY DO SELECT 1",
                &["event e: changed time_zone"],
            ),
            change(
                "ALTER EVENT e ON SCHEDULE EVERY 2 DAY",
                &["event e: changed every"],
            ),
            change(
                "ALTER EVENT e ON SCHEDULE EVERY 1 DAY STARTS '2031-01-01 00:00:00'",
                &["event e: changed starts"],
            ),
            change(
                "ALTER EVENT e ON SCHEDULE EVERY 1 DAY ENDS '2031-01-01 00:00:00'",
                &["event e: changed ends"],
            ),
            change(
                "ALTER EVENT e ON SCHEDULE AT '2031-01-01 00:00:00'",
                &["event e: changed at every"],
            ),
            change("ALTER EVENT e DISABLE", &["event e: changed enabled"]),
            change(
                "ALTER EVENT e ON COMPLETION PRESERVE",
                &["event e: changed preserve"],
            ),
            change("ALTER EVENT e COMMENT 'x'", &["event e: changed comment"]),
            change(
                "ALTER EVENT e DO SELECT 2",
                &["event e: changed definition"],
            ),
            change(
                "ALTER EVENT e DO SELECT  1",
                &["event e: text_only definition"],
            ),
        ],
    );
}

#[test]
fn grants_are_seen_where_they_are_given() {
    let change = |change, seen| Case {
        setup: "CREATE TABLE t (a int, b int); CREATE VIEW v AS SELECT a FROM t; CREATE SEQUENCE s; \
            CREATE PROCEDURE p () SELECT 1; CREATE USER IF NOT EXISTS seen@'%'; CREATE ROLE IF NOT EXISTS seen_role",
        change,
        seen,
    };
    hold(
        Kind::MariaDb,
        &[
            change(
                "GRANT SELECT, INSERT ON t TO seen@'%'",
                &["table t: privileges grants"],
            ),
            change(
                "GRANT SELECT ON t TO seen_role WITH GRANT OPTION",
                &["table t: privileges grants"],
            ),
            change(
                "GRANT SELECT ON v TO seen@'%'",
                &["view v: privileges grants"],
            ),
            change(
                "GRANT SELECT ON s TO seen@'%'",
                &["sequence s: privileges grants"],
            ),
            change(
                "GRANT UPDATE (b) ON t TO seen@'%'",
                &["column t.b: privileges grants"],
            ),
            change(
                "GRANT SELECT (a) ON v TO seen@'%'",
                &["view v: privileges grants"],
            ),
            change(
                "GRANT EXECUTE ON PROCEDURE p TO seen@'%'",
                &["routine p: privileges grants"],
            ),
        ],
    );
}

#[test]
fn each_property_of_the_database_is_seen_alone() {
    hold(
        Kind::MariaDb,
        &[Case {
            setup: "CREATE TABLE t (a varchar(9))",
            change: "ALTER DATABASE COLLATE utf8mb4_bin",
            seen: &["database: changed collation"],
        }],
    );
}
