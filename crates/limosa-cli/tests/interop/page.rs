//! `docs/reference/compatibility.md`.

use limosa_testkit::{Kind, Sqlite};

use crate::originals::{self, Original};
use crate::scenarios::Case;
use crate::trial::{Outcome, Trial};

const HEAD: &str = include_str!("page_head.md");

/// The page about what was tried.
pub fn page(trials: &[Trial]) -> String {
    let count = |wanted: fn(&Outcome) -> bool| {
        let those = trials.iter().filter(|trial| wanted(&trial.outcome));
        those.count().to_string()
    };
    let mut page = HEAD
        .replace("{good}", &count(|one| matches!(one, Outcome::Good(_))))
        .replace("{failed}", &count(|one| matches!(one, Outcome::Failed(_))))
        .replace(
            "{missing}",
            &count(|one| matches!(one, Outcome::Missing(_))),
        )
        .replace("{date}", &Sqlite::database().value("select date('now')"))
        .replace("{servers}", &servers());
    for original in originals::all() {
        let own: Vec<&Trial> = trials
            .iter()
            .filter(|trial| trial.case.original.name() == original.name())
            .collect();
        if !own.is_empty() {
            page.push_str(&section(original, &own));
        }
    }
    page
}

fn section(original: &dyn Original, trials: &[&Trial]) -> String {
    let mut versions: Vec<String> = Vec::new();
    for trial in trials {
        let own = trial.case.original.tool(trial.case.kind);
        for tool in [Some(own), trial.case.needs].into_iter().flatten() {
            let version = format!("{} {}", tool.name, tool.version);
            if !versions.contains(&version) {
                versions.push(version);
            }
        }
    }
    let versions = versions.join(", ");
    let mut cases: Vec<&Case> = Vec::new();
    for trial in trials {
        let same = |one: &&Case| name(one) == name(&trial.case);
        if !cases.iter().any(same) {
            cases.push(&trial.case);
        }
    }
    let kinds = original.kinds();
    let labels: Vec<&str> = kinds.iter().map(|kind| kind.label()).collect();
    let mut text = format!(
        "\n## {}\n\n{versions}\n\n| case | what is done | {} |\n|---|---|{}\n",
        original.name(),
        labels.join(" | "),
        "---|".repeat(kinds.len())
    );
    for case in cases {
        let cell = |kind: &Kind| {
            let own = trials
                .iter()
                .find(|trial| trial.case.kind == *kind && name(&trial.case) == name(case));
            own.map_or_else(|| "–".to_owned(), |trial| happened(trial))
        };
        let cells: Vec<String> = kinds.iter().map(cell).collect();
        text.push_str(&format!(
            "| {} | {} | {} |\n",
            name(case),
            case.what,
            cells.join(" | ")
        ));
    }
    text
}

fn name(case: &Case) -> String {
    match case.variant {
        "" => case.scenario.to_owned(),
        variant => format!("{}, {variant}", case.scenario),
    }
}

fn happened(trial: &Trial) -> String {
    match &trial.outcome {
        Outcome::Good(words) if trial.case.always => format!("good+: {words}"),
        Outcome::Good(words) => format!("good: {words}"),
        Outcome::Failed(_) => "**failed**".to_owned(),
        Outcome::Skipped(reason) => format!("not promised: {reason}"),
        Outcome::Missing(reason) => format!("not tried: {}", first_line(reason)),
    }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

/// The servers, as they call themselves.
fn servers() -> String {
    let versions = Kind::ALL.into_iter().filter_map(|kind| {
        let db = kind.try_database().ok()?;
        let (name, query) = match kind {
            Kind::Postgres => ("PostgreSQL", "show server_version"),
            Kind::MariaDb => ("MariaDB", "select version()"),
            Kind::Sqlite => ("SQLite", "select sqlite_version()"),
        };
        Some(format!("{name} {}", db.value(query)))
    });
    let versions: Vec<String> = versions.collect();
    versions.join(", ")
}
