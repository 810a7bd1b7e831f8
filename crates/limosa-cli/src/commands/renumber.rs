//! `limosa renumber`

use std::time::SystemTime;

use limosa_core::config::{DatabaseSettings, UrlChoice};
use limosa_core::history::History;
use limosa_core::layout::{named_files, read};
use limosa_core::{Migration, Version};
use limosa_db::Access;
use limosa_engine::Texts;
use limosa_engine::renumber::{RenumberError, rename_files, renumber};

use super::new::{configured, only_folder};
use super::{Context, Outcome};
use crate::args::Renumber;
use crate::exit;
use crate::project::{Extra, Project, layout_of, place};
use crate::stop::{Stop, with_cause};
use crate::terminal::{GOOD, NOTE, clean_line, paint};

/// Gives a pending migration a new version.
pub fn run(args: &Renumber, context: &Context) -> Outcome {
    let terminal = &context.terminal;
    let project = Project::find(&context.global, &Extra::default(), &context.around)?;
    let one = only_folder(&project)?;
    let layout = layout_of(one)?;
    let shown = one.migrations.to_string_lossy();
    let files = named_files(&place(one, &shown)?, layout)?;
    let histories = histories(&project, context)?;
    let is_applied = |version: &Version, title: &str| {
        histories.iter().any(|history| {
            history
                .get(version)
                .is_some_and(|row| row.name == title || row.name.is_empty() || title.is_empty())
                || history
                    .attempt(version)
                    .is_some_and(|attempt| attempt.name == title)
        })
    };
    let numbering = one.numbering.map(configured);
    let plan = renumber(
        layout,
        &files,
        &args.version,
        &is_applied,
        numbering,
        SystemTime::now(),
    )
    .map_err(explained)?;
    let is_baseline = |one: &Migration| one.is_baseline() && one.full_name() == plan.before;
    let baseline = (read(&place(one, &shown)?).ok())
        .is_some_and(|reading| reading.set.migrations.iter().any(is_baseline));
    if baseline {
        let message = format!(
            "{} is a baseline: its version is the last that it stands for, and stays",
            plan.before
        );
        return Err(Stop::usage(message)
            .help("if another migration has the version of one that was replaced, name that one"));
    }
    if !args.dry_run {
        rename_files(&one.migrations, &plan).map_err(explained)?;
    }
    let verb = if args.dry_run {
        "Would rename"
    } else {
        "Renamed"
    };
    for rename in &plan.renames {
        terminal.story(&format!(
            "{} {} to {}\n",
            paint(GOOD, verb),
            clean_line(&one.migrations.join(&rename.from).display().to_string()),
            clean_line(&one.migrations.join(&rename.to).display().to_string())
        ));
    }
    Ok(exit::DONE)
}

/// The histories of the databases that use the folder, as far as databases are configured.
fn histories(project: &Project, context: &Context) -> Result<Vec<History>, Stop> {
    let mut histories = Vec::new();
    for one in &project.settings.databases {
        if has_no_url(one) {
            let note = "no database was asked what is applied, since none is configured";
            context
                .terminal
                .story(&format!("{}: {note}\n", paint(NOTE, "note")));
            continue;
        }
        let (mut database, _) = project.reach(one, Access::Read)?;
        let history = database
            .history(Texts::Without)
            .map_err(|problem| Stop::from(problem.diagnostic()))?;
        histories.push(history);
    }
    Ok(histories)
}

fn has_no_url(one: &DatabaseSettings) -> bool {
    matches!(one.url, UrlChoice::Nowhere(_) | UrlChoice::Unset(..))
}

fn explained(error: RenumberError) -> Stop {
    let stop = Stop::usage(with_cause(&error));
    match error {
        RenumberError::Ambiguous { names, .. } => stop.help(format!(
            "name it\nlimosa renumber {}",
            names.join("\nlimosa renumber ")
        )),
        RenumberError::Unknown(_) => stop.help("the versions are listed by\nlimosa status -v"),
        _ => stop,
    }
}
