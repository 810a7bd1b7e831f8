//! What is told of a stretch, in the order in which things happen.
//!
//! In a shared transaction nothing is told before it is committed, and then what would have been told of a transaction
//! each: when it fails, it was nothing. Of a transaction that a person asked for everything is told at once, but that a
//! migration is done.

use std::time::{Duration, Instant};

use limosa_core::event::{Event, Observer};

use super::{Framing, Member};

pub(super) struct Story<'s> {
    members: &'s [Member<'s>],
    framing: Framing,
    held: Vec<Told>,
    /// The step that was begun last, and when.
    at: Option<(usize, Instant)>,
    /// How long each took that is done and recorded.
    pub done: Vec<Duration>,
    /// How many were told to have begun.
    pub told: usize,
}

/// Something that is told later.
enum Told {
    Begun(usize),
    Statement(usize, u64, String),
    StatementDone(usize, u64, Duration, Option<u64>),
    Notice(String, String),
    Finished(usize, Duration),
}

impl<'s> Story<'s> {
    pub(super) fn new(members: &'s [Member<'s>], framing: Framing) -> Self {
        Self {
            members,
            framing,
            held: Vec::new(),
            at: None,
            done: Vec::new(),
            told: 0,
        }
    }

    /// How long the step has been at work that was begun last.
    pub(super) fn since_begun(&self) -> Duration {
        self.at.map_or(Duration::ZERO, |(_, since)| since.elapsed())
    }

    /// That a step begins, unless it has.
    pub(super) fn begin(&mut self, member: usize, observer: &mut dyn Observer) {
        if self.at.is_none_or(|(at, _)| at != member) {
            self.at = Some((member, Instant::now()));
            self.tell(Told::Begun(member), observer);
        }
    }

    pub(super) fn statement(
        &mut self,
        member: usize,
        number: u64,
        shown: &str,
        observer: &mut dyn Observer,
    ) {
        if self.framing == Framing::Shared {
            let told = Told::Statement(member, number, shown.to_owned());
            self.held.push(told);
            return;
        }
        let step = self.members[member].step;
        observer.observe(&Event::StatementStarted {
            step,
            number,
            sql: shown,
        });
    }

    pub(super) fn statement_done(
        &mut self,
        member: usize,
        number: u64,
        took: Duration,
        rows: Option<u64>,
        observer: &mut dyn Observer,
    ) {
        self.tell(Told::StatementDone(member, number, took, rows), observer);
    }

    pub(super) fn notices(&mut self, notices: Vec<(String, String)>, observer: &mut dyn Observer) {
        for (severity, message) in notices {
            self.tell(Told::Notice(severity, message), observer);
        }
    }

    /// That all of a step is done; it is recorded with the next [`Story::commit`].
    pub(super) fn finish(&mut self, member: usize) {
        let finished = Told::Finished(member, self.since_begun());
        self.held.push(finished);
    }

    /// That what was done is recorded.
    pub(super) fn commit(&mut self, observer: &mut dyn Observer) {
        for told in std::mem::take(&mut self.held) {
            self.emit(&told, observer);
        }
    }

    fn tell(&mut self, told: Told, observer: &mut dyn Observer) {
        if self.framing == Framing::Shared {
            self.held.push(told);
        } else {
            self.emit(&told, observer);
        }
    }

    fn emit(&mut self, told: &Told, observer: &mut dyn Observer) {
        let step = |member: &usize| self.members[*member].step;
        let event = match told {
            Told::Begun(member) => {
                self.told = self.told.max(member + 1);
                let step = step(member);
                Event::StepStarted { step }
            }
            Told::Statement(member, number, shown) => Event::StatementStarted {
                step: step(member),
                number: *number,
                sql: shown,
            },
            Told::StatementDone(member, number, duration, rows) => Event::StatementFinished {
                step: step(member),
                number: *number,
                duration: *duration,
                rows: *rows,
            },
            Told::Notice(severity, message) => Event::Notice { severity, message },
            Told::Finished(member, duration) => {
                self.done.push(*duration);
                Event::StepFinished {
                    step: step(member),
                    duration: *duration,
                }
            }
        };
        observer.observe(&event);
    }
}
