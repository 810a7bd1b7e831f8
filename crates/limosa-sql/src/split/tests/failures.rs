//! Texts that cannot be split, and the place that is named.

use std::io::{self, BufRead, BufReader, Read};

use super::*;

#[test]
fn what_is_never_closed_is_shown_where_it_begins() {
    for (dialect, text, message) in [
        (
            Dialect::Postgres,
            "SELECT 1,\n 'ä",
            "line 2, column 2: a string has no end",
        ),
        (
            Dialect::Postgres,
            "ä /* /* */",
            "line 1, column 3: a comment has no end",
        ),
        (
            Dialect::Postgres,
            "/* x",
            "line 1, column 1: a comment has no end",
        ),
        (
            Dialect::Postgres,
            "SELECT $a$ $$",
            "line 1, column 8: a dollar-quoted string has no end",
        ),
        (
            Dialect::Postgres,
            "SELECT \"a",
            "line 1, column 8: a quoted identifier has no end",
        ),
        (
            Dialect::Postgres,
            "CREATE FUNCTION f()\nBEGIN ATOMIC SELECT 1; SELECT 2;",
            "line 2, column 1: the body `BEGIN ATOMIC` has no end",
        ),
        (
            Dialect::Mysql,
            "SELECT 'a\\'",
            "line 1, column 8: a string has no end",
        ),
        (
            Dialect::Mysql,
            "SELECT `a",
            "line 1, column 8: a quoted identifier has no end",
        ),
        (
            Dialect::Mysql,
            "/*! SET a",
            "line 1, column 1: an executable comment has no end",
        ),
        (
            Dialect::Mysql,
            "CREATE PROCEDURE p() BEGIN IF a THEN SELECT 1; END IF;",
            "line 1, column 22: a compound statement has no end",
        ),
        (
            Dialect::Sqlite,
            "SELECT [a",
            "line 1, column 8: a quoted identifier has no end",
        ),
        (
            Dialect::Sqlite,
            "SELECT 1; /* a",
            "line 1, column 11: a comment has no end",
        ),
    ] {
        assert_eq!(error(dialect, text), message, "{text}");
    }
}

#[test]
fn a_statement_beyond_the_limit_is_refused_where_it_begins() {
    let text = format!("SELECT 1;\n SELECT '{}';", "x".repeat(300_000));
    let mut splitter = Splitter::new(Dialect::Postgres, text.as_bytes()).limit(1000);
    let mut last = None;
    while let Some(piece) = splitter.next() {
        last = Some(piece.map(|piece| piece.offset));
    }
    let error = last
        .expect("there are pieces")
        .expect_err("it is too large");
    assert_eq!(
        error.to_string(),
        "line 2, column 2: a statement is larger than 1000 bytes"
    );
    assert!(splitter.next().is_none(), "nothing comes behind an error");
}

#[test]
fn a_statement_of_exactly_the_limit_is_accepted() {
    let text = "SELECT 123;SELECT 1;";
    for (limit, accepted) in [(11, true), (10, false)] {
        let mut splitter = Splitter::new(Dialect::Sqlite, text.as_bytes()).limit(limit);
        let first = splitter.next().expect("there is a piece");
        assert_eq!(first.is_ok(), accepted);
    }
}

#[test]
fn copy_data_and_gaps_do_not_count_towards_the_limit() {
    let text = format!(
        "/*{}*/COPY a FROM stdin;\n{}\n\\.\n",
        "x".repeat(400_000),
        "1\n".repeat(200_000)
    );
    let mut splitter = Splitter::new(Dialect::Postgres, text.as_bytes()).limit(100);
    while let Some(piece) = splitter.next() {
        assert!(piece.is_ok());
    }
}

#[test]
fn a_reader_that_fails_is_an_error_with_its_place() {
    struct Failing;
    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("gone"))
        }
    }
    let reader = BufReader::new(b"SELECT 1;".chain(Failing));
    assert!(!reader.buffer().is_empty() || reader.capacity() > 0);
    let mut reader = reader;
    assert!(reader.fill_buf().is_ok());
    let mut splitter = Splitter::new(Dialect::Postgres, reader);
    let error = splitter
        .next()
        .expect("there is a piece")
        .expect_err("it cannot be read");
    assert!(matches!(error.problem, crate::SplitProblem::Read(_)));
}
