//! Text that is shown as a whole or not at all, however long it is.

use std::io::{self, BufWriter, Read as _, Seek as _, SeekFrom, Write};

use limosa_core::{Class, Diagnostic};
use tempfile::SpooledTempFile;

use super::Terminal;

/// So much of it is in memory at most; what is longer waits in a file without a name.
const IN_MEMORY: usize = 1 << 20;

/// Text that is shown when all of it is there.
pub struct Draft(BufWriter<SpooledTempFile>);

impl Draft {
    /// Nothing yet.
    pub fn new() -> Self {
        Self(BufWriter::new(SpooledTempFile::new(IN_MEMORY)))
    }

    /// Shows it as it is: nothing in it is a colour.
    ///
    /// # Errors
    /// When it could not be kept. A reader that went away is not an error.
    pub fn show(self, terminal: &Terminal) -> Result<(), Diagnostic> {
        let kept = || {
            let mut file = self
                .0
                .into_inner()
                .map_err(io::IntoInnerError::into_error)?;
            file.seek(SeekFrom::Start(0))?;
            let mut piece = vec![0; 64 << 10];
            loop {
                match file.read(&mut piece)? {
                    0 => return Ok(()),
                    read => terminal.out_as_it_is(&piece[..read]),
                }
            }
        };
        kept().map_err(|error: io::Error| not_kept(&placed(&error)))
    }
}

impl Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes).map_err(|error| placed(&error))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush().map_err(|error| placed(&error))
    }
}

/// The error with its place.
fn placed(error: &io::Error) -> io::Error {
    let folder = std::env::temp_dir();
    let message = format!("a temporary file in {}: {error}", folder.display());
    io::Error::new(error.kind(), message)
}

/// That a text could not be kept until it was shown.
pub fn not_kept(error: &io::Error) -> Diagnostic {
    let message = format!("the output cannot be kept until it is complete: {error}");
    Diagnostic::error("cannot-write", Class::Failed, message).with_note("nothing was changed")
}
