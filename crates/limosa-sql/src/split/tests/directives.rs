//! Directive lines, and what only looks like one.

use super::*;

#[test]
fn a_directive_ends_an_open_statement() {
    let text = "-- limosa: up\nSELECT 1 -- one\n-- limosa: down\nSELECT 2";
    for dialect in Dialect::ALL {
        assert_eq!(
            pieces(dialect, text).expect("the text can be split"),
            [
                (PieceKind::Directive, "-- limosa: up\n"),
                (UNTERMINATED, "SELECT 1"),
                (PieceKind::Gap, " -- one\n"),
                (PieceKind::Directive, "-- limosa: down\n"),
                (UNTERMINATED, "SELECT 2"),
            ]
            .map(|(kind, text)| (kind, text.to_owned()))
        );
    }
}

#[test]
fn a_directive_begins_its_line() {
    let text = "\u{feff}-- limosa: up\r\n -- limosa: no\n--limosa: no\nSELECT 1; -- limosa: no\n";
    for dialect in Dialect::ALL {
        let mut splitter = Splitter::new(dialect, text.as_bytes()).directives("-- limosa:");
        let mut found = Vec::new();
        while let Some(Ok(piece)) = splitter.next() {
            if piece.kind == PieceKind::Directive {
                found.push((piece.line, piece.column, piece.text.len()));
            }
        }
        assert_eq!(found, [(1, 1, 15)], "{dialect}");
    }
}

#[test]
fn a_directive_inside_of_quotes_or_comments_is_none() {
    for (dialect, text) in [
        (Dialect::Postgres, "SELECT $$\n-- limosa: up\n$$"),
        (Dialect::Mysql, "SELECT '\n-- limosa: up\n'"),
        (Dialect::Sqlite, "SELECT [\n-- limosa: up\n]"),
        (Dialect::Sqlite, "SELECT /*\n-- limosa: up\n*/ 1"),
    ] {
        assert_eq!(sent(dialect, text), [text]);
    }
    let text = "/*\n-- limosa: up\n*/ SELECT 1";
    assert_eq!(sent(Dialect::Mysql, text), ["SELECT 1"]);
}

#[test]
fn a_body_that_is_open_at_a_directive_has_no_end() {
    for (dialect, text, message) in [
        (
            Dialect::Mysql,
            "CREATE PROCEDURE p()\nBEGIN\nSELECT 1;\n-- limosa: down\nEND;",
            "line 2, column 1: a compound statement has no end",
        ),
        (
            Dialect::Sqlite,
            "CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1;\n-- limosa: down\nEND;",
            "line 1, column 36: the body of the trigger has no end",
        ),
    ] {
        assert_eq!(error(dialect, text), message);
    }
}

#[test]
fn a_body_without_semicolon_ends_at_a_directive() {
    let text = "-- limosa: a\nCREATE PROCEDURE p() BEGIN SELECT 1; END\n-- limosa: b\nSELECT 1;";
    assert_eq!(
        sent(Dialect::Mysql, text),
        ["CREATE PROCEDURE p() BEGIN SELECT 1; END", "SELECT 1"]
    );
}
