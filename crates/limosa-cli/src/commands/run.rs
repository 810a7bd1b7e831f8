//! What `up`, `down`, `goto`, `redo` and `baseline` share: from settings to a run of the engine
//! for each database, and its report.

use std::collections::HashSet;

use limosa_core::event::{Event, Observer};
use limosa_core::history::Direction;
use limosa_core::plan::{Goal, PlanOptions, Transactions};
use limosa_core::{Diagnostic, MigrationSet, Plan, Severity};
use limosa_db::Access;
use limosa_engine::{Answer, Database, Texts};

use super::consent::{Consent, ask};
use super::{Context, Outcome};
use crate::args::{Going, RunFormat};
use crate::exit;
use crate::interrupt::{Interrupt, before_anything};
use crate::project::{Extra, Opened, Project};
use crate::report::json::{
    self, Events, Failed, PlanDatabase, RunDatabase, RunDocument, plan_document,
};
use crate::report::{Words, render, show_plan};
use crate::stop::{Stop, exit_code};
use crate::terminal::{Progress, count};

/// What to run.
pub struct Request<'a> {
    /// The goal, or why it is none.
    pub goal: Result<Goal, Stop>,
    /// How it goes.
    pub going: &'a Going,
    /// What is added to the options of every command.
    pub extra: Extra<'a>,
}

/// Runs it on every chosen database, in their order, until the first failure.
pub fn run(request: Request<'_>, context: &Context) -> Outcome {
    let interrupt = Interrupt::catch();
    let mut report = Report {
        context,
        going: request.going,
        databases: Vec::new(),
        plans: Vec::new(),
    };
    let result = request.goal.and_then(|goal| {
        let project = Project::find(&context.global, &request.extra, &context.around)?;
        let project = project.until(&interrupt);
        for remark in &project.settings.remarks {
            context.terminal.story(&render(remark, &context.terminal));
        }
        all(&project, &goal, &mut report, &interrupt)
    });
    match result {
        Ok(code) => Ok(report.finish(&[], code)),
        Err(stop) => {
            let code = context.show(&stop.0);
            Ok(report.finish(&stop.0, code))
        }
    }
}

fn all(project: &Project, goal: &Goal, report: &mut Report<'_>, interrupt: &Interrupt) -> Outcome {
    let timing = Some(&report.going.timing);
    let mut opened = Vec::new();
    for one in &project.settings.databases {
        let one = project.open(one, access(report.going), timing);
        // A command that gives the URL gets the same signal, and fails.
        let one = one.map_err(|stop| {
            if interrupt.came() {
                before_anything().into()
            } else {
                stop
            }
        });
        opened.push(one?);
    }
    if opened.len() > 1 {
        // A mistake in the last database stops the first one, too.
        for one in &mut opened {
            plan_now(one, goal, report.going.transacting.into())?;
        }
    }
    for one in opened {
        let code = run_one(project, one, goal, report, interrupt);
        if code != exit::DONE {
            return Ok(code);
        }
    }
    Ok(exit::DONE)
}

fn access(going: &Going) -> Access {
    if going.dry_run {
        Access::Read
    } else {
        Access::Write
    }
}

/// How to plan for a database.
fn options(one: &limosa_core::config::DatabaseSettings, transactions: Transactions) -> PlanOptions {
    PlanOptions {
        order: one.order,
        release: one.release.clone(),
        transactions,
    }
}

/// The plan for what the database is now.
pub fn plan_now(
    one: &mut Opened<'_>,
    goal: &Goal,
    transactions: Transactions,
) -> Result<Plan, Stop> {
    let options = options(one.settings, transactions);
    let plan = one.database.plan(&one.set, goal, &options, &variable);
    plan.map_err(|problem| problem.diagnostic().into())
}

/// What is to be said about what another tool did, which a run takes over before it carries its plan out.
pub fn taken_over_first(
    database: &mut Database,
    set: &MigrationSet,
) -> Result<Option<Diagnostic>, Stop> {
    // Without such a tool there is nothing to ask for again.
    if database.other_table().is_none() {
        return Ok(None);
    }
    let current = database.current(set, Texts::Without);
    let current = current.map_err(|problem| Stop::from(problem.diagnostic()))?;
    Ok(database.remark_about(&current.moved))
}

/// What is wrong with the files of a plan though they can be used. Files that were applied long ago
/// are left in peace; `status` and `lint` tell about all.
pub fn warnings_about<'a>(
    plan: &'a Plan,
    set: &'a MigrationSet,
) -> impl Iterator<Item = &'a Diagnostic> {
    let ups = plan.steps().iter();
    let ups = ups.filter(|step| step.direction == Direction::Up);
    let migrations = ups.filter_map(|step| set.get(&step.version));
    let files: HashSet<&str> = migrations
        .flat_map(|migration| migration.files.iter().map(String::as_str))
        .collect();
    let concerns = move |remark: &Diagnostic| {
        let mut labels = remark.labels.iter();
        labels.any(|label| files.contains(label.file.as_str()))
    };
    set.remarks
        .iter()
        .filter(move |remark| remark.severity == Severity::Warning && concerns(remark))
}

/// A variable of the environment, for layouts that expand them.
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn run_one(
    project: &Project,
    one: Opened<'_>,
    goal: &Goal,
    report: &mut Report<'_>,
    interrupt: &Interrupt,
) -> u8 {
    let context = report.context;
    let terminal = &context.terminal;
    let going = report.going;
    let introduction = project.introduction(&one.database, &one.told, terminal);
    terminal.story(&format!("{introduction}\n"));
    let name = one.settings.name.clone();
    if let Some(remark) = one.database.remark_about_new() {
        terminal.story(&format!("\n{}", render(&remark, terminal)));
    }
    let applied = one.database.tables().is_some();
    let target = one.database.server().target;
    let has_journal = one.database.keeps_own();
    let mut shown = None;
    let mut confirm = |database: &mut Database, plan: &Plan| {
        for warning in warnings_about(plan, &one.set) {
            terminal.story(&render(warning, terminal));
        }
        if going.dry_run {
            shown = (!plan.is_empty()).then(|| plan.clone());
            // What cannot be read was reported when the plan was made.
            let first = taken_over_first(database, &one.set).ok().flatten();
            if let Some(remark) = &first {
                terminal.story(&render(remark, terminal));
            }
            if first.is_some() || !plan.remarks().is_empty() {
                terminal.story("\n");
            }
            return Answer::Stop;
        }
        let consent = Consent {
            protected: project.is_protected(),
            yes: going.yes,
            allowed: &going.allow_destructive,
            set: &one.set,
            interrupt,
        };
        ask(&consent, database, plan, terminal)
    };
    let interrupted = || interrupt.came();
    let request = limosa_engine::Request {
        set: &one.set,
        goal: goal.clone(),
        options: options(one.settings, going.transacting.into()),
        environment: &variable,
        confirm: &mut confirm,
        interrupted: &interrupted,
    };
    let mut observer = Watching {
        progress: Progress::new(*terminal),
        events: (going.format == RunFormat::JsonLines).then(|| Events::new(&name, *terminal)),
    };
    terminal.story("\n");
    let result = limosa_engine::run(one.database, request, &mut observer);
    observer.progress.clear();
    match result {
        Ok(_) if going.dry_run => {
            let title = project.title(one.settings);
            report.planned(&name, &title, shown, &target, has_journal)
        }
        Ok(done) => {
            if done.done.is_empty() {
                let sentence = nothing_to_do(goal, &one.set, applied);
                terminal.story(&format!("{sentence}\n"));
            }
            report
                .databases
                .push(RunDatabase::new(&name, &done.done, None));
            exit::DONE
        }
        Err(failure) => {
            let diagnostic = failure.problem.diagnostic();
            if !failure.done.is_empty() || failure.failed.is_some() {
                terminal.story("\n");
            }
            terminal.err(&render(&diagnostic, terminal));
            if going.format == RunFormat::JsonLines {
                terminal.out(&json::failed(&name, &diagnostic));
            }
            let code = diagnostic.class.exit_code();
            let failed = match &failure.failed {
                Some(failed) => Failed::statement(failed, diagnostic.name),
                None => Failed::problems(std::slice::from_ref(&diagnostic)).0,
            };
            report
                .databases
                .push(RunDatabase::new(&name, &failure.done, Some((failed, code))));
            code
        }
    }
}

fn nothing_to_do(goal: &Goal, set: &MigrationSet, applied: bool) -> String {
    match goal {
        Goal::Up {
            to: None,
            limit: None,
        } => match set.migrations.len() {
            0 => "Nothing to do: there are no migrations".to_owned(),
            number => format!("Nothing to do: {} applied", count(number, "migration")),
        },
        Goal::Down { .. } | Goal::Redo if !applied => {
            "Nothing to do: nothing is applied".to_owned()
        }
        Goal::Down { .. } | Goal::Redo => "Nothing to do: nothing is there to undo".to_owned(),
        _ => "Nothing to do".to_owned(),
    }
}

/// Everything that is told about a run while it happens.
struct Watching {
    progress: Progress,
    events: Option<Events>,
}

impl Observer for Watching {
    fn observe(&mut self, event: &Event<'_>) {
        self.progress.observe(event);
        if let Some(events) = &mut self.events {
            events.observe(event);
        }
    }
}

/// What is said on stdout in the end.
struct Report<'c> {
    context: &'c Context,
    going: &'c Going,
    databases: Vec<RunDatabase>,
    plans: Vec<PlanDatabase>,
}

impl Report<'_> {
    /// Shows a plan instead of carrying it out.
    fn planned(
        &mut self,
        name: &str,
        title: &str,
        plan: Option<Plan>,
        target: &limosa_sql::Target,
        has_journal: bool,
    ) -> u8 {
        let terminal = &self.context.terminal;
        let shown = match (&plan, self.going.format) {
            (None, _) => {
                terminal.story("Nothing to do\n");
                Ok(())
            }
            (Some(plan), RunFormat::Text) => {
                let words = Words {
                    title,
                    hint: "the same command without `--dry-run` does this",
                    has_journal,
                };
                show_plan(plan, target, &words, terminal)
            }
            (Some(_), RunFormat::Json | RunFormat::JsonLines) => Ok(()),
        };
        self.plans.push(PlanDatabase {
            name: name.to_owned(),
            plan: plan.map(|plan| (plan, *target)),
        });
        match shown {
            Ok(()) => exit::DONE,
            Err(problem) => self.context.show(&[problem]),
        }
    }

    /// Says how it ended; the exit code.
    fn finish(self, problems: &[Diagnostic], code: u8) -> u8 {
        debug_assert!(problems.is_empty() || code == exit_code(problems));
        let terminal = &self.context.terminal;
        match self.going.format {
            RunFormat::Text => {}
            RunFormat::Json if self.going.dry_run => {
                return show_document(&self.plans, problems, code, self.context);
            }
            RunFormat::Json => {
                let document = RunDocument::new(self.databases, problems, code);
                terminal.out(&json::pretty(&document));
            }
            RunFormat::JsonLines => terminal.out(&json::finished(problems, code)),
        }
        code
    }
}

/// Shows the document of a plan; the exit code, which is another one when a script cannot be read any more.
pub fn show_document(
    plans: &[PlanDatabase],
    problems: &[Diagnostic],
    code: u8,
    context: &Context,
) -> u8 {
    let show = |plans: &[PlanDatabase], problems: &[Diagnostic], code| {
        plan_document(plans, problems, code)?.show(&context.terminal)
    };
    let Err(problem) = show(plans, problems, code) else {
        return code;
    };
    let problems = [problem];
    let code = context.show(&problems);
    // Without a plan nothing is read; that nothing can be kept was said.
    let _ = show(&[], &problems, code);
    code
}
