//! The way through a plan: which of its steps go together, and which by themselves.

use std::time::{Duration, Instant};

use limosa_core::Step;
use limosa_core::event::{Done, Event, Observer};
use limosa_core::plan::{Action, Room, ScriptFrom, Transactions};

use super::Request;
use super::worker::Worker;
use crate::apply::{Applier, End, Framing, Member, StepError, Stretched, Waiting};
use crate::interrupt::{Watch, watched};
use crate::sequences::Sequences;
use crate::{Problem, identity, interrupt, stored};

/// How many steps are sent in one go at most, when each has its own transaction.
const STRETCH: usize = 1000;

/// The pauses between attempts at one transaction for all.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// The steps of a plan, and how many of them are done.
pub(super) struct Course<'p> {
    steps: &'p [Step],
    sequences: Sequences,
    at: usize,
    /// How many were told to have begun.
    told: usize,
    /// Until this one, each is done by itself, because together they were not.
    apart: usize,
    /// How long it is waited for others, when all are in one transaction, and how long next.
    patience: Duration,
    pause: Duration,
}

/// A step of which this process does not know how it ended.
pub(super) struct Unsure {
    pub step: Step,
    pub attempt: String,
    pub began: Instant,
    /// The number of the statement that was running, from 1.
    pub number: Option<u64>,
}

impl<'p> Course<'p> {
    pub(super) fn of(steps: &'p [Step], sequences: Sequences, patience: Duration) -> Self {
        Self {
            steps,
            sequences,
            at: 0,
            told: 0,
            apart: 0,
            patience,
            pause: FIRST_PAUSE,
        }
    }

    /// The step that is next.
    pub(super) fn next(&self) -> Option<&'p Step> {
        self.steps.get(self.at)
    }

    fn done(&mut self, done: Done, all: &mut Vec<Done>) {
        self.sequences.after(&self.steps[self.at]);
        self.at += 1;
        self.told = self.told.max(self.at);
        all.push(done);
    }
}

impl Worker {
    /// What a transaction has room for that several steps share.
    pub(super) fn look_for_room(&mut self, request: &Request<'_>) -> Result<Option<Room>, Problem> {
        let Some(own) = self.store.own() else {
            return Ok(None);
        };
        let Some(vacancy) = own.vacancy(&mut self.locked)? else {
            return Ok(None);
        };
        self.is_triggered = vacancy.is_triggered;
        if self.is_triggered {
            // So did the definition of our own tables.
            let doing = "cleaning the session";
            let cleaned = self.locked.reset_session();
            cleaned.map_err(|cause| Problem::Db { doing, cause })?;
        }
        let is_alone = self.store.foreign().is_none();
        let shares = request.options.transactions == Transactions::Auto && is_alone;
        Ok(
            (shares && vacancy.is_empty && !vacancy.is_triggered).then_some(Room {
                locks: vacancy.locks,
            }),
        )
    }

    /// Does the next step, or several of them together.
    pub(super) fn go_on<'p>(
        &mut self,
        course: &mut Course<'p>,
        request: &Request<'_>,
        observer: &mut dyn Observer,
        done: &mut Vec<Done>,
    ) -> Result<(), (&'p Step, StepError)> {
        let Some(step) = course.next() else {
            return Ok(());
        };
        let (count, framing) = self.together(course, request);
        if count == 0 {
            return self
                .by_itself(course, request, observer, done)
                .map_err(|error| (step, error));
        }
        let steps = &course.steps[course.at..course.at + count];
        let mut sequences = course.sequences.clone();
        let members: Vec<Member<'_>> = steps
            .iter()
            .map(|step| {
                let place = sequences.place(step);
                sequences.after(step);
                Member {
                    step,
                    attempt: identity::fresh(),
                    place,
                }
            })
            .collect();
        for member in &members {
            self.check_stored(member.step, observer)
                .map_err(|error| (member.step, error))?;
        }
        let began = Instant::now();
        let Stretched {
            done: took,
            told,
            sent,
            end,
        } = self.applied(request, observer, |applier| {
            applier.stretch(&members, framing)
        });
        course.told = course.told.max(course.at + told);
        let finished = took.len();
        for (member, took) in members.iter().zip(took) {
            course.done(Done::of(member.step, took), done);
        }
        match end {
            End::Done => Ok(()),
            End::Apart => {
                match framing {
                    Framing::Each => {
                        let step = members[finished].step;
                        return self
                            .by_itself(course, request, observer, done)
                            .map_err(|error| (step, error));
                    }
                    Framing::Shared => course.apart = course.at + count,
                    Framing::Whole { .. } => {
                        let waited = self.locked.settings().lock_timeout.unwrap_or_default();
                        course.patience = course.patience.saturating_sub(waited + course.pause);
                        interrupt::pause(course.pause, request.interrupted);
                        course.pause = (course.pause * 2).min(LONGEST_PAUSE);
                    }
                }
                Ok(())
            }
            End::Failed(at, error) => {
                if error.is_lost() {
                    let number = error.statement();
                    let unsure = members
                        .iter()
                        .take(sent)
                        .skip(finished)
                        .map(|member| Unsure {
                            step: member.step.clone(),
                            attempt: member.attempt.clone(),
                            began,
                            number,
                        });
                    self.unsure = unsure.collect();
                }
                Err((members[at].step, error))
            }
        }
    }

    /// How many of the next steps go together, and how; 0 when the next one goes by itself.
    fn together(&self, course: &Course<'_>, request: &Request<'_>) -> (usize, Framing) {
        let steps = &course.steps[course.at..];
        if request.options.transactions == Transactions::All {
            let patient = course.patience > course.pause;
            return (steps.len(), Framing::Whole { patient });
        }
        let may_share = course.apart <= course.at;
        let shared = (self.room.filter(|_| may_share)).map_or(0, |room| room.together(steps));
        if shared > 1 {
            return (shared, Framing::Shared);
        }
        let is_quick = |step: &&Step| {
            let from_file = matches!(
                step.action,
                Action::Run {
                    from: ScriptFrom::File,
                    ..
                }
            );
            from_file && step.attempt.is_none() && step.fits_one_transaction()
        };
        // Without our journal the transaction of a unit is known only when it is asked for.
        if !self.locked.sends_ahead() || self.store.own().is_none() {
            return (0, Framing::Each);
        }
        let quick = steps.iter().take_while(is_quick);
        let limit = match self.room.filter(|_| may_share) {
            // Those that may share come next.
            Some(room) => {
                let first = (1..steps.len()).find(|at| room.together(&steps[*at..]) > 1);
                first.unwrap_or(steps.len())
            }
            None => steps.len(),
        };
        (quick.take(limit.min(STRETCH)).count(), Framing::Each)
    }

    /// Does the next step.
    fn by_itself(
        &mut self,
        course: &mut Course<'_>,
        request: &Request<'_>,
        observer: &mut dyn Observer,
        done: &mut Vec<Done>,
    ) -> Result<(), StepError> {
        let Some(step) = course.next() else {
            return Ok(());
        };
        self.check_stored(step, observer)?;
        let attempt = step.attempt.clone().unwrap_or_else(identity::fresh);
        let began = Instant::now();
        let place = course.sequences.place(step);
        let told = course.at < course.told;
        let result = self.applied(request, observer, |applier| {
            applier.step(step, &attempt, &place, told)
        });
        match result {
            Ok(one) => {
                course.done(one, done);
                Ok(())
            }
            Err(error) => {
                if error.is_lost() {
                    self.unsure = vec![Unsure {
                        step: step.clone(),
                        attempt,
                        began,
                        number: error.statement(),
                    }];
                }
                Err(error)
            }
        }
    }

    /// Refuses a script from the history that somebody else may have written.
    fn check_stored(&mut self, step: &Step, observer: &mut dyn Observer) -> Result<(), StepError> {
        if let Action::Run {
            script,
            from: ScriptFrom::History,
        } = &step.action
        {
            let said = stored::check(&mut *self.locked, self.store.tables(), script)
                .map_err(|problem| StepError::Problem(Box::new(problem)))?;
            if let Some(remark) = &said {
                observer.observe(&Event::Remark(remark));
            }
        }
        Ok(())
    }

    /// Works while a thread watches for the wish to stop.
    fn applied<T>(
        &mut self,
        request: &Request<'_>,
        observer: &mut dyn Observer,
        work: impl FnOnce(&mut Applier<'_>) -> T,
    ) -> T {
        let canceller = self.locked.canceller();
        let watch = Watch::default();
        let mut waiting = Waiting::of(&self.locked);
        let mut applier = Applier {
            locked: &mut self.locked,
            store: &self.store,
            settings: &self.settings,
            run: &self.run,
            environment: request.environment,
            interrupted: request.interrupted,
            watch: &watch,
            waiting: &mut waiting,
            observer,
            notices: &self.notices,
            is_triggered: self.is_triggered,
        };
        watched(request.interrupted, &canceller, &watch, || {
            work(&mut applier)
        })
    }
}
