//! Reads the statements of a script as a stream.

use std::borrow::Cow;
use std::io::{self, Read};
use std::sync::{Arc, PoisonError};

use limosa_sql::facts::{TableLock, table_locks};
use limosa_sql::{Dialect, Facts, Modes, PieceKind, Splitter, Target, classify_with_modes};

use super::annotation::Annotation;
use super::checksum::TokenHash;
use super::chunks::{Boundary, Chunks, Home, Lent};
use super::expand::Expander;
use super::start::Start;
use super::{Checksums, Script, ScriptError, Tail};
use crate::Layout;
use crate::layout::{Directive, PREFIX};

/// A statement as it is sent.
#[derive(Debug, Clone, Copy)]
pub struct StatementText<'a> {
    /// Its index in the script, from 0. Statements that control transactions count.
    pub index: u64,
    /// Its text without the terminator, with variables expanded where the layout does that. What was
    /// expanded may be secret: this is for the server, and for nobody to see.
    pub sql: &'a str,
    /// Its text as it stands in the file: what is shown, and what is kept a hash of.
    pub written: &'a str,
    /// The line on which it begins in the file, from 1.
    pub line: u64,
    /// The column in characters, from 1.
    pub column: u64,
    /// How the session reads quotes by then, as far as the script tells.
    pub modes: Modes,
    /// How many texts of the script stand before its own, where the layout sends several.
    pub texts_before: u64,
}

impl StatementText<'_> {
    /// What the statement does on such a server.
    pub fn facts(&self, target: &Target) -> Facts {
        classify_with_modes(self.sql.as_bytes(), target, self.modes)
    }

    /// The tables that the statement keeps others from, as far as they are known.
    pub fn table_locks(&self, target: &Target) -> Vec<TableLock> {
        table_locks(self.sql.as_bytes(), target, self.modes)
    }
}

/// Looks up a variable of the environment, for layouts that expand them.
pub type Environment<'e> = &'e dyn Fn(&str) -> Option<String>;

/// Reads the statements of a script, one after the other, with memory that does not grow with
/// the script.
pub struct ScriptReader {
    file: String,
    layout: Layout,
    dialect: Dialect,
    home: Home,
    splitter: Option<Splitter<Lent>>,
    /// Where in the file the parts of the chunk begin that the splitter reads.
    starts: Vec<Start>,
    expander: Option<Expander>,
    /// `None` where nobody asks for the checksum over the tokens.
    tokens: Option<TokenHash>,
    /// Within `StatementBegin` … `StatementEnd`.
    in_block: bool,
    piece: Held,
    /// Whether `piece` waits to be handed out.
    waiting: bool,
    copied: usize,
    expanded: String,
    next_index: u64,
    texts_before: u64,
    /// The line of a statement that the layout does not execute.
    left_out: Option<u64>,
    failed: bool,
}

/// The piece that was read last.
struct Held {
    kind: PieceKind,
    text: Vec<u8>,
    line: u64,
    column: u64,
    sql_length: usize,
    /// The modes in which it was read.
    modes: Modes,
}

impl std::fmt::Debug for ScriptReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ScriptReader")
            .field("file", &self.file)
            .field("next_index", &self.next_index)
            .finish_non_exhaustive()
    }
}

impl ScriptReader {
    /// Opens a script. Variables are looked up now and only where the text expands them.
    ///
    /// # Errors
    /// When its file cannot be opened.
    pub fn open(
        script: &Script,
        dialect: Dialect,
        environment: Environment<'_>,
    ) -> Result<Self, ScriptError> {
        Self::with_tokens(script, dialect, environment, None)
    }

    /// Opens a script for [`ScriptReader::finish`]: what is read is hashed, which takes a third of the
    /// time of reading.
    ///
    /// # Errors
    /// When its file cannot be opened.
    pub fn hashing(
        script: &Script,
        dialect: Dialect,
        environment: Environment<'_>,
    ) -> Result<Self, ScriptError> {
        let tokens = Some(TokenHash::new(dialect, &script.options));
        Self::with_tokens(script, dialect, environment, tokens)
    }

    fn with_tokens(
        script: &Script,
        dialect: Dialect,
        environment: Environment<'_>,
        tokens: Option<TokenHash>,
    ) -> Result<Self, ScriptError> {
        let read = |cause| ScriptError::Read {
            file: script.file.clone(),
            cause,
        };
        let expander = Expander::of(script, environment).map_err(read)?;
        let chunks = Chunks::open(script, tokens.is_some()).map_err(read)?;
        let mut reader = Self {
            file: script.file.clone(),
            layout: script.layout,
            dialect,
            home: Home::default(),
            splitter: None,
            starts: Vec::new(),
            expander,
            tokens,
            in_block: false,
            piece: Held {
                kind: PieceKind::Gap,
                text: Vec::new(),
                line: 1,
                column: 1,
                sql_length: 0,
                modes: Modes::of(dialect),
            },
            waiting: false,
            copied: 0,
            expanded: String::new(),
            next_index: 0,
            texts_before: 0,
            left_out: None,
            failed: false,
        };
        let mut starts = vec![Start::of(&chunks)];
        if script.layout.notation().lines.is_none() {
            Start::add_segments(&mut starts, script).map_err(read)?;
        }
        reader.split(chunks, starts);
        Ok(reader)
    }

    /// The next statement; `None` at the end. Data of a COPY block that was not read by
    /// [`ScriptReader::copy_data`] is skipped.
    ///
    /// # Errors
    /// When the script cannot be read, is not UTF-8, or cannot be split. It is at its end then.
    #[expect(
        clippy::should_implement_trait,
        reason = "a lending iterator: the text borrows the buffer"
    )]
    pub fn next(&mut self) -> Option<Result<StatementText<'_>, ScriptError>> {
        match self.find_statement().and_then(|found| {
            if found {
                self.check_statement()?;
                self.expand()?;
            }
            Ok(found)
        }) {
            Ok(true) => {}
            Ok(false) => return None,
            Err(error) => {
                self.failed = true;
                return Some(Err(error));
            }
        }
        let index = self.next_index;
        self.next_index += 1;
        let Ok(written) = std::str::from_utf8(&self.piece.text[..self.piece.sql_length]) else {
            return None; // Checked above.
        };
        let sql = match self.expander {
            Some(_) => &self.expanded,
            None => written,
        };
        Some(Ok(StatementText {
            index,
            sql,
            written,
            line: self.piece.line,
            column: self.piece.column,
            modes: self.piece.modes,
            texts_before: self.texts_before,
        }))
    }

    /// The data of the COPY statement that [`ScriptReader::next`] returned last, without the
    /// `\.` that ends it.
    pub fn copy_data(&mut self) -> impl Read + '_ {
        CopyData { reader: self }
    }

    /// The values that variables are replaced by: possibly secrets, to be taken out of what a server
    /// says about a statement.
    pub fn values(&self) -> impl Iterator<Item = &str> {
        self.expander.iter().flat_map(Expander::values)
    }

    /// The line of a last statement that the layout does not execute, once the end was reached.
    pub(crate) fn left_out(&self) -> Option<u64> {
        self.left_out
    }

    /// Both checksums of what was read by a reader that [hashes](ScriptReader::hashing); reads the rest
    /// first.
    ///
    /// # Errors
    /// When the rest cannot be read, reading failed before, or the reader does not hash.
    pub fn finish(mut self) -> Result<Checksums, ScriptError> {
        while self.pull()? {}
        let chunks = self.take_chunks();
        match (chunks.and_then(Chunks::hash), self.tokens) {
            (Some(raw), Some(tokens)) if !self.failed => Ok(Checksums {
                raw,
                tokens: tokens.finish(),
            }),
            _ => Err(ScriptError::Read {
                file: self.file,
                cause: io::Error::other("it was not read to its end"),
            }),
        }
    }

    /// Goes to the next statement that is run.
    fn find_statement(&mut self) -> Result<bool, ScriptError> {
        while self.waiting || self.pull()? {
            self.waiting = false;
            let PieceKind::Statement { terminated } = self.piece.kind else {
                self.pass();
                continue;
            };
            let tail = self.layout.notation().tail;
            if terminated || tail == Tail::Run || self.in_block {
                return Ok(true);
            }
            // Goose does not execute a tail without a semicolon: pressly's refuses the file,
            // liamstask's goes on without it. A tail before another section would run together
            // with what follows there.
            let error = ScriptError::NoSemicolon {
                file: self.file.clone(),
                line: self.piece.line,
                column: self.piece.column,
            };
            let line = self.piece.line;
            if tail == Tail::Refused || self.has_statement()? {
                return Err(error);
            }
            self.left_out = Some(line);
            return Ok(false);
        }
        Ok(false)
    }

    /// Whether another statement follows.
    fn has_statement(&mut self) -> Result<bool, ScriptError> {
        while self.pull()? {
            if matches!(self.piece.kind, PieceKind::Statement { .. }) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Goes past a piece that is no statement.
    fn pass(&mut self) {
        if let Some(expander) = &mut self.expander {
            expander.pass(&self.piece.text, self.piece.column == 1);
        }
    }

    fn check_statement(&self) -> Result<(), ScriptError> {
        let sql = &self.piece.text[..self.piece.sql_length];
        let text = std::str::from_utf8(sql);
        if let Err(error) = text {
            let (line, column) = self.place_in_piece(error.valid_up_to());
            return Err(ScriptError::NotUtf8 {
                file: self.file.clone(),
                line,
                column,
                byte: sql[error.valid_up_to()],
            });
        }
        if let Some(at) = memchr::memchr(0, sql) {
            let (line, column) = self.place_in_piece(at);
            return Err(ScriptError::NulByte {
                file: self.file.clone(),
                line,
                column,
            });
        }
        Ok(())
    }

    /// Line and column of a byte of the piece.
    fn place_in_piece(&self, at: usize) -> (u64, u64) {
        let before = &self.piece.text[..at];
        let lines = memchr::memchr_iter(b'\n', before).count() as u64;
        let begin = before.iter().rposition(|byte| *byte == b'\n');
        let line = &before[begin.map_or(0, |at| at + 1)..];
        let characters = String::from_utf8_lossy(line).chars().count() as u64;
        let column = if begin.is_some() {
            1 + characters
        } else {
            self.piece.column + characters
        };
        (self.piece.line + lines, column)
    }

    fn expand(&mut self) -> Result<(), ScriptError> {
        let Some(expander) = &mut self.expander else {
            return Ok(());
        };
        let (sql, behind) = self.piece.text.split_at(self.piece.sql_length);
        // It was checked that the text is UTF-8, so this borrows.
        let sql: Cow<'_, str> = String::from_utf8_lossy(sql);
        self.expanded = expander
            .expand(&sql, self.piece.column == 1)
            .map_err(|cannot| ScriptError::Text {
                file: self.file.clone(),
                line: self.piece.line + cannot.line,
                message: cannot.message,
            })?;
        expander.pass(behind, false);
        Ok(())
    }

    /// Reads the next piece, of whatever kind, and hashes it.
    fn pull(&mut self) -> Result<bool, ScriptError> {
        if self.failed {
            return Ok(false);
        }
        let pulled = self.pull_unguarded();
        self.failed = pulled.is_err();
        pulled
    }

    fn pull_unguarded(&mut self) -> Result<bool, ScriptError> {
        while let Some(splitter) = &mut self.splitter {
            self.piece.modes = splitter.modes();
            match splitter.next() {
                Some(Ok(piece)) => {
                    let (_, line) = Start::in_file(&self.starts, piece.offset, piece.line);
                    let held = &mut self.piece;
                    held.kind = piece.kind;
                    held.sql_length = piece.sql().len();
                    held.text.clear();
                    held.text.extend_from_slice(piece.text);
                    held.line = line;
                    held.column = piece.column;
                    self.copied = 0;
                    self.hash_piece();
                    return Ok(true);
                }
                Some(Err(mut cause)) => {
                    (cause.offset, cause.line) =
                        Start::in_file(&self.starts, cause.offset, cause.line);
                    let file = self.file.clone();
                    return Err(ScriptError::Split { file, cause });
                }
                None => self.next_chunk()?,
            }
        }
        Ok(false)
    }

    fn next_chunk(&mut self) -> Result<(), ScriptError> {
        let Some(mut chunks) = self.take_chunks() else {
            return Ok(());
        };
        let boundary = chunks.advance().map_err(|cause| ScriptError::Read {
            file: self.file.clone(),
            cause,
        })?;
        match boundary {
            None => {
                *self.home.lock().unwrap_or_else(PoisonError::into_inner) = Some(chunks);
                return Ok(());
            }
            Some(Boundary::Segment) => self.in_block = false,
            Some(Boundary::Annotation(annotation)) => {
                self.in_block = annotation == Annotation::StatementBegin;
                self.texts_before += u64::from(annotation == Annotation::Split);
            }
        }
        let starts = vec![Start::of(&chunks)];
        self.split(chunks, starts);
        Ok(())
    }

    fn split(&mut self, chunks: Chunks, starts: Vec<Start>) {
        self.starts = starts;
        // What the script set in the chunks before holds on.
        let splitter = Splitter::new(self.dialect, Lent::new(chunks, &self.home))
            .starting_modes(self.piece.modes);
        self.splitter = Some(match self.layout.notation().directives {
            Some(prefix) => splitter.directives(prefix),
            None => splitter,
        });
    }

    fn take_chunks(&mut self) -> Option<Chunks> {
        self.splitter = None;
        Arc::clone(&self.home)
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }

    fn hash_piece(&mut self) {
        let Some(tokens) = &mut self.tokens else {
            return;
        };
        let text = &self.piece.text;
        match self.piece.kind {
            PieceKind::Statement { .. } => tokens.statement(&text[..self.piece.sql_length]),
            PieceKind::Directive if is_option(text) => {}
            PieceKind::Directive => tokens.directive(text),
            PieceKind::CopyData => tokens.copy_data(text),
            PieceKind::Gap => {}
        }
        if self.layout.notation().expands && self.piece.kind != PieceKind::CopyData {
            for line in text.split(|byte| *byte == b'\n') {
                let annotation = Annotation::parse(self.layout, line).and_then(Result::ok);
                if matches!(
                    annotation,
                    Some(Annotation::EnvsubOn | Annotation::EnvsubOff)
                ) {
                    tokens.directive(line);
                }
            }
        }
    }
}

/// Whether a directive only divides the file, or is among the options of its script.
fn is_option(line: &[u8]) -> bool {
    let line = String::from_utf8_lossy(line);
    let directive = line.strip_prefix(PREFIX).map(Directive::parse);
    matches!(
        directive,
        Some(Ok(Directive::Up
            | Directive::Down
            | Directive::NoTransaction
            | Directive::Replaces(_)
            | Directive::LockTimeout(_)
            | Directive::StatementTimeout(_)))
    )
}

/// The data of a COPY block.
struct CopyData<'r> {
    reader: &'r mut ScriptReader,
}

impl Read for CopyData<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let reader = &mut *self.reader;
        loop {
            if !reader.waiting {
                if !reader.pull().map_err(io::Error::other)? {
                    return Ok(0);
                }
                reader.waiting = true;
            }
            match reader.piece.kind {
                PieceKind::CopyData => {}
                // The rest of the line of the statement, or the end of the data.
                PieceKind::Gap => {
                    reader.pass();
                    reader.waiting = false;
                    continue;
                }
                _ => return Ok(0),
            }
            let data = &reader.piece.text[reader.copied..];
            if !data.is_empty() {
                let count = data.len().min(into.len());
                into[..count].copy_from_slice(&data[..count]);
                reader.copied += count;
                return Ok(count);
            }
            reader.waiting = false;
        }
    }
}
