//! The one loop: plan, show, lock, plan again, carry out.

use limosa_core::event::{Done, Event, Observer};
use limosa_core::history::Direction;
use limosa_core::plan::{Action, Goal, PlanOptions};
use limosa_core::script::Environment;
use limosa_core::{Class, Diagnostic, MigrationSet, Plan, Step};
use limosa_db::store::{Entry, Limosa, Tables, Texts};
use limosa_db::{LockWait, Locked};

use crate::apply::{Applier, StepError};
use crate::interrupt::{Watch, watched};
use crate::notices::Notices;
use crate::{Database, Problem, RunFailure, RunReport, Settings, identity, stored};

/// What a person says to a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Carry it out.
    Go,
    /// Leave it: a dry run.
    Stop,
    /// Leave it, for this reason.
    Refuse(Box<Diagnostic>),
}

/// What to run.
pub struct Request<'a> {
    /// The migrations here.
    pub set: &'a MigrationSet,
    /// What is to be reached.
    pub goal: Goal,
    /// How to plan.
    pub options: PlanOptions,
    /// Variables, for layouts that expand them.
    pub environment: Environment<'a>,
    /// Shown the plan before the lock is taken (for prompts and `--dry-run`); not called when there is nothing to do.
    pub confirm: &'a mut dyn FnMut(&mut Database, &Plan) -> Answer,
    /// True once the person asked to stop (Ctrl-C); the running statement is cancelled.
    pub interrupted: &'a (dyn Fn() -> bool + Sync),
}

/// Plans, takes the lock, plans again and carries the plan out.
///
/// # Errors
/// With what is applied and why it stopped. A plan that was answered with [`Answer::Stop`] is a
/// report with nothing done.
pub fn run(
    mut database: Database,
    mut request: Request<'_>,
    observer: &mut dyn Observer,
) -> Result<RunReport, Box<RunFailure>> {
    let before = |problem: Problem| {
        Box::new(RunFailure {
            done: vec![],
            failed: None,
            problem,
        })
    };
    let plan = match plan_now(&mut database, &request) {
        // What looks interrupted may be another migrator at work: that is judged only under the lock.
        Err(problem) if problem.is_about_an_attempt() && !database.is_read_only() => {
            let (locked, store, settings) =
                lock(database, request.interrupted, observer).map_err(before)?;
            let tables = Some(store.tables().clone());
            database = Database {
                session: Box::new(locked),
                settings,
                tables,
            };
            plan_now(&mut database, &request).map_err(before)?
        }
        planned => planned.map_err(before)?,
    };
    for remark in plan.remarks() {
        observer.observe(&Event::Remark(remark));
    }
    if plan.is_empty() {
        return Ok(RunReport { plan, done: vec![] });
    }
    match (request.confirm)(&mut database, &plan) {
        Answer::Go => {}
        Answer::Stop => return Ok(RunReport { plan, done: vec![] }),
        Answer::Refuse(reason) => return Err(before(Problem::Reported(reason))),
    }
    let (mut locked, store, settings) =
        lock(database, request.interrupted, observer).map_err(before)?;
    let notices = Notices::of(&mut *locked);
    let mut worker = Worker {
        locked,
        store,
        settings,
        run: identity::fresh(),
        started: false,
        notices,
    };
    worker
        .prepare()
        .map_err(|problem| before(if_busy(problem)))?;
    worker
        .carry_out(&plan, &mut request, observer)
        .inspect_err(|failure| worker.note_failure(failure))
}

impl Database {
    /// The plan for what the database is now. Writes nothing.
    ///
    /// # Errors
    /// When the history cannot be read, or the goal cannot be reached as asked.
    pub fn plan(
        &mut self,
        set: &MigrationSet,
        goal: &Goal,
        options: &PlanOptions,
        environment: Environment<'_>,
    ) -> Result<Plan, Problem> {
        let history = self.history(texts(goal))?;
        let target = self.server().target;
        limosa_core::plan::plan(set, &history, goal, options, &target, environment)
            .map_err(Problem::Plan)
    }
}

fn plan_now(database: &mut Database, request: &Request<'_>) -> Result<Plan, Problem> {
    let Request {
        set,
        goal,
        options,
        environment,
        ..
    } = request;
    database.plan(set, goal, options, *environment)
}

fn texts(goal: &Goal) -> Texts {
    match goal {
        Goal::Up { .. } | Goal::Baseline(_) => Texts::Without,
        Goal::Down { .. } | Goal::Goto(_) | Goal::Redo => Texts::Downs,
    }
}

/// Takes the lock between migrators.
pub(crate) fn lock(
    mut database: Database,
    interrupted: &(dyn Fn() -> bool + Sync),
    observer: &mut dyn Observer,
) -> Result<(Locked, Limosa, Settings), Problem> {
    if database.is_read_only() {
        let server = database.server();
        let message = format!("{} on {} can only be read", server.database, server.place);
        return Err(Problem::report(
            Diagnostic::error("read-only", Class::Blocked, message)
                .with_help("connect to the primary server, with a user that may write"),
        ));
    }
    let settings = database.settings;
    let tables = match database.tables {
        Some(tables) => tables,
        None => Tables::home(&mut *database.session, settings.schema.as_deref())?,
    };
    let name = tables.lock_name();
    let store = Limosa::new(tables, &settings.set);
    let mut waiting = |holder: Option<&limosa_db::LockHolder>, waited| {
        observer.observe(&Event::LockWaiting {
            holder: holder.map(|holder| holder.who.as_str()),
            held_for: holder.and_then(|holder| holder.since),
            waited,
        });
    };
    let mut wait = LockWait {
        limit: settings.lock_wait,
        waiting: &mut waiting,
        interrupted: &|| interrupted(),
    };
    let locked = database
        .session
        .lock(&name, &mut wait)
        .map_err(Problem::Lock)?;
    Ok((locked, store, settings))
}

/// A session that holds the lock, and what it works with.
struct Worker {
    locked: Locked,
    store: Limosa,
    settings: Settings,
    run: String,
    /// Whether the journal says that the run began.
    started: bool,
    notices: Notices,
}

impl Worker {
    /// Creates our tables where they are not there yet.
    fn prepare(&mut self) -> Result<(), Problem> {
        let schema = self.settings.schema.as_deref();
        if let Some(tables) = Tables::find(&mut *self.locked, schema)? {
            if tables != *self.store.tables() {
                let message = "the tables of Limosa were created in another schema meanwhile";
                return Err(Problem::report(
                    Diagnostic::error("plan-changed", Class::Blocked, message)
                        .with_help("run the command again"),
                ));
            }
            return Ok(());
        }
        Ok(self.store.create(&mut self.locked)?)
    }

    /// Plans again under the lock and does the steps. What another process did meanwhile is left
    /// out; what was not shown is not done.
    fn carry_out(
        &mut self,
        shown: &Plan,
        request: &mut Request<'_>,
        observer: &mut dyn Observer,
    ) -> Result<RunReport, Box<RunFailure>> {
        let mut done: Vec<Done> = Vec::new();
        let mut refused_at = None;
        loop {
            let fail = |done: &[Done], problem| {
                Box::new(RunFailure {
                    done: done.to_vec(),
                    failed: None,
                    problem,
                })
            };
            let left = match self.plan_left(shown, request, &done) {
                Ok(left) => left,
                Err(problem) => return Err(fail(&done, problem)),
            };
            if done.is_empty() && refused_at.is_none() {
                observer.observe(&Event::Started { plan: &left.plan });
            }
            if !left.plan.is_empty() && done.is_empty() && refused_at.is_none() {
                self.note("run-started", &self.steps(&left.plan))
                    .map_err(|problem| fail(&done, if_busy(problem)))?;
                self.started = true;
            }
            let mut again = false;
            let mut sequences = left.sequences;
            for step in left.plan.steps() {
                if (request.interrupted)() {
                    return Err(fail(&done, Problem::report(interrupted_between(&done))));
                }
                match self.step(step, &mut sequences, request, observer) {
                    Ok(one) => done.push(one),
                    Err(StepError::Guard) if refused_at.as_ref() != Some(&step.version) => {
                        // Somebody else was faster: look again at what is left.
                        refused_at = Some(step.version.clone());
                        again = true;
                        break;
                    }
                    Err(error) => {
                        let (failed, problem) = error.report(step);
                        return Err(Box::new(RunFailure {
                            done,
                            failed,
                            problem,
                        }));
                    }
                }
            }
            if !again {
                if self.started {
                    self.note("run-finished", &self.steps(&left.plan))
                        .map_err(|problem| fail(&done, problem))?;
                }
                return Ok(RunReport {
                    plan: left.plan,
                    done,
                });
            }
        }
    }

    fn step(
        &mut self,
        step: &Step,
        sequences: &mut Sequences,
        request: &Request<'_>,
        observer: &mut dyn Observer,
    ) -> Result<Done, StepError> {
        if let Action::Run {
            script,
            from: limosa_core::plan::ScriptFrom::History,
        } = &step.action
        {
            let said = stored::check(&mut self.locked, self.store.tables(), script)
                .map_err(|problem| StepError::Problem(Box::new(problem)))?;
            if let Some(remark) = &said {
                observer.observe(&Event::Remark(remark));
            }
        }
        let canceller = self.locked.canceller();
        let watch = Watch::default();
        let mut applier = Applier {
            locked: &mut self.locked,
            store: &self.store,
            settings: &self.settings,
            run: &self.run,
            environment: request.environment,
            interrupted: request.interrupted,
            watch: &watch,
            observer,
            notices: &self.notices,
        };
        let recorded = sequences.recorded(step);
        let sequence = sequences.highest();
        let done = watched(request.interrupted, &canceller, &watch, || {
            applier.step(step, &recorded, sequence)
        })?;
        sequences.after(step);
        Ok(done)
    }

    fn plan_left(
        &mut self,
        shown: &Plan,
        request: &Request<'_>,
        done: &[Done],
    ) -> Result<Left, Problem> {
        let history = self
            .store
            .history(&mut *self.locked, texts(&request.goal))?;
        let target = self.locked.server().target;
        let goal = remaining(&request.goal, done);
        let plan = limosa_core::plan::plan_again(
            shown.steps(),
            request.set,
            &history,
            &goal,
            &request.options,
            &target,
            request.environment,
        )
        .map_err(Problem::Plan)?;
        for step in plan.steps() {
            match shown
                .steps()
                .iter()
                .find(|other| same_migration(step, other))
            {
                Some(other) if same_work(step, other) => {}
                Some(_) => return Err(Problem::report(file_changed(step))),
                None => return Err(Problem::report(plan_changed(step))),
            }
        }
        let sequences = Sequences {
            rows: history
                .applied
                .iter()
                .map(|row| (row.version.clone(), row.sequence))
                .collect(),
        };
        Ok(Left { plan, sequences })
    }

    /// What the journal says about a plan.
    fn steps(&self, plan: &Plan) -> serde_json::Value {
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
        })
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

    fn note(&mut self, event: &str, detail: &serde_json::Value) -> Result<(), Problem> {
        let entry = Entry {
            run: &self.run,
            event,
            actor: &self.settings.actor,
            detail: Some(detail.to_string()),
            ..Entry::default()
        };
        self.store.journal_entry(&mut self.locked, &entry)?;
        Ok(())
    }
}

/// The plan that is left, and the sequences of the history that it was made for.
struct Left {
    plan: Plan,
    sequences: Sequences,
}

/// The order of application, kept while steps are done.
struct Sequences {
    rows: Vec<(limosa_core::Version, i64)>,
}

impl Sequences {
    fn highest(&self) -> i64 {
        self.rows
            .iter()
            .map(|(_, sequence)| *sequence)
            .max()
            .unwrap_or(0)
    }

    /// The version's text as the history has it: a file's padding may differ by now.
    fn recorded(&self, step: &Step) -> String {
        let row = self
            .rows
            .iter()
            .find(|(version, _)| *version == step.version);
        row.map_or(step.version.text(), |(version, _)| version.text())
            .to_owned()
    }

    fn after(&mut self, step: &Step) {
        match step.direction {
            Direction::Up => {
                let next = self.highest() + 1;
                self.rows.push((step.version.clone(), next));
            }
            Direction::Down => self.rows.retain(|(version, _)| *version != step.version),
        }
    }
}

/// A goal that counts migrations counts those that are already done.
fn remaining(goal: &Goal, done: &[Done]) -> Goal {
    match goal {
        Goal::Up {
            to,
            limit: Some(limit),
        } => Goal::Up {
            to: to.clone(),
            limit: Some(limit.saturating_sub(done.len())),
        },
        Goal::Down {
            to,
            limit: Some(limit),
        } => Goal::Down {
            to: to.clone(),
            limit: Some(limit.saturating_sub(done.len())),
        },
        other => other.clone(),
    }
}

fn same_migration(step: &Step, other: &Step) -> bool {
    step.version == other.version && step.direction == other.direction
}

fn same_work(step: &Step, other: &Step) -> bool {
    let sha256 = |step: &Step| step.script().map(|script| script.sha256.clone());
    sha256(step) == sha256(other) && step.units == other.units
}

fn plan_changed(step: &Step) -> Diagnostic {
    let message = format!(
        "another process changed the history: {} {} was not in the plan that was shown",
        step.direction.name(),
        step.full_name()
    );
    Diagnostic::error("plan-changed", Class::Blocked, message)
        .with_note("nothing was done by this run")
        .with_help("look at the new plan with `limosa plan`, then run the command again")
}

fn file_changed(step: &Step) -> Diagnostic {
    let file = step
        .script()
        .map_or_else(|| step.full_name(), |script| script.file.clone());
    let message = format!("{file} was changed after the plan was shown");
    Diagnostic::error("plan-changed", Class::Blocked, message)
        .with_note("nothing was done by this run")
        .with_help("look at the new plan with `limosa plan`, then run the command again")
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

/// On `SQLite` another process is kept out by its transaction, not by a lock of ours: what does not get
/// through before anything was done is blocked, and safe to try again.
fn if_busy(problem: Problem) -> Problem {
    let (Problem::Store(limosa_db::store::StoreError::Db { cause, .. })
    | Problem::Db { cause, .. }) = &problem
    else {
        return problem;
    };
    if !cause.code().starts_with("SQLITE_BUSY") {
        return problem;
    }
    let message = "another process is writing to the database";
    Problem::report(
        Diagnostic::error("database-busy", Class::Blocked, message)
            .with_note("nothing was changed")
            .with_help("run the command again when the other process is done, or wait longer with --lock-timeout"),
    )
}
