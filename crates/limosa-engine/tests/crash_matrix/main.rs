//! The crash matrix: whatever dies, and wherever, the next run ends where an undisturbed run ends.
//!
//! Each scenario is played undisturbed, which counts the messages to the server and the events. Then it is played
//! again from a fresh database for each position: the connection is cut at a message, limosa is killed at an
//! event, or the server is killed at a message and started again. A second fault follows during recovery. In the
//! end the schema, the rows and the history are those of the undisturbed run, the journal tells a consistent
//! story, and nobody was asked for anything, except where the scenario is built so that only a person can know.
//!
//! Without options some positions of each scenario are tried; `cargo xtask crash-matrix` tries all.

mod arena;
mod evidence;
mod matrix;
mod options;
mod page;
mod play;
mod position;
mod random;
mod scenario;
mod scenarios;
mod table;
mod victim;

use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};
use std::time::{Instant, SystemTime};

use limosa_testkit::{Kind, is_older};

use arena::Arena;
use matrix::{Counts, try_scenario};
use options::{Asked, Options};

fn main() -> ExitCode {
    if victim::play_dead().is_some() {
        return ExitCode::SUCCESS;
    }
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match Asked::read(&arguments, fresh_seed()) {
        Ok(Asked::Try(options)) => try_all(&options),
        Ok(Asked::List) => {
            say("crash_matrix: test\n");
            ExitCode::SUCCESS
        }
        Ok(Asked::Nothing) => ExitCode::SUCCESS,
        Err(sentence) => {
            say(&format!("{sentence}\n"));
            ExitCode::from(2)
        }
    }
}

/// Other positions each time; the seed is printed.
fn fresh_seed() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}

fn try_all(options: &Options) -> ExitCode {
    say(&format!(
        "crash matrix: {:?}, seed {}\n",
        options.extent, options.seed
    ));
    // What panics is reported with its position.
    std::panic::set_hook(Box::new(|_| {}));
    let began = Instant::now();
    let results: Mutex<Vec<(Kind, String, Vec<Counts>)>> = Mutex::default();
    std::thread::scope(|scope| {
        for kind in &options.databases {
            scope.spawn(|| {
                if let Some((version, counts)) = try_database(*kind, options) {
                    let mut results = results.lock().unwrap_or_else(PoisonError::into_inner);
                    results.push((*kind, version, counts));
                }
            });
        }
    });
    let mut results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    results.sort_by_key(|(kind, ..)| Kind::ALL.iter().position(|one| one == kind));
    let all: Vec<Counts> = results
        .iter()
        .flat_map(|(_, _, counts)| counts.clone())
        .collect();
    let sum = table::sum(&all);
    say(&format!(
        "{}{} s\n",
        table::table(&all),
        began.elapsed().as_secs()
    ));
    let asked = all.iter().filter(|one| one.because.is_none());
    let needless: usize = asked.map(|one| one.decided).sum();
    if sum.failed > 0 || needless > 0 {
        say(&format!(
            "{} positions failed, {needless} asked a person for nothing\n",
            sum.failed
        ));
        return ExitCode::FAILURE;
    }
    let Some(file) = &options.page else {
        return ExitCode::SUCCESS;
    };
    let versions: Vec<String> = results.into_iter().map(|(_, version, _)| version).collect();
    match std::fs::write(file, page::page(options, &versions, &all)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("{file} cannot be written: {error}\n"));
            ExitCode::FAILURE
        }
    }
}

/// The scenarios of one database; `None` where its server is missing and may be.
fn try_database(kind: Kind, options: &Options) -> Option<(String, Vec<Counts>)> {
    let scenarios: Vec<_> = scenario::all()
        .into_iter()
        .filter(|one| one.kind == kind && one.full_name().contains(&options.scenario))
        .collect();
    if scenarios.is_empty() {
        return None;
    }
    let arena = match Arena::start(kind) {
        Ok(arena) => arena,
        Err(reason) => {
            limosa_testkit::skip_or_panic(&reason);
            return None;
        }
    };
    let mut all = Vec::new();
    for scenario in &scenarios {
        if let Some(since) = scenario.since
            && is_older(&arena.database(), since, &scenario.full_name())
        {
            continue;
        }
        let began = Instant::now();
        let counts = try_scenario(&arena, scenario, options, &mut |defect| {
            let wrong: Vec<String> = defect
                .wrong
                .iter()
                .map(|line| format!("    {line}\n"))
                .collect();
            say(&format!("FAILED {}\n{}", defect.position, wrong.concat()));
        });
        let tried: usize = counts.tried.iter().sum();
        say(&format!(
            "{}: {tried} positions, {} failed, {:.1} s\n",
            counts.scenario,
            counts.failed,
            began.elapsed().as_secs_f64()
        ));
        all.push(counts);
    }
    Some((arena.version(), all))
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
