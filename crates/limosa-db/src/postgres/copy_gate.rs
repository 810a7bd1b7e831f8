//! Makes a refused COPY harmless.
//!
//! The driver ends the messages that begin a COPY with a Sync, and sends another Sync with the end of the data. A
//! server that takes the COPY ignores the first one. A server that refuses it (a table that is not there, a
//! permission, a lock that was waited for too long) answers both, the driver has nobody for the second answer, and
//! the connection is lost. So the first Sync is sent as a Flush, which has the same length: the server answers at
//! once either way, and exactly one Sync is left.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::tls::{ChannelBinding, MakeTlsConnect, TlsConnect, TlsStream};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::backend_key::{BackendKey, Listener};
use super::socket::Socket;

const EXECUTE: u8 = b'E';
const SYNC: u8 = b'S';
const FLUSH: &[u8] = b"H";

/// Shared by a session and its stream: whether a COPY is about to begin, and which process the server named.
#[derive(Debug, Clone, Default)]
pub(super) struct Gate {
    armed: Arc<AtomicBool>,
    key: BackendKey,
}

impl Gate {
    /// The next Sync after an Execute becomes a Flush. To be called while nothing is being sent.
    pub(super) fn arm(&self) {
        self.armed.store(true, Ordering::SeqCst);
    }

    /// The COPY has begun, or never will.
    pub(super) fn disarm(&self) {
        self.armed.store(false, Ordering::SeqCst);
    }

    /// The process that the server named when the connection began; 0 when it named none.
    pub(super) fn process(&self) -> i64 {
        self.key.process()
    }

    fn is_armed(&self) -> bool {
        self.armed.load(Ordering::SeqCst)
    }
}

/// Where in the messages to the server the stream is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    /// Before the type of a message; whether the one before was an Execute.
    Type { after_execute: bool },
    /// Inside the length of a message of this type: how many bytes of it were seen, and their value.
    Length { kind: u8, seen: u8, value: u32 },
    /// Inside a message of this type: how many bytes are left.
    Body { kind: u8, left: u32 },
}

const START: At = At::Type {
    after_execute: false,
};

/// A stream whose first Sync of a COPY becomes a Flush.
pub(super) struct Gated<S> {
    inner: S,
    gate: Gate,
    at: At,
    listener: Listener,
}

impl<S> Gated<S> {
    pub(super) fn new(inner: S, gate: Gate) -> Self {
        let listener = Listener::new(gate.key.clone());
        Self {
            inner,
            gate,
            at: START,
            listener,
        }
    }
}

/// How many bytes may be sent as they are, and the state after them; it stops before the type of the Sync.
fn pass(mut at: At, bytes: &[u8]) -> (usize, At) {
    let mut index = 0;
    while index < bytes.len() {
        at = match at {
            At::Type { after_execute } => {
                if after_execute && bytes[index] == SYNC {
                    return (index, at);
                }
                let kind = bytes[index];
                index += 1;
                At::Length {
                    kind,
                    seen: 0,
                    value: 0,
                }
            }
            At::Length { kind, seen, value } => {
                let value = value << 8 | u32::from(bytes[index]);
                index += 1;
                match (seen, value.saturating_sub(4)) {
                    (0..3, _) => At::Length {
                        kind,
                        seen: seen + 1,
                        value,
                    },
                    // The length counts itself.
                    (_, 0) => At::Type {
                        after_execute: kind == EXECUTE,
                    },
                    (_, left) => At::Body { kind, left },
                }
            }
            At::Body { kind, left } => {
                let here = u32::try_from(bytes.len() - index)
                    .unwrap_or(u32::MAX)
                    .min(left);
                index += here as usize;
                match left - here {
                    0 => At::Type {
                        after_execute: kind == EXECUTE,
                    },
                    left => At::Body { kind, left },
                }
            }
        };
    }
    (index, at)
}

impl<S: AsyncRead + Unpin> AsyncRead for Gated<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = into.filled().len();
        // The answer to the request for TLS is one byte and no message; only for it so little room is made.
        let is_message = into.remaining() > 1;
        let read = Pin::new(&mut this.inner).poll_read(context, into);
        if is_message && let Some(bytes) = into.filled().get(before..) {
            this.listener.hear(bytes);
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Gated<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if !this.gate.is_armed() || bytes.is_empty() {
            this.at = START;
            return Pin::new(&mut this.inner).poll_write(context, bytes);
        }
        let (length, _) = pass(this.at, bytes);
        if length == 0 {
            let sent = Pin::new(&mut this.inner).poll_write(context, FLUSH);
            if matches!(sent, Poll::Ready(Ok(1))) {
                this.gate.disarm();
                this.at = START;
            }
            return sent;
        }
        let sent = Pin::new(&mut this.inner).poll_write(context, &bytes[..length]);
        if let Poll::Ready(Ok(sent)) = &sent {
            this.at = pass(this.at, &bytes[..*sent]).1;
        }
        sent
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_shutdown(context)
    }
}

impl<S: TlsStream + Unpin> TlsStream for Gated<S> {
    fn channel_binding(&self) -> ChannelBinding {
        self.inner.channel_binding()
    }
}

type Rustls = <MakeRustlsConnect as MakeTlsConnect<Socket>>::TlsConnect;
type Encrypted = <MakeRustlsConnect as MakeTlsConnect<Socket>>::Stream;

/// TLS with the gate above it, where the messages are still readable.
pub(super) struct GatedTls {
    tls: Rustls,
}

impl GatedTls {
    pub(super) fn new(tls: &MakeRustlsConnect, host: &str) -> Result<Self, String> {
        let mut tls = tls.clone();
        let tls = MakeTlsConnect::<Socket>::make_tls_connect(&mut tls, host)
            .map_err(|error| error.to_string())?;
        Ok(Self { tls })
    }
}

type Handshake = Pin<Box<dyn Future<Output = io::Result<Gated<Encrypted>>> + Send>>;

impl TlsConnect<Gated<Socket>> for GatedTls {
    type Stream = Gated<Encrypted>;
    type Error = io::Error;
    type Future = Handshake;

    fn connect(self, stream: Gated<Socket>) -> Handshake {
        Box::pin(async move {
            let encrypted = TlsConnect::<Socket>::connect(self.tls, stream.inner).await?;
            Ok(Gated::new(encrypted, stream.gate))
        })
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncWriteExt as _;

    use super::*;

    fn message(kind: u8, body: &[u8]) -> Vec<u8> {
        let mut bytes = vec![kind];
        bytes.extend(u32::try_from(body.len() + 4).unwrap().to_be_bytes());
        bytes.extend(body);
        bytes
    }

    /// What arrives when these bytes are written in pieces of this size.
    fn written(bytes: &[u8], piece: usize) -> Vec<u8> {
        let gate = Gate::default();
        gate.arm();
        let mut stream = Gated::new(Vec::new(), gate);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        for piece in bytes.chunks(piece) {
            runtime.block_on(stream.write_all(piece)).unwrap();
        }
        stream.inner
    }

    #[test]
    fn only_the_sync_of_the_execute_becomes_a_flush() {
        let mut sent = Vec::new();
        for (kind, body) in [
            (b'P', &b"COPY SSSS E"[..]),
            (b'D', b"S"),
            (SYNC, b""),
            (b'B', b"EEEE\0\0\0\x04S"),
            (EXECUTE, b"S\0\0\0\0"),
            (SYNC, b""),
            (b'd', b"S"),
            (EXECUTE, b""),
            (SYNC, b""),
        ] {
            sent.extend(message(kind, body));
        }
        let mut expected = sent.clone();
        let first = message(EXECUTE, b"S\0\0\0\0");
        let at = sent
            .windows(first.len())
            .position(|window| window == first)
            .unwrap()
            + first.len();
        assert_eq!(expected[at], SYNC);
        expected[at] = b'H';
        for piece in [1, 2, 3, 7, 1000] {
            assert_eq!(written(&sent, piece), expected, "in pieces of {piece}");
        }
    }
}
