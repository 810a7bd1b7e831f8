//! `limosa verify`

use std::collections::BTreeSet;
use std::time::Instant;

use limosa_core::config::DatabaseSettings;
use limosa_core::layout::Place;
use limosa_core::{Diagnostic, MigrationSet, Version};
use limosa_engine::verify::{self, Request, Strictness, Which};

use super::lint::{base, is_finding, tally};
use super::{Context, Outcome};
use crate::args::{ReportFormat, Verify};
use crate::exit;
use crate::interrupt::Interrupt;
use crate::project::{Extra, Project, known_dialect, load, place, version};
use crate::report::json::{self, VerifyDatabase, VerifyDocument};
use crate::report::render;
use crate::stop::Stop;
use crate::terminal::{Trying, count, duration};

/// Proves the migrations in a shadow.
pub fn run(args: &Verify, context: &Context) -> Outcome {
    let mut databases = Vec::new();
    let (problems, code) = match prove(args, context, &mut databases) {
        Ok(code) => (vec![], code),
        Err(Stop(problems)) => {
            let code = context.show(&problems);
            (problems, code)
        }
    };
    if args.report.format == ReportFormat::Json {
        let document = VerifyDocument::new(databases, &problems, code);
        context.terminal.out(&json::pretty(&document));
    }
    Ok(code)
}

fn prove(args: &Verify, context: &Context, databases: &mut Vec<VerifyDatabase>) -> Outcome {
    let terminal = &context.terminal;
    let interrupt = Interrupt::catch();
    let project = Project::find(&context.global, &Extra::default(), &context.around)?;
    let mut code = exit::DONE;
    for one in &project.settings.databases {
        let dialect = known_dialect(one, "verify")?;
        let set = load(one, one.layout, dialect)?;
        let which = which(args, one, &set)?;
        let began = Instant::now();
        let mut trying = Trying::new(*terminal);
        let interrupted = || interrupt.came();
        let shadow = project.shadow(one, dialect, &args.shadow, None, &interrupted)?;
        let mut tell = |progress: &verify::Progress<'_>| {
            trying.tried(progress.done, progress.of, progress.migration);
            if args.report.format == ReportFormat::Text {
                for finding in progress.findings {
                    trying.aside(|| {
                        terminal.out(&format!("{}\n", render(&finding.diagnostic, terminal)));
                    });
                }
            }
        };
        let request = Request {
            set: &set,
            which,
            strictness: if args.strict {
                Strictness::Strict
            } else {
                Strictness::Usual
            },
            environment: &|name| context.around.variables.get(name).cloned(),
            interrupted: &interrupted,
        };
        let report = verify::verify(&shadow, &request, &mut tell);
        trying.clear();
        let report = report.map_err(|problem| Stop::from(problem.diagnostic()))?;
        let findings: Vec<&Diagnostic> =
            report.findings.iter().map(|one| &one.diagnostic).collect();
        if findings.iter().any(|one| is_finding(one)) {
            code = exit::FINDINGS;
        }
        if args.report.format == ReportFormat::Text {
            let name = match project.settings.databases.len() {
                1 => String::new(),
                _ => format!("{}: ", one.name),
            };
            terminal.out(&format!(
                "{name}{} in {}, tried in {} in {}\n",
                tally(&findings),
                count(report.checked, "migration"),
                shadow.described(),
                duration(began.elapsed()),
            ));
            if let Some(first) = findings.first() {
                let name = first.name;
                terminal.out(&format!("hint: `limosa explain {name}` tells more\n"));
            }
        }
        databases.push(VerifyDatabase::new(&one.name, &report));
    }
    Ok(code)
}

/// Which migrations are asked for.
fn which(args: &Verify, one: &DatabaseSettings, set: &MigrationSet) -> Result<Which, Stop> {
    if let Some(range) = &args.range {
        let ends = range.split_once("..").and_then(|(first, last)| {
            (!first.is_empty() && !last.is_empty()).then_some((first, last))
        });
        let (first, last) = ends.ok_or_else(|| {
            Stop::usage(format!("`{range}` is no range of versions"))
                .help("it has the first and the last one\nlimosa verify --range 41..43")
        })?;
        return Ok(Which::Range(version(first)?, version(last)?));
    }
    if let Some(first) = &args.from {
        return Ok(Which::From(version(first)?));
    }
    let Some(reference) = args.since.as_deref().filter(|text| !text.is_empty()) else {
        return Ok(Which::All);
    };
    let shown = one.migrations.to_string_lossy();
    let place = Place {
        dialect: known_dialect(one, "verify")?,
        ..place(one, &shown)?
    };
    let base = base(reference, &place, set.layout)?;
    let is_old = |migration: &&limosa_core::Migration| {
        base.get(&migration.version).is_some_and(|old| {
            let same = |script: Option<&limosa_core::Script>,
                        old: &Option<limosa_core::Checksums>| {
                script.map(|one| &one.sha256) == old.as_ref().map(|one| &one.raw)
            };
            same(migration.up.as_deref(), &old.up) && same(migration.down.as_deref(), &old.down)
        })
    };
    let new = set.migrations.iter().filter(|one| !is_old(one));
    let new: BTreeSet<Version> = new.map(|one| one.version.clone()).collect();
    Ok(Which::Only(new))
}
