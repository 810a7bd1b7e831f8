//! The number of the process that the other side named when the connection began.
//!
//! A server names the process that serves the connection, and so does everything that only passes bytes on. A
//! pooler has many processes of the server for one connection, so it has to make a key of its own, by which it finds
//! the right one when a statement is to be cancelled.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

const KEY: u8 = b'K';
const READY: u8 = b'Z';

/// Shared by a session and its stream: the number, once it was heard.
#[derive(Debug, Clone, Default)]
pub(super) struct BackendKey(Arc<AtomicI64>);

impl BackendKey {
    /// The number of the process; 0 while none was named.
    pub(super) fn process(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

/// Listens to the messages of the server until it is ready for the first statement.
#[derive(Debug)]
pub(super) struct Listener {
    key: BackendKey,
    /// What was received of a message that is not complete; `None` when nothing is to be heard any more.
    received: Option<Vec<u8>>,
}

impl Listener {
    pub(super) fn new(key: BackendKey) -> Self {
        Self {
            key,
            received: Some(Vec::new()),
        }
    }

    /// Takes what the server sent next.
    pub(super) fn hear(&mut self, bytes: &[u8]) {
        let Some(mut received) = self.received.take() else {
            return;
        };
        received.extend_from_slice(bytes);
        // A type, then a length that counts itself.
        while let Some((kind, length, body)) = message(&received) {
            if kind == KEY
                && let Some(process) = body.first_chunk()
            {
                let process = i64::from(i32::from_be_bytes(*process));
                self.key.0.store(process, Ordering::SeqCst);
            }
            if kind == READY {
                return;
            }
            received.drain(..length);
        }
        self.received = Some(received);
    }
}

/// The first message, when all of it is there: type, length with the type, body.
fn message(bytes: &[u8]) -> Option<(u8, usize, &[u8])> {
    let (kind, rest) = bytes.split_first()?;
    let length = usize::try_from(u32::from_be_bytes(*rest.first_chunk()?)).ok()?;
    let body = rest.get(4..length)?;
    Some((*kind, length + 1, body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_process_is_heard_in_whatever_pieces_it_comes() {
        let mut sent = b"R\0\0\0\x08\0\0\0\0S\0\0\0\x0da\0K\0\0\0\x0c\0b".to_vec();
        sent.extend(b"K\0\0\0\x0c\0\0\x30\x39secrZ\0\0\0\x05I");
        let after = b"K\0\0\0\x0c\0\0\0\x01secr";
        for piece in [1, 2, 3, 7, 1000] {
            let key = BackendKey::default();
            let mut listener = Listener::new(key.clone());
            for piece in sent.chunks(piece).chain([&after[..]]) {
                listener.hear(piece);
            }
            assert_eq!(key.process(), 0x3039, "in pieces of {piece}");
        }
    }
}
