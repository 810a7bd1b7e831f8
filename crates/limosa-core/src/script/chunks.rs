//! The bytes of a script, cut where statements never run together: at the annotations of goose and of
//! go-pg. A splitter reads one chunk after the other. In all other layouts there is one chunk, the
//! segments one behind the other, just as they are stored.
//!
//! Where a checksum is asked for, everything that passes here is hashed, so that it is the checksum of
//! what was really read.

use std::io::{self, BufRead, Read, Take};
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest as _, Sha256};

use super::annotation::Annotation;
use super::{Digest, Script, Segment, Source};
use crate::Layout;

/// No annotation is longer; longer lines are read on as they are.
const LONGEST_ANNOTATION: u64 = 4096;

/// Why a chunk ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Boundary {
    /// The end of a segment, with another one behind it.
    Segment,
    /// An annotation.
    Annotation(Annotation),
}

/// Reads one chunk after the other; as a reader it is at its end where the chunk is.
pub(super) struct Chunks {
    source: Source,
    layout: Layout,
    waiting: std::vec::IntoIter<Segment>,
    input: Option<Take<Box<dyn BufRead + Send>>>,
    sha: Option<Sha256>,
    /// The line and the offset of what is read next.
    line: u64,
    offset: u64,
    at_line_start: bool,
    /// Bytes that were read ahead (and hashed) to look at them.
    ahead: Vec<u8>,
    ahead_taken: usize,
    boundary: Option<Annotation>,
}

/// What can be served next.
enum Next {
    Ahead,
    Input(usize),
    Nothing,
}

impl Chunks {
    pub(super) fn open(script: &Script, hashes: bool) -> io::Result<Self> {
        let mut chunks = Self {
            source: script.source.clone(),
            layout: script.layout,
            waiting: script.segments.clone().into_iter(),
            input: None,
            sha: hashes.then(Sha256::new),
            line: 1,
            offset: 0,
            at_line_start: true,
            ahead: Vec::new(),
            ahead_taken: 0,
            boundary: None,
        };
        chunks.open_segment()?;
        Ok(chunks)
    }

    /// The line on which the next chunk begins, and its offset.
    pub(super) fn place(&self) -> (u64, u64) {
        (self.line, self.offset)
    }

    /// Goes on behind the end of a chunk; says what ended it, `None` at the end of the script.
    pub(super) fn advance(&mut self) -> io::Result<Option<Boundary>> {
        if let Some(annotation) = self.boundary.take() {
            return Ok(Some(Boundary::Annotation(annotation)));
        }
        Ok(self.open_segment()?.then_some(Boundary::Segment))
    }

    /// The SHA-256 of everything that was read.
    pub(super) fn hash(self) -> Option<Digest> {
        self.sha.map(Digest::from)
    }

    fn open_segment(&mut self) -> io::Result<bool> {
        let Some(segment) = self.waiting.next() else {
            self.input = None;
            return Ok(false);
        };
        let reader = self.source.open_at(segment.start)?;
        self.input = Some(reader.take(segment.length()));
        self.line = segment.line;
        self.offset = segment.start;
        self.at_line_start = true;
        if segment.start == 0 {
            self.skip_byte_order_mark()?;
        }
        Ok(true)
    }

    fn skip_byte_order_mark(&mut self) -> io::Result<()> {
        let Some(input) = &mut self.input else {
            return Ok(());
        };
        const MARK: [u8; 3] = [0xEF, 0xBB, 0xBF];
        let mut found = 0;
        while found < MARK.len() && input.fill_buf()?.first() == Some(&MARK[found]) {
            input.consume(1);
            found += 1;
        }
        if let Some(sha) = &mut self.sha {
            sha.update(&MARK[..found]);
        }
        if found == MARK.len() {
            self.offset += 3;
        } else if found > 0 {
            // A character that begins with the same bytes.
            self.ahead.extend_from_slice(&MARK[..found]);
            self.at_line_start = false;
        }
        Ok(())
    }

    /// Looks at what comes next without taking it.
    fn look(&mut self) -> io::Result<Next> {
        if self.ahead_taken < self.ahead.len() {
            return Ok(Next::Ahead);
        }
        self.ahead.clear();
        self.ahead_taken = 0;
        if self.boundary.is_some() {
            return Ok(Next::Nothing);
        }
        if self.layout.notation().lines.is_none() {
            while let Some(input) = &mut self.input {
                let length = input.fill_buf()?.len();
                if length > 0 {
                    return Ok(Next::Input(length));
                }
                self.open_segment()?;
            }
            return Ok(Next::Nothing);
        }
        let Some(input) = &mut self.input else {
            return Ok(Next::Nothing);
        };
        let buffer = input.fill_buf()?;
        if self.at_line_start && buffer.first() == Some(&b'-') {
            input
                .by_ref()
                .take(LONGEST_ANNOTATION)
                .read_until(b'\n', &mut self.ahead)?;
            if let Some(sha) = &mut self.sha {
                sha.update(&self.ahead);
            }
            let annotation = match Annotation::parse(self.layout, &self.ahead) {
                Some(Ok(annotation)) if annotation.is_boundary() => annotation,
                _ => return Ok(Next::Ahead),
            };
            let line = std::mem::take(&mut self.ahead);
            self.offset += line.len() as u64;
            self.line += u64::from(line.ends_with(b"\n"));
            self.boundary = Some(annotation);
            return Ok(Next::Nothing);
        }
        // Up to the next line that may be an annotation.
        let end = buffer
            .windows(2)
            .position(|pair| pair == b"\n-")
            .map_or(buffer.len(), |at| at + 1);
        Ok(Next::Input(end))
    }
}

impl Read for Chunks {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let from = self.fill_buf()?;
        let count = from.len().min(into.len());
        into[..count].copy_from_slice(&from[..count]);
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for Chunks {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        match (self.look()?, &mut self.input) {
            (Next::Ahead, _) => Ok(&self.ahead[self.ahead_taken..]),
            (Next::Input(end), Some(input)) => {
                let buffer = input.fill_buf()?;
                Ok(&buffer[..end.min(buffer.len())])
            }
            _ => Ok(&[]),
        }
    }

    fn consume(&mut self, count: usize) {
        if count == 0 {
            return;
        }
        let taken = if self.ahead_taken < self.ahead.len() {
            let from = self.ahead_taken;
            self.ahead_taken += count;
            &self.ahead[from..self.ahead_taken]
        } else {
            // The buffer is filled, so this neither reads nor fails.
            let Some(Ok(buffer)) = self.input.as_mut().map(BufRead::fill_buf) else {
                return;
            };
            if let Some(sha) = &mut self.sha {
                sha.update(&buffer[..count]);
            }
            &buffer[..count]
        };
        let lines = memchr::memchr_iter(b'\n', taken).count();
        self.at_line_start = taken.ends_with(b"\n");
        self.line += lines as u64;
        self.offset += count as u64;
        if self.ahead.is_empty()
            && let Some(input) = &mut self.input
        {
            input.consume(count);
        }
    }
}

/// Lends the chunks to a splitter, which owns its reader, and takes them back when the splitter
/// is dropped.
pub(super) struct Lent {
    chunks: Option<Chunks>,
    home: Home,
}

/// Where lent chunks come back to.
pub(super) type Home = Arc<Mutex<Option<Chunks>>>;

impl Lent {
    pub(super) fn new(chunks: Chunks, home: &Home) -> Self {
        Self {
            chunks: Some(chunks),
            home: Arc::clone(home),
        }
    }
}

impl Read for Lent {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.chunks
            .as_mut()
            .map_or(Ok(0), |chunks| chunks.read(into))
    }
}

impl BufRead for Lent {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.chunks.as_mut().map_or(Ok(&[]), BufRead::fill_buf)
    }

    fn consume(&mut self, count: usize) {
        if let Some(chunks) = &mut self.chunks {
            chunks.consume(count);
        }
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        *self.home.lock().unwrap_or_else(PoisonError::into_inner) = self.chunks.take();
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufReader, Cursor};

    use proptest::prelude::*;

    use super::*;

    /// All chunks with what ended them and where they began, read through a buffer of a size.
    fn chunks(layout: Layout, text: &[u8], buffer: usize) -> Vec<(Vec<u8>, (u64, u64), String)> {
        let reader = BufReader::with_capacity(buffer, Cursor::new(text.to_vec()));
        let input: Box<dyn BufRead + Send> = Box::new(reader);
        let mut chunks = Chunks {
            source: Source::Memory("".into()),
            layout,
            waiting: Vec::new().into_iter(),
            input: Some(input.take(text.len() as u64)),
            sha: Some(Sha256::new()),
            line: 1,
            offset: 0,
            at_line_start: true,
            ahead: Vec::new(),
            ahead_taken: 0,
            boundary: None,
        };
        chunks.skip_byte_order_mark().unwrap();
        let mut found = Vec::new();
        loop {
            let place = chunks.place();
            let mut chunk = Vec::new();
            chunks.read_to_end(&mut chunk).unwrap();
            let boundary = chunks.advance().unwrap();
            found.push((chunk, place, format!("{boundary:?}")));
            if boundary.is_none() {
                found.push((
                    Vec::new(),
                    chunks.place(),
                    chunks.hash().unwrap().to_string(),
                ));
                return found;
            }
        }
    }

    proptest! {
        #[test]
        fn chunks_do_not_depend_on_the_size_of_the_buffer(
            lines in prop::collection::vec(prop::sample::select(vec![
                "SELECT 1;", "-", "--", "-- +goose Up", "-- +goose StatementBegin", "--+goose down",
                "-- +goose StatementEnd", "-- +goose ENVSUB ON", "--gopg:split", "", "\u{feff}", "\u{fec0}", "- 1\r",
            ]), 0..20),
            mark in any::<bool>(),
            buffer in 1usize..9,
        ) {
            let text = format!("{}{}", if mark { "\u{feff}" } else { "" }, lines.join("\n"));
            for layout in [Layout::Goose, Layout::LiamstaskGoose, Layout::GoPg, Layout::Native] {
                let whole = chunks(layout, text.as_bytes(), 1 << 16);
                prop_assert_eq!(&whole, &chunks(layout, text.as_bytes(), buffer));
                let (_, (line, offset), hash) = whole.last().unwrap();
                prop_assert_eq!(*offset, text.len() as u64);
                prop_assert_eq!(*line, 1 + text.matches('\n').count() as u64);
                prop_assert_eq!(hash, &Digest::of(text.as_bytes()).to_string());
            }
        }
    }
}
