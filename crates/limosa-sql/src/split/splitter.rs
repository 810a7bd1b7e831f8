//! The splitter: state between the pieces.

use std::io::BufRead;

use super::copy::{Copy, copy};
use super::cut::Cut;
use super::gap::{CHUNK, Open, Surroundings, gap};
use super::session::Session;
use super::statement::{Rules, statement};
use super::window::{Place, Window};
use super::{Piece, PieceKind, SplitError, SplitProblem};
use crate::Dialect;
use crate::lexer::Modes;

/// Splits a stream into [`Piece`]s.
///
/// ```
/// use limosa_sql::{Dialect, PieceKind, Splitter};
///
/// let mut splitter = Splitter::new(Dialect::Postgres, "SELECT ';'; SELECT 2".as_bytes());
/// let mut statements = Vec::new();
/// while let Some(piece) = splitter.next() {
///     let piece = piece?;
///     if matches!(piece.kind, PieceKind::Statement { .. }) {
///         statements.push(String::from_utf8_lossy(piece.sql()).into_owned());
///     }
/// }
/// assert_eq!(statements, ["SELECT ';'", "SELECT 2"]);
/// # Ok::<(), limosa_sql::SplitError>(())
/// ```
#[derive(Debug)]
pub struct Splitter<R> {
    window: Window<R>,
    dialect: Dialect,
    directives: Option<&'static str>,
    limit: usize,
    delimiter: Vec<u8>,
    session: Session,
    open: Open,
    copy: Copy,
    finished: bool,
}

impl<R: BufRead> Splitter<R> {
    /// The largest statement that is accepted unless [`Splitter::limit`] says otherwise: 64 MiB.
    pub const STATEMENT_LIMIT: usize = 64 << 20;

    /// A splitter over `reader`.
    pub fn new(dialect: Dialect, reader: R) -> Self {
        let modes = Modes::of(dialect);
        Self {
            window: Window::new(reader),
            dialect,
            directives: None,
            limit: Self::STATEMENT_LIMIT,
            delimiter: b";".to_vec(),
            session: Session::new(dialect, modes),
            open: Open::Nothing,
            copy: Copy::None,
            finished: false,
        }
    }

    /// Yields every line comment that begins a line and starts with this prefix as a
    /// [`PieceKind::Directive`] of its own (the line with its line end); it ends an open statement.
    ///
    /// Inside of quotes, block comments and COPY data there are no directives. A body (`BEGIN
    /// ATOMIC`, a compound statement) that is still open at one is unterminated.
    #[must_use]
    pub fn directives(mut self, prefix: &'static str) -> Self {
        self.directives = Some(prefix);
        self
    }

    /// The largest statement that is accepted, in bytes. COPY data does not count.
    #[must_use]
    pub fn limit(mut self, bytes: usize) -> Self {
        self.limit = bytes;
        self
    }

    /// The modes in which the session begins, where they are not the usual ones.
    #[must_use]
    pub fn starting_modes(mut self, modes: Modes) -> Self {
        self.session = Session::new(self.dialect, modes);
        self
    }

    /// The modes in which the next piece is read, for [`crate::Lexer::with_modes`] and
    /// [`crate::classify_with_modes`] on that piece.
    pub fn modes(&self) -> Modes {
        self.session.modes
    }

    /// The next piece; `None` at the end.
    ///
    /// # Errors
    /// When the reader fails or the text cannot be split; after an error the splitter is at its end.
    #[expect(
        clippy::should_implement_trait,
        reason = "a lending iterator: the piece borrows the buffer"
    )]
    pub fn next(&mut self) -> Option<Result<Piece<'_>, SplitError>> {
        if self.finished {
            return None;
        }
        match self.cut() {
            Ok(Some((kind, length, terminator))) => {
                let (text, place) = self.window.take(length);
                Some(Ok(Piece {
                    kind,
                    text,
                    offset: place.offset,
                    line: place.line,
                    column: place.column,
                    terminator,
                }))
            }
            Ok(None) => {
                self.finished = true;
                None
            }
            Err(error) => {
                self.finished = true;
                Some(Err(error))
            }
        }
    }

    /// The kind, length and terminator of the next piece.
    fn cut(&mut self) -> Result<Option<(PieceKind, usize, usize)>, SplitError> {
        let mut wanted = 2 * CHUNK;
        loop {
            if let Err(error) = self.window.fill(wanted) {
                return Err(error_at(self.window.place, error.into()));
            }
            if self.window.text().is_empty() {
                return match self.open {
                    Open::Block { begins, .. } => {
                        Err(error_at(begins, SplitProblem::Unterminated("a comment")))
                    }
                    _ => Ok(None),
                };
            }
            let cut = self.step();
            let length = match &cut {
                Cut::Statement(ended) => ended.length,
                Cut::Directive(length) | Cut::Delimiter(length, _) => *length,
                Cut::More => self.visible().0.len(),
                Cut::Gap(_) | Cut::CopyData(_) | Cut::Fail(..) => 0,
            };
            if length > self.limit {
                let problem = SplitProblem::StatementTooLarge { limit: self.limit };
                return Err(error_at(self.window.place, problem));
            }
            match cut {
                Cut::More => {
                    // Twice as much, so that the whole is linear, but never more than may be seen.
                    let length = self.window.text().len();
                    wanted = (length * 2).min(self.most_visible()).max(length + 1);
                }
                Cut::Gap(length) => return Ok(Some((PieceKind::Gap, length, 0))),
                Cut::CopyData(length) => return Ok(Some((PieceKind::CopyData, length, 0))),
                Cut::Directive(length) => return Ok(Some((PieceKind::Directive, length, 0))),
                Cut::Delimiter(length, delimiter) => {
                    self.delimiter = delimiter;
                    return Ok(Some((PieceKind::Gap, length, 0)));
                }
                Cut::Statement(ended) => {
                    if ended.copies_from_stdin {
                        self.copy = Copy::RestOfLine { comment: false };
                    }
                    let sql = &self.window.text()[..ended.length - ended.terminator];
                    self.session.observe(sql);
                    let terminated = ended.terminator > 0;
                    let kind = PieceKind::Statement { terminated };
                    return Ok(Some((kind, ended.length, ended.terminator)));
                }
                Cut::Fail(at, problem) => {
                    let place = self.window.place.after(&self.window.text()[..at]);
                    return Err(error_at(place, problem));
                }
            }
        }
    }

    fn most_visible(&self) -> usize {
        self.limit.saturating_add(2 * CHUNK)
    }

    /// What of the window a statement may see, and whether that is the end of the input. What is
    /// beyond the limit is never looked at, so the answer does not depend on the reader.
    fn visible(&self) -> (&[u8], bool) {
        let text = self.window.text();
        if text.len() > self.most_visible() {
            (&text[..self.most_visible()], false)
        } else {
            (text, self.window.eof)
        }
    }

    /// What the window begins with.
    fn step(&mut self) -> Cut {
        if self.copy != Copy::None {
            return copy(&mut self.copy, self.window.text(), self.window.eof);
        }
        let mut open = self.open;
        let (text, eof) = self.visible();
        let around = Surroundings {
            dialect: self.dialect,
            delimiter: &self.delimiter,
            directives: self.directives,
            eof,
            place: self.window.place,
        };
        let cut = gap(&around, &mut open, text);
        let cut = cut.unwrap_or_else(|| {
            let rules = Rules {
                dialect: self.dialect,
                modes: self.session.modes,
                delimiter: &self.delimiter,
                directives: self.directives,
                eof,
            };
            statement(&rules, text)
        });
        self.open = open;
        cut
    }
}

fn error_at(place: Place, problem: SplitProblem) -> SplitError {
    SplitError {
        offset: place.offset,
        line: place.line,
        column: place.column,
        problem,
    }
}
