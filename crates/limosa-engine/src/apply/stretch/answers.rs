//! The answers to what was sent for a stretch.

use std::time::Instant;

use limosa_db::{Answered, DbError};

use super::{Framing, Halt, Stretch};
use crate::apply::failure::is_conflict;
use crate::apply::held::Held;
use crate::apply::unit::{UnitRun, problem};
use crate::apply::waiting::{Sent, Waiting};
use crate::apply::{Applier, StepError};

/// A request that has no answer yet.
pub(super) struct Awaited {
    /// The index of its step.
    pub member: usize,
    pub what: What,
    sent: Instant,
}

/// What a request is.
pub(super) enum What {
    /// One of ours.
    Own,
    /// The last record of a step.
    Last,
    /// `COMMIT`.
    End,
    /// A statement of the migration.
    Statement {
        number: u64,
        held: Box<Held>,
        /// Values of variables, which a message of the server may have in it.
        secrets: Vec<String>,
    },
}

impl Awaited {
    pub(super) fn new(member: usize, what: What) -> Self {
        Self {
            member,
            what,
            sent: Instant::now(),
        }
    }
}

impl Stretch<'_> {
    /// Takes answers until so many requests are left without.
    pub(super) fn take_all(&mut self, applier: &mut Applier<'_>, left: usize) -> Result<(), Halt> {
        while self.awaited.len() > left {
            self.take(applier)?;
        }
        Ok(())
    }

    /// Takes the oldest answer.
    pub(super) fn take(&mut self, applier: &mut Applier<'_>) -> Result<(), Halt> {
        let Some(Awaited { member, what, sent }) = self.awaited.pop_front() else {
            return Ok(());
        };
        let since = sent.max(self.answered);
        self.story.begin(member, applier.observer);
        if let What::Statement { number, held, .. } = &what {
            let shown = held.shown(applier.locked.dialect());
            self.story
                .statement(member, *number, &shown, applier.observer);
            applier.waiting.seen.clear();
            applier.waiting.locks.clone_from(&held.locks);
            applier.notices.forget();
        }
        let answer = self.wait(applier, member, &what, since);
        self.answered = Instant::now();
        if let What::Statement { number, .. } = &what {
            self.story.notices(applier.notices.take(), applier.observer);
            if let Ok(Answered::Done(outcome)) = &answer {
                let (took, rows) = (since.elapsed(), outcome.rows);
                (self.story).statement_done(member, *number, took, rows, applier.observer);
            }
        }
        match answer {
            Ok(Answered::Done(_)) => {
                self.done(member, &what, applier);
                Ok(())
            }
            Ok(Answered::Skipped) => {
                let cause = DbError::Client("the server skipped a request".into());
                Err(self.failed(member, problem("sending ahead", cause)))
            }
            Err(cause) => Err(self.halt(applier, member, what, cause)),
        }
    }

    /// Waits for the oldest answer, and tells who keeps it waiting.
    fn wait(
        &self,
        applier: &mut Applier<'_>,
        member: usize,
        what: &What,
        since: Instant,
    ) -> Result<Answered, DbError> {
        let timeout = applier.locked.settings().lock_timeout;
        let backend = applier.locked.server().backend.clone();
        let (number, locks) = match what {
            What::Statement { number, held, .. } => (Some(*number), held.locks.as_slice()),
            _ => (None, &[][..]),
        };
        let sent = Sent {
            step: self.members[member].step,
            number: number.unwrap_or(1),
            backend: &backend,
            locks,
            since,
        };
        let quiet = self.framing == Framing::Shared;
        let Applier {
            locked,
            watch,
            waiting,
            observer,
            ..
        } = applier;
        watch.answer(|| {
            let first = Waiting::first(timeout);
            locked.answer(first, &mut || {
                if number.is_none() || quiet {
                    return Waiting::EVERY;
                }
                waiting.look(&sent, *observer)
            })
        })
    }

    fn done(&mut self, member: usize, what: &What, applier: &mut Applier<'_>) {
        match what {
            What::Own | What::Statement { .. } => {}
            What::Last => self.story.finish(member),
            What::End => {
                self.story.commit(applier.observer);
                let done = member + 1 - self.gone;
                self.positions.drain(..done);
                self.gone += done;
            }
        }
    }

    /// What follows from a request that failed.
    fn halt(&self, applier: &Applier<'_>, member: usize, what: What, cause: DbError) -> Halt {
        let What::Statement {
            number,
            held,
            secrets,
        } = what
        else {
            let why = match cause {
                DbError::Refused => StepError::Guard,
                cause => problem("recording a migration", cause),
            };
            if applier.watch.has_stopped() && !why.is_lost() {
                return Halt {
                    member,
                    error: None,
                };
            }
            return self.apart(member, why);
        };
        let step = self.members[member].step;
        let (Some(script), Some(unit)) = (step.script(), step.units.first()) else {
            return self.failed(member, problem("running a statement", cause));
        };
        let run = UnitRun {
            step,
            unit,
            index: 0,
            last: true,
            options: &script.options,
        };
        let dialect = applier.locked.dialect();
        let in_the_way = is_conflict(&cause);
        let cause = held.discreet(dialect, secrets.iter().map(String::as_str), cause);
        let shown = held.shown(dialect);
        let (line, column) = (held.line, held.column);
        let position = self.position(member);
        let error = applier.failure(&run, position, number, line, column, &shown, cause);
        if in_the_way {
            self.apart(member, error)
        } else {
            self.failed(member, error)
        }
    }
}
