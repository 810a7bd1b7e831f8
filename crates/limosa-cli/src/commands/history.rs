//! `limosa history`

use limosa_core::Version;
use limosa_core::journal::Run;
use limosa_db::Access;
use limosa_engine::Wanted;

use super::{Context, Outcome};
use crate::args::{History, ReportFormat};
use crate::exit;
use crate::project::{Extra, Project, version};
use crate::report::json::{self, HistoryDatabase, HistoryDocument};
use crate::report::{history_text, render};
use crate::stop::Stop;
use crate::terminal::count;

/// Shows the journal.
pub fn run(args: &History, context: &Context) -> Outcome {
    let mut databases = Vec::new();
    let (problems, code) = context.ended(show(args, context, &mut databases));
    if args.report.format == ReportFormat::Json {
        let document = HistoryDocument::new(databases, &problems, code);
        context.terminal.out(&json::pretty(&document));
    }
    Ok(code)
}

fn show(args: &History, context: &Context, databases: &mut Vec<HistoryDatabase>) -> Outcome {
    let terminal = &context.terminal;
    let about: Option<Version> = args.version.as_deref().map(version).transpose()?;
    if let Some(run) = &args.run
        && !run
            .bytes()
            .all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
    {
        return Err(
            Stop::usage("the name of a run is made of hexadecimal digits and `-`")
                .help("`limosa history` shows them"),
        );
    }
    let wanted = Wanted {
        limit: args.count,
        run: args.run.as_deref(),
        version: about.as_ref(),
    };
    let project = Project::find(&context.global, &Extra::default(), &context.around)?;
    for remark in &project.settings.remarks {
        terminal.story(&render(remark, terminal));
    }
    for one in &project.settings.databases {
        let (mut database, told) = project.reach(one, Access::Read)?;
        let introduction = project.introduction(&database, &told, terminal);
        terminal.story(&format!("{introduction}\n\n"));
        let runs = database
            .runs(&wanted)
            .map_err(|problem| Stop::from(problem.diagnostic()))?;
        if args.report.format == ReportFormat::Text {
            terminal.out(&project.title(one));
            terminal.out(&history_text(&runs, terminal));
            terminal.out(&format!("{}\n", summary(&runs, args)));
        }
        databases.push(HistoryDatabase {
            name: one.name.clone(),
            runs,
        });
    }
    Ok(exit::DONE)
}

fn summary(runs: &[Run], args: &History) -> String {
    let chosen = args.run.is_some() || args.version.is_some();
    match runs.len() {
        0 if chosen => "no such run".to_owned(),
        0 => "Limosa has done nothing here yet".to_owned(),
        all if all == args.count => format!("the newest {}; `-n` shows more", count(all, "run")),
        all => count(all, "run"),
    }
}
