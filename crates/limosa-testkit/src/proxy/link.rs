//! One connection through the proxy.

use std::fmt;
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::conversation::{self, Conversation, Progress};
use super::{Shared, When};
use crate::Kind;

/// An answer that takes longer than this does not come.
const PATIENCE: Duration = Duration::from_secs(60);

/// Both sides of a connection, and what was said on it.
pub(super) struct Link {
    client: TcpStream,
    server: TcpStream,
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    conversation: Box<dyn Conversation>,
    /// Once this many answers have ended, the next one is swallowed.
    swallow_after: Option<u64>,
    /// The swallowed answer has ended, or the server is gone.
    is_swallowed: bool,
    /// All that the client asked is answered.
    is_clients_turn: bool,
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link").finish_non_exhaustive()
    }
}

impl Link {
    pub(super) fn new(kind: Kind, client: TcpStream, server: TcpStream) -> io::Result<Arc<Self>> {
        client.set_nodelay(true)?;
        server.set_nodelay(true)?;
        Ok(Arc::new(Self {
            client,
            server,
            state: Mutex::new(State {
                conversation: conversation::of(kind),
                swallow_after: None,
                is_swallowed: false,
                is_clients_turn: true,
            }),
            changed: Condvar::new(),
        }))
    }

    /// Forwards in both directions, on threads that end with the connection.
    pub(super) fn start(self: &Arc<Self>, shared: &Arc<Shared>, stage: usize) {
        let (link, of_thread) = (Arc::clone(self), Arc::clone(shared));
        thread::spawn(move || {
            // However it ended, the other side has to see it.
            let _ = link.forward_questions(&of_thread, stage);
            link.cut();
        });
        let link = Arc::clone(self);
        thread::spawn(move || {
            let _ = link.forward_answers();
            link.state().is_swallowed = true;
            link.changed.notify_all();
            link.cut();
        });
    }

    /// Ends both sides.
    pub(super) fn cut(&self) {
        // A side that is gone already needs no end.
        let _ = self.client.shutdown(Shutdown::Both);
        let _ = self.server.shutdown(Shutdown::Both);
    }

    fn forward_questions(&self, shared: &Shared, stage: usize) -> io::Result<()> {
        let mut bytes = Vec::new();
        while read_more(&self.client, &mut bytes)? {
            // What came together was sent without looking at an answer in between.
            let mut is_turn = std::mem::take(&mut self.state().is_clients_turn);
            loop {
                let asked = self.state().conversation.ask(&bytes);
                let Some((length, message)) = asked else {
                    break;
                };
                let rest = bytes.split_off(length);
                let question = std::mem::replace(&mut bytes, rest);
                let fault = shared.meet(stage, &message, std::mem::take(&mut is_turn));
                let hook = fault.as_ref().and_then(|fault| fault.hook.as_deref());
                let lost = fault.as_ref().and_then(|fault| fault.when);
                match (lost, hook) {
                    (Some(When::Answered), hook) if !message.answered => {
                        return self.lose(When::Sent, hook, &question);
                    }
                    (Some(when), hook) => return self.lose(when, hook, &question),
                    (None, Some(hook)) => hook(),
                    (None, None) => {}
                }
                (&self.server).write_all(&question)?;
            }
        }
        Ok(())
    }

    /// Loses the connection at this message of the client.
    fn lose(
        &self,
        when: When,
        hook: Option<&(dyn Fn() + Send + Sync)>,
        question: &[u8],
    ) -> io::Result<()> {
        if when != When::Before {
            // A server may be faster than the cut.
            let mut state = self.state();
            let (asked, ended) = state.conversation.counts();
            state.swallow_after = Some(asked.saturating_sub(1));
            // An error has answered whatever was to come.
            state.is_swallowed = ended >= asked;
        }
        if when != When::Before {
            (&self.server).write_all(question)?;
        }
        if when == When::Answered {
            self.wait_for_the_answer();
        }
        if let Some(hook) = hook {
            hook();
        }
        self.cut();
        Ok(())
    }

    fn wait_for_the_answer(&self) {
        let deadline = Instant::now() + PATIENCE;
        let mut state = self.state();
        while !state.is_swallowed {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            state = self
                .changed
                .wait_timeout(state, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }

    fn forward_answers(&self) -> io::Result<()> {
        let mut bytes = Vec::new();
        while read_more(&self.server, &mut bytes)? {
            loop {
                let mut state = self.state();
                let (_, ended) = state.conversation.counts();
                let Some((length, progress)) = state.conversation.answer(&bytes) else {
                    break;
                };
                if progress == Progress::Ends {
                    let (asked, now) = state.conversation.counts();
                    // What is no answer asks the client for more: a password, data.
                    state.is_clients_turn = now == ended || now == asked;
                }
                let is_lost = state.swallow_after.is_some_and(|after| ended >= after);
                // An error answers all that was sent ahead: also what is waited for, before its turn.
                let (_, now) = state.conversation.counts();
                let is_answered = state.swallow_after.is_some_and(|after| now > after);
                if is_answered || is_lost && progress == Progress::Ends {
                    state.is_swallowed = true;
                    self.changed.notify_all();
                }
                drop(state);
                let rest = bytes.split_off(length);
                let answer = std::mem::replace(&mut bytes, rest);
                if !is_lost {
                    (&self.client).write_all(&answer)?;
                }
            }
        }
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads once; false at the end.
fn read_more(mut from: &TcpStream, bytes: &mut Vec<u8>) -> io::Result<bool> {
    let mut buffer = [0; 16 * 1024];
    let length = from.read(&mut buffer)?;
    bytes.extend_from_slice(&buffer[..length]);
    Ok(length > 0)
}
