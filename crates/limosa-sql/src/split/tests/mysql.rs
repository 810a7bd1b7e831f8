//! Quotes, comments, delimiters and modes of `MySQL` and `MariaDB`.

use super::*;

#[test]
fn a_semicolon_inside_of_quotes_or_comments_splits_nothing() {
    each_is_one(
        Dialect::Mysql,
        &[
            r#"SELECT 'a\';b', "c\";d", 'e'';f', `g;``h`"#,
            "SELECT 1 # ; '\n, 2 -- ; '\n, 3 --\t;'\n, 4",
            "SELECT 5--1",
            "SELECT /* ; ' */ 1",
            "SELECT @'a;b', @`c;d`, 'x'@'y'",
            "/*!40101 SET NAMES utf8 */",
            "/*!50003 CREATE*/ /*!50017 DEFINER=`a`@`%`*/ /*!50003 TRIGGER t BEFORE INSERT ON a \
             FOR EACH ROW BEGIN SET NEW.x = 1; SET NEW.y = 2; END */",
            "/*M!100100 SET a = ';' */",
            "SELECT /*! STRAIGHT_JOIN /* ; */ */ a",
            r"SELECT \N",
        ],
    );
}

#[test]
fn minus_minus_needs_a_blank_to_be_a_comment() {
    assert_eq!(
        sent(
            Dialect::Mysql,
            "SELECT 1--'a;b'; SELECT 2 --\n; SELECT 3 -- ';"
        ),
        ["SELECT 1--'a;b'", "SELECT 2 --", "SELECT 3"]
    );
}

#[test]
fn a_client_hint_in_a_dump_is_a_gap() {
    let text = "/*M!999999\\- enable the sandbox mode */ \nSELECT 1;";
    assert_eq!(sent(Dialect::Mysql, text), ["SELECT 1"]);
}

#[test]
fn delimiter_lines_change_the_terminator() {
    let text = "DELIMITER //\nCREATE PROCEDURE p() BEGIN SELECT 1; END//\nSELECT '//' //\n//\n\
                delimiter ;\nSELECT 1; Delimiter $$\nSELECT end$$ SELECT 2$$\n\tDELIMITER ';;'\n\
                SELECT 3;\n;; DELIMITER end_of\nSELECT 4 end_of\n";
    assert_eq!(
        sent(Dialect::Mysql, text),
        [
            "CREATE PROCEDURE p() BEGIN SELECT 1; END",
            "SELECT '//'",
            "SELECT 1",
            "SELECT end",
            "SELECT 2",
            "SELECT 3;",
            "SELECT 4",
        ]
    );
}

#[test]
fn a_delimiter_line_ends_an_open_statement_but_a_column_does_not() {
    let text = "DELIMITER //\nCREATE PROCEDURE p() BEGIN SELECT 1; END\nDELIMITER ;\nSELECT 1;";
    assert_eq!(
        sent(Dialect::Mysql, text),
        ["CREATE PROCEDURE p() BEGIN SELECT 1; END", "SELECT 1"]
    );
    each_is_one(
        Dialect::Mysql,
        &["CREATE TABLE t (\n  delimiter varchar(10),\n  a int)"],
    );
}

#[test]
fn the_terminator_is_part_of_the_text() {
    let text = "DELIMITER $$\nSELECT 1 $$";
    let mut splitter = Splitter::new(Dialect::Mysql, text.as_bytes());
    splitter.next();
    let piece = splitter.next().expect("a statement").expect("it is whole");
    assert_eq!((piece.text, piece.terminator), (&b"SELECT 1 $$"[..], 2));
    assert_eq!(piece.sql(), b"SELECT 1");
}

#[test]
fn quotes_follow_sql_mode() {
    for (before, behind) in [
        ("SET sql_mode = 'ANSI_QUOTES'", "SET sql_mode = ''"),
        (
            "SET SESSION sql_mode = 'STRICT_ALL_TABLES,ansi'",
            "SET sql_mode = DEFAULT",
        ),
        (
            "/*!40101 SET @OLD=@@SQL_MODE, SQL_MODE='ORACLE' */",
            "/*!40101 SET SQL_MODE=@OLD */",
        ),
        (
            "SET @@session.sql_mode = CONCAT(@@sql_mode, ',ANSI_QUOTES')",
            "SET sql_mode = (SELECT REPLACE(@@sql_mode, 'ANSI_QUOTES', ''))",
        ),
        ("SET sql_mode := 4, @x = 1", "SET @@sql_mode = 0"),
    ] {
        let text = format!(r#"{before}; SELECT "a\"; {behind}; SELECT "a\";b"; SELECT 1"#);
        let sent = sent(Dialect::Mysql, &text);
        let quotes: Vec<_> = sent.iter().filter(|sql| sql.contains('\\')).collect();
        assert_eq!(quotes, [r#"SELECT "a\""#, r#"SELECT "a\";b""#], "{text}");
    }
    let text =
        r"SET sql_mode = 'NO_BACKSLASH_ESCAPES'; SELECT 'a\'; SET sql_mode = ''; SELECT '\';'";
    assert_eq!(sent(Dialect::Mysql, text).len(), 4);
    let text = r#"SET GLOBAL sql_mode = 'ANSI_QUOTES'; SELECT "a\";b""#;
    assert_eq!(sent(Dialect::Mysql, text).len(), 2);
}
