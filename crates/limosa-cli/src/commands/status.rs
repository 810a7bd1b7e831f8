//! `limosa status`

use limosa_core::Diagnostic;
use limosa_core::history::{Counts, Status as States};
use limosa_db::Access;
use limosa_engine::{Current, Look, Outside, Since, Texts};

use super::{Context, Outcome};
use crate::args::{ReportFormat, Status, Timing};
use crate::exit;
use crate::project::{Extra, Project};
use crate::report::json::{self, StatusDatabase, StatusDocument};
use crate::report::{render, status_text, time};
use crate::stop::Stop;
use crate::terminal::clean_line;

/// Shows what is applied, what is pending, and what is wrong.
pub fn run(args: &Status, context: &Context) -> Outcome {
    let mut databases = Vec::new();
    let (problems, code) = context.ended(show(args, context, &mut databases));
    if args.report.format == ReportFormat::Json {
        let document = StatusDocument::new(databases, &problems, code);
        context.terminal.out(&json::pretty(&document));
    }
    Ok(code)
}

fn show(args: &Status, context: &Context, databases: &mut Vec<StatusDatabase>) -> Outcome {
    let terminal = &context.terminal;
    let timing = Timing {
        wait: args.wait,
        ..Timing::default()
    };
    let extra = Extra {
        timing: Some(&timing),
        reaching: None,
    };
    let project = Project::find(&context.global, &extra, &context.around)?;
    for remark in &project.settings.remarks {
        terminal.story(&render(remark, terminal));
    }
    let mut code = exit::DONE;
    for one in &project.settings.databases {
        let mut opened = project.open_for(Look::AndSchema, one, Access::Read, Some(&timing))?;
        let introduction = project.introduction(&opened.database, &opened.told, terminal);
        terminal.story(&format!("{introduction}\n\n"));
        let Current { history, moved, .. } = opened
            .database
            .current(&opened.set, Texts::Without)
            .map_err(|problem| Stop::from(problem.diagnostic()))?;
        let server = opened.database.server();
        let states = States::new(&opened.set, &history, server.target.dialect)
            .map_err(|problem| Stop::from(*problem))?;
        if args.check && has_findings(&states.counts()) {
            code = exit::FINDINGS;
        }
        for remark in &opened.set.remarks {
            terminal.story(&render(remark, terminal));
        }
        if states.fits_nothing() {
            terminal.story(&render(&of_other_migrations(), terminal));
        }
        if let Some(remark) = opened.database.remark_about(&moved) {
            terminal.story(&render(&remark, terminal));
        }
        let outside = opened.database.changed_outside(&moved);
        if let Outside::Changed(since) = &outside {
            terminal.story(&render(&changed_outside(since), terminal));
        }
        match args.report.format {
            ReportFormat::Text => {
                terminal.out(&project.title(one));
                terminal.out(&status_text(&states, terminal));
            }
            ReportFormat::Json => databases.push(StatusDatabase::new(
                &one.name,
                &opened.database,
                &opened.set,
                &states,
                &outside,
            )),
        }
    }
    Ok(code)
}

fn of_other_migrations() -> Diagnostic {
    let message = "nothing that is applied is among the files here";
    Diagnostic::warning("other-migrations", message).with_help(
        "if two sets of migrations share the database, give these a name of their own in limosa.toml\nset = \"…\"",
    )
}

fn changed_outside(since: &Since) -> Diagnostic {
    let message = format!(
        "the schema was changed outside of migrations since run {} ({})",
        clean_line(&since.run),
        time(&since.at)
    );
    Diagnostic::warning("changed-outside", message).with_help("see what was changed\nlimosa drift")
}

fn has_findings(counts: &Counts) -> bool {
    let waiting = counts.pending + counts.out_of_order + counts.interrupted;
    waiting + counts.changed + counts.missing + counts.partial > 0
}
