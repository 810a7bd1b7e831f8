//! Why a script cannot be read.

use std::io;

use limosa_sql::SplitError;

/// Why a script cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ScriptError {
    /// The file cannot be opened or read.
    #[error("{file} cannot be read")]
    Read {
        /// The file.
        file: String,
        /// Why.
        #[source]
        cause: io::Error,
    },
    /// The text cannot be split into statements.
    #[error("{file} cannot be split into statements")]
    Split {
        /// The file.
        file: String,
        /// Where and why.
        #[source]
        cause: SplitError,
    },
    /// A statement is not UTF-8.
    #[error("{file}:{line}:{column}: the byte 0x{byte:02x} is not UTF-8")]
    NotUtf8 {
        /// The file.
        file: String,
        /// The line of the byte, from 1.
        line: u64,
        /// The column of the byte in characters, from 1.
        column: u64,
        /// The byte.
        byte: u8,
    },
    /// There is a NUL byte in a statement, which no server takes.
    #[error("{file}:{line}:{column}: there is a NUL byte in a statement")]
    NulByte {
        /// The file.
        file: String,
        /// The line of the byte, from 1.
        line: u64,
        /// The column of the byte in characters, from 1.
        column: u64,
    },
    /// A statement has no semicolon where the layout asks for one.
    #[error("{file}:{line}: the statement has no semicolon at its end")]
    NoSemicolon {
        /// The file.
        file: String,
        /// The line on which the statement begins, from 1.
        line: u64,
        /// Its column in characters, from 1.
        column: u64,
    },
    /// Something in the text is not right for its layout.
    #[error("{file}:{line}: {message}")]
    Text {
        /// The file.
        file: String,
        /// The line, from 1.
        line: u64,
        /// What is wrong, a lowercase fragment.
        message: String,
    },
    /// It is not the one any more that was read before.
    #[error("{file} was changed while it was being applied")]
    Changed {
        /// The file.
        file: String,
    },
}
