//! The one loop: plan, show, lock, plan again, carry out.

mod busy;
mod course;
mod left;
mod others;
mod reconnect;
mod sets;
mod worker;

use std::time::Duration;

use limosa_core::event::{Event, Observer};
use limosa_core::plan::{Goal, PlanOptions};
use limosa_core::script::Environment;
use limosa_core::{Class, Diagnostic, MigrationSet, Plan};
use limosa_db::store::{Stores, Texts};
use limosa_db::{Backend, HeldLock, LockWait, Locked};

use crate::{Current, Database, Problem, RunFailure, RunReport, Settings, pooler};
use busy::{Wait, when_free};
use reconnect::Reconnect;
use worker::Worker;

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
    /// An empty plan is shown where what another tool did is still to be taken over.
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
    database: Database,
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
    let mut reconnect = Reconnect::new(&database);
    let (mut database, Seen { plan, behind }) =
        planned(database, &request, &mut reconnect, observer).map_err(before)?;
    for remark in plan.remarks() {
        observer.observe(&Event::Remark(remark));
    }
    // What another tool did is taken over also when nothing is left to do after it.
    if plan.is_empty() && !(behind && may_take_over(&database, &request.goal)) {
        return Ok(RunReport { plan, done: vec![] });
    }
    match (request.confirm)(&mut database, &plan) {
        Answer::Go => pooler::admit(database.server(), &plan).map_err(before)?,
        Answer::Stop => return Ok(RunReport { plan, done: vec![] }),
        Answer::Refuse(reason) => return Err(before(Problem::Reported(reason))),
    }
    let worker = loop {
        let problem = match Worker::new(database, reconnect.clone(), &request, observer) {
            Ok(worker) => break worker,
            Err(problem) => problem,
        };
        database = reconnect
            .database(problem, &request, observer)
            .map_err(before)?;
    };
    worker.carry_out(&plan, &mut request, observer)
}

/// What is seen before the lock is taken.
struct Seen {
    plan: Plan,
    /// Whether our history does not say yet what another tool did, or the table of that tool is still to be made.
    behind: bool,
}

/// Whether a run without a step writes down what another tool did.
fn may_take_over(database: &Database, goal: &Goal) -> bool {
    matches!(goal, Goal::Up { .. }) && database.keeps_own() && !database.is_read_only()
}

/// The plan as it is before the lock is taken.
fn planned(
    mut database: Database,
    request: &Request<'_>,
    reconnect: &mut Reconnect,
    observer: &mut dyn Observer,
) -> Result<(Database, Seen), Problem> {
    let mut under_lock = false;
    loop {
        let wait = Wait {
            limit: database.settings.lock_wait,
            interrupted: request.interrupted,
            done: 0,
        };
        let problem = match when_free(&wait, observer, || plan_now(&mut database, request)) {
            Ok(seen) => return Ok((database, seen)),
            // What looks interrupted may be another migrator at work: that is judged only under the lock.
            Err(problem)
                if problem.is_about_an_attempt() && !database.is_read_only() && !under_lock =>
            {
                // Whoever was at work may have made tables meanwhile.
                let again = lock(database, None, request.interrupted, observer).and_then(
                    |(locked, _, settings)| Database::with_session(Box::new(locked), settings),
                );
                match again {
                    Ok(again) => {
                        under_lock = true;
                        database = again;
                        continue;
                    }
                    Err(problem) => problem,
                }
            }
            Err(problem) => problem,
        };
        database = reconnect.database(problem, request, observer)?;
        under_lock = false;
    }
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
        Ok(self.see(set, goal, options, environment)?.plan)
    }

    fn see(
        &mut self,
        set: &MigrationSet,
        goal: &Goal,
        options: &PlanOptions,
        environment: Environment<'_>,
    ) -> Result<Seen, Problem> {
        let Current { history, moved, .. } = self.current(set, texts(goal))?;
        let target = self.server().target;
        let plan = limosa_core::plan::plan(set, &history, goal, options, &target, environment)
            .map_err(|error| sets::no_plan(error, set, &history, target.dialect))?;
        let lacks_table =
            self.tables().is_some() && (self.other_table()).is_some_and(|table| !table.exists());
        Ok(Seen {
            plan,
            behind: !moved.is_nothing() || lacks_table,
        })
    }
}

fn plan_now(database: &mut Database, request: &Request<'_>) -> Result<Seen, Problem> {
    let Request {
        set,
        goal,
        options,
        environment,
        ..
    } = request;
    database.see(set, goal, options, *environment)
}

fn texts(goal: &Goal) -> Texts {
    match goal {
        Goal::Up { .. } | Goal::Baseline(_) => Texts::Without,
        Goal::Down { .. } | Goal::Goto(_) | Goal::Redo => Texts::Downs,
    }
}

/// Takes the lock between migrators. `lost` is the session that held it for this run before.
pub(crate) fn lock(
    mut database: Database,
    lost: Option<&Backend>,
    interrupted: &(dyn Fn() -> bool + Sync),
    observer: &mut dyn Observer,
) -> Result<(Locked, Stores, Settings), Problem> {
    if database.is_read_only() {
        let server = database.server();
        let message = format!("{} on {} can only be read", server.database, server.place);
        return Err(Problem::report(
            Diagnostic::error("read-only", Class::Blocked, message)
                .with_help("connect to the primary server, with a user that may write"),
        ));
    }
    let stores = database.stores()?;
    let settings = database.settings;
    let server = database.session.server();
    let locks = stores
        .tables()
        .locks(others::locks(server, &stores, &settings));
    let mut waiting = |lock: &HeldLock, waited| tell_waiting(observer, lock, waited);
    let mut wait = LockWait {
        limit: settings.lock_wait,
        lost,
        waiting: &mut waiting,
        interrupted: &|| interrupted(),
    };
    let locked = database
        .session
        .lock(&locks, &mut wait)
        .map_err(Problem::Lock)?;
    Ok((locked, stores, settings))
}

/// Tells which lock is waited for.
pub(crate) fn tell_waiting(observer: &mut dyn Observer, lock: &HeldLock, waited: Duration) {
    let holder = lock.holder.as_ref();
    observer.observe(&Event::LockWaiting {
        tool: lock.tool,
        holder: holder.map(|holder| holder.who.as_str()),
        held_for: holder.and_then(|holder| holder.since),
        waited,
    });
}
