//! Any bytes, in every dialect: the pieces and the tokens are the input, nothing panics, and
//! pieces do not depend on how the reader is chunked.
//!
//! `cargo +nightly fuzz run sql -- -dict=fuzz/sql.dict -max_len=700`
#![no_main]

use std::io::BufReader;

use libfuzzer_sys::fuzz_target;
use limosa_sql::lexer::Modes;
use limosa_sql::{Dialect, Lexer, PieceKind, Splitter, Target, classify_with_modes};

/// A small limit, so that it is reached.
const LIMIT: usize = 300;

/// Kind, length, line and column of the pieces, and the error at their end.
type Split = (Vec<(PieceKind, usize, u64, u64)>, Option<String>);

fn split(dialect: Dialect, text: &[u8], chunk: usize) -> Split {
    let reader = BufReader::with_capacity(chunk, text);
    let mut splitter = Splitter::new(dialect, reader)
        .directives("-- limosa:")
        .limit(LIMIT);
    let mut pieces = Vec::new();
    let mut at = 0;
    loop {
        let modes = splitter.modes();
        let piece = match splitter.next() {
            None => {
                assert_eq!(at, text.len());
                return (pieces, None);
            }
            Some(Err(error)) => return (pieces, Some(error.to_string())),
            Some(Ok(piece)) => piece,
        };
        let end = at + piece.text.len();
        assert!(end > at && end <= text.len());
        assert_eq!(piece.offset, at as u64);
        assert_eq!(piece.text, &text[at..end]);
        if let PieceKind::Statement { terminated } = piece.kind {
            assert_eq!(terminated, piece.terminator > 0);
            assert!(piece.text.len() <= LIMIT);
            read(dialect, modes, piece.sql());
        }
        pieces.push((piece.kind, end - at, piece.line, piece.column));
        at = end;
    }
}

fn read(dialect: Dialect, modes: Modes, sql: &[u8]) {
    let mut at = 0;
    for token in Lexer::with_modes(dialect, modes, sql) {
        let end = at + token.text.len();
        assert!(end > at && end <= sql.len());
        assert_eq!(token.offset, at);
        assert_eq!(token.text, &sql[at..end]);
        at = end;
    }
    assert_eq!(at, sql.len());
    classify_with_modes(sql, &Target::newest(dialect), modes);
}

fuzz_target!(|text: &[u8]| {
    for dialect in Dialect::ALL {
        assert_eq!(split(dialect, text, 8192), split(dialect, text, 1));
        read(dialect, Modes::of(dialect), text);
    }
});
