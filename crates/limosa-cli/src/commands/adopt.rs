//! `limosa adopt`

mod convert;

use limosa_core::Diagnostic;
use limosa_core::config::HistoryKind;
use limosa_core::event::Observer;
use limosa_core::foreign::Moved;
use limosa_db::Access;
use limosa_engine::adopt::{adopt, undo};
use limosa_engine::{Keep, Problem, Texts};

use super::{Context, Outcome};
use crate::args::{Adopt, Global, Keeping, ReportFormat};
use crate::exit;
use crate::interrupt::Interrupt;
use crate::project::{Extra, Opened, Project};
use crate::report::json::{self, AdoptDatabase, AdoptDocument, AdoptOutcome};
use crate::report::{adopt_text, render, unknown};
use crate::stop::Stop;
use crate::terminal::Progress;

/// Takes over the history of another tool, or gives it back.
pub fn run(args: &Adopt, context: &Context) -> Outcome {
    let mut databases = Vec::new();
    let mut converted = None;
    let ended = match &args.convert {
        Some(into) => convert::run(args, into, context, &mut converted),
        None => all(args, context, &mut databases),
    };
    let (problems, code) = context.ended(ended);
    if args.report.format == ReportFormat::Json {
        let mut document = AdoptDocument::new(databases, &problems, code);
        document.converted = converted;
        context.terminal.out(&json::pretty(&document));
    }
    Ok(code)
}

fn all(args: &Adopt, context: &Context, databases: &mut Vec<AdoptDatabase>) -> Outcome {
    let interrupt = Interrupt::catch();
    let terminal = &context.terminal;
    let global = Global {
        tool: args.from.or(context.global.tool),
        history: Some(HistoryKind::Mirror),
        ..context.global.clone()
    };
    let project = Project::find(&global, &Extra::default(), &context.around)?.until(&interrupt);
    for remark in &project.settings.remarks {
        terminal.story(&render(remark, terminal));
    }
    let access = if args.dry_run {
        Access::Read
    } else {
        Access::Write
    };
    for one in &project.settings.databases {
        let opened = project.open(one, access, None)?;
        let introduction = project.introduction(&opened.database, &opened.told, terminal);
        terminal.story(&format!("{introduction}\n\n"));
        let mut progress = Progress::new(*terminal);
        let done = if args.undo {
            give_up(opened, &interrupt, &mut progress)
        } else if args.dry_run {
            show(opened, context)
        } else {
            take_over(opened, args.keep, context, &interrupt, &mut progress)
        };
        progress.clear();
        let done = done?;
        if args.report.format == ReportFormat::Text {
            terminal.out(&project.title(one));
            terminal.out(&adopt_text(&done));
        }
        databases.push(done);
    }
    Ok(exit::DONE)
}

fn take_over(
    opened: Opened<'_>,
    keep: Option<Keeping>,
    context: &Context,
    interrupt: &Interrupt,
    observer: &mut dyn Observer,
) -> Result<AdoptDatabase, Stop> {
    let keep = keep.map(|keep| match keep {
        Keeping::Theirs => Keep::Theirs,
        Keeping::Ours => Keep::Ours,
    });
    let interrupted = || interrupt.came();
    let about_lock = opened.database.remark_about_lock();
    let adopted = adopt(opened.database, &opened.set, keep, &interrupted, observer)
        .map_err(|problem| Stop::from(problem.diagnostic()))?;
    let outcome = if keep == Some(Keep::Ours) {
        AdoptOutcome::Corrected
    } else {
        AdoptOutcome::Adopted
    };
    let of = (adopted.tool.name(), adopted.table.as_str());
    let name = &opened.settings.name;
    let done = AdoptDatabase::new(name, outcome, of, &adopted.moved, &opened.set);
    if outcome == AdoptOutcome::Adopted {
        tell(&unknown(&done, adopted.only_highest), context);
        tell(about_lock.as_slice(), context);
    }
    Ok(done)
}

fn show(mut opened: Opened<'_>, context: &Context) -> Result<AdoptDatabase, Stop> {
    let reported = |problem: Problem| Stop::from(problem.diagnostic());
    let (tool, table) = opened.database.table_to_adopt().map_err(reported)?;
    let current = opened.database.current(&opened.set, Texts::Without);
    let current = current.map_err(reported)?;
    let of = (tool.name(), table.as_str());
    let name = &opened.settings.name;
    let outcome = AdoptOutcome::WouldAdopt;
    let done = AdoptDatabase::new(name, outcome, of, &current.moved, &opened.set);
    tell(&unknown(&done, current.only_highest), context);
    tell(opened.database.remark_about_lock().as_slice(), context);
    Ok(done)
}

fn give_up(
    opened: Opened<'_>,
    interrupt: &Interrupt,
    observer: &mut dyn Observer,
) -> Result<AdoptDatabase, Stop> {
    let interrupted = || interrupt.came();
    let undone = undo(opened.database, &opened.set, &interrupted, observer)
        .map_err(|problem| Stop::from(problem.diagnostic()))?;
    let of = (undone.tool.name(), undone.table.as_str());
    let name = &opened.settings.name;
    Ok(AdoptDatabase::new(
        name,
        AdoptOutcome::Undone,
        of,
        &Moved::default(),
        &opened.set,
    ))
}

fn tell(notes: &[Diagnostic], context: &Context) {
    for note in notes {
        context.terminal.story(&render(note, &context.terminal));
    }
}
