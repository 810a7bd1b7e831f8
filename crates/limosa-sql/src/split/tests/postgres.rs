//! Quotes, bodies and psql lines of `PostgreSQL`.

use super::*;

#[test]
fn a_semicolon_inside_of_quotes_or_comments_splits_nothing() {
    each_is_one(
        Dialect::Postgres,
        &[
            "SELECT 'a;b', 'it''s;'",
            r"SELECT E'a\';b'",
            r"SELECT 'a\'",
            "SELECT E'a'\n'b\\';c'",
            "SELECT E'a' -- x'\n  'b\\';c'",
            r#"SELECT U&'d\0061;', U&"d;""#,
            "SELECT B'1', X'F', N'x;'",
            "SELECT $$a;b$$, $tag$ $$ ; $ta$ $tag$, $1",
            "SELECT a$b$, c$b$",
            "SELECT \"a;\"\"b\"",
            "SELECT /* ; /* ; */ ; */ 1 -- ;\n, 2",
            "SELECT $ä$;$ä$",
            "SELECT a -- '",
        ]
        .map(|text| text.trim_end_matches(" -- '")),
    );
}

#[test]
fn a_parameter_and_a_dollar_in_a_name_open_no_quote() {
    let text = "SELECT $1; SELECT a$b$; SELECT 1";
    assert_eq!(
        sent(Dialect::Postgres, text),
        ["SELECT $1", "SELECT a$b$", "SELECT 1"]
    );
}

#[test]
fn a_word_that_ends_in_e_is_no_escape_prefix() {
    let text = r"SELECT date'\'; SELECT 1";
    assert_eq!(
        sent(Dialect::Postgres, text),
        [r"SELECT date'\'", "SELECT 1"]
    );
}

#[test]
fn bodies_are_one_statement() {
    each_is_one(
        Dialect::Postgres,
        &[
            "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END",
            "CREATE OR REPLACE PROCEDURE p(x int) LANGUAGE SQL BEGIN ATOMIC\n\
             INSERT INTO t VALUES (CASE WHEN x > 1 THEN 'a;' ELSE 'b' END);\n\
             UPDATE t SET a = CASE a WHEN 1 THEN CASE WHEN b THEN 2 END END;\nEND",
            "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT x.end, 1 AS end FROM x; END",
            "CREATE FUNCTION f(begin int) RETURNS int RETURN 1",
            "CREATE RULE r AS ON INSERT TO t DO ALSO (INSERT INTO a VALUES (1); DELETE FROM b)",
            "CREATE FUNCTION f() RETURNS int AS $$ BEGIN; END; $$ LANGUAGE plpgsql",
        ],
    );
}

#[test]
fn begin_outside_of_a_routine_opens_no_body() {
    let text = "BEGIN; SELECT CASE WHEN true THEN 1 END; END; CREATE TABLE begin (atomic int);";
    assert_eq!(sent(Dialect::Postgres, text).len(), 4);
}

#[test]
fn backslashes_escape_while_standard_conforming_strings_is_off() {
    for (on, off) in [
        (
            "SET standard_conforming_strings = off",
            "SET standard_conforming_strings = on",
        ),
        (
            "set session standard_conforming_strings to 'off'",
            "RESET standard_conforming_strings",
        ),
        (
            "SELECT pg_catalog.set_config('standard_conforming_strings', 'off', false)",
            "SELECT set_config('standard_conforming_strings', 'on', false)",
        ),
        ("SET standard_conforming_strings TO false", "RESET ALL"),
        ("SET standard_conforming_strings TO 0", "DISCARD ALL"),
        ("BEGIN; SET standard_conforming_strings = off", "ROLLBACK"),
        (
            "BEGIN; SET LOCAL standard_conforming_strings = off",
            "COMMIT",
        ),
    ] {
        let text = format!(r"{on}; SELECT 'a\';b'; {off}; SELECT 'a\'; SELECT 1");
        let sent = sent(Dialect::Postgres, &text);
        let quotes: Vec<_> = sent.iter().filter(|sql| sql.contains('\\')).collect();
        assert_eq!(quotes, [r"SELECT 'a\';b'", r"SELECT 'a\'"], "{text}");
    }
}

#[test]
fn psql_commands_are_errors_but_for_restrict() {
    assert_eq!(
        sent(
            Dialect::Postgres,
            "\\restrict aB1\nSELECT 1;\n\\unrestrict aB1\n"
        ),
        ["SELECT 1"]
    );
    for (text, message) in [
        (
            "SELECT 1;\n\\connect shop\n",
            "line 2, column 1: `\\connect` is a psql command, which only psql can run",
        ),
        (
            "\n\n  \\i a.sql",
            "line 3, column 3: `\\i` is a psql command, which only psql can run",
        ),
        (
            "\\.\n",
            "line 1, column 1: `\\.` is a psql command, which only psql can run",
        ),
        (
            "SELECT 1 \\gset\n",
            "line 1, column 10: `\\gset` is a psql command, which only psql can run",
        ),
    ] {
        assert_eq!(error(Dialect::Postgres, text), message);
    }
}
