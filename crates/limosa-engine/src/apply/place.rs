//! A statement in its source, for reports.

use limosa_core::script::StatementText;
use limosa_core::{Excerpt, Label, mask};
use limosa_sql::Dialect;

/// Where a statement stands.
#[derive(Debug)]
pub(crate) struct Place {
    pub file: String,
    /// From 1, like the column, which is in characters.
    pub line: u64,
    pub column: u64,
    /// Its text as it may be shown.
    pub shown: String,
}

impl Place {
    /// Of a statement as it stands in its file, passwords masked.
    pub fn of(file: &str, text: &StatementText<'_>, dialect: Dialect) -> Self {
        Self {
            file: file.to_owned(),
            line: text.line,
            column: text.column,
            shown: mask::masked(dialect, text.written).into_owned(),
        }
    }

    /// The statement, marked from where the server says that the error is: an offset in its text.
    pub fn label(&self, text: String, error: Option<usize>) -> Label {
        let error = error.filter(|at| *at <= self.shown.len());
        let (line, column) = self.position(error);
        Label {
            file: self.file.clone(),
            line,
            column,
            text,
            excerpt: Some(self.excerpt(error)),
        }
    }

    /// The line and column of the error, else of the statement.
    fn position(&self, error: Option<usize>) -> (u64, u64) {
        let Some(before) = error.and_then(|at| self.shown.get(..at)) else {
            return (self.line, self.column);
        };
        let lines = before.matches('\n').count() as u64;
        let characters = before
            .rsplit('\n')
            .next()
            .unwrap_or_default()
            .chars()
            .count() as u64;
        let column = if lines == 0 {
            self.column + characters
        } else {
            characters + 1
        };
        (self.line + lines, column)
    }

    /// The statement, or the part of a long one around the error.
    fn excerpt(&self, error: Option<usize>) -> Excerpt {
        const LINES: usize = 12;
        let indent = " ".repeat(usize::try_from(self.column - 1).unwrap_or(0));
        let text = format!("{indent}{}", self.shown);
        let from = error.map(|at| at + indent.len());
        let around = from.unwrap_or(indent.len()).min(text.len());
        let line_of_error = text[..floor(&text, around)].matches('\n').count();
        let first = line_of_error.saturating_sub(if from.is_some() { LINES / 2 } else { 0 });
        let start: usize = text.split_inclusive('\n').take(first).map(str::len).sum();
        let length: usize = text[start..]
            .split_inclusive('\n')
            .take(LINES)
            .map(str::len)
            .sum();
        let shown = text[start..start + length]
            .trim_end_matches(['\n', '\r'])
            .to_owned();
        let marked = match from {
            Some(at) if at >= start && at < start + shown.len() => {
                let at = floor(&text, at) - start;
                let word = shown[at..].find(|c: char| !(c.is_alphanumeric() || c == '_'));
                let end = match word {
                    Some(0) | None if at == shown.len() => at,
                    Some(0) => at + shown[at..].chars().next().map_or(0, char::len_utf8),
                    Some(length) => at + length,
                    None => shown.len(),
                };
                at..end
            }
            _ => indent.len().saturating_sub(start).min(shown.len())..shown.len(),
        };
        Excerpt {
            first_line: self.line + first as u64,
            text: shown,
            marked,
        }
    }
}

/// The nearest character boundary at or below an offset.
fn floor(text: &str, mut at: usize) -> usize {
    at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
