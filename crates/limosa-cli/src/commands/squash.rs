//! `limosa squash`

use limosa_core::config::{DatabaseSettings, HistoryKind, Origin, UrlChoice};
use limosa_core::layout::{Place, named_files};
use limosa_core::{Class, Diagnostic, Layout};
use limosa_db::Access;
use limosa_engine::Problem;
use limosa_engine::squash::{
    Archive, FromDatabase, Replacement, SquashRequest, Squashed, replacement, squash, squash_from,
    write,
};

use super::new::only_folder;
use super::{Context, Outcome};
use crate::args::{ReportFormat, Squash};
use crate::exit;
use crate::interrupt::Interrupt;
use crate::project::{Extra, Project, known_dialect, load, place, version};
use crate::report::json::{self, SquashDocument, SquashSet};
use crate::stop::Stop;
use crate::terminal::{GOOD, clean_line, count, paint};

/// Puts one baseline in the place of many migrations.
pub fn run(args: &Squash, context: &Context) -> Outcome {
    let mut done = None;
    let (problems, code) = context.ended(replace(args, context, &mut done));
    if args.report.format == ReportFormat::Json {
        let document = SquashDocument::new(done, &problems, code);
        context.terminal.out(&json::pretty(&document));
    }
    Ok(code)
}

fn replace(args: &Squash, context: &Context, done: &mut Option<SquashSet>) -> Outcome {
    let interrupt = Interrupt::catch();
    let project = Project::find(&context.global, &Extra::default(), &context.around)?;
    let project = project.until(&interrupt);
    let one = only_folder(&project)?;
    let to = version(&args.to)?;
    let elsewhere = args.from_database.as_ref().map(|url| at(one, url));
    let mut opened = match &elsewhere {
        Some(elsewhere) => Some(project.open(elsewhere, Access::Read, None)?),
        None => None,
    };
    let set = match &opened {
        Some(opened) => opened.set.clone(),
        None => load(one, one.layout, known_dialect(one, "squash")?)?,
    };
    let like = (opened.as_ref()).map(|opened| opened.database.server().clone());
    let dialect = match &like {
        Some(server) => server.target.dialect,
        None => known_dialect(one, "squash")?,
    };
    if set.layout == Layout::Sqlx && one.history != Some(HistoryKind::Native) {
        return Err(refused_by_sqlx().into());
    }
    let archive = match &args.archive {
        Some(folder) => Archive::Folder(folder),
        None => Archive::Git,
    };
    let shown = one.migrations.to_string_lossy();
    let files = named_files(
        &Place {
            dialect,
            ..place(one, &shown)?
        },
        set.layout,
    )?;
    let reported = |problem: Problem| Stop::from(problem.diagnostic());
    let replacement = replacement(&set, &files, &to, archive).map_err(reported)?;
    let interrupted = || interrupt.came();
    let shadow = project.shadow(one, dialect, &args.shadow, like.as_ref(), &interrupted)?;
    let request = SquashRequest {
        set: &set,
        to: &to,
        name: &args.name,
        environment: &|name| context.around.variables.get(name).cloned(),
        interrupted: &interrupted,
    };
    let squashed = match &mut opened {
        None => squash(&shadow, &request),
        Some(opened) => squash_from(
            &shadow,
            &request,
            &mut FromDatabase {
                database: &mut opened.database,
                with_rows: &args.with_rows,
            },
        ),
    };
    let squashed = squashed.map_err(reported)?;
    if !args.dry_run {
        write(&set, &squashed, &replacement, archive).map_err(reported)?;
    }
    if args.report.format == ReportFormat::Text {
        let proved = shadow.described();
        tell(args, context, one, &squashed, &replacement, &proved);
    }
    let archive = args.archive.as_deref();
    let written = !args.dry_run;
    *done = Some(SquashSet::new(&squashed, &replacement, archive, written));
    Ok(exit::DONE)
}

/// The settings of a database, at another place.
fn at(one: &DatabaseSettings, url: &str) -> DatabaseSettings {
    DatabaseSettings {
        url: UrlChoice::Text(url.to_owned(), Origin::Option("--from-database")),
        direct_url: None,
        ..one.clone()
    }
}

fn refused_by_sqlx() -> Diagnostic {
    let message = "sqlx refuses a folder without the files that it has applied";
    Diagnostic::error("squash-refused", Class::Usage, message)
        .with_note("it would stop on every database that has the old files applied")
        .with_note("nothing was written")
        .with_help("where sqlx does not work on these databases any more, say so with `history = \"native\"` in limosa.toml, or\nadd --history native")
}

fn tell(
    args: &Squash,
    context: &Context,
    one: &DatabaseSettings,
    squashed: &Squashed,
    replacement: &Replacement,
    proved: &str,
) {
    let terminal = &context.terminal;
    let verb = |done: &str, would: &str| paint(GOOD, if args.dry_run { would } else { done });
    let path =
        |path: &std::path::Path| clean_line(&one.migrations.join(path).display().to_string());
    let rows: usize = squashed.rows.iter().map(|(_, rows)| rows).sum();
    let rows = match rows {
        0 => String::new(),
        rows => format!(
            ", {} in {}",
            count(rows, "row"),
            count(squashed.rows.len(), "table")
        ),
    };
    terminal.out(&format!(
        "{} the baseline of {} up to {}: {}{rows}\n",
        paint(GOOD, "Proved"),
        count(squashed.replaces.len(), "migration"),
        clean_line(squashed.version.text()),
        count(squashed.statements, "statement"),
    ));
    terminal.out(&format!(
        "  in {proved}: the schema and the rows are the same\n  {}\n",
        squashed.fingerprint
    ));
    for file in &squashed.files {
        let verb = verb("Wrote", "Would write");
        terminal.out(&format!("{verb} {}\n", path(&file.path)));
    }
    let removed: Vec<_> = replacement.removed(squashed).collect();
    let verb = match &args.archive {
        Some(_) => verb("Moved", "Would move"),
        None => verb("Removed", "Would remove"),
    };
    let to = (args.archive.as_ref()).map_or_else(String::new, |folder| {
        format!(" to {}", clean_line(&folder.display().to_string()))
    });
    if terminal.verbose || args.dry_run {
        for file in &removed {
            terminal.out(&format!("{verb} {}{to}\n", path(file)));
        }
    } else {
        terminal.out(&format!("{verb} {}{to}\n", count(removed.len(), "file")));
    }
}
