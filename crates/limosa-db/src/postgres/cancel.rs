//! The request to cancel what a session is running: a connection of its own, with nothing else in it.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{CancelToken, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::socket::{Address, Socket, Watch};

/// How a request to cancel finds the server: the same address, and TLS as the session has it.
#[derive(Clone)]
pub(super) struct CancelRoute {
    pub(super) address: Address,
    pub(super) watch: Watch,
    pub(super) host: String,
    pub(super) tls: Option<MakeRustlsConnect>,
}

impl CancelRoute {
    /// Asks the server, and returns when it has passed the request on.
    pub(super) async fn cancel(&self, token: CancelToken) -> Result<(), String> {
        let socket = Socket::connect(&self.address, &self.watch).await;
        let socket = UntilClosed(socket.map_err(|error| error.to_string())?);
        match &self.tls {
            None => token.cancel_query_raw(socket, NoTls).await,
            Some(tls) => {
                let mut tls = tls.clone();
                let tls = MakeTlsConnect::<UntilClosed>::make_tls_connect(&mut tls, &self.host)
                    .map_err(|error| error.to_string())?;
                token.cancel_query_raw(socket, tls).await
            }
        }
        .map_err(|error| error.to_string())
    }
}

/// A socket that is shut down only when the server has closed its side. That is the only answer to a request to
/// cancel: without waiting for it, the request may meet a later statement of the session.
struct UntilClosed(Socket);

impl AsyncRead for UntilClosed {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().0).poll_read(context, into)
    }
}

impl AsyncWrite for UntilClosed {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().0).poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().0).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let socket = &mut self.get_mut().0;
        let mut room = [0; 64];
        loop {
            let mut answer = ReadBuf::new(&mut room);
            // An error says as well that the server is done with this connection.
            let read = ready!(Pin::new(&mut *socket).poll_read(context, &mut answer));
            if read.is_err() || answer.filled().is_empty() {
                return Pin::new(&mut *socket).poll_shutdown(context);
            }
        }
    }
}
