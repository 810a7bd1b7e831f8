//! What is said to people about a script that cannot be read.

use std::io::{BufRead, Read};
use std::ops::Range;

use limosa_sql::SplitProblem;

use super::{Script, ScriptError, Source};
use crate::{Class, Diagnostic, Excerpt, Label};

/// Longer lines are cut in what is shown.
const SHOWN_BYTES: usize = 240;

impl ScriptError {
    /// What is said about it, with the place marked in the text as it is written. `script` is
    /// the one that was read.
    pub fn diagnostic(&self, script: &Script) -> Diagnostic {
        match self {
            Self::Read { file, cause } => unreadable(file, cause),
            Self::Changed { .. } => {
                Diagnostic::error("file-changed", Class::Failed, self.to_string())
            }
            Self::Split { cause, .. } => {
                let (name, help) = match &cause.problem {
                    SplitProblem::Read(error) => return unreadable(&script.file, error),
                    SplitProblem::PsqlCommand(_) => (
                        "psql-command",
                        "write what it does in SQL, or leave the line out",
                    ),
                    SplitProblem::StatementTooLarge { .. } => (
                        "statement-too-large",
                        "split it into several statements, or load the data with COPY",
                    ),
                    _ => ("cannot-split", "end what begins at the marked place"),
                };
                Diagnostic::error(name, Class::Usage, cause.problem.to_string())
                    .at(label(script, cause.line, cause.column))
                    .with_help(help)
            }
            Self::NotUtf8 {
                line, column, byte, ..
            } => not_utf8(*byte).at(label(script, *line, *column)),
            Self::NulByte { line, column, .. } => nul_byte().at(label(script, *line, *column)),
            Self::NoSemicolon { line, column, .. } => Diagnostic::error(
                "no-semicolon",
                Class::Usage,
                "the statement has no semicolon at its end",
            )
            .at(label(script, *line, *column))
            .with_note(format!(
                "{} does not execute such a statement",
                script.layout
            ))
            .with_help("end it with `;`"),
            Self::Text { line, message, .. } => {
                Diagnostic::error("cannot-expand", Class::Usage, message.clone())
                    .at(label(script, *line, 1))
            }
        }
    }
}

/// A file that cannot be read.
pub(crate) fn unreadable(file: &str, cause: &std::io::Error) -> Diagnostic {
    Diagnostic::error(
        "unreadable-file",
        Class::Usage,
        format!("{file} cannot be read: {cause}"),
    )
    .in_file(file)
}

/// A byte that is not UTF-8, without its place.
pub(crate) fn not_utf8(byte: u8) -> Diagnostic {
    Diagnostic::error(
        "not-utf8",
        Class::Usage,
        format!("the byte 0x{byte:02x} is not UTF-8"),
    )
    .with_help(if matches!(byte, 0xFE | 0xFF) {
        "the file seems to be UTF-16; save it as UTF-8"
    } else {
        "save the file as UTF-8"
    })
}

/// A NUL byte, without its place.
pub(crate) fn nul_byte() -> Diagnostic {
    Diagnostic::error("nul-byte", Class::Usage, "there is a NUL byte in the text")
        .with_note("no server takes a statement with a NUL byte")
        .with_help("remove it; if the file is UTF-16, save it as UTF-8")
}

fn label(script: &Script, line: u64, column: u64) -> Label {
    Label {
        file: script.file.clone(),
        line,
        column,
        text: String::new(),
        excerpt: excerpt_of(&script.source, line, column),
    }
}

/// A line of a source with a place marked; `None` when it cannot be read any more.
pub(crate) fn excerpt_of(source: &Source, line: u64, column: u64) -> Option<Excerpt> {
    let mut input = source.open().ok()?;
    for _ in 1..line {
        input.skip_until(b'\n').ok()?;
    }
    let mut bytes = Vec::new();
    input.take(1 << 20).read_until(b'\n', &mut bytes).ok()?;
    let text = String::from_utf8_lossy(bytes.trim_ascii_end());
    let text = text.trim_start_matches('\u{feff}');
    let column = usize::try_from(column).ok()?;
    let start = text
        .char_indices()
        .nth(column.saturating_sub(1))
        .map_or(text.len(), |(at, _)| at);
    Some(cut(line, text, start..text.len()))
}

/// Cuts a long line to what is around the marked place.
fn cut(line: u64, text: &str, marked: Range<usize>) -> Excerpt {
    let boundary = |mut at: usize| {
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let from = boundary(marked.start.saturating_sub(SHOWN_BYTES / 2));
    let to = boundary((from + SHOWN_BYTES).min(text.len()));
    Excerpt {
        first_line: line,
        text: text[from..to].to_owned(),
        marked: marked.start - from..marked.end.min(to) - from,
    }
}
