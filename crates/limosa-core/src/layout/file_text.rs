//! The text of a file while a layout looks at it. Small files are read once; large ones are
//! streamed each time.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};

use sha2::{Digest as _, Sha256};

use super::folder::Entry;
use crate::script::{Segment, Source, excerpt_of, not_utf8, nul_byte, unreadable};
use crate::{Class, Diagnostic, Label, Layout, Script, ScriptOptions};

/// Files up to this size are kept in memory while they are looked at.
const SMALL: u64 = 256 << 10;
/// Only the beginning of longer lines is looked at.
const LINE: u64 = 4096;

/// The text of a file.
#[derive(Debug)]
pub(super) struct FileText<'f> {
    entry: &'f Entry,
    bytes: Option<Cow<'f, [u8]>>,
    pub(super) length: u64,
}

/// The beginning of a line that begins with a comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CommentLine {
    pub(super) offset: u64,
    /// From 1.
    pub(super) line: u64,
    /// Where the next line begins.
    pub(super) end: u64,
    pub(super) text: Vec<u8>,
}

impl<'f> FileText<'f> {
    /// Opens a file and checks that it is UTF-8 without NUL bytes.
    pub(super) fn open(entry: &'f Entry) -> Result<Self, Diagnostic> {
        if let Some(problem) = entry.problem() {
            return Err(problem);
        }
        let text = Self::open_unchecked(entry).map_err(|cause| unreadable(&entry.shown, &cause))?;
        match text.check() {
            Ok(None) => Ok(text),
            Ok(Some(bad)) => Err(bad.diagnostic(entry)),
            Err(cause) => Err(unreadable(&entry.shown, &cause)),
        }
    }

    /// Opens a file.
    pub(super) fn open_unchecked(entry: &'f Entry) -> io::Result<Self> {
        if let Some(text) = entry.text() {
            return Ok(Self {
                entry,
                bytes: Some(Cow::Borrowed(text)),
                length: text.len() as u64,
            });
        }
        let mut file = File::open(&entry.path)?;
        let length = file.metadata()?.len();
        let mut bytes = None;
        if length <= SMALL {
            let mut read = Vec::with_capacity(usize::try_from(length).unwrap_or(0));
            file.read_to_end(&mut read)?;
            bytes = Some(Cow::Owned(read));
        }
        let length = (bytes.as_ref()).map_or(length, |bytes: &Cow<'_, [u8]>| bytes.len() as u64);
        Ok(Self {
            entry,
            bytes,
            length,
        })
    }

    /// Reads it from its beginning.
    pub(super) fn reader(&self) -> io::Result<Box<dyn BufRead + '_>> {
        Ok(match &self.bytes {
            Some(bytes) => Box::new(&**bytes),
            None => Box::new(BufReader::with_capacity(
                64 << 10,
                File::open(&self.entry.path)?,
            )),
        })
    }

    /// The comment lines that contain a text, so that large files with many comments cost nothing.
    pub(super) fn comment_lines_with(&self, part: &str) -> Result<Vec<CommentLine>, Diagnostic> {
        let part = part.as_bytes();
        self.find_comment_lines(&|text| {
            text.starts_with(b"--")
                && text
                    .windows(part.len())
                    .any(|window| window.eq_ignore_ascii_case(part))
        })
        .map_err(|cause| self.unreadable(&cause))
    }

    fn find_comment_lines(&self, wanted: &dyn Fn(&[u8]) -> bool) -> io::Result<Vec<CommentLine>> {
        let mut input = self.reader()?;
        let mut found = Vec::new();
        let mut text = Vec::new();
        let (mut offset, mut line) = (0, 1);
        loop {
            text.clear();
            let mut length = input.by_ref().take(LINE).read_until(b'\n', &mut text)? as u64;
            if length == 0 {
                return Ok(found);
            }
            if !text.ends_with(b"\n") {
                length += input.skip_until(b'\n')? as u64;
            }
            let end = offset + length;
            if offset == 0 && text.starts_with(&[0xEF, 0xBB, 0xBF]) {
                text.drain(..3);
            }
            if wanted(text.trim_ascii_start()) {
                let text = text.clone();
                found.push(CommentLine {
                    offset,
                    line,
                    end,
                    text,
                });
            }
            offset = end;
            line += 1;
        }
    }

    /// A script of parts of the file.
    pub(super) fn script(
        &self,
        layout: Layout,
        segments: Vec<Segment>,
        options: ScriptOptions,
    ) -> Result<Script, Diagnostic> {
        let source = Source::File(self.entry.path.clone());
        let file = self.entry.shown.clone();
        let Some(bytes) = &self.bytes else {
            return Script::new(layout, file, source, segments, options).map_err(|error| {
                Diagnostic::error("unreadable-file", Class::Usage, error.to_string())
                    .in_file(&self.entry.shown)
            });
        };
        let mut sha = Sha256::new();
        for segment in &segments {
            let range = [segment.start, segment.end].map(|at| usize::try_from(at).unwrap_or(0));
            sha.update(&bytes[range[0]..range[1]]);
        }
        Ok(Script::with_hash(
            layout,
            file,
            source,
            segments,
            options,
            sha.into(),
        ))
    }

    /// The whole file as one segment.
    pub(super) fn whole(&self) -> Segment {
        Segment {
            start: 0,
            end: self.length,
            line: 1,
        }
    }

    /// A place in the file.
    pub(super) fn label(&self, line: u64, column: u64, text: &str) -> Label {
        label(self.entry, line, column, text)
    }

    pub(super) fn unreadable(&self, cause: &io::Error) -> Diagnostic {
        unreadable(&self.entry.shown, cause)
    }

    fn check(&self) -> io::Result<Option<BadByte>> {
        if let Some(bytes) = &self.bytes {
            return Ok(Checker::default().check(bytes, true));
        }
        let mut input = self.reader()?;
        let mut checker = Checker::default();
        let mut rest = Vec::new();
        loop {
            let buffer = input.fill_buf()?;
            let count = buffer.len();
            rest.extend_from_slice(buffer);
            input.consume(count);
            if let Some(bad) = checker.check(&rest, count == 0) {
                return Ok(Some(bad));
            }
            if count == 0 {
                return Ok(None);
            }
            rest.drain(..rest.len() - checker.unfinished);
        }
    }
}

/// A place of an entry.
fn label(entry: &Entry, line: u64, column: u64, text: &str) -> Label {
    Label {
        file: entry.shown.clone(),
        line,
        column,
        text: text.to_owned(),
        excerpt: excerpt_of(&Source::File(entry.path.clone()), line, column),
    }
}

struct BadByte {
    byte: u8,
    line: u64,
    column: u64,
}

impl BadByte {
    fn diagnostic(&self, entry: &Entry) -> Diagnostic {
        let problem = match self.byte {
            0 => nul_byte(),
            byte => not_utf8(byte),
        };
        problem.at(label(entry, self.line, self.column, ""))
    }
}

/// Checks a text part by part.
#[derive(Default)]
struct Checker {
    lines: u64,
    /// Characters of the line before the part.
    characters: u64,
    /// Bytes at the end of the part that begin a character, to be given again with the next part.
    unfinished: usize,
}

impl Checker {
    fn check(&mut self, part: &[u8], last: bool) -> Option<BadByte> {
        self.unfinished = 0;
        let (valid, mut bad) = match std::str::from_utf8(part) {
            Ok(text) => (text, None),
            Err(error) => {
                let (valid, rest) = part.split_at(error.valid_up_to());
                if error.error_len().is_none() && !last {
                    self.unfinished = rest.len();
                }
                let bad = (self.unfinished == 0).then_some(rest[0]);
                (std::str::from_utf8(valid).unwrap_or_default(), bad)
            }
        };
        let valid = match valid.bytes().position(|byte| byte == 0) {
            Some(at) => {
                bad = Some(0);
                &valid[..at]
            }
            None => valid,
        };
        let line = match valid.rfind('\n') {
            Some(at) => {
                self.lines += valid.bytes().filter(|byte| *byte == b'\n').count() as u64;
                self.characters = 0;
                &valid[at + 1..]
            }
            None => valid,
        };
        self.characters += line.chars().count() as u64;
        bad.map(|byte| BadByte {
            byte,
            line: self.lines + 1,
            column: self.characters + 1,
        })
    }
}
