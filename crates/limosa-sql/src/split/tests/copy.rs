//! `COPY … FROM stdin` and its data.

use super::*;
use crate::split::gap::CHUNK;

fn kinds(text: &str) -> Vec<(PieceKind, String)> {
    pieces(Dialect::Postgres, text).expect("the text can be split")
}

fn owned(pieces: &[(PieceKind, &str)]) -> Vec<Owned> {
    pieces
        .iter()
        .map(|(kind, text)| (*kind, (*text).to_owned()))
        .collect()
}

#[test]
fn data_goes_up_to_its_end_line() {
    let text = "COPY a (x, y) FROM stdin;\n1\t';\n-- limosa: down\n\\.x\n\\.\nSELECT 1;";
    assert_eq!(
        kinds(text),
        owned(&[
            (STATEMENT, "COPY a (x, y) FROM stdin;"),
            (PieceKind::Gap, "\n"),
            (PieceKind::CopyData, "1\t';\n-- limosa: down\n\\.x\n"),
            (PieceKind::Gap, "\\.\n"),
            (STATEMENT, "SELECT 1;"),
        ])
    );
}

#[test]
fn data_goes_up_to_the_end_of_the_text_or_is_empty() {
    assert_eq!(
        kinds("copy a from STDIN with (format csv); -- x\r\n1\r\n2"),
        owned(&[
            (STATEMENT, "copy a from STDIN with (format csv);"),
            (PieceKind::Gap, " -- x\r\n"),
            (PieceKind::CopyData, "1\r\n2"),
        ])
    );
    assert_eq!(
        kinds("COPY a FROM STDIN;\n\\.\r\n\nSELECT 1"),
        owned(&[
            (STATEMENT, "COPY a FROM STDIN;"),
            (PieceKind::Gap, "\n"),
            (PieceKind::Gap, "\\.\r\n"),
            (PieceKind::Gap, "\n"),
            (UNTERMINATED, "SELECT 1"),
        ])
    );
}

#[test]
fn other_copies_have_no_data() {
    for text in [
        "COPY a TO stdout; SELECT 1",
        "COPY a FROM '/x'; SELECT 1",
        "COPY (SELECT 1 FROM stdin) TO stdout; SELECT 1",
        "COPY a FROM PROGRAM 'stdin'; SELECT 1",
    ] {
        assert_eq!(sent(Dialect::Postgres, text).len(), 2, "{text}");
    }
}

#[test]
fn a_statement_behind_copy_on_its_line_is_an_error() {
    assert_eq!(
        error(Dialect::Postgres, "COPY a FROM stdin; SELECT 1;\n1\n\\.\n"),
        "line 1, column 20: the data of `COPY … FROM stdin` has to begin on the next line"
    );
}

#[test]
fn data_comes_in_chunks_cut_at_line_ends() {
    let line = format!("{}\n", "x".repeat(99));
    let data = line.repeat(5000);
    let long = "ä".repeat(CHUNK);
    let text = format!("COPY a FROM stdin;\n{data}{long}\n\\.\nSELECT 1;");
    let pieces = kinds(&text);
    let mut copied = String::new();
    for (kind, text) in &pieces {
        if *kind == PieceKind::CopyData {
            assert!(text.len() <= CHUNK);
            assert!(text.ends_with('\n') || text.starts_with('ä'));
            copied += text;
        }
    }
    assert_eq!(copied, format!("{data}{long}\n"));
    assert_eq!(pieces.last(), Some(&(STATEMENT, "SELECT 1;".to_owned())));
}
