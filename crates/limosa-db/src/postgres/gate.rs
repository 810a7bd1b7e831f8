//! What stands between the driver and the server: it makes a refused COPY harmless, and lends the connection to a
//! series.
//!
//! The driver ends the messages that begin a COPY with a Sync, and sends another Sync with the end of the data. A
//! server that takes the COPY ignores the first one. A server that refuses it (a table that is not there, a
//! permission, a lock that was waited for too long) answers both, the driver has nobody for the second answer, and
//! the connection is lost. So the first Sync is sent as a Flush, which has the same length: the server answers at
//! once either way, and exactly one Sync is left.
//!
//! A series speaks to the server itself. For that time it has the connection, and the driver, which is kept waiting,
//! sees nothing of it. It is lent only when the driver has nothing under way in either direction.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker, ready};

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::tls::{ChannelBinding, MakeTlsConnect, TlsConnect, TlsStream};
use tokio_postgres_rustls::MakeRustlsConnect;
use tokio_util::either::Either;

use super::backend_key::{BackendKey, Listener};
use super::messages::{FLUSH, FUNCTION_CALL, Messages, QUERY, READY, SYNC};
use super::socket::Socket;

type Rustls = <MakeRustlsConnect as MakeTlsConnect<Socket>>::TlsConnect;
type Encrypted = <MakeRustlsConnect as MakeTlsConnect<Socket>>::Stream;

/// The connection to a server: as it is, or encrypted.
pub(super) type Line = Either<Socket, Box<Encrypted>>;

/// The session's side of the gate.
#[derive(Clone, Default)]
pub(super) struct Gate(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    /// `None` while it is lent, and when it is gone.
    line: Option<Line>,
    /// Why it is gone.
    gone: Option<String>,
    /// What a series has read that is for the driver.
    unread: BytesMut,
    /// The next Sync after an Execute becomes a Flush.
    copy_begins: bool,
    key: BackendKey,
    listener: Option<Listener>,
    /// The server has said something.
    has_heard: bool,
    /// The server has let us in: from now on all that is sent is messages.
    entered: bool,
    incoming: Messages,
    outgoing: Messages,
    /// The driver has begun something that it has not ended with a Sync.
    has_begun: bool,
    /// How many times the server has still to say that it is ready.
    under_way: u64,
    /// The driver, kept waiting while the line is lent.
    driver: Option<Waker>,
    /// Who waits for the line.
    borrower: Option<Waker>,
}

impl Gate {
    /// The driver's side of the gate.
    pub(super) fn of(&self, socket: Socket) -> Gated {
        let mut state = self.state();
        state.listener = Some(Listener::new(state.key.clone()));
        state.line = Some(Line::Left(socket));
        drop(state);
        Gated(self.clone())
    }

    /// The next Sync after an Execute becomes a Flush. To be called while nothing is being sent.
    pub(super) fn copy_begins(&self) {
        self.state().copy_begins = true;
    }

    /// The COPY has begun, or never will.
    pub(super) fn copy_has_begun(&self) {
        self.state().copy_begins = false;
    }

    /// The process that the server named when the connection began; 0 when it named none.
    pub(super) fn process(&self) -> i64 {
        self.state().key.process()
    }

    /// The line, as soon as the driver has nothing under way on it; why it is gone if it is.
    pub(super) fn poll_lend(&self, context: &mut Context<'_>) -> Poll<Result<Line, String>> {
        let mut state = self.state();
        if let Some(reason) = &state.gone {
            return Poll::Ready(Err(reason.clone()));
        }
        let is_quiet = state.entered
            && !state.has_begun
            && state.under_way == 0
            && state.incoming.is_between()
            && state.outgoing.is_between();
        match state.line.take_if(|_| is_quiet) {
            Some(line) => Poll::Ready(Ok(line)),
            None => {
                state.borrower = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }

    /// The end of a series, and what it has read of what comes after.
    pub(super) fn give_back(&self, line: Line, unread: BytesMut) {
        let mut state = self.state();
        state.line = Some(line);
        state.unread = unread;
        state.wake_the_driver();
    }

    /// The connection is of no use any more.
    pub(super) fn close(&self, reason: &str) {
        let mut state = self.state();
        state.line = None;
        state.gone.get_or_insert_with(|| reason.to_owned());
        state.wake_the_driver();
    }

    /// Why the connection is gone, if it is.
    pub(super) fn gone(&self) -> Option<String> {
        self.state().gone.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn wake_the_driver(&mut self) {
        if let Some(driver) = self.driver.take() {
            driver.wake();
        }
    }

    fn wake_the_borrower(&mut self) {
        if let Some(borrower) = self.borrower.take() {
            borrower.wake();
        }
    }

    /// The line for the driver. While it is lent the driver waits.
    fn line(&mut self, context: &Context<'_>) -> Poll<io::Result<Pin<&mut Line>>> {
        match (&mut self.line, &self.gone) {
            (Some(line), _) => Poll::Ready(Ok(Pin::new(line))),
            (None, Some(reason)) => Poll::Ready(Err(io::Error::other(reason.clone()))),
            (None, None) => {
                self.driver = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }

    fn read(&mut self, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let line = ready!(self.line(context))?;
        let (before, room) = (into.filled().len(), into.remaining());
        ready!(line.poll_read(context, into))?;
        let bytes = &into.filled()[before..];
        // The answer to the request for TLS is one byte and no message. It is the first of all, and only for it so
        // little room is made then.
        let is_message = self.has_heard || room > 1;
        self.has_heard |= !bytes.is_empty();
        if is_message {
            self.hear(bytes);
        }
        Poll::Ready(Ok(()))
    }

    /// Takes notice of what the driver reads.
    fn hear(&mut self, bytes: &[u8]) {
        if let Some(listener) = &mut self.listener {
            listener.hear(bytes);
        }
        let (entered, under_way) = (&mut self.entered, &mut self.under_way);
        self.incoming.pass(bytes, |kind| {
            if kind == READY {
                *entered = true;
                *under_way = under_way.saturating_sub(1);
            }
        });
        if self.entered {
            self.listener = None;
        }
        self.wake_the_borrower();
    }

    /// Takes notice of what the driver has sent.
    fn say(&mut self, bytes: &[u8]) {
        // The first messages of all have no type.
        if !self.entered {
            return;
        }
        let (has_begun, under_way) = (&mut self.has_begun, &mut self.under_way);
        self.outgoing.pass(bytes, |kind| {
            let ends = matches!(kind, SYNC | QUERY | FUNCTION_CALL);
            *has_begun = !ends;
            *under_way += u64::from(ends);
        });
        self.wake_the_borrower();
    }
}

/// The driver's side of the gate.
pub(super) struct Gated(Gate);

impl Drop for Gated {
    /// The driver has given the connection up.
    fn drop(&mut self) {
        self.0.close("the server closed it");
        self.0.state().wake_the_borrower();
    }
}

impl AsyncRead for Gated {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let mut state = self.0.state();
        if state.unread.is_empty() {
            return state.read(context, into);
        }
        let length = state.unread.len().min(into.remaining());
        let unread = state.unread.split_to(length);
        into.put_slice(&unread);
        state.hear(&unread);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Gated {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let mut state = self.0.state();
        let outgoing = state.outgoing;
        let begins = state.copy_begins;
        let line = ready!(state.line(context))?;
        let length = if begins {
            outgoing.before_the_sync(bytes)
        } else {
            bytes.len()
        };
        let is_sync = length == 0 && !bytes.is_empty();
        let bytes = if is_sync { FLUSH } else { &bytes[..length] };
        let sent = ready!(line.poll_write(context, bytes))?;
        state.say(&bytes[..sent]);
        state.copy_begins &= !(is_sync && sent > 0);
        Poll::Ready(Ok(sent))
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut state = self.0.state();
        let line = ready!(state.line(context))?;
        line.poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut state = self.0.state();
        let line = ready!(state.line(context))?;
        line.poll_shutdown(context)
    }
}

impl TlsStream for Gated {
    fn channel_binding(&self) -> ChannelBinding {
        match &self.0.state().line {
            Some(Line::Right(stream)) => stream.channel_binding(),
            Some(Line::Left(_)) | None => ChannelBinding::none(),
        }
    }
}

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

type Handshake = Pin<Box<dyn Future<Output = io::Result<Gated>> + Send>>;

impl TlsConnect<Gated> for GatedTls {
    type Stream = Gated;
    type Error = io::Error;
    type Future = Handshake;

    fn connect(self, gated: Gated) -> Handshake {
        Box::pin(async move {
            let line = gated.0.state().line.take();
            let Some(Line::Left(socket)) = line else {
                return Err(io::Error::other("the connection is encrypted already"));
            };
            let encrypted = TlsConnect::<Socket>::connect(self.tls, socket).await?;
            gated.0.state().line = Some(Line::Right(Box::new(encrypted)));
            Ok(gated)
        })
    }
}

#[cfg(test)]
mod tests;
