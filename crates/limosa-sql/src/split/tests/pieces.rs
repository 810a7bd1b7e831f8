//! What pieces are like, whatever the dialect.

use super::*;
use crate::split::gap::CHUNK;

fn collect(dialect: Dialect, text: &[u8]) -> Vec<(PieceKind, Vec<u8>, u64, u64, u64)> {
    let mut splitter = Splitter::new(dialect, text);
    let mut pieces = Vec::new();
    while let Some(piece) = splitter.next() {
        let piece = piece.expect("the text can be split");
        pieces.push((
            piece.kind,
            piece.text.to_vec(),
            piece.offset,
            piece.line,
            piece.column,
        ));
    }
    pieces
}

#[test]
fn a_statement_begins_at_its_first_token_with_its_place() {
    let text = "\u{feff}-- ä\n ä; ;;/* ä */ SELECT\n1 ; SELECT 2 ".as_bytes();
    for dialect in Dialect::ALL {
        let pieces = collect(dialect, text);
        let places: Vec<_> = pieces
            .iter()
            .map(|(kind, text, offset, line, column)| (*kind, text.len(), *offset, *line, *column))
            .collect();
        assert_eq!(
            places,
            [
                (PieceKind::Gap, 10, 0, 1, 1),
                (STATEMENT, 3, 10, 2, 2),
                (PieceKind::Gap, 12, 13, 2, 4),
                (STATEMENT, 10, 25, 2, 15),
                (PieceKind::Gap, 1, 35, 3, 4),
                (UNTERMINATED, 8, 36, 3, 5),
                (PieceKind::Gap, 1, 44, 3, 13),
            ]
        );
    }
}

#[test]
fn bytes_that_are_no_text_pass_through() {
    let text = b"SELECT '\0\xff\xfe;', \xff\0; \xc3";
    for dialect in Dialect::ALL {
        let pieces = collect(dialect, text);
        let whole: Vec<u8> = pieces.iter().flat_map(|piece| piece.1.clone()).collect();
        assert_eq!(whole, text);
        assert_eq!(pieces.len(), 3);
    }
}

#[test]
fn large_gaps_come_in_chunks() {
    let comment = format!("/*{}**/", "é* / ".repeat(CHUNK));
    let lines = "-- é\n\n".repeat(CHUNK / 2);
    let text = format!("{comment}{lines}-- {}\nSELECT 1;", "é".repeat(CHUNK));
    for dialect in Dialect::ALL {
        let pieces = collect(dialect, text.as_bytes());
        for (_, text, ..) in &pieces {
            assert!(text.len() <= CHUNK + 2);
            assert!(std::str::from_utf8(text).is_ok(), "characters stay whole");
        }
        let last = pieces.last().expect("there are pieces");
        assert_eq!((last.0, last.1.as_slice()), (STATEMENT, &b"SELECT 1;"[..]));
        assert_eq!(last.4, 1);
    }
}

#[test]
fn an_empty_text_has_no_pieces() {
    for dialect in Dialect::ALL {
        assert!(collect(dialect, b"").is_empty());
    }
}
