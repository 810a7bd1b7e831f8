//! The checksum over what matters in a script: tokens, what its author asks for, and COPY data.
//!
//! How a layout writes these down does not count: a script that says the same in another layout has the same
//! checksum. So the lines that only divide a file are left out, and what they ask for is hashed in one way.

use limosa_sql::{Dialect, Lexer, TokenKind};
use sha2::{Digest as _, Sha256};

use super::Digest;
use super::text::{ScriptOptions, hex};

/// Two checksums of one script; either match means unchanged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checksums {
    /// SHA-256 of the raw bytes.
    pub raw: Digest,
    /// `1:` (the version of the lexer) and the SHA-256 over the tokens, in hexadecimal.
    pub tokens: String,
}

/// The version of the way in which tokens are found and hashed.
const VERSION: &str = "1:";

/// Hashes the tokens of a script. Everything that is hashed begins with a tag and its length, so
/// that no two sequences of tokens give the same bytes.
pub(super) struct TokenHash {
    dialect: Dialect,
    sha: Sha256,
    /// What is to be hashed next: many small pieces cost more than a few large ones.
    waiting: Vec<u8>,
    copy: Option<CopyHash>,
}

/// The data of one COPY block, with `\r\n` read as `\n` whatever the chunks are.
struct CopyHash {
    sha: Sha256,
    carriage_return: bool,
}

impl TokenHash {
    pub(super) fn new(dialect: Dialect, options: &ScriptOptions) -> Self {
        let mut hash = Self {
            dialect,
            sha: Sha256::new(),
            waiting: Vec::new(),
            copy: None,
        };
        if options.no_transaction {
            hash.directive(b"no-transaction");
        }
        for (name, time) in [
            ("lock-timeout", options.lock_timeout),
            ("statement-timeout", options.statement_timeout),
        ] {
            if let Some(time) = time {
                hash.directive(format!("{name}={}ms", time.as_millis()).as_bytes());
            }
        }
        hash
    }

    /// The text of a statement without its terminator.
    pub(super) fn statement(&mut self, sql: &[u8]) {
        self.end_copy();
        for token in Lexer::new(self.dialect, sql) {
            if !matches!(token.kind, TokenKind::Blank | TokenKind::Comment) {
                self.tagged(b't', token.text);
            }
        }
        self.waiting.push(b'e');
        self.flush(16 << 10);
    }

    /// A directive that is no option of the script; blanks do not count.
    pub(super) fn directive(&mut self, line: &[u8]) {
        self.end_copy();
        let words: Vec<&[u8]> = line
            .split(u8::is_ascii_whitespace)
            .filter(|word| !word.is_empty())
            .collect();
        self.tagged(b'd', &words.join(&b' '));
    }

    /// A chunk of the data of the COPY statement before it.
    pub(super) fn copy_data(&mut self, mut chunk: &[u8]) {
        let copy = self.copy.get_or_insert_with(|| CopyHash {
            sha: Sha256::new(),
            carriage_return: false,
        });
        while !chunk.is_empty() {
            if copy.carriage_return && chunk[0] != b'\n' {
                copy.sha.update(b"\r");
            }
            copy.carriage_return = false;
            match memchr::memchr(b'\r', chunk) {
                Some(at) => {
                    copy.sha.update(&chunk[..at]);
                    copy.carriage_return = true;
                    chunk = &chunk[at + 1..];
                }
                None => {
                    copy.sha.update(chunk);
                    chunk = &[];
                }
            }
        }
    }

    /// The checksum.
    pub(super) fn finish(mut self) -> String {
        self.end_copy();
        self.flush(0);
        format!("{VERSION}{}", hex(&self.sha.finalize()))
    }

    fn end_copy(&mut self) {
        if let Some(mut copy) = self.copy.take() {
            if copy.carriage_return {
                copy.sha.update(b"\r");
            }
            self.tagged(b'c', &copy.sha.finalize());
        }
    }

    fn tagged(&mut self, tag: u8, text: &[u8]) {
        self.waiting.push(tag);
        // Tokens are short: one byte for the length of each of them, seven bits at a time.
        let mut length = text.len();
        while length >= 0x80 {
            self.waiting.push(length.to_le_bytes()[0] | 0x80);
            length >>= 7;
        }
        self.waiting.push(length.to_le_bytes()[0]);
        if text.len() < 1 << 10 {
            self.waiting.extend_from_slice(text);
        } else {
            self.flush(0);
            self.sha.update(text);
        }
    }

    /// Hashes what waits when it is longer than `length`.
    fn flush(&mut self, length: usize) {
        if self.waiting.len() > length {
            self.sha.update(&self.waiting);
            self.waiting.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn copy(chunks: &[&[u8]]) -> String {
        let mut hash = TokenHash::new(Dialect::Postgres, &ScriptOptions::default());
        for chunk in chunks {
            hash.copy_data(chunk);
        }
        hash.finish()
    }

    #[test]
    fn line_ends_of_copy_data_do_not_count_but_every_other_byte_does() {
        let plain = copy(&[b"1\ta\n2\tb\n"]);
        assert_eq!(plain, copy(&[b"1\ta\r\n2\tb\r\n"]));
        assert_eq!(plain, copy(&[b"1\ta\r", b"\n2\tb", b"\r", b"\n"]));
        assert_ne!(plain, copy(&[b"1\ta\n2\tb\n\n"]));
        assert_ne!(plain, copy(&[b"1\ta\r2\tb\n"]));
        assert_ne!(plain, copy(&[b"1 a\n2 b\n"]));
        assert_ne!(copy(&[b"1\n\r"]), copy(&[b"1\n"]));
    }
}
