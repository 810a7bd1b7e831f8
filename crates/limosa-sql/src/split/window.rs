//! The part of the input that is in memory, and where it lies.

use std::io::{self, BufRead};

/// A place in the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) offset: u64,
    pub(super) line: u64,
    pub(super) column: u64,
}

pub(super) const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

impl Place {
    pub(super) const START: Self = Self {
        offset: 0,
        line: 1,
        column: 1,
    };

    /// The place behind `text`, which begins here. A byte order mark takes no column.
    pub(super) fn after(self, text: &[u8]) -> Self {
        let mut visible = text;
        if self.offset == 0 {
            visible = visible.strip_prefix(BYTE_ORDER_MARK).unwrap_or(visible);
        }
        let (lines, column, last) = match memchr::memrchr(b'\n', visible) {
            Some(at) => {
                let before = memchr::memchr_iter(b'\n', &visible[..at]).count();
                (before + 1, 1, &visible[at + 1..])
            }
            None => (0, self.column, visible),
        };
        let characters = last.iter().filter(|byte| !is_continuation(**byte)).count();
        Self {
            offset: self.offset + text.len() as u64,
            line: self.line + lines as u64,
            column: column + characters as u64,
        }
    }
}

/// Whether the byte goes on a character of UTF-8.
pub(super) fn is_continuation(byte: u8) -> bool {
    byte & 0xC0 == 0x80
}

/// A growing buffer before a reader.
#[derive(Debug)]
pub(super) struct Window<R> {
    reader: R,
    bytes: Vec<u8>,
    start: usize,
    /// Whether the reader has no more.
    pub(super) eof: bool,
    /// Where the window begins.
    pub(super) place: Place,
}

impl<R: BufRead> Window<R> {
    /// How much is read at once where there is no reason for more.
    const USUAL: usize = 256 << 10;

    pub(super) fn new(reader: R) -> Self {
        Self {
            reader,
            bytes: Vec::new(),
            start: 0,
            eof: false,
            place: Place::START,
        }
    }

    pub(super) fn text(&self) -> &[u8] {
        &self.bytes[self.start..]
    }

    /// Reads until the window has `wanted` bytes or reaches the end of the input.
    pub(super) fn fill(&mut self, wanted: usize) -> io::Result<()> {
        if self.eof || self.text().len() >= wanted {
            return Ok(());
        }
        self.bytes.drain(..self.start);
        self.start = 0;
        let target = wanted.max(Self::USUAL);
        // One huge statement should not hold its memory until the end of the input.
        if self.bytes.capacity() > target * 4 {
            self.bytes.shrink_to(target);
        }
        while self.bytes.len() < target {
            match self.reader.fill_buf() {
                Ok([]) => {
                    self.eof = true;
                    break;
                }
                Ok(chunk) => {
                    let length = chunk.len().min(target - self.bytes.len());
                    self.bytes.extend_from_slice(&chunk[..length]);
                    self.reader.consume(length);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Takes the first `length` bytes and says where they began.
    pub(super) fn take(&mut self, length: usize) -> (&[u8], Place) {
        let place = self.place;
        let text = &self.bytes[self.start..self.start + length];
        self.place = place.after(text);
        self.start += length;
        (text, place)
    }
}
