//! The original tools judge: Limosa and another tool work on the same database, and the other one finds its table as
//! it would have left it.
//!
//! Each case is one tool, one database and one scenario. Without options a part of them is tried, those that belong to
//! all tests; `cargo xtask interop --all` tries everything, more often, and writes `docs/reference/compatibility.md`.
//! The tools are installed by `cargo xtask interop` and `cargo xtask test`. One that is missing is a skip with its
//! reason, and a failure where CI is set.

mod look;
mod migrations;
mod options;
mod originals;
mod page;
mod place;
mod scenarios;
mod trial;

use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use limosa_testkit::Kind;

use options::{Asked, Extent, Options};
use scenarios::Case;
use trial::{Outcome, Trial};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match Asked::read(&arguments) {
        Ok(Asked::Try(options)) => try_all(&options),
        Ok(Asked::Cases) => {
            for case in scenarios::all() {
                say(&format!("{}\n", case.name()));
            }
            ExitCode::SUCCESS
        }
        Ok(Asked::List) => {
            say("interop: test\n");
            ExitCode::SUCCESS
        }
        Ok(Asked::Nothing) => ExitCode::SUCCESS,
        Err(sentence) => {
            say(&format!("{sentence}\n"));
            ExitCode::from(2)
        }
    }
}

fn try_all(options: &Options) -> ExitCode {
    let all = scenarios::all();
    let count = all.len();
    let chosen: Vec<Case> = all
        .into_iter()
        .filter(|case| case.name().contains(&options.case))
        .filter(|case| options.databases.contains(&case.kind))
        .filter(|case| options.extent == Extent::All || case.always || !options.case.is_empty())
        .collect();
    say(&format!(
        "interop: {} of {count} cases, {} rounds where two are started together{}\n",
        chosen.len(),
        options.extent.rounds(),
        match options.extent {
            Extent::All => "",
            Extent::Sampled => "; cargo xtask interop --all tries the rest",
        }
    ));
    trial::listen_to_panics();
    let began = Instant::now();
    let trials: Mutex<Vec<(usize, Trial)>> = Mutex::default();
    // Each database has a server of its own, so they do not wait for each other.
    std::thread::scope(|scope| {
        for kind in &options.databases {
            let (chosen, trials) = (&chosen, &trials);
            scope.spawn(move || try_database(*kind, chosen, options, trials));
        }
    });
    let mut trials = trials.into_inner().unwrap_or_else(PoisonError::into_inner);
    trials.sort_by_key(|(number, _)| *number);
    let trials: Vec<Trial> = trials.into_iter().map(|(_, trial)| trial).collect();
    let of = |wanted: fn(&Outcome) -> bool| trials.iter().filter(|t| wanted(&t.outcome)).count();
    let failed = of(|outcome| matches!(outcome, Outcome::Failed(_)));
    say(&format!(
        "{} good, {failed} failed, {} skipped, {} s\n",
        of(|outcome| matches!(outcome, Outcome::Good(_))),
        of(|outcome| matches!(outcome, Outcome::Skipped(_) | Outcome::Missing(_))),
        began.elapsed().as_secs()
    ));
    if let Some(file) = &options.page
        && let Err(error) = std::fs::write(file, page::page(&trials))
    {
        say(&format!("{file} cannot be written: {error}\n"));
        return ExitCode::FAILURE;
    }
    if failed > 0 {
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn try_database(
    kind: Kind,
    chosen: &[Case],
    options: &Options,
    trials: &Mutex<Vec<(usize, Trial)>>,
) {
    for (number, case) in chosen.iter().enumerate() {
        if case.kind != kind {
            continue;
        }
        let trial = Trial::of(case, options.extent);
        say(&trial.line());
        let mut trials = trials.lock().unwrap_or_else(PoisonError::into_inner);
        trials.push((number, trial));
    }
}

/// Tells the story of the test, on standard error.
fn say(text: &str) {
    #[expect(
        clippy::print_stderr,
        reason = "a test without a harness speaks for itself"
    )]
    {
        eprint!("{text}");
    }
}
