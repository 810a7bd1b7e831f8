//! Where the bytes of a script are.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Seek, SeekFrom};
use std::path::PathBuf;
use std::sync::Arc;

/// Where the bytes of a script are.
#[derive(Debug, Clone)]
pub enum Source {
    /// A file, read again whenever it is needed, so that memory does not grow with its size.
    File(PathBuf),
    /// Text in memory: stored in the history, or embedded in a program.
    Memory(Arc<str>),
}

/// How much of a file is read at once.
const BUFFER: usize = 64 << 10;

impl Source {
    /// Opens it for reading from its beginning.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub fn open(&self) -> io::Result<Box<dyn BufRead + Send>> {
        self.open_at(0)
    }

    /// Opens it for reading from a byte offset.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub fn open_at(&self, offset: u64) -> io::Result<Box<dyn BufRead + Send>> {
        Ok(match self {
            Self::File(path) => {
                let mut file = File::open(path)?;
                if offset > 0 {
                    file.seek(SeekFrom::Start(offset))?;
                }
                Box::new(BufReader::with_capacity(BUFFER, file))
            }
            Self::Memory(text) => {
                let mut cursor = Cursor::new(Arc::<[u8]>::from(Arc::clone(text)));
                cursor.set_position(offset);
                Box::new(cursor)
            }
        })
    }
}

/// A part of a source that belongs to the script. It begins at the beginning of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment {
    /// Where it begins, in bytes of the source.
    pub start: u64,
    /// Where it ends (not included).
    pub end: u64,
    /// The line on which it begins, from 1.
    pub line: u64,
}

impl Segment {
    /// Its length in bytes.
    pub const fn length(&self) -> u64 {
        self.end - self.start
    }
}
