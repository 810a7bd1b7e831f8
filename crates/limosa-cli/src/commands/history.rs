//! `limosa history`

use limosa_core::full_name;
use limosa_db::Access;
use limosa_engine::JournalEntry;

use super::{Context, Outcome};
use crate::args::{History, ReportFormat};
use crate::exit;
use crate::project::{Extra, Project};
use crate::report::json::{self, Entry, HistoryDocument};
use crate::report::{render, time};
use crate::stop::Stop;
use crate::terminal::{clean_line, count, pad};

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

fn show(args: &History, context: &Context, databases: &mut Vec<Entry>) -> Outcome {
    let terminal = &context.terminal;
    let project = Project::find(&context.global, &Extra::default(), &context.around)?;
    for remark in &project.settings.remarks {
        terminal.story(&render(remark, terminal));
    }
    for one in &project.settings.databases {
        let (mut database, url_from) = project.reach(one, Access::Read)?;
        let introduction = project.introduction(&database, &url_from);
        terminal.story(&format!("{introduction}\n\n"));
        let entries = database
            .journal(args.count)
            .map_err(|problem| Stop::from(problem.diagnostic()))?;
        if args.report.format == ReportFormat::Text {
            terminal.out(&text(&entries));
        }
        databases.push(Entry {
            name: one.name.clone(),
            entries,
        });
    }
    Ok(exit::DONE)
}

fn text(entries: &[JournalEntry]) -> String {
    let mut text = String::new();
    for entry in entries {
        let mut about = entry
            .version
            .as_deref()
            .map_or_else(String::new, |version| {
                full_name(version, entry.name.as_deref().unwrap_or_default())
            });
        if let (Some(direction), false) = (&entry.direction, about.is_empty()) {
            about.push_str(&format!(" {direction}"));
        }
        if let Some(unit) = entry.unit {
            about.push_str(&format!(", unit {}", unit + 1));
        }
        if let Some(statement) = entry.statement {
            about.push_str(&format!(", statement {statement}"));
        }
        text.push_str(&format!(
            "{}  {}  {}  {}\n",
            time(&entry.at),
            pad(&clean_line(&entry.event), 13),
            pad(&clean_line(&about), 40),
            clean_line(&entry.actor)
        ));
    }
    text.push_str(&format!("{}\n", count_entries(entries.len())));
    text
}

fn count_entries(number: usize) -> String {
    match number {
        0 => "nothing has happened yet".to_owned(),
        1 => count(1u64, "entry"),
        many => format!("{many} entries"),
    }
}
