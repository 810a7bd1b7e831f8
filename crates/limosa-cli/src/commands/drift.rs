//! `limosa drift`

use limosa_core::Diagnostic;
use limosa_core::config::DatabaseSettings;
use limosa_db::Access;
use limosa_engine::Problem;
use limosa_engine::drift::{self, Asked, Counting};

use super::run::variable;
use super::{Context, Outcome};
use crate::args::{Drift, DriftFormat};
use crate::exit;
use crate::interrupt::Interrupt;
use crate::project::{Extra, Project};
use crate::report::json::{self, DriftDatabase, DriftDocument};
use crate::report::{drift_text, render};
use crate::stop::Stop;
use crate::terminal::Trying;

/// Holds the databases against their migrations.
pub fn run(args: &Drift, context: &Context) -> Outcome {
    let mut databases = Vec::new();
    let (problems, code) = context.ended(look(args, context, &mut databases));
    if args.format == DriftFormat::Json {
        let document = DriftDocument::new(databases, &problems, code);
        context.terminal.out(&json::pretty(&document));
    }
    Ok(code)
}

fn look(args: &Drift, context: &Context, databases: &mut Vec<DriftDatabase>) -> Outcome {
    let terminal = &context.terminal;
    let interrupt = Interrupt::catch();
    let project = Project::find(&context.global, &Extra::default(), &context.around)?;
    let project = project.until(&interrupt);
    for remark in &project.settings.remarks {
        terminal.story(&render(remark, terminal));
    }
    let mut code = exit::DONE;
    for one in &project.settings.databases {
        if look_at(one, &project, args, context, &interrupt, databases)? {
            code = exit::FINDINGS;
        }
    }
    Ok(code)
}

/// Whether something differs that counts.
fn look_at(
    one: &DatabaseSettings,
    project: &Project,
    args: &Drift,
    context: &Context,
    interrupt: &Interrupt,
    databases: &mut Vec<DriftDatabase>,
) -> Result<bool, Stop> {
    let terminal = &context.terminal;
    let reported = |problem: Problem| Stop::from(problem.diagnostic());
    let mut opened = project.open(one, Access::Read, None)?;
    let introduction = project.introduction(&opened.database, &opened.told, terminal);
    terminal.story(&format!("{introduction}\n\n"));
    for remark in &opened.set.remarks {
        terminal.story(&render(remark, terminal));
    }
    let replay = opened.database.applied(&opened.set).map_err(reported)?;
    for remark in &replay.remarks {
        terminal.story(&render(remark, terminal));
    }
    let interrupted = || interrupt.came();
    let mut trying = Trying::new(*terminal);
    let server = opened.database.server().clone();
    let dialect = server.target.dialect;
    let shadow = project.shadow(one, dialect, &args.shadow, Some(&server), &interrupted)?;
    let mut asked = Asked {
        counting: Counting {
            privileges: args.privileges,
            everything: args.strict,
        },
        environment: &variable,
        interrupted: &interrupted,
        playing: &mut |number, of, name| trying.tried(number, of, name),
    };
    let drift = drift::drift(&mut opened.database, &replay, &shadow, &mut asked);
    trying.clear();
    let drift = drift.map_err(reported)?;
    if let Some(remark) = shadow.remark() {
        terminal.story(&render(&other_version(remark), terminal));
    }
    match args.format {
        DriftFormat::Text => {
            terminal.out(&project.title(one));
            terminal.out(&drift_text(&drift, &shadow.described(), terminal));
        }
        DriftFormat::Sql => terminal.out_as_it_is(drift.script()),
        DriftFormat::Json => {}
    }
    let is_there = drift.is_there();
    databases.push(DriftDatabase::new(&one.name, &drift, shadow.described()));
    Ok(is_there)
}

fn other_version(remark: &str) -> Diagnostic {
    Diagnostic::warning("other-version", remark)
        .with_note("each version writes expressions and defaults in its own way, which may show as a difference")
}
