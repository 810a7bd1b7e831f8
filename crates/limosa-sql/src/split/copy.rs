//! Behind `COPY … FROM stdin`: the rest of its line, and the data.

use memchr::{memchr, memchr_iter};

use super::SplitProblem;
use super::cut::Cut;
use super::gap::{CHUNK, chunk_end};
use crate::lexer::is_blank;

/// Where the reading of a COPY block is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Copy {
    #[default]
    None,
    /// Behind the statement, on its line; `comment` when that is inside of a comment.
    RestOfLine { comment: bool },
    /// In the data; `line_begins` unless a line was cut.
    Data { line_begins: bool },
}

/// What the text begins with in this state, which goes on.
pub(super) fn copy(state: &mut Copy, text: &[u8], eof: bool) -> Cut {
    match *state {
        Copy::Data { line_begins } => data(state, line_begins, text, eof),
        Copy::RestOfLine { comment } => rest_of_line(state, comment, text),
        Copy::None => Cut::More,
    }
}

fn rest_of_line(state: &mut Copy, mut comment: bool, text: &[u8]) -> Cut {
    let limit = chunk_end(text);
    let line_end = memchr(b'\n', &text[..limit]);
    let end = line_end.unwrap_or(limit);
    let first = text[..end].iter().position(|byte| !is_blank(*byte));
    if let (Some(at), false) = (first, comment) {
        if !text[at..].starts_with(b"--") {
            return Cut::Fail(at, SplitProblem::TextBeforeCopyData);
        }
        comment = true;
    }
    if line_end.is_some() {
        *state = Copy::Data { line_begins: true };
        return Cut::Gap(end + 1);
    }
    *state = Copy::RestOfLine { comment };
    Cut::Gap(end)
}

fn data(state: &mut Copy, line_begins: bool, text: &[u8], eof: bool) -> Cut {
    if line_begins && let Some(length) = end_of_data(text, eof) {
        *state = Copy::None;
        return Cut::Gap(length);
    }
    let limit = text.len().min(CHUNK);
    let mut whole_lines = 0;
    for line_end in memchr_iter(b'\n', &text[..limit]) {
        whole_lines = line_end + 1;
        if end_of_data(&text[whole_lines..], eof).is_some() {
            break;
        }
    }
    let rest_is_data = text.len() == limit;
    let length = match whole_lines {
        0 => chunk_end(text),
        // The last line of the input needs no line end.
        _ if rest_is_data && end_of_data(&text[whole_lines..], eof).is_none() => limit,
        _ => whole_lines,
    };
    *state = Copy::Data {
        line_begins: text[..length].ends_with(b"\n"),
    };
    Cut::CopyData(length)
}

/// The length of the line `\.` with its line end, when the text begins with it.
fn end_of_data(text: &[u8], eof: bool) -> Option<usize> {
    match text.strip_prefix(b"\\.")? {
        [b'\n', ..] => Some(3),
        [b'\r', b'\n', ..] => Some(4),
        [] if eof => Some(2),
        [b'\r'] if eof => Some(3),
        _ => None,
    }
}
