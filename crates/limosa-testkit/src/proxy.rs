//! A proxy in front of a private server that loses connections at exact places.
//!
//! It understands the framing of both protocols well enough to count the client's messages from 1, over all
//! connections in the order in which they come. At the message that a [`Fault`] names it cuts both sides: before
//! the message is forwarded, after it was, or when the server has answered it, so that the server has worked
//! and the answer is lost. Afterwards the next fault waits, or everything passes. Connections are without
//! encryption. A cut is a FIN to both sides (a RST where a side has sent what nobody has read), so a server
//! may work on what it has received, as it does when a client dies.

mod conversation;
mod link;
mod mysql;
mod postgres;

use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use crate::Kind;
use crate::acceptor::Acceptor;
pub use conversation::Message;
use link::Link;

/// When a connection is lost, seen from the message that the fault names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum When {
    /// The message never reaches the server.
    Before,
    /// The server has it, and may or may not work on it.
    Sent,
    /// The server has worked on it, and its answer is lost. Like [`When::Sent`] for a message that has no answer
    /// of its own ([`Message::answered`]).
    Answered,
}

impl When {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Before, Self::Sent, Self::Answered];
}

/// What happens at one message: the loss of its connection, or something elsewhere.
#[derive(Clone)]
pub struct Fault {
    /// The number of the message, from 1, counted from the last fault on.
    pub at: usize,
    /// When the connection is lost, if it is.
    pub when: Option<When>,
    /// What else happens: just before the cut, or before the message goes on to the server where nothing is cut.
    pub hook: Option<Arc<dyn Fn() + Send + Sync>>,
}

impl Fault {
    /// Cuts the connection.
    pub fn cut(at: usize, when: When) -> Self {
        Self {
            at,
            when: Some(when),
            hook: None,
        }
    }

    /// Calls the hook, then cuts the connection.
    pub fn with(at: usize, when: When, hook: impl Fn() + Send + Sync + 'static) -> Self {
        Self {
            hook: Some(Arc::new(hook)),
            ..Self::cut(at, when)
        }
    }

    /// Calls the hook before the server gets the message, and cuts nothing.
    pub fn before(at: usize, hook: impl Fn() + Send + Sync + 'static) -> Self {
        Self {
            when: None,
            ..Self::with(at, When::Before, hook)
        }
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { at, when, hook } = self;
        f.debug_struct("Fault")
            .field("at", at)
            .field("when", when)
            .field("hook", &hook.is_some())
            .finish()
    }
}

/// What a proxy has seen since it was armed.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// The client's messages.
    pub messages: Vec<Message>,
    /// The messages at which there was a fault.
    pub faults: Vec<Message>,
    /// How often the client waited: the turns of the conversation. What it sends before the server has answered all
    /// that was asked belongs to one turn, and a goodbye is none.
    pub round_trips: usize,
}

/// A proxy on a free port of 127.0.0.1; it ends, with its connections, with the value.
#[derive(Debug)]
pub struct FaultProxy {
    acceptor: Acceptor,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    server: Mutex<SocketAddr>,
    stage: Mutex<Stage>,
}

/// What is counted and what waits, from one arming to the next.
#[derive(Debug, Default)]
struct Stage {
    number: usize,
    waiting: VecDeque<Fault>,
    count: usize,
    seen: Seen,
    links: Vec<Weak<Link>>,
}

impl Shared {
    fn server(&self) -> SocketAddr {
        *self.server.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl FaultProxy {
    /// A proxy in front of the server on this port of 127.0.0.1. Nothing is armed.
    ///
    /// # Errors
    /// When there is no free port.
    ///
    /// # Panics
    /// For SQLite, which has no connections.
    pub fn start(kind: Kind, server: u16) -> io::Result<Self> {
        assert_ne!(kind, Kind::Sqlite, "SQLite has no connections");
        let shared = Arc::new(Shared {
            server: Mutex::new((Ipv4Addr::LOCALHOST, server).into()),
            stage: Mutex::default(),
        });
        let (asked, of_thread) = (Arc::clone(&shared), Arc::clone(&shared));
        let acceptor = Acceptor::start(
            move || asked.server(),
            move |client, server| {
                if let Ok(link) = Link::new(kind, client, server) {
                    let mut stage = of_thread.stage();
                    stage.links.push(Arc::downgrade(&link));
                    link.start(&of_thread, stage.number);
                }
            },
        )?;
        Ok(Self { acceptor, shared })
    }

    /// The port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.acceptor.port()
    }

    /// Sends later connections to another server, as after a failover.
    pub fn redirect(&self, server: u16) {
        let server = (Ipv4Addr::LOCALHOST, server).into();
        *self
            .shared
            .server
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = server;
    }

    /// Counts from 1 again and waits for these faults, one after the other. Connections that are still there are
    /// cut.
    pub fn arm(&self, faults: impl IntoIterator<Item = Fault>) {
        let mut stage = self.shared.stage();
        let links = std::mem::take(&mut stage.links);
        *stage = Stage {
            number: stage.number + 1,
            waiting: faults.into_iter().collect(),
            ..Stage::default()
        };
        drop(stage);
        for link in links.iter().filter_map(Weak::upgrade) {
            link.cut();
        }
    }

    /// What was seen since the last [`Self::arm`].
    pub fn seen(&self) -> Seen {
        self.shared.stage().seen.clone()
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.acceptor.close();
        self.arm([]);
    }
}

impl Shared {
    fn stage(&self) -> MutexGuard<'_, Stage> {
        self.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a message of a connection that was made in this stage; the fault that it meets.
    fn meet(&self, stage: usize, message: &Message, is_turn: bool) -> Option<Fault> {
        let mut now = self.stage();
        if now.number != stage {
            return None;
        }
        now.seen.round_trips += usize::from(is_turn && !message.is_goodbye());
        now.seen.messages.push(message.clone());
        now.count += 1;
        if now.waiting.front()?.at != now.count {
            return None;
        }
        now.count = 0;
        now.seen.faults.push(message.clone());
        now.waiting.pop_front()
    }
}
