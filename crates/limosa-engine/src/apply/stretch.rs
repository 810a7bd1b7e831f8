//! Consecutive migrations whose requests go to the server ahead of the answers, in a transaction each or in one.
//!
//! What is sent is what a migration by itself would send, guards and records included, and nothing behind a request
//! that fails is done. So this is the quick way when all goes well. A step that does not go well here (a lock that
//! somebody holds, a guard that says no) is left to be done by itself, where it is waited for, tried again and
//! reported; only a statement that fails is reported from here, since its second failure would say the same.

mod answers;
mod send;
mod story;

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use limosa_core::Step;
use limosa_core::event::Event;
use limosa_core::plan::Unit;
use limosa_db::Backend;

use super::trace::rolls_back_all;
use super::unit::{Position, problem};
use super::{Applier, StepError};
use crate::sequences::HistoryPlace;
use answers::Awaited;
use story::Story;

/// What `PostgreSQL` says when a lock was waited for too long.
const LOCK_NOT_AVAILABLE: &str = "55P03";

/// A step of a stretch.
pub(crate) struct Member<'a> {
    pub step: &'a Step,
    pub attempt: String,
    pub place: HistoryPlace,
}

/// How the steps of a stretch are put into transactions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framing {
    /// One each.
    Each,
    /// All in one, where nobody can tell afterwards: as soon as one thing fails, each is done by itself instead.
    Shared,
    /// All in one, because a person wants it so.
    Whole {
        /// Whether it may be tried again when another session is in the way.
        patient: bool,
    },
}

/// How a stretch ended.
pub(crate) struct Stretched {
    /// How long each of those took that are done and recorded: the first ones.
    pub done: Vec<Duration>,
    /// How many of them were told to have begun.
    pub told: usize,
    /// How many of them were sent, all or in part: what became of those that are not done nobody knows when the
    /// connection is lost.
    pub sent: usize,
    pub end: End,
}

/// Why a stretch ended.
pub(crate) enum End {
    /// All of it is done.
    Done,
    /// The next step has to be done by itself; of a shared transaction, each of them.
    Apart,
    /// The step of that index failed.
    Failed(usize, StepError),
}

/// Why nothing more is sent.
struct Halt {
    member: usize,
    why: Why,
}

enum Why {
    Failed(Box<StepError>),
    /// The step has to be done by itself, because of this error if it is to be told.
    Apart(Option<Box<StepError>>),
}

/// A stretch at work.
struct Stretch<'s> {
    members: &'s [Member<'s>],
    framing: Framing,
    /// What was sent and has no answer yet.
    awaited: VecDeque<Awaited>,
    /// What the reports of the steps need that were sent and are not done: of the first of them first.
    positions: VecDeque<Position<'s>>,
    /// How many were sent before those.
    gone: usize,
    story: Story<'s>,
    /// When the last answer came.
    answered: Instant,
    /// The session on the server that does the work.
    backend: Backend,
}

impl Applier<'_> {
    /// Does steps that are one transaction each, as far as they go well.
    pub fn stretch(&mut self, members: &[Member<'_>], framing: Framing) -> Stretched {
        let mut stretch = Stretch {
            members,
            framing,
            awaited: VecDeque::new(),
            positions: VecDeque::new(),
            gone: 0,
            story: Story::new(members, framing),
            answered: Instant::now(),
            backend: self.locked.server().backend.clone(),
        };
        let result = stretch
            .with_others(self)
            .and_then(|()| stretch.send_all(self))
            .and_then(|()| stretch.take_all(self, 0))
            .map_err(|halt| stretch.earliest(self, halt));
        self.locked.prove(false);
        let settled = self.locked.settle();
        let end = match (result, settled) {
            (Ok(()), Ok(())) => End::Done,
            (Ok(()), Err(cause)) => {
                let last = members.len().saturating_sub(1);
                End::Failed(last, problem("ending a series of requests", cause))
            }
            (Err(Halt { member, why }), _) => {
                rolls_back_all(self.locked);
                match why {
                    Why::Failed(error) => End::Failed(member, *error),
                    Why::Apart(error) => {
                        if let Some(error) = &error {
                            self.again(&members[member], error);
                        }
                        End::Apart
                    }
                }
            }
        };
        if let End::Failed(at, error) = &end
            && !error.is_lost()
        {
            // As after a step that was done by itself. The first error is the one to report.
            let _ = self.locked.reset_session();
            let Member { step, place, .. } = &members[*at];
            self.failed(step, error, place, stretch.story.since_begun());
        }
        Stretched {
            sent: stretch.gone + stretch.positions.len(),
            done: stretch.story.done,
            told: stretch.story.told,
            end,
        }
    }
}

impl Applier<'_> {
    /// Whether a unit leaves nothing in the session, nor in its transaction.
    fn is_plain(&self, unit: &Unit) -> bool {
        unit.shared_locks.is_some() && !self.is_triggered
    }

    /// Writes down and tells that a step is tried again: what it does not meet when it is done by itself would not be
    /// known otherwise.
    fn again(&mut self, member: &Member<'_>, error: &StepError) {
        let StepError::Statement(failure) = error else {
            return;
        };
        let Member { step, place, .. } = member;
        self.note_failure(step, error, place);
        self.observer.observe(&Event::LockRetry {
            step,
            number: failure.number,
            message: &failure.cause.to_string(),
            blockers: error.blockers(),
            pause: Duration::ZERO,
        });
    }
}

impl<'s> Stretch<'s> {
    /// Takes the locks of other tools where they were given up before the stretch.
    fn with_others(&self, applier: &mut Applier<'_>) -> Result<(), Halt> {
        match self.run(0) {
            Some(run) => {
                let taken = applier.take_others(&run);
                taken.map_err(|error| self.failed(0, error))
            }
            None => Ok(()),
        }
    }

    /// What stopped the stretch, when `halt` was noticed while sending: an answer of an earlier step may say that it
    /// failed before.
    fn earliest(&mut self, applier: &mut Applier<'_>, halt: Halt) -> Halt {
        let is_earlier = |one: &Awaited| one.member < halt.member;
        while self.awaited.front().is_some_and(is_earlier) {
            if let Err(earlier) = self.take(applier) {
                return earlier;
            }
        }
        halt
    }

    /// That a step failed; in a shared transaction each is done by itself, and fails there.
    fn failed(&self, member: usize, error: StepError) -> Halt {
        let apart = self.framing == Framing::Shared && !error.is_lost();
        Halt {
            member,
            why: if apart {
                Why::Apart(None)
            } else {
                Why::Failed(Box::new(error))
            },
        }
    }

    /// That a step has to be done by itself for this reason.
    fn apart(&self, member: usize, why: StepError) -> Halt {
        let told = match self.framing {
            _ if why.is_lost() => return self.failed(member, why),
            // A lock that is held still is met again, and told then.
            Framing::Each => why.code() != LOCK_NOT_AVAILABLE,
            Framing::Whole { patient: true } if why.is_conflict_of_a_statement() => true,
            Framing::Shared | Framing::Whole { .. } => return self.failed(member, why),
        };
        Halt {
            member,
            why: Why::Apart(told.then(|| Box::new(why))),
        }
    }

    /// The position of a step that was sent and is not done.
    fn position(&self, member: usize) -> &Position<'s> {
        &self.positions[member - self.gone]
    }
}
