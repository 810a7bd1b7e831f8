//! A proxy that adds latency and counts what goes over the wire: bytes and round trips.
//!
//! What one side sends reaches the other a fixed time later, in order and with no bound on how much is under way, as
//! over a long wire. It understands no protocol, so connections should be without encryption. The connection itself
//! is accepted at once: a real wire adds a round trip for each one.
//!
//! Round trips are counted where they cost time. What a client sends belongs to the trip after the last answer that
//! had reached it on any of its connections, an answer to the trip of the last question that had reached the server.
//! So questions that are sent ahead share a trip, connections side by side share theirs, and a farewell that nobody
//! answers has none.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::acceptor::Acceptor;

/// What went through a [`SlowProxy`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Traffic {
    /// The connections that clients have made.
    pub connections: u64,
    /// How often somebody had to wait for an answer before the next question, see the module.
    pub round_trips: u64,
    /// The bytes that clients have sent.
    pub sent: u64,
    /// The bytes that the server has sent.
    pub received: u64,
}

/// A proxy on a free port of 127.0.0.1; it ends, with its connections, with the value.
#[derive(Debug)]
pub struct SlowProxy {
    acceptor: Acceptor,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    each_way: Duration,
    connections: AtomicU64,
    sent: AtomicU64,
    received: AtomicU64,
    /// The trip of the last answer that has reached a client.
    known: AtomicU64,
    links: Mutex<Vec<Link>>,
}

/// One connection.
#[derive(Debug)]
struct Link {
    client: TcpStream,
    server: TcpStream,
    threads: Vec<JoinHandle<()>>,
}

/// Something that is under way.
struct Parcel {
    due: Instant,
    trip: u64,
    bytes: Vec<u8>,
}

impl SlowProxy {
    /// A proxy in front of the server on this port of 127.0.0.1, with this latency in each direction.
    ///
    /// # Errors
    /// When there is no free port.
    pub fn start(server: u16, each_way: Duration) -> io::Result<Self> {
        let shared = Arc::new(Shared {
            each_way,
            connections: AtomicU64::new(0),
            sent: AtomicU64::new(0),
            received: AtomicU64::new(0),
            known: AtomicU64::new(0),
            links: Mutex::default(),
        });
        let of_thread = Arc::clone(&shared);
        let server = (Ipv4Addr::LOCALHOST, server).into();
        let acceptor = Acceptor::start(
            move || server,
            move |client, server| {
                if let Ok(link) = Link::start(client, server, &of_thread) {
                    of_thread.links().push(link);
                }
            },
        )?;
        Ok(Self { acceptor, shared })
    }

    /// The port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.acceptor.port()
    }

    /// Waits until both sides have closed every connection; what went through them. For clients that have ended.
    pub fn finish(mut self) -> Traffic {
        self.acceptor.close();
        for link in self.shared.take_links() {
            for thread in link.threads {
                let _ = thread.join();
            }
        }
        let read = |number: &AtomicU64| number.load(Ordering::SeqCst);
        Traffic {
            connections: read(&self.shared.connections),
            round_trips: read(&self.shared.known),
            sent: read(&self.shared.sent),
            received: read(&self.shared.received),
        }
    }
}

impl Drop for SlowProxy {
    fn drop(&mut self) {
        self.acceptor.close();
        for link in self.shared.take_links() {
            // A side that is gone already needs no end.
            let _ = link.client.shutdown(Shutdown::Both);
            let _ = link.server.shutdown(Shutdown::Both);
        }
    }
}

impl Shared {
    fn links(&self) -> MutexGuard<'_, Vec<Link>> {
        self.links.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take_links(&self) -> Vec<Link> {
        std::mem::take(&mut *self.links())
    }
}

impl Link {
    fn start(client: TcpStream, server: TcpStream, shared: &Arc<Shared>) -> io::Result<Self> {
        client.set_nodelay(true)?;
        server.set_nodelay(true)?;
        shared.connections.fetch_add(1, Ordering::SeqCst);
        // The trip of the last question that has reached the server on this connection.
        let asked = Arc::new(AtomicU64::new(0));
        let mut threads = Vec::new();

        let (sender, receiver) = mpsc::channel();
        let (from, of_thread) = (client.try_clone()?, Arc::clone(shared));
        threads.push(thread::spawn(move || {
            take(from, &sender, &of_thread, &of_thread.sent, || {
                of_thread.known.load(Ordering::SeqCst) + 1
            });
        }));
        let (to, at_server) = (server.try_clone()?, Arc::clone(&asked));
        threads.push(thread::spawn(move || deliver(to, &receiver, &at_server)));

        let (sender, receiver) = mpsc::channel();
        let (from, of_thread) = (server.try_clone()?, Arc::clone(shared));
        threads.push(thread::spawn(move || {
            take(from, &sender, &of_thread, &of_thread.received, || {
                asked.load(Ordering::SeqCst)
            });
        }));
        let (to, of_thread) = (client.try_clone()?, Arc::clone(shared));
        threads.push(thread::spawn(move || {
            deliver(to, &receiver, &of_thread.known);
        }));
        Ok(Self {
            client,
            server,
            threads,
        })
    }
}

/// Takes what one side sends until it ends.
fn take(
    mut from: TcpStream,
    sender: &Sender<Parcel>,
    shared: &Shared,
    counter: &AtomicU64,
    trip: impl Fn() -> u64,
) {
    let mut buffer = vec![0; 64 << 10];
    loop {
        let length = match from.read(&mut buffer) {
            Ok(0) => return,
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(_) => return,
        };
        counter.fetch_add(length as u64, Ordering::SeqCst);
        let parcel = Parcel {
            due: Instant::now() + shared.each_way,
            trip: trip(),
            bytes: buffer[..length].to_vec(),
        };
        if sender.send(parcel).is_err() {
            return;
        }
    }
}

/// Delivers each parcel when it is due, then the end.
fn deliver(mut to: TcpStream, parcels: &Receiver<Parcel>, reached: &AtomicU64) {
    for parcel in parcels {
        thread::sleep(parcel.due.saturating_duration_since(Instant::now()));
        // Before the bytes: whoever has them may answer at once.
        reached.fetch_max(parcel.trip, Ordering::SeqCst);
        if to.write_all(&parcel.bytes).is_err() {
            // Nobody reads any more, so nobody shall send.
            let _ = to.shutdown(Shutdown::Both);
            return;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}

#[cfg(test)]
mod tests;
