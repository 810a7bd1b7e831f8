//! What every proxy begins with: a free port of 127.0.0.1, and a connection to the server for each client.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

/// Takes connections until it is closed, at the latest with the value.
#[derive(Debug)]
pub(crate) struct Acceptor {
    port: u16,
    ended: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Acceptor {
    /// Connects each client to that server and hands both connections over.
    ///
    /// # Errors
    /// When there is no free port.
    pub(crate) fn start(
        server: impl Fn() -> SocketAddr + Send + 'static,
        take: impl Fn(TcpStream, TcpStream) + Send + 'static,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = listener.local_addr()?.port();
        let ended = Arc::new(AtomicBool::new(false));
        let of_thread = Arc::clone(&ended);
        let thread = thread::spawn(move || {
            for client in listener.incoming() {
                if of_thread.load(Ordering::SeqCst) {
                    return;
                }
                // Where no server listens, the client sees its connection end.
                if let (Ok(client), Ok(server)) = (client, TcpStream::connect(server())) {
                    take(client, server);
                }
            }
        });
        Ok(Self {
            port,
            ended,
            thread: Some(thread),
        })
    }

    /// The port on 127.0.0.1.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Takes no more connections.
    pub(crate) fn close(&mut self) {
        let Some(thread) = self.thread.take() else {
            return;
        };
        self.ended.store(true, Ordering::SeqCst);
        // The thread looks at the flag when somebody comes.
        let _ = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port));
        let _ = thread.join();
    }
}

impl Drop for Acceptor {
    fn drop(&mut self) {
        self.close();
    }
}
