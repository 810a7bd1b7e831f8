//! Where the messages of the protocol end, in bytes that come in whatever pieces.

/// The types of the client's messages that matter here.
pub(super) const EXECUTE: u8 = b'E';
pub(super) const SYNC: u8 = b'S';
pub(super) const QUERY: u8 = b'Q';
pub(super) const FUNCTION_CALL: u8 = b'F';
/// A Flush, as far as it differs from a Sync.
pub(super) const FLUSH: &[u8] = b"H";
/// The server's message that ends what a Sync, a Query or a `FunctionCall` began.
pub(super) const READY: u8 = b'Z';

/// A place in the messages of one direction: each is a type, then a length that counts itself, then the rest.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Messages {
    at: At,
    /// The type of the last message that ended.
    last: Option<u8>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum At {
    /// Between two messages.
    #[default]
    Type,
    /// Inside the length of a message of this type: how many bytes of it were seen, and their value.
    Length { kind: u8, seen: u8, value: u32 },
    /// Inside a message of this type: how many bytes are left.
    Body { kind: u8, left: u32 },
}

impl Messages {
    /// Whether the last message has ended and the next one has not begun.
    pub(super) fn is_between(&self) -> bool {
        self.at == At::Type
    }

    /// Passes all of these bytes; told the type of each message that ends in them.
    pub(super) fn pass(&mut self, mut bytes: &[u8], mut ended: impl FnMut(u8)) {
        while !bytes.is_empty() {
            let (length, end) = self.step(bytes);
            bytes = &bytes[length..];
            if let Some(kind) = end {
                ended(kind);
            }
        }
    }

    /// How many of these bytes come before a Sync that follows an Execute.
    pub(super) fn before_the_sync(mut self, bytes: &[u8]) -> usize {
        let mut at = 0;
        while let Some(next) = bytes.get(at) {
            if self.is_between() && self.last == Some(EXECUTE) && *next == SYNC {
                return at;
            }
            at += self.step(&bytes[at..]).0;
        }
        at
    }

    /// Goes on to the next part of a message, at least one byte; the type of the message if it ends there.
    fn step(&mut self, bytes: &[u8]) -> (usize, Option<u8>) {
        let (length, at) = match self.at {
            At::Type => {
                let (kind, seen, value) = (bytes[0], 0, 0);
                (1, At::Length { kind, seen, value })
            }
            At::Length { kind, seen, value } => {
                let value = value << 8 | u32::from(bytes[0]);
                let at = if seen < 3 {
                    let seen = seen + 1;
                    At::Length { kind, seen, value }
                } else {
                    let left = value.saturating_sub(4);
                    At::Body { kind, left }
                };
                (1, at)
            }
            At::Body { kind, left } => {
                let here = u32::try_from(bytes.len()).unwrap_or(u32::MAX).min(left);
                let left = left - here;
                (here as usize, At::Body { kind, left })
            }
        };
        self.at = at;
        if let At::Body { kind, left: 0 } = at {
            *self = Self {
                at: At::Type,
                last: Some(kind),
            };
            return (length, Some(kind));
        }
        (length, None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_end_where_they_end_in_whatever_pieces_they_come() {
        let bytes = b"S\0\0\0\x04D\0\0\0\x09SSSSSE\0\0\0\x05Sd\0\0\0\x06";
        for piece in [1, 2, 3, 7, 1000] {
            let (mut messages, mut ended) = (Messages::default(), Vec::new());
            assert!(messages.is_between());
            for piece in bytes.chunks(piece) {
                messages.pass(piece, |kind| ended.push(kind));
            }
            assert_eq!(ended, b"SDE", "in pieces of {piece}");
            assert!(!messages.is_between());
            messages.pass(b"SS", |kind| ended.push(kind));
            assert_eq!(ended, b"SDEd");
            assert!(messages.is_between());
        }
    }
}
