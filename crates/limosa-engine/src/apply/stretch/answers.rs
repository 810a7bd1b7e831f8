//! The answers to what was sent for a stretch.

use std::time::Instant;

use limosa_db::{Answered, DbError};

use super::{Framing, Halt, Stretch, Why};
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
    /// The check of what the migration deferred to the end of its transaction.
    Deferred,
    /// A statement of the migration.
    Statement {
        number: u64,
        held: Box<Held>,
        /// Values of variables, which a message of the server may have in it.
        secrets: Vec<String>,
        /// Whether its beginning was told when it was sent.
        told: bool,
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
        if let What::Statement {
            number,
            held,
            told: false,
            ..
        } = &what
        {
            self.begin_statement(applier, member, *number, held);
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

    /// Tells that a statement begins: it is sent, and nothing before it is without an answer.
    pub(super) fn begin_statement(
        &mut self,
        applier: &mut Applier<'_>,
        member: usize,
        number: u64,
        held: &Held,
    ) {
        let shown = held.shown(applier.locked.dialect());
        self.story.begin(member, applier.observer);
        (self.story).statement(member, number, &shown, applier.observer);
        applier.waiting.seen.clear();
        applier.waiting.locks.clone_from(&held.locks);
        applier.notices.forget();
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
        let (number, locks) = match what {
            What::Statement { number, held, .. } => (Some(*number), held.locks.as_slice()),
            _ => (None, &[][..]),
        };
        let sent = Sent {
            step: self.members[member].step,
            number: number.unwrap_or(1),
            backend: &self.backend,
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
            What::Own | What::Deferred | What::Statement { .. } => {}
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
        if matches!(what, What::Deferred)
            && let Some(run) = self.run(member)
        {
            let number = run.unit.numbers.end.saturating_sub(1).max(1);
            let (line, position) = (run.unit.line, self.position(member));
            let in_the_way = is_conflict(&cause);
            let error = applier.failure(&run, position, number, line, 1, "", cause);
            return self.stopped(member, error, in_the_way);
        }
        let What::Statement {
            number,
            held,
            secrets,
            ..
        } = what
        else {
            let why = match cause {
                DbError::Refused => StepError::Guard,
                cause => problem("recording a migration", cause),
            };
            if applier.watch.has_stopped() && !why.is_lost() {
                return Halt {
                    member,
                    why: Why::Apart(None),
                };
            }
            return self.apart(member, why);
        };
        let Some(run) = self.run(member) else {
            return self.failed(member, problem("running a statement", cause));
        };
        let dialect = applier.locked.dialect();
        let in_the_way = is_conflict(&cause);
        let cause = held.discreet(dialect, secrets.iter().map(String::as_str), cause);
        let shown = held.shown(dialect);
        let (line, column) = (held.line, held.column);
        let position = self.position(member);
        let error = applier.failure(&run, position, number, line, column, &shown, cause);
        self.stopped(member, error, in_the_way)
    }

    fn stopped(&self, member: usize, error: StepError, in_the_way: bool) -> Halt {
        if in_the_way {
            self.apart(member, error)
        } else {
            self.failed(member, error)
        }
    }

    /// The unit that is all of a step.
    pub(super) fn run(&self, member: usize) -> Option<UnitRun<'_>> {
        let step = self.members[member].step;
        Some(UnitRun {
            step,
            unit: step.units.first()?,
            index: 0,
            last: true,
            options: &step.script()?.options,
        })
    }
}
