//! Between statements: blanks, comments, lone terminators, lines for psql or the mysql client.

use memchr::{memchr, memchr2};

use super::cut::Cut;
use super::window::{BYTE_ORDER_MARK, Place, is_continuation};
use super::{SplitProblem, mysql, postgres};
use crate::Dialect;
use crate::lexer::{comment_end, is_blank, is_executable_comment};

/// The largest gap and the largest piece of COPY data. A step sees at least twice of it (or the
/// end of the input), so pieces do not depend on how the reader is chunked.
pub(super) const CHUNK: usize = 64 << 10;

/// What a gap that was cut at [`CHUNK`] bytes is in the middle of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Open {
    #[default]
    Nothing,
    /// A comment to the end of the line.
    LineComment,
    /// A line for psql that is skipped.
    PsqlLine,
    /// A block comment and how deep it is nested.
    Block { depth: u32, begins: Place },
}

/// What decides about a gap besides its text.
#[derive(Debug)]
pub(super) struct Surroundings<'a> {
    pub(super) dialect: Dialect,
    pub(super) delimiter: &'a [u8],
    pub(super) directives: Option<&'static str>,
    pub(super) eof: bool,
    pub(super) place: Place,
}

/// The gap at the begin of `text`, or what stands there instead; `None` when it is a statement.
pub(super) fn gap(around: &Surroundings<'_>, open: &mut Open, text: &[u8]) -> Option<Cut> {
    let limit = chunk_end(text);
    let mut at = 0;
    // Where the open block comment begins, when it begins in this text.
    let mut opened = None;
    if around.place.offset == 0 && text.starts_with(BYTE_ORDER_MARK) {
        at = BYTE_ORDER_MARK.len();
    }
    while at < limit {
        at = match *open {
            Open::Nothing => {
                if is_blank(text[at]) {
                    at + 1
                } else {
                    match token(around, open, text, at) {
                        Ok(end) => end,
                        Err(_) if at > 0 => break,
                        Err(other) => return other,
                    }
                }
            }
            Open::LineComment | Open::PsqlLine => {
                let rest = &text[at..limit];
                let end = match (*open, around.dialect) {
                    (Open::LineComment, Dialect::Postgres) => memchr2(b'\n', b'\r', rest),
                    _ => memchr(b'\n', rest),
                };
                if end.is_some() {
                    *open = Open::Nothing;
                }
                end.map_or(limit, |length| at + length)
            }
            Open::Block { mut depth, begins } => {
                let nested = around.dialect == Dialect::Postgres;
                match comment_end(&text[..limit], at, &mut depth, nested) {
                    Ok(end) => {
                        *open = Open::Nothing;
                        opened = None;
                        end
                    }
                    Err(end) => {
                        *open = Open::Block { depth, begins };
                        // A last `*` or `/` might be half of a pair: it waits for the next chunk.
                        if end < limit && limit < text.len() {
                            at = end;
                            break;
                        }
                        limit
                    }
                }
            }
        };
        if opened.is_none() && matches!(open, Open::Block { depth: 0, .. }) {
            *open = Open::Block {
                depth: 1,
                begins: around.place,
            };
            opened = Some(at - 2);
        }
    }
    if let (Open::Block { begins, .. }, Some(at)) = (open, opened) {
        *begins = around.place.after(&text[..at]);
    }
    Some(Cut::Gap(at))
}

/// The end of the first chunk of a text, between two characters.
pub(super) fn chunk_end(text: &[u8]) -> usize {
    if text.len() <= CHUNK {
        return text.len();
    }
    let back = (0..3).find(|back| !is_continuation(text[CHUNK - back]));
    CHUNK - back.unwrap_or(0)
}

/// The end of what belongs to the gap at `at`, where no blank stands; else what is there instead.
fn token(
    around: &Surroundings<'_>,
    open: &mut Open,
    text: &[u8],
    at: usize,
) -> Result<usize, Option<Cut>> {
    let rest = &text[at..];
    if rest.starts_with(around.delimiter) {
        return Ok(at + around.delimiter.len());
    }
    let line_comment = match rest {
        [b'-', b'-', third @ ..] => {
            around.dialect != Dialect::Mysql
                || third
                    .first()
                    .is_none_or(|byte| is_blank(*byte) || byte.is_ascii_control())
        }
        [b'#', ..] => around.dialect == Dialect::Mysql,
        _ => false,
    };
    if line_comment {
        return match around.directives {
            Some(prefix)
                if rest.starts_with(prefix.as_bytes()) && begins_line(around, text, at) =>
            {
                Err(Some(directive(rest, around.eof)))
            }
            _ => {
                *open = Open::LineComment;
                Ok(at)
            }
        };
    }
    let executable = around.dialect == Dialect::Mysql && is_executable_comment(rest);
    if rest.starts_with(b"/*") && !executable {
        *open = Open::Block {
            // Taken for opened, with its place, by the caller.
            depth: 0,
            begins: around.place,
        };
        return Ok(at + 2);
    }
    match around.dialect {
        Dialect::Postgres if rest[0] == b'\\' => {
            let name = postgres::psql_command(rest);
            if name == "\\restrict" || name == "\\unrestrict" {
                *open = Open::PsqlLine;
                return Ok(at);
            }
            Err(Some(Cut::Fail(0, SplitProblem::PsqlCommand(name))))
        }
        Dialect::Mysql => Err(mysql::delimiter_line(rest, around.eof)),
        _ => Err(None),
    }
}

/// Whether `at` is the begin of a line; a byte order mark is nothing.
fn begins_line(around: &Surroundings<'_>, text: &[u8], at: usize) -> bool {
    match &text[..at] {
        [] => around.place.column == 1,
        BYTE_ORDER_MARK => around.place.offset == 0,
        before => before.ends_with(b"\n"),
    }
}

/// The directive line that `text` begins with.
fn directive(text: &[u8], eof: bool) -> Cut {
    match memchr(b'\n', text) {
        Some(end) => Cut::Directive(end + 1),
        None if eof => Cut::Directive(text.len()),
        None => Cut::More,
    }
}
