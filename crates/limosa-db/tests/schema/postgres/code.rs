//! Routines and triggers.

use super::case::{Case, case, check};

const ROUTINE: &str =
    "CREATE FUNCTION f(a int, b text DEFAULT 'x') RETURNS int LANGUAGE sql AS 'SELECT 1'";

const ROUTINES: &[Case] = &[
    case(
        ROUTINE,
        "DROP FUNCTION f",
        &["lost routine f(integer, text)"],
    ),
    case(
        ROUTINE,
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        &["left_behind routine f()"],
    ),
    case(
        ROUTINE,
        "CREATE OR REPLACE FUNCTION f(a int, b text DEFAULT 'x') RETURNS int LANGUAGE sql AS 'SELECT 2'",
        &["changed routine f(integer, text): body"],
    ),
    case(
        ROUTINE,
        "CREATE OR REPLACE FUNCTION f(a int, b text DEFAULT 'x') RETURNS int LANGUAGE sql AS 'SELECT  1'",
        &["text_only routine f(integer, text): body"],
    ),
    case(
        ROUTINE,
        "CREATE OR REPLACE FUNCTION f(a int, b text DEFAULT 'y') RETURNS int LANGUAGE sql AS 'SELECT 1'",
        &["changed routine f(integer, text): arguments"],
    ),
    case(
        "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1; END'",
        "DROP FUNCTION f; CREATE FUNCTION f() RETURNS bigint LANGUAGE plpgsql AS 'BEGIN RETURN 1; END'",
        &["changed routine f(): returns"],
    ),
    case(
        ROUTINE,
        "CREATE OR REPLACE FUNCTION f(a int, b text DEFAULT 'x') RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1; END'",
        &["changed routine f(integer, text): body, language"],
    ),
    case(
        ROUTINE,
        "ALTER FUNCTION f IMMUTABLE",
        &["changed routine f(integer, text): volatility"],
    ),
    case(
        ROUTINE,
        "ALTER FUNCTION f STRICT",
        &["changed routine f(integer, text): strict"],
    ),
    case(
        ROUTINE,
        "ALTER FUNCTION f SECURITY DEFINER",
        &["changed routine f(integer, text): security_definer"],
    ),
    case(
        ROUTINE,
        "ALTER FUNCTION f LEAKPROOF",
        &["changed routine f(integer, text): leakproof"],
    ),
    case(
        ROUTINE,
        "ALTER FUNCTION f PARALLEL SAFE",
        &["changed routine f(integer, text): parallel"],
    ),
    case(
        ROUTINE,
        "ALTER FUNCTION f COST 5",
        &["changed routine f(integer, text): cost"],
    ),
    case(
        ROUTINE,
        "ALTER FUNCTION f SET work_mem = '1MB'",
        &["changed routine f(integer, text): settings"],
    ),
    case(
        ROUTINE,
        "COMMENT ON FUNCTION f IS 'x'",
        &["changed routine f(integer, text): comment"],
    ),
    case(
        "CREATE FUNCTION f() RETURNS SETOF int LANGUAGE sql AS 'SELECT 1'",
        "ALTER FUNCTION f ROWS 5",
        &["changed routine f(): rows"],
    ),
    case(
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql RETURN 1",
        "CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql RETURN 2",
        &["changed routine f(): body"],
    )
    .from(14),
    case(
        "CREATE PROCEDURE p() LANGUAGE sql AS 'SELECT 1'",
        "DROP PROCEDURE p; CREATE FUNCTION p() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        &["changed routine p(): kind, returns"],
    ),
    case(
        "CREATE AGGREGATE g(int) (sfunc = int4pl, stype = int)",
        "DROP AGGREGATE g(int); CREATE AGGREGATE g(int) (sfunc = int4pl, stype = int, initcond = '0')",
        &["changed routine g(integer): initial"],
    ),
    case(
        "CREATE AGGREGATE g(int) (sfunc = int4pl, stype = int)",
        "DROP AGGREGATE g(int); CREATE AGGREGATE g(int) (sfunc = int4mi, stype = int)",
        &["changed routine g(integer): transition"],
    ),
];

#[test]
fn routines_are_seen() {
    check(ROUTINES);
}

const TRIGGER: &str = "CREATE TABLE t (a int);
    CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
    CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()";

const TRIGGERS: &[Case] = &[
    case(TRIGGER, "DROP TRIGGER g ON t", &["lost trigger t.g"]),
    case(
        TRIGGER,
        "DROP TRIGGER g ON t; CREATE TRIGGER g AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()",
        &["changed trigger t.g: definition"],
    ),
    case(TRIGGER, "ALTER TABLE t DISABLE TRIGGER g", &["changed trigger t.g: enabled"]),
    case(TRIGGER, "ALTER TABLE t ENABLE ALWAYS TRIGGER g", &["changed trigger t.g: enabled"]),
    case(TRIGGER, "ALTER TABLE t ENABLE REPLICA TRIGGER g", &["changed trigger t.g: enabled"]),
    case(TRIGGER, "COMMENT ON TRIGGER g ON t IS 'x'", &["changed trigger t.g: comment"]),
    case(TRIGGER, "ALTER TRIGGER g ON t RENAME TO h", &["lost trigger t.g", "left_behind trigger t.h"]),
    case(
        TRIGGER,
        "CREATE CONSTRAINT TRIGGER h AFTER INSERT ON t DEFERRABLE FOR EACH ROW EXECUTE FUNCTION f()",
        &["left_behind trigger t.h"],
    ),
    case(
        "CREATE TABLE t (a int) PARTITION BY LIST (a); CREATE TABLE u PARTITION OF t FOR VALUES IN (1);
         CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "CREATE TRIGGER g AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()",
        &["left_behind trigger t.g"],
    ),
    case(
        "CREATE TABLE t (a int) PARTITION BY LIST (a); CREATE TABLE u PARTITION OF t FOR VALUES IN (1);
         CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
         CREATE TRIGGER g AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()",
        "ALTER TABLE u DISABLE TRIGGER g",
        &["left_behind trigger u.g"],
    )
    .from(13),
];

#[test]
fn triggers_are_seen() {
    check(TRIGGERS);
}
