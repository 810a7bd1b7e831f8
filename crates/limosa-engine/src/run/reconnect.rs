//! Opening another connection instead of one that was lost, within a budget.

use std::time::{Duration, Instant};

use limosa_core::event::{Event, Observer};
use limosa_db::{Connector, Session};

use super::Request;
use crate::{Database, Problem, Settings, interrupt};

/// How often a connection may be lost at the same place. A statement that ends the server's process ends it every
/// time.
const MOST: u32 = 3;

/// The first pause between two attempts; each next one is twice as long, up to [`LONGEST`].
const FIRST: Duration = Duration::from_millis(50);
const LONGEST: Duration = Duration::from_secs(1);

/// What opens other connections.
#[derive(Clone)]
pub(super) struct Reconnect {
    connector: Connector,
    settings: Settings,
    /// How many connections were lost since there was progress.
    losses: u32,
    progress: (usize, usize),
}

impl Reconnect {
    pub fn new(database: &Database) -> Self {
        Self {
            connector: database.session.connector(),
            settings: database.settings.clone(),
            losses: 0,
            progress: (0, 0),
        }
    }

    /// Says how many migrations are done, and how many units of the next one.
    pub fn progress(&mut self, progress: (usize, usize)) {
        if progress != self.progress {
            self.progress = progress;
            self.losses = 0;
        }
    }

    /// A session instead of the one that was lost by `problem`, which is the error where there is none, or where
    /// nothing was lost.
    pub fn session(
        &mut self,
        problem: Problem,
        request: &Request<'_>,
        observer: &mut dyn Observer,
    ) -> Result<Box<dyn Session>, Problem> {
        let limit = self.settings.retry_for;
        if !problem.is_lost() || limit.is_zero() || (request.interrupted)() {
            return Err(problem);
        }
        self.losses += 1;
        if self.losses > MOST {
            return Err(problem.with_note(format!(
                "the connection was lost at the same place {MOST} times, so it is not tried again"
            )));
        }
        observer.observe(&Event::ConnectionLost {
            message: &problem.to_string(),
            retry_for: limit,
        });
        let began = Instant::now();
        let mut pause = FIRST;
        loop {
            let left = limit.saturating_sub(began.elapsed());
            let why = match self.connector.connect_within(left) {
                Ok(session) if !session.server().capabilities.read_only => {
                    let waited = began.elapsed();
                    observer.observe(&Event::Reconnected { waited });
                    return Ok(session);
                }
                Ok(session) => format!("{} can only be read", session.server().place),
                Err(error) => error.to_string(),
            };
            if began.elapsed() + pause >= limit {
                return Err(problem.with_note(format!(
                    "there was no other connection within {}: {why}",
                    humane(limit)
                )));
            }
            if !interrupt::pause(pause, request.interrupted) {
                return Err(problem);
            }
            pause = (pause * 2).min(LONGEST);
        }
    }

    /// The database again, over another session.
    pub fn database(
        &mut self,
        mut problem: Problem,
        request: &Request<'_>,
        observer: &mut dyn Observer,
    ) -> Result<Database, Problem> {
        loop {
            let session = self.session(problem, request, observer)?;
            match Database::with_session(session, self.settings.clone()) {
                Ok(database) => return Ok(database),
                Err(again) => problem = again,
            }
        }
    }
}

/// `30s`, `500ms`.
fn humane(duration: Duration) -> String {
    match duration.subsec_millis() {
        0 => format!("{}s", duration.as_secs()),
        _ => format!("{}ms", duration.as_millis()),
    }
}
