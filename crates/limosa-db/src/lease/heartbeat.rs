//! The sign of life of a lease's holder: a thread with a connection of its own.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::{BEAT, Statements};
use crate::store::statement::Prepared;
use crate::{Connector, DbError, Session};

/// How long the end may take: a connection that hangs is left alone, and the lease expires.
const END: Duration = Duration::from_secs(5);

/// The thread that gives the signs.
pub(super) struct Heartbeat {
    stop: Option<Sender<()>>,
    ended: Receiver<()>,
    thread: Option<JoinHandle<()>>,
}

impl Heartbeat {
    pub(super) fn start(connector: Connector, sql: &Statements, token: i64) -> Self {
        let (stop, stopped) = channel();
        let (end, ended) = channel();
        let beat = sql.of(include_str!("sql/beat.sql"), token);
        let release = sql.of(include_str!("sql/release.sql"), token);
        let thread = std::thread::spawn(move || {
            let mut pulse = Pulse {
                connector,
                session: None,
            };
            while let Err(RecvTimeoutError::Timeout) = stopped.recv_timeout(BEAT) {
                // A sign that is lost is followed by others; without any the lease expires, and every unit finds
                // that out in the database.
                let _ = pulse.send(&beat);
            }
            let _ = pulse.send(&release);
            let _ = end.send(());
        });
        Self {
            stop: Some(stop),
            ended,
            thread: Some(thread),
        }
    }
}

impl Drop for Heartbeat {
    /// Gives the lease back.
    fn drop(&mut self) {
        drop(self.stop.take());
        if self.ended.recv_timeout(END).is_ok()
            && let Some(thread) = self.thread.take()
        {
            // It has said its last word.
            let _ = thread.join();
        }
    }
}

struct Pulse {
    connector: Connector,
    session: Option<Box<dyn Session>>,
}

impl Pulse {
    /// Sends a statement; once more on a new connection when the old one is gone.
    fn send(&mut self, statement: &Prepared) -> Result<(), DbError> {
        let began = Instant::now();
        loop {
            let session = match &mut self.session {
                Some(session) => session,
                None => {
                    let made = self.connector.connect();
                    self.session
                        .insert(made.map_err(|error| DbError::Connection(error.to_string()))?)
                }
            };
            let result = session.query(&statement.sql, &statement.parameters);
            match result {
                Err(DbError::Connection(_)) if began.elapsed() < BEAT => self.session = None,
                result => return result.map(drop),
            }
        }
    }
}
