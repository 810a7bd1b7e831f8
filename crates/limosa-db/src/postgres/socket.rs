//! The socket to a server: by TCP or in the file system, with keepalives.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::pin::Pin;
use std::task::{Context, Poll};

use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
#[cfg(unix)]
use tokio::net::UnixStream;

use super::url::{ConnectionSettings, Host};

/// The address of one server, such that a request to cancel goes to the same one.
#[derive(Debug, Clone)]
pub(super) enum Address {
    Tcp(SocketAddr),
    #[cfg(unix)]
    Socket(PathBuf),
}

/// How the network is watched.
#[derive(Debug, Clone)]
pub(super) struct Watch {
    keepalive: Option<TcpKeepalive>,
    user_timeout: Option<std::time::Duration>,
}

impl Watch {
    pub(super) fn of(settings: &ConnectionSettings) -> Self {
        let mut keepalive = TcpKeepalive::new().with_time(settings.keepalives_idle);
        if let Some(interval) = settings.keepalives_interval {
            keepalive = keepalive.with_interval(interval);
        }
        if let Some(count) = settings.keepalives_count {
            keepalive = keepalive.with_retries(count);
        }
        Self {
            keepalive: Some(keepalive).filter(|_| settings.keepalives),
            user_timeout: settings.tcp_user_timeout,
        }
    }
}

/// The addresses of a host, in the order in which they are tried.
pub(super) async fn addresses(host: &Host) -> io::Result<Vec<Address>> {
    #[cfg(unix)]
    if host.is_socket() {
        let file = format!(".s.PGSQL.{}", host.port);
        return Ok(vec![Address::Socket(PathBuf::from(&host.name).join(file))]);
    }
    if let Some(address) = host.address {
        return Ok(vec![Address::Tcp(SocketAddr::new(address, host.port))]);
    }
    let found = tokio::net::lookup_host((host.name.as_str(), host.port)).await?;
    Ok(found.map(Address::Tcp).collect())
}

/// An open socket.
pub(super) enum Socket {
    Tcp(TcpStream),
    #[cfg(unix)]
    Unix(UnixStream),
}

impl Socket {
    pub(super) async fn connect(address: &Address, watch: &Watch) -> io::Result<Self> {
        match address {
            Address::Tcp(address) => {
                let stream = TcpStream::connect(address).await?;
                stream.set_nodelay(true)?;
                let socket = SockRef::from(&stream);
                if let Some(keepalive) = &watch.keepalive {
                    socket.set_tcp_keepalive(keepalive)?;
                }
                #[cfg(target_os = "linux")]
                if watch.user_timeout.is_some() {
                    socket.set_tcp_user_timeout(watch.user_timeout)?;
                }
                Ok(Self::Tcp(stream))
            }
            #[cfg(unix)]
            Address::Socket(path) => UnixStream::connect(path).await.map(Self::Unix),
        }
    }

    /// Both ends of a connection.
    #[cfg(test)]
    pub(super) async fn pair() -> (Self, TcpStream) {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0))
            .await
            .unwrap();
        let ours = TcpStream::connect(listener.local_addr().unwrap())
            .await
            .unwrap();
        let (theirs, _) = listener.accept().await.unwrap();
        ours.set_nodelay(true).unwrap();
        theirs.set_nodelay(true).unwrap();
        (Self::Tcp(ours), theirs)
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_read(context, into),
            #[cfg(unix)]
            Self::Unix(stream) => Pin::new(stream).poll_read(context, into),
        }
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_write(context, bytes),
            #[cfg(unix)]
            Self::Unix(stream) => Pin::new(stream).poll_write(context, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_flush(context),
            #[cfg(unix)]
            Self::Unix(stream) => Pin::new(stream).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_shutdown(context),
            #[cfg(unix)]
            Self::Unix(stream) => Pin::new(stream).poll_shutdown(context),
        }
    }
}
