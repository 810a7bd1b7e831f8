//! What holds the lock and does the steps, whatever becomes of its connection.

use std::time::Instant;

use limosa_core::event::{Done, Event, Observer};
use limosa_core::foreign::Moved;
use limosa_core::plan::{Room, Transactions};
use limosa_core::{Class, Diagnostic, MigrationSet, Plan, Step, Version};
use limosa_db::store::{Entry, Stores};
use limosa_db::{Locked, Session as _};

use limosa_sql::Dialect;

use super::busy::{Wait, when_free};
use super::course::{Course, Unsure};
use super::left::Left;
use super::others;
use super::reconnect::Reconnect;
use super::{Request, lock, texts};
use crate::apply::StepError;
use crate::notices::Notices;
use crate::other;
use crate::{Database, Failed, Problem, RunFailure, RunReport, Settings, drift, identity};

/// A session that holds the lock, and what it works with.
pub(super) struct Worker {
    pub(super) locked: Locked,
    pub(super) store: Stores,
    pub(super) settings: Settings,
    pub(super) run: String,
    /// Whether the observer knows what is left of the plan.
    told: bool,
    /// Whether the journal says that the run began.
    started: bool,
    /// Whether something was taken over from another tool.
    took_over: bool,
    /// How often the schema was read at the end.
    readings: u32,
    pub(super) notices: Notices,
    reconnect: Reconnect,
    /// Whether this is not the run's first connection.
    reconnected: bool,
    /// The steps that were at work when the connection was lost: their ends may be recorded.
    pub(super) unsure: Vec<Unsure>,
    /// What a transaction has room for in which steps are shared; `None` where none is.
    pub(super) room: Option<Room>,
    /// Whether a definition may do more than it says.
    pub(super) is_triggered: bool,
}

/// What is said when one transaction had everything in it.
const ALL_UNDONE: &str = "everything was in one transaction, so nothing of this run is applied";

/// Why the work stopped.
struct Stop {
    failed: Option<Failed>,
    problem: Problem,
}

impl From<Problem> for Box<Stop> {
    fn from(problem: Problem) -> Self {
        Self::new(Stop {
            failed: None,
            problem,
        })
    }
}

impl Worker {
    /// Takes the lock.
    pub fn new(
        database: Database,
        reconnect: Reconnect,
        request: &Request<'_>,
        observer: &mut dyn Observer,
    ) -> Result<Self, Problem> {
        let (mut locked, store, settings) = lock(database, None, request.interrupted, observer)?;
        let notices = Notices::of(&mut *locked);
        if let Some(remark) = others::not_excluded(locked.server(), &store, &settings) {
            observer.observe(&Event::Remark(&remark));
        }
        Ok(Self {
            locked,
            store,
            settings,
            run: identity::fresh(),
            told: false,
            started: false,
            took_over: false,
            readings: 0,
            notices,
            reconnect,
            reconnected: false,
            unsure: Vec::new(),
            room: None,
            is_triggered: false,
        })
    }

    /// Carries the plan out. When the connection is lost, another one goes on where that one was.
    pub fn carry_out(
        mut self,
        shown: &Plan,
        request: &mut Request<'_>,
        observer: &mut dyn Observer,
    ) -> Result<RunReport, Box<RunFailure>> {
        let mut done = Vec::new();
        loop {
            let Stop { failed, problem } = match self.pass(shown, request, observer, &mut done) {
                Ok(plan) => return Ok(RunReport { plan, done }),
                Err(stop) => *stop,
            };
            if !problem.is_lost() {
                let failure = RunFailure {
                    done,
                    failed,
                    problem,
                };
                self.note_failure(&failure);
                return Err(Box::new(failure));
            }
            let at = self.unsure.first().map(|unsure| {
                let Unsure {
                    step,
                    number,
                    began,
                    ..
                } = unsure;
                (step.clone(), *number, began.elapsed())
            });
            self = self.again(problem, request, observer).map_err(|problem| {
                if let Some((step, number, duration)) = &at {
                    observer.observe(&Event::StepFailed {
                        step,
                        number: *number,
                        duration: *duration,
                    });
                }
                Box::new(RunFailure {
                    done: std::mem::take(&mut done),
                    failed,
                    problem,
                })
            })?;
        }
    }

    /// The same worker on another connection, with the lock.
    fn again(
        self,
        mut problem: Problem,
        request: &Request<'_>,
        observer: &mut dyn Observer,
    ) -> Result<Self, Problem> {
        let Self {
            locked,
            mut reconnect,
            ..
        } = self;
        let lost = locked.server().backend.clone();
        let message = problem.to_string();
        let began = Instant::now();
        // Its lock must not be held against us.
        drop(locked);
        loop {
            let database = reconnect.database(problem, request, observer)?;
            match lock(database, Some(&lost), request.interrupted, observer) {
                Ok((mut locked, store, _)) => {
                    let notices = Notices::of(&mut *locked);
                    let mut worker = Self {
                        locked,
                        store,
                        notices,
                        reconnect,
                        reconnected: true,
                        ..self
                    };
                    worker.note_reconnected(&message, began.elapsed());
                    return Ok(worker);
                }
                Err(next) => problem = next,
            }
        }
    }

    /// Plans again under the lock and does the steps. What another process did meanwhile is left
    /// out; what was not shown is not done.
    fn pass(
        &mut self,
        shown: &Plan,
        request: &Request<'_>,
        observer: &mut dyn Observer,
        done: &mut Vec<Done>,
    ) -> Result<Plan, Box<Stop>> {
        let dialect = self.locked.dialect();
        let (limit, interrupted) = (self.settings.lock_wait, request.interrupted);
        let wait = |done: &[Done]| Wait {
            limit,
            interrupted,
            done: done.len(),
        };
        let taken = when_free(&wait(done), observer, || self.prepare(request.set))?;
        self.took_over |= !taken.is_nothing();
        for remark in self.remarks_about_the_other(&taken) {
            observer.observe(&Event::Remark(&remark));
        }
        self.ended_unseen(observer, done)?;
        self.room = self.look_for_room(request)?;
        let mut refusals = Refusals::default();
        loop {
            let left = when_free(&wait(done), observer, || self.left(shown, request, done))?;
            if !self.told {
                observer.observe(&Event::Started { plan: &left.plan });
                self.told = true;
            }
            if !left.plan.is_empty() && !self.started {
                let steps = self.steps(&left.plan);
                when_free(&wait(done), observer, || {
                    self.note_once("run-started", &steps)
                })?;
                self.started = true;
            }
            let units = left.plan.steps().first().map_or(0, |step| step.done);
            self.reconnect.progress((done.len(), units));
            let mut again = false;
            let mut course =
                Course::of(left.plan.steps(), left.sequences, self.settings.lock_budget);
            while let Some(step) = course.next() {
                if (request.interrupted)() {
                    return Err(Problem::report(interrupted_between(done)).into());
                }
                match self.go_on(&mut course, request, observer, done) {
                    Ok(()) => {}
                    Err((_, StepError::Guard)) if refusals.may_look_again(step, dialect) => {
                        // Somebody else was faster: look again at what is left.
                        again = true;
                        break;
                    }
                    Err((step, error)) => {
                        let (failed, mut problem) = error.report(step);
                        if let (Transactions::All, Problem::Reported(report)) =
                            (request.options.transactions, &mut problem)
                        {
                            report.notes.push(ALL_UNDONE.to_owned());
                        }
                        return Err(Box::new(Stop { failed, problem }));
                    }
                }
            }
            if again {
                // It may have been another tool.
                when_free(&wait(done), observer, || self.prepare(request.set))?;
            } else {
                if self.started || self.took_over {
                    let end = self.end(&left.plan, request)?;
                    when_free(&wait(done), observer, || {
                        self.note_once("run-finished", &end)
                    })?;
                }
                return Ok(left.plan);
            }
        }
    }

    /// Looks whether the step that was at work when the connection was lost was recorded all the same: a
    /// COMMIT whose answer was lost is decided by its own entry.
    fn ended_unseen(
        &mut self,
        observer: &mut dyn Observer,
        done: &mut Vec<Done>,
    ) -> Result<(), Problem> {
        for unsure in &self.unsure {
            let Unsure {
                step,
                attempt,
                began,
                ..
            } = unsure;
            if !self.store.has_ended(&mut self.locked, attempt)? {
                break;
            }
            let duration = began.elapsed();
            observer.observe(&Event::StepFinished { step, duration });
            done.push(Done::of(step, duration));
        }
        self.unsure.clear();
        Ok(())
    }

    fn left(
        &mut self,
        shown: &Plan,
        request: &Request<'_>,
        done: &[Done],
    ) -> Result<Left, Problem> {
        let texts = texts(&request.goal);
        let history = if self.store.own().is_some() {
            self.store.history(&mut self.locked, texts)?
        } else {
            other::current(&self.store, false, &mut self.locked, request.set, texts)?.history
        };
        let target = self.locked.server().target;
        Left::of(shown, request, &history, &target, done)
    }

    /// Creates the tables that are not there yet, and takes over what another tool did.
    fn prepare(&mut self, set: &MigrationSet) -> Result<Moved, Problem> {
        let (stores, locked) = (&mut self.store, &mut self.locked);
        other::create_own(stores, locked, &self.settings)?;
        other::take_over(stores, locked, set, &self.settings, &self.run, None)
    }

    /// What is to be said about the other tool, once in a run, and only when it was at work.
    fn remarks_about_the_other(&self, taken: &Moved) -> Vec<Diagnostic> {
        let Some(foreign) = self.store.foreign().filter(|_| !self.told) else {
            return vec![];
        };
        let said = other::taken_over(foreign.tool(), taken);
        let no_lock = said
            .is_some()
            .then(|| other::no_lock(foreign, self.locked.server()));
        said.into_iter().chain(no_lock.flatten()).collect()
    }

    fn note_reconnected(&mut self, message: &str, waited: std::time::Duration) {
        if !self.started {
            return;
        }
        let detail = serde_json::json!({
            "after": message,
            "waited_ms": u64::try_from(waited.as_millis()).unwrap_or(u64::MAX),
        });
        // A connection that is lost again says so at the next statement.
        let _ = self.note("reconnected", &detail);
    }

    /// What the journal says about a plan.
    fn steps(&self, plan: &Plan) -> serde_json::Value {
        let server = self.locked.server();
        let steps: Vec<_> = plan
            .steps()
            .iter()
            .take(100)
            .map(|step| format!("{} {}", step.direction.name(), step.full_name()))
            .collect();
        serde_json::json!({
            "steps": steps,
            "count": plan.steps().len(),
            "tool_version": self.settings.tool_version,
            "release": self.settings.release,
            "process": std::process::id(),
            "user": server.user,
            "address": server.client,
        })
    }

    /// What the journal says about the end of a run: what it was about, and how the schema is now.
    fn end(&mut self, plan: &Plan, request: &Request<'_>) -> Result<serde_json::Value, Problem> {
        self.readings += 1;
        let limits = drift::Limits {
            interrupted: request.interrupted,
            // Where reading it is what ends the session, it is not tried for ever.
            may_be_lost: self.readings == 1,
        };
        let schema = drift::at_the_end(&self.store, &mut self.locked, &limits)?;
        let mut end = self.steps(plan);
        if let Some(schema) = schema {
            end["schema"] = schema;
        }
        Ok(end)
    }

    /// Writes down why a run ended before its goal. Its report is more important than this entry, so
    /// trouble with it is not reported: a run without an end is one whose connection died.
    fn note_failure(&mut self, failure: &RunFailure) {
        if !self.started {
            return;
        }
        let diagnostic = failure.problem.diagnostic();
        let event = match diagnostic.class {
            Class::Interrupted => "run-interrupted",
            _ => "run-failed",
        };
        let detail = serde_json::json!({
            "problem": diagnostic.name,
            "message": diagnostic.message,
            "done": failure.done.len(),
        });
        let _ = self.note(event, &detail);
    }

    /// Writes an entry of which a run has one, unless the connection was lost when it was written before.
    fn note_once(&mut self, event: &str, detail: &serde_json::Value) -> Result<(), Problem> {
        if self.reconnected && self.store.has_noted(&mut self.locked, &self.run, event)? {
            return Ok(());
        }
        self.note(event, detail)
    }

    fn note(&mut self, event: &str, detail: &serde_json::Value) -> Result<(), Problem> {
        let backend = self.locked.server().backend.clone();
        let entry = Entry {
            run: &self.run,
            event,
            backend: Some((backend.id, &backend.started)),
            actor: &self.settings.actor,
            detail: Some(detail.to_string()),
            ..Entry::default()
        };
        self.store.journal_entry(&mut self.locked, &entry)?;
        Ok(())
    }
}

/// How often a guard said no at the same place.
#[derive(Default)]
struct Refusals {
    at: Option<(Version, usize)>,
    times: u32,
}

impl Refusals {
    /// Whether to plan again. Where others are kept out by the lock, one look is enough; on `SQLite` they are
    /// not, and may be faster at each unit.
    fn may_look_again(&mut self, step: &Step, dialect: Dialect) -> bool {
        const MOST: u32 = 1000;
        let at = Some((step.version.clone(), step.done));
        if self.at != at {
            self.times = 0;
        }
        self.at = at;
        self.times += 1;
        self.times <= if dialect == Dialect::Sqlite { MOST } else { 1 }
    }
}

fn interrupted_between(done: &[Done]) -> Diagnostic {
    let message = match done.len() {
        0 => "interrupted before anything was done".to_owned(),
        1 => "interrupted after 1 migration".to_owned(),
        n => format!("interrupted after {n} migrations"),
    };
    Diagnostic::error("interrupted", Class::Interrupted, message)
        .with_help("go on with the same command")
}
