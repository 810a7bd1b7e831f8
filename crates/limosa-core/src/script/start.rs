//! Where the parts of a text begin in their file.

use std::io::{self, Read};

use super::Script;
use super::chunks::Chunks;

/// A place in the text that a splitter reads, and the same place in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Start {
    offset: u64,
    line: u64,
    offset_in_file: u64,
    line_in_file: u64,
}

impl Start {
    /// The beginning of the chunk that is read next.
    pub(super) fn of(chunks: &Chunks) -> Self {
        let (line_in_file, offset_in_file) = chunks.place();
        Self {
            offset: 0,
            line: 1,
            offset_in_file,
            line_in_file,
        }
    }

    /// Adds the segments behind the first one, which are read as one chunk with it. All but the
    /// last, which is the long one, are read once to count their lines.
    pub(super) fn add_segments(starts: &mut Vec<Self>, script: &Script) -> io::Result<()> {
        for pair in script.segments.windows(2) {
            let (Some(last), [before, segment]) = (starts.last().copied(), pair) else {
                break;
            };
            let mut input = script.source.open_at(before.start)?.take(before.length());
            let mut buffer = [0; 8 << 10];
            let mut lines = 0;
            loop {
                let count = input.read(&mut buffer)?;
                if count == 0 {
                    break;
                }
                lines += memchr::memchr_iter(b'\n', &buffer[..count]).count() as u64;
            }
            starts.push(Self {
                offset: last.offset + (before.end - last.offset_in_file),
                line: last.line + lines,
                offset_in_file: segment.start,
                line_in_file: segment.line,
            });
        }
        Ok(())
    }

    /// The offset and the line in the file of a place in the text.
    pub(super) fn in_file(starts: &[Self], offset: u64, line: u64) -> (u64, u64) {
        let start = starts.iter().rfind(|start| start.offset <= offset);
        start.map_or((offset, line), |start| {
            (
                start.offset_in_file + (offset - start.offset),
                (start.line_in_file + line).saturating_sub(start.line),
            )
        })
    }
}
