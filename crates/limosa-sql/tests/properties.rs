//! What holds for any text, in every dialect.

use std::io::BufReader;

use limosa_sql::lexer::{Modes, significant_tokens};
use limosa_sql::{Dialect, Lexer, PieceKind, Splitter, Target, classify, classify_with_modes};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::FileFailurePersistence;

/// What opens, closes or hides something somewhere.
const FRAGMENTS: &[&str] = &[
    "'",
    "\"",
    "`",
    "[",
    "]",
    "(",
    ")",
    ";",
    "\\",
    ",",
    ".",
    "=",
    "@",
    ":",
    "$",
    "$$",
    "$a$",
    "E'",
    "e",
    "U&'",
    "U&\"",
    "B'",
    "--",
    "-- ",
    "#",
    "/*",
    "*/",
    "/*!",
    "/*!50003 ",
    "/*M!",
    "*",
    "/",
    "\n",
    "\r\n",
    "\r",
    "\0",
    " ",
    "\t",
    "ä",
    "\u{feff}",
    "-- limosa: up\n",
    "\n-- limosa: down\n",
    "\\.\n",
    "\n\\.\n",
    "\\restrict x\n",
    "\\connect x",
    "1",
    "1.",
    "1e+",
    "0x",
    "$1",
    "?",
    "a",
    "BEGIN ",
    "BEGIN ATOMIC ",
    "BEGIN NOT ATOMIC ",
    "END ",
    "END;",
    "END IF;",
    "CASE ",
    "WHEN ",
    "THEN ",
    "ELSE ",
    "IF ",
    "LOOP ",
    "REPEAT ",
    "UNTIL ",
    "WHILE ",
    "FOR ",
    "DO ",
    "l: ",
    "<<l>>",
    "DECLARE ",
    "EXIT HANDLER FOR SQLEXCEPTION ",
    "CREATE ",
    "OR REPLACE ",
    "DEFINER=a@b ",
    "FUNCTION f ",
    "PROCEDURE p ",
    "TRIGGER t ",
    "EVENT e ",
    "PACKAGE p ",
    "PACKAGE BODY p ",
    "AS ",
    "RETURN ",
    "FOR EACH ROW ",
    "TABLE t ",
    "TEMP ",
    "ALTER ",
    "DROP ",
    "COLUMN c ",
    "IF EXISTS ",
    "ADD ",
    "PARTITION p ",
    "COPY a FROM stdin;\n",
    "COPY a FROM stdin;",
    "DELIMITER //\n",
    "DELIMITER ;\n",
    "\nDELIMITER $$\n",
    "//",
    "SET ",
    "sql_mode = ",
    "'ANSI_QUOTES,ORACLE'",
    "SET sql_mode='NO_BACKSLASH_ESCAPES';",
    "SET standard_conforming_strings=off;",
    "SELECT ",
    "set_config(",
    "false",
    "INTO ",
    "WITH a AS (",
    "DELETE FROM ",
    "EXPLAIN ANALYZE ",
    "PRAGMA ",
    "TRUNCATE ",
    "MERGE INTO ",
    "COMMIT AND CHAIN",
    "ROLLBACK TO ",
    "GLOBAL ",
    "REINDEX ",
    "WORK ",
];

fn tricky() -> impl Strategy<Value = Vec<u8>> {
    vec(select(FRAGMENTS), 0..60).prop_map(|parts| parts.concat().into_bytes())
}

fn any_text() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![4 => tricky(), 1 => vec(any::<u8>(), 0..300)]
}

/// Kind, text, line and column of a piece.
type Owned = (PieceKind, Vec<u8>, u64, u64);

/// The pieces, and the message of the error at their end.
fn split(dialect: Dialect, text: &[u8], chunk: usize) -> (Vec<Owned>, Option<String>) {
    let reader = BufReader::with_capacity(chunk, text);
    let mut splitter = Splitter::new(dialect, reader).directives("-- limosa:");
    let mut pieces = Vec::new();
    loop {
        let modes = splitter.modes();
        match splitter.next() {
            None => return (pieces, None),
            Some(Err(error)) => return (pieces, Some(error.to_string())),
            Some(Ok(piece)) => {
                if matches!(piece.kind, PieceKind::Statement { .. }) {
                    classify_with_modes(piece.sql(), &Target::newest(dialect), modes);
                }
                pieces.push((piece.kind, piece.text.to_vec(), piece.line, piece.column));
            }
        }
    }
}

/// The place behind `text`, counted naively.
fn place(text: &[u8]) -> (u64, u64) {
    let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
    let lines = text.split(|byte| *byte == b'\n');
    let last = lines.clone().next_back().unwrap_or_default();
    let column = last.iter().filter(|byte| **byte & 0xC0 != 0x80).count();
    (lines.count() as u64, column as u64 + 1)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 200,
        failure_persistence: Some(Box::new(FileFailurePersistence::Off)),
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_pieces_are_the_text_and_know_their_places(text in any_text()) {
        for dialect in Dialect::ALL {
            let (pieces, error) = split(dialect, &text, 8192);
            let mut whole = Vec::new();
            for (kind, piece, line, column) in &pieces {
                prop_assert!(!piece.is_empty());
                prop_assert_eq!((*line, *column), place(&whole));
                if *kind == PieceKind::Directive {
                    prop_assert!(*column == 1 && piece.starts_with(b"-- limosa:"));
                }
                whole.extend_from_slice(piece);
            }
            prop_assert!(text.starts_with(&whole));
            prop_assert!(error.is_some() || whole.len() == text.len());
        }
    }

    #[test]
    fn the_pieces_do_not_depend_on_the_reader(text in any_text(), chunk in 1_usize..40) {
        for dialect in Dialect::ALL {
            prop_assert_eq!(split(dialect, &text, chunk), split(dialect, &text, 8192));
        }
    }

    #[test]
    fn the_tokens_are_the_text(text in any_text(), ansi_quotes: bool, backslash_escapes: bool) {
        for dialect in Dialect::ALL {
            let modes = Modes { ansi_quotes, backslash_escapes, ..Modes::of(dialect) };
            let mut at = 0;
            for token in Lexer::with_modes(dialect, modes, &text) {
                prop_assert_eq!(token.offset, at);
                prop_assert!(!token.text.is_empty());
                at += token.text.len();
            }
            prop_assert_eq!(at, text.len());
            classify(&text, &Target::newest(dialect));
        }
    }

    /// Splitting what was split changes nothing: each statement alone is one statement.
    #[test]
    fn a_terminated_statement_alone_is_that_statement(text in tricky()) {
        for dialect in Dialect::ALL {
            let mut splitter = Splitter::new(dialect, text.as_slice());
            loop {
                let usual = splitter.modes() == Modes::of(dialect);
                let Some(Ok(piece)) = splitter.next() else { break };
                // A byte order mark begins a word everywhere but at the begin of a text.
                if piece.kind != (PieceKind::Statement { terminated: true })
                    || !piece.text.ends_with(b";")
                    || piece.terminator != 1
                    || piece.text.starts_with("\u{feff}".as_bytes())
                    || !usual
                {
                    continue;
                }
                let (again, _) = split(dialect, piece.text, 8192);
                // Without directives here: a line of that look is a comment of the statement.
                if !again.iter().any(|(kind, ..)| *kind == PieceKind::Directive) && again.len() == 1 {
                    prop_assert_eq!(&again[0].1, &piece.text);
                } else {
                    prop_assert!(piece.text.windows(11).any(|line| line == b"\n-- limosa:"));
                }
            }
        }
    }

    #[test]
    fn joined_statements_come_apart_again(
        choice in vec((0_usize..100, 0_usize..100), 0..12),
        last_has_terminator: bool,
    ) {
        for dialect in Dialect::ALL {
            let statements = statements(dialect);
            let chosen: Vec<_> = choice.iter().map(|(one, _)| statements[one % statements.len()]).collect();
            let mut text = String::new();
            for (at, (statement, (_, gap))) in chosen.iter().zip(&choice).enumerate() {
                text.push_str(GAPS[gap % GAPS.len()]);
                text.push_str(statement);
                if last_has_terminator || at + 1 < chosen.len() {
                    text.push_str([";", " ;", "\n;"][gap % 3]);
                }
            }
            prop_assert_eq!(sent(dialect, &text), chosen);
        }
    }
}

const GAPS: &[&str] = &[
    "",
    "\n",
    " ;; ",
    "-- it's; \"\n",
    "/* ' ; */",
    "\r\n\r\n",
    "-- BEGIN\n",
];

fn statements(dialect: Dialect) -> &'static [&'static str] {
    match dialect {
        Dialect::Postgres => &[
            "SELECT 1",
            "SELECT 'it''s;', E'\\';', $$;'$$, $a$;$$;$a$, \"a;b\", U&'\\0061;'",
            "SELECT E'a'\n'\\';', 1 /* ; /* ' */ */ + 1",
            "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN a THEN 1 END; END",
            "CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2)",
            "BEGIN",
            "END",
        ],
        Dialect::Mysql => &[
            "SELECT 1",
            "SELECT 'it''s\\';', \"a\\\";\", `b;``c` # ;'\n, 5--1",
            "CREATE PROCEDURE p() BEGIN IF a THEN SELECT 1; ELSE SELECT IF(1, 2, 3); END IF; END",
            "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW SET NEW.x = CASE WHEN 1 THEN 2 END",
            "CREATE FUNCTION f() RETURNS INT BEGIN l: LOOP LEAVE l; END LOOP l; RETURN 1; END",
            "/*!50003 SET @a = ';' */",
            "BEGIN",
            "COMMIT",
        ],
        Dialect::Sqlite => &[
            "SELECT 1",
            "SELECT 'it''s;', [a;'], `b;`, \"c;\" /* ; /* */ , 1",
            "CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT CASE WHEN 1 THEN 2 END; DELETE FROM b; END",
            "CREATE TABLE t (a TEXT DEFAULT ';') STRICT, WITHOUT ROWID",
            "BEGIN IMMEDIATE",
            "END",
        ],
    }
}

fn sent(dialect: Dialect, text: &str) -> Vec<String> {
    let mut splitter = Splitter::new(dialect, text.as_bytes());
    let mut statements = Vec::new();
    while let Some(piece) = splitter.next() {
        let piece = piece.expect("the text can be split");
        if matches!(piece.kind, PieceKind::Statement { .. }) {
            statements.push(String::from_utf8_lossy(piece.sql()).into_owned());
        }
    }
    statements
}

#[test]
fn statements_may_lie_anywhere_over_the_end_of_the_window() {
    const WINDOW: usize = 256 << 10;
    for dialect in Dialect::ALL {
        let statements = statements(dialect);
        let text = statements.join(";\n-- ;\n");
        for before in (0..text.len() + 40).step_by(7) {
            let padded = format!("{}{text}", " ".repeat(WINDOW - before));
            assert_eq!(sent(dialect, &padded), statements, "{dialect}, {before}");
        }
    }
}

#[test]
fn a_large_statement_is_read_in_linear_time_and_whole() {
    for dialect in Dialect::ALL {
        let statement = format!("INSERT INTO t VALUES ('{}')", "x''".repeat(1 << 18));
        let text = format!("SELECT 1;{statement};SELECT 2");
        assert_eq!(sent(dialect, &text), ["SELECT 1", &statement, "SELECT 2"]);
    }
}

#[test]
fn significant_tokens_do_not_change_with_comments_and_blanks() {
    for dialect in Dialect::ALL {
        let tokens = |text| {
            significant_tokens(dialect, text)
                .map(|token| token.text.to_vec())
                .collect::<Vec<_>>()
        };
        assert_eq!(
            tokens(b"SELECT a,b -- c\r\n"),
            tokens(b"/* d */SELECT\n a , b")
        );
    }
}
