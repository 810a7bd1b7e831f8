//! `limosa lint`

use limosa_core::layout::{self, Place, Reading};
use limosa_core::{Diagnostic, Layout, Severity};
use limosa_engine::base::{BaseError, base_at};
use limosa_lint::{Base, LintInput, LintReport, lint};

use super::{Context, Outcome};
use crate::args::{Lint, ReportFormat};
use crate::exit;
use crate::project::{Extra, Project, known_dialect, place};
use crate::report::json::{self, Finding, LintDocument};
use crate::report::render;
use crate::stop::{Stop, with_cause};
use crate::terminal::count;

/// Checks the migration files.
pub fn run(args: &Lint, context: &Context) -> Outcome {
    let mut databases = Vec::new();
    let (problems, code) = match check(args, context, &mut databases) {
        Ok(code) => (vec![], code),
        Err(Stop(problems)) => {
            let code = context.show(&problems);
            (problems, code)
        }
    };
    if args.report.format == ReportFormat::Json {
        let document = LintDocument::new(databases, &problems, code);
        context.terminal.out(&json::pretty(&document));
    }
    Ok(code)
}

fn check(args: &Lint, context: &Context, databases: &mut Vec<(String, Vec<Finding>)>) -> Outcome {
    let terminal = &context.terminal;
    let project = Project::find(&context.global, &Extra::default(), &context.around)?;
    let mut code = exit::DONE;
    let since = args.since.as_deref().filter(|text| !text.is_empty());
    for one in &project.settings.databases {
        let dialect = known_dialect(one, "lint")?;
        let shown = one.migrations.to_string_lossy();
        let place = Place {
            dialect,
            ..place(one, &shown)?
        };
        let reading = layout::read(&place)?;
        let base = match since {
            Some(reference) => Some(base(reference, &place, reading.set.layout)?),
            None => None,
        };
        let report = lint(&LintInput {
            set: &reading.set,
            errors: &reading.errors,
            base: base.as_ref(),
            dialect,
        });
        if report.findings.iter().any(is_finding) {
            code = exit::FINDINGS;
        }
        if args.report.format == ReportFormat::Text {
            for finding in &report.findings {
                terminal.out(&format!("{}\n", render(finding, terminal)));
            }
            terminal.out(&summary(&report, &reading, since));
        }
        let findings = report
            .findings
            .iter()
            .map(|finding| Finding::new(finding, version_of(finding, &reading)));
        databases.push((one.name.clone(), findings.collect()));
    }
    Ok(code)
}

/// The migrations at a revision.
pub(super) fn base(reference: &str, place: &Place<'_>, layout: Layout) -> Result<Base, Stop> {
    base_at(reference, place, layout).map_err(|error| {
        let stop = Stop::usage(with_cause(&error));
        match error {
            BaseError::UnknownReference(_) => stop.help("fetch it\ngit fetch origin"),
            _ => stop,
        }
    })
}

/// Notes are worth knowing and fail nothing.
pub(super) fn is_finding(diagnostic: &Diagnostic) -> bool {
    diagnostic.severity != Severity::Note
}

fn version_of(finding: &Diagnostic, reading: &Reading) -> Option<String> {
    let file = &finding.labels.first()?.file;
    let mut all = reading.set.migrations.iter();
    let migration = all.find(|one| one.files.contains(file))?;
    Some(migration.version.text().to_owned())
}

/// `2 errors, 1 warning`.
pub(super) fn tally(findings: &[&Diagnostic]) -> String {
    let of = |severity| {
        let these = findings.iter().filter(|one| one.severity == severity);
        these.count()
    };
    let mut parts = Vec::new();
    for (number, noun) in [
        (of(Severity::Error), "error"),
        (of(Severity::Warning), "warning"),
        (of(Severity::Note), "note"),
    ] {
        if number > 0 {
            parts.push(count(number, noun));
        }
    }
    if parts.is_empty() {
        "No findings".to_owned()
    } else {
        parts.join(", ")
    }
}

/// `2 errors, 1 warning in 7 migrations`, and what was allowed.
fn summary(report: &LintReport, reading: &Reading, since: Option<&str>) -> String {
    let found = tally(&report.findings.iter().collect::<Vec<_>>());
    let judged = match since {
        Some(reference) => format!(
            "{} new since {reference}, of {}",
            report.judged,
            count(reading.set.migrations.len(), "migration")
        ),
        None => count(report.judged, "migration"),
    };
    let mut text = format!("{found} in {judged}\n");
    for allowed in &report.allowed {
        text.push_str(&format!(
            "allowed: {} in {}: {}\n",
            allowed.rule, allowed.file, allowed.reason
        ));
    }
    if let Some(first) = report.findings.first() {
        text.push_str(&format!(
            "hint: `limosa explain {}` tells more\n",
            first.name
        ));
    }
    text
}
