//! Inside of a statement: from its first token to its terminator.

use super::cut::{Cut, Ended};
use super::{SplitProblem, mysql, postgres, sqlite};
use crate::Dialect;
use crate::lexer::{Modes, Scan, Scanner, Token, TokenKind};

/// What a window is cut with.
#[derive(Debug)]
pub(super) struct Rules<'a> {
    pub(super) dialect: Dialect,
    pub(super) modes: Modes,
    pub(super) delimiter: &'a [u8],
    pub(super) directives: Option<&'static str>,
    pub(super) eof: bool,
}

/// Follows the tokens of a statement to know whether a semicolon ends it.
#[derive(Debug)]
enum Tracker {
    Postgres(postgres::Tracker),
    Mysql(mysql::Tracker),
    Sqlite(sqlite::Tracker),
}

impl Tracker {
    fn new(rules: &Rules<'_>) -> Self {
        match rules.dialect {
            Dialect::Postgres => Self::Postgres(postgres::Tracker::default()),
            Dialect::Mysql => Self::Mysql(mysql::Tracker::new(rules.modes)),
            Dialect::Sqlite => Self::Sqlite(sqlite::Tracker::default()),
        }
    }

    /// Takes any significant token but a semicolon.
    fn token(&mut self, token: &Token<'_>) {
        match self {
            Self::Postgres(tracker) => tracker.token(token),
            Self::Mysql(tracker) => tracker.token(token),
            Self::Sqlite(tracker) => tracker.token(token),
        }
    }

    /// Takes a semicolon; whether it ends the statement.
    fn semicolon(&mut self) -> bool {
        match self {
            Self::Postgres(tracker) => tracker.semicolon(),
            Self::Mysql(tracker) => tracker.semicolon(),
            Self::Sqlite(tracker) => tracker.semicolon(),
        }
    }

    /// Where the body begins that is open, and what it is called.
    fn open_body(&self) -> Option<(usize, &'static str)> {
        match self {
            Self::Postgres(tracker) => tracker.open_body(),
            Self::Mysql(tracker) => tracker.open_body(),
            Self::Sqlite(tracker) => tracker.open_body(),
        }
    }

    fn copies_from_stdin(&self) -> bool {
        matches!(self, Self::Postgres(tracker) if tracker.copies_from_stdin())
    }
}

/// The statement that `text` begins with.
pub(super) fn statement(rules: &Rules<'_>, text: &[u8]) -> Cut {
    let mut scanner = Scanner::new(rules.dialect, rules.modes);
    let mut tracker = Tracker::new(rules);
    let mut executable_at = 0;
    // The end of the last token that the server sees.
    let mut seen = 0;
    let mut at = 0;
    while at < text.len() {
        let before = scanner.executable;
        let (kind, mut end) = match scanner.scan(text, at, rules.eof) {
            Scan::Token(kind, end) => (kind, end),
            Scan::More => return Cut::More,
            Scan::Unterminated(_, what) => return fail(at, what),
        };
        match kind {
            TokenKind::Blank => {
                at = end;
                continue;
            }
            TokenKind::Comment => {
                if is_directive(rules, text, at) {
                    break;
                }
                at = end;
                continue;
            }
            _ => {}
        }
        if scanner.executable == 0 && rules.delimiter != b";" {
            match mysql::find_delimiter(&text[at..], end - at, rules.delimiter, kind) {
                Some(0) => return terminated(at, rules.delimiter.len(), &tracker),
                Some(length) => end = at + length,
                None => {}
            }
        }
        let token = Token {
            kind,
            text: &text[at..end],
            offset: at,
        };
        if scanner.executable != before {
            // The begin or end of an executable comment says nothing about the statement.
            if scanner.executable > before {
                executable_at = at;
            }
        } else if token.is_symbol(b';') {
            let ends = tracker.semicolon() && scanner.executable == 0;
            if ends && rules.delimiter == b";" {
                return terminated(at, 1, &tracker);
            }
        } else if rules.dialect == Dialect::Postgres && token.is_symbol(b'\\') {
            let name = postgres::psql_command(&text[at..]);
            return Cut::Fail(at, SplitProblem::PsqlCommand(name));
        } else if rules.dialect == Dialect::Mysql && kind == TokenKind::Word && end - at == 9 {
            match mysql::delimiter_line_inside(text, at, end, rules.eof) {
                Some(Cut::More) => return Cut::More,
                Some(_) => break,
                None => tracker.token(&token),
            }
        } else {
            tracker.token(&token);
        }
        seen = end;
        at = end;
    }
    if at == text.len() && !rules.eof {
        return Cut::More;
    }
    if scanner.executable > 0 {
        return fail(executable_at, "an executable comment");
    }
    if let (Some((begins, what)), b";") = (tracker.open_body(), rules.delimiter) {
        return fail(begins, what);
    }
    Cut::Statement(Ended {
        length: seen,
        terminator: 0,
        copies_from_stdin: false,
    })
}

fn fail(at: usize, what: &'static str) -> Cut {
    Cut::Fail(at, SplitProblem::Unterminated(what))
}

fn terminated(at: usize, terminator: usize, tracker: &Tracker) -> Cut {
    Cut::Statement(Ended {
        length: at + terminator,
        terminator,
        copies_from_stdin: tracker.copies_from_stdin(),
    })
}

/// Whether the comment at `at` is a directive line.
fn is_directive(rules: &Rules<'_>, text: &[u8], at: usize) -> bool {
    let Some(prefix) = rules.directives else {
        return false;
    };
    text[..at].ends_with(b"\n")
        && text[at..].starts_with(prefix.as_bytes())
        && !text[at..].starts_with(b"/*")
}
