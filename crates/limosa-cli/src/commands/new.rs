//! `limosa new`

use std::time::SystemTime;

use limosa_core::config::{self, DatabaseSettings};
use limosa_core::layout::{NamedFile, named_files};
use limosa_core::{Layout, Version};
use limosa_engine::scaffold::{Numbering, Shape, scaffold, write_new};

use super::{Context, Outcome};
use crate::args::New;
use crate::exit;
use crate::project::{Extra, Project, layout_of, place};
use crate::stop::{Stop, with_cause};
use crate::terminal::{GOOD, paint};

/// Makes a new migration.
pub fn run(args: &New, context: &Context) -> Outcome {
    let project = Project::find(&context.global, &Extra::default(), &context.around)?;
    let one = only_folder(&project)?;
    let layout = match one.layout {
        Some(layout) => layout,
        None if is_empty(one) => Layout::Native,
        None => layout_of(one)?,
    };
    let last = last(one, layout)?;
    let highest = last.first().map(|file| file.version.clone());
    let numbering = numbering(args, one, highest.as_ref());
    let shape = if args.pair || is_pair(&last, layout) {
        Shape::Pair
    } else {
        Shape::One
    };
    let wrong = |error| Stop::usage(with_cause(&error));
    let version = numbering
        .next(highest.as_ref(), layout, SystemTime::now())
        .map_err(wrong)?;
    let files = scaffold(layout, shape, &version, &args.name.join(" ")).map_err(wrong)?;
    for path in write_new(&one.migrations, &files).map_err(wrong)? {
        let created = paint(GOOD, "Created");
        context
            .terminal
            .story(&format!("{created} {}\n", path.display()));
    }
    Ok(exit::DONE)
}

/// The one database whose folder is meant.
pub fn only_folder(project: &Project) -> Result<&DatabaseSettings, Stop> {
    let all = &project.settings.databases;
    let first = &all[0];
    match all.iter().find(|one| one.migrations != first.migrations) {
        None => Ok(first),
        Some(_) => Err(
            Stop::usage("several databases are configured, each with its folder")
                .help(format!("choose one of them\nadd -d {}", first.name)),
        ),
    }
}

/// Whether there is no folder yet, or nothing in it.
fn is_empty(one: &DatabaseSettings) -> bool {
    std::fs::read_dir(&one.migrations).map_or_else(
        |error| error.kind() == std::io::ErrorKind::NotFound,
        |mut entries| entries.next().is_none(),
    )
}

/// The files of the highest version.
fn last(one: &DatabaseSettings, layout: Layout) -> Result<Vec<NamedFile>, Stop> {
    if is_empty(one) {
        return Ok(Vec::new());
    }
    let shown = one.migrations.to_string_lossy();
    let mut files = named_files(&place(one, &shown)?, layout)?;
    let highest = files.iter().map(|file| file.version.clone()).max();
    files.retain(|file| Some(&file.version) == highest.as_ref());
    Ok(files)
}

/// Whether the last migration is a pair, where the layout has single files as well.
fn is_pair(last: &[NamedFile], layout: Layout) -> bool {
    let has = |shape| layout.new_files("", shape).is_some();
    let is_half = |file: &NamedFile| {
        let name = file.path.to_string_lossy();
        name.ends_with(".up.sql") || name.ends_with(".down.sql")
    };
    has(Shape::One) && has(Shape::Pair) && last.iter().any(is_half)
}

/// As asked for, as configured, as the others are, or by time.
fn numbering(args: &New, one: &DatabaseSettings, highest: Option<&Version>) -> Numbering {
    let configured = one.numbering.map(configured);
    if args.sequential {
        return Numbering::Sequential;
    }
    configured
        .or_else(|| Numbering::of(highest))
        .unwrap_or(Numbering::Timestamp)
}

/// The engine's word for the configuration's.
pub fn configured(numbering: config::Numbering) -> Numbering {
    match numbering {
        config::Numbering::Timestamp => Numbering::Timestamp,
        config::Numbering::Sequential => Numbering::Sequential,
    }
}
