//! Why there is no plan, for people.

use limosa_core::history::Direction;
use limosa_core::plan::Named;
use limosa_core::{Class, Diagnostic, Excerpt, Label, PlanError};

pub(super) fn diagnostic(error: &PlanError) -> Diagnostic {
    let usage = |name| Diagnostic::error(name, Class::Usage, error.to_string());
    match error {
        PlanError::OutOfOrder { pending, .. } => listed(usage("out-of-order"), pending)
            .with_note("nothing was changed")
            .with_help("apply them all the same:\nlimosa up --out-of-order")
            .with_help(format!(
                "give them versions above the applied ones:\nlimosa renumber {}",
                pending.first().map_or("VERSION", |one| one.version.as_str())
            ))
            .with_help("always allow it in this project: `out-of-order = \"apply\"` in limosa.toml"),
        PlanError::Changed(changed) => listed(usage("changed"), changed)
            .with_note("nothing was changed in the database")
            .with_help("take back the change to the file, and write a new migration for it:\nlimosa new NAME")
            .with_help("while developing, and if it is the last one, undo and apply it again:\nlimosa redo"),
        PlanError::Missing(missing) => listed(usage("missing"), missing)
            .with_note("nothing was changed")
            .with_help("get the files back, for example by bringing this branch up to date")
            .with_help("or undo those migrations, with the down scripts that are stored in the database:\nlimosa down"),
        PlanError::Replaced { by, .. } => listed(usage("replaced"), [by])
            .with_note("nothing was changed")
            .with_help(format!(
                "name the baseline, which stands for all that it replaced: {}",
                by.version
            ))
            .with_help("or run the command from a checkout that still has the replaced files"),
        PlanError::Partial { baseline, lacks, .. } => {
            let lacks = (lacks.iter()).map(|version| Named {
                version: version.clone(),
                name: String::new(),
                file: None,
            });
            let lacks: Vec<Named> = lacks.collect();
            let error = match &baseline.file {
                Some(file) => usage("partial-baseline").in_file(file),
                None => usage("partial-baseline"),
            };
            listed(error, &lacks)
                .with_note("a baseline is run in a database without any of them, and counts as applied where all of them are")
                .with_note("nothing was changed")
                .with_help("apply the rest from a checkout that still has the replaced files, then go on here:\nlimosa up")
        }
        PlanError::UnknownVersion { nearest, .. } => {
            let diagnostic = usage("unknown-version");
            match nearest {
                Some(nearest) => diagnostic.with_help(format!("did you mean {nearest}?")),
                None => diagnostic.with_help("`limosa status -v` lists the versions"),
            }
        }
        PlanError::NotApplied { migration } => listed(usage("not-applied"), [migration])
            .with_note("nothing was changed")
            .with_help("`limosa status` lists what is applied"),
        PlanError::Opaque { migration, direction, .. } => {
            let up = *direction == Direction::Up;
            let (verb, command) = if up { ("run", "up") } else { ("undo", "status") };
            listed(usage("code-migration"), [migration])
                .with_note("nothing was changed")
                .with_help(format!(
                    "{verb} it once with the tool that it was written for, then go on here:\nlimosa {command}"
                ))
        }
        PlanError::Irreversible { migration, .. } => listed(usage("irreversible"), [migration])
            .with_note("nothing was changed")
            .with_help("go forward with a new migration:\nlimosa new NAME"),
        PlanError::NoDown { migration } => listed(usage("no-down"), [migration])
            .with_note("nothing was changed")
            .with_help("go forward with a new migration:\nlimosa new NAME")
            .with_help("or write a down section for it, and run the command again"),
        PlanError::DownNeedsFile { migration } => listed(usage("down-needs-file"), [migration])
            .with_note("nothing was changed")
            .with_help("run the command from a checkout that has the file as it was applied"),
        PlanError::ReleaseTooOld { .. } => {
            Diagnostic::error("release-too-old", Class::Blocked, error.to_string())
                .with_note("nothing was changed")
                .with_help("deploy a newer release, or undo the migration first:\nlimosa down")
        }
        PlanError::Script(report) => (**report).clone().with_note("nothing was changed"),
        PlanError::Unsupported { file, line, column, sql, help, reason } => {
            let indent = usize::try_from(column - 1).unwrap_or(0);
            let first = sql.lines().next().unwrap_or_default();
            let text = format!("{}{first}", " ".repeat(indent));
            let excerpt = Excerpt { first_line: *line, marked: indent..text.len(), text };
            Diagnostic::error("unsupported", Class::Usage, *reason)
                .at(Label {
                    file: file.clone(),
                    line: *line,
                    column: *column,
                    text: String::new(),
                    excerpt: Some(excerpt),
                })
                .with_note("nothing was changed")
                .with_help(*help)
        }
        PlanError::AppliedPartChanged { migration, line } => usage("applied-part-changed")
            .at(Label {
                file: migration.file.clone().unwrap_or_else(|| migration.full_name()),
                line: *line,
                column: 1,
                text: "this was applied before the migration was interrupted".to_owned(),
                excerpt: None,
            })
            .with_note("nothing was changed")
            .with_help("put the applied statements back as they were; those after them may be corrected"),
        PlanError::NotTogether { migration, line, .. } => usage("not-in-one-transaction")
            .at(Label {
                file: migration.file.clone().unwrap_or_else(|| migration.full_name()),
                line: *line,
                column: 1,
                text: String::new(),
                excerpt: None,
            })
            .with_note("nothing was changed")
            .with_help("leave out `--transaction all`: every migration is whole anyway, and what fails can be continued"),
        PlanError::Unfinished { migration, direction } => {
            let mut diagnostic = listed(usage("unfinished"), [migration]).with_note("nothing was changed");
            if migration.file.is_none() && *direction == Direction::Up {
                diagnostic = diagnostic
                    .with_help("get its file back, for example by bringing this branch up to date");
            }
            diagnostic.with_help(format!("finish it first:\nlimosa {}", direction.name()))
        }
        PlanError::BaselineOnHistory { .. } => usage("baseline-on-history")
            .with_note("nothing was changed")
            .with_help("a baseline is for a database whose history begins here; `limosa status` shows the one that is there"),
        _ => usage("no-plan"),
    }
}

/// Lists migrations: the first ones with their files.
fn listed<'a>(
    mut diagnostic: Diagnostic,
    migrations: impl IntoIterator<Item = &'a Named>,
) -> Diagnostic {
    const SHOWN: usize = 10;
    let mut more = 0;
    for (at, migration) in migrations.into_iter().enumerate() {
        if at >= SHOWN {
            more += 1;
            continue;
        }
        diagnostic = diagnostic.with_note(match &migration.file {
            Some(file) => format!("{} ({file})", migration.full_name()),
            None => migration.full_name(),
        });
    }
    if more > 0 {
        diagnostic = diagnostic.with_note(format!("and {more} more"));
    }
    diagnostic
}
