//! Tricky texts of each dialect.

mod copy;
mod directives;
mod failures;
mod mysql;
mod mysql_bodies;
mod pieces;
mod postgres;
mod sqlite;

use super::{PieceKind, SplitError, Splitter};
use crate::Dialect;

/// A piece with its text, to compare with.
type Owned = (PieceKind, String);

const STATEMENT: PieceKind = PieceKind::Statement { terminated: true };
const UNTERMINATED: PieceKind = PieceKind::Statement { terminated: false };

fn pieces(dialect: Dialect, text: &str) -> Result<Vec<Owned>, SplitError> {
    let mut splitter = Splitter::new(dialect, text.as_bytes()).directives("-- limosa:");
    let mut pieces = Vec::new();
    while let Some(piece) = splitter.next() {
        let piece = piece?;
        let text = String::from_utf8_lossy(piece.text).into_owned();
        pieces.push((piece.kind, text));
    }
    let whole: String = pieces.iter().map(|(_, text)| text.as_str()).collect();
    assert_eq!(whole, text, "the pieces are the text");
    Ok(pieces)
}

/// The statements as they are sent.
#[track_caller]
fn sent(dialect: Dialect, text: &str) -> Vec<String> {
    let mut splitter = Splitter::new(dialect, text.as_bytes()).directives("-- limosa:");
    let mut statements = Vec::new();
    while let Some(piece) = splitter.next() {
        let piece = piece.expect("the text can be split");
        if matches!(piece.kind, PieceKind::Statement { .. }) {
            statements.push(String::from_utf8_lossy(piece.sql()).into_owned());
        }
    }
    statements
}

/// Asserts that each of the texts is one statement, alone and between others.
#[track_caller]
fn each_is_one(dialect: Dialect, texts: &[&str]) {
    for text in texts {
        assert_eq!(sent(dialect, text), [*text]);
        let between = format!("SELECT 1;\n{text};\nSELECT 2;");
        assert_eq!(sent(dialect, &between), ["SELECT 1", text, "SELECT 2"]);
    }
}

fn error(dialect: Dialect, text: &str) -> String {
    pieces(dialect, text)
        .expect_err("the text cannot be split")
        .to_string()
}
