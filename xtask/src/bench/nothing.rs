//! Nothing to do: what every start of an application waits for.

use std::fmt::Write as _;
use std::time::Duration;

use super::aims::{self, Judged};
use super::arena::{Arena, Entrant, Place, Wire};
use super::page::{Part, measured_on, table};
use super::programs::{Act, Glue, Program, client_name};
use super::rounds::{Absent, Outcome, guarded};
use super::small::all_there;
use super::{Bench, NAMES};
use crate::eprint;

/// How often each one runs in a round; they are short.
const TIMES: usize = 5;
/// For counting round trips; each one costs ten milliseconds.
const COUNTED: Wire = Wire::Slow(Duration::from_millis(5));

pub(super) fn measure(bench: &Bench) -> Result<Part, String> {
    let mut parts = String::new();
    let (mut judged, mut versions) = (Vec::new(), Vec::new());
    for place in [Place::Postgres, Place::MariaDb, Place::Sqlite] {
        let arena = Arena::start(place)?;
        versions.push(arena.version());
        let outcomes = again(bench, &arena);
        let _ = writeln!(parts, "### {}\n\n{}", place.name(), table(&outcomes));
        if place == Place::Postgres {
            judged.push(aims::to_best_peer(
                &aims::NOTHING_PEER,
                &outcomes,
                Program::Limosa,
            ));
            let ours = outcomes.iter().find(|one| one.program == Program::Limosa);
            let time = ours.and_then(Outcome::median);
            judged.push(Judged {
                aim: &aims::NOTHING_TIME,
                figure: time
                    .map(|time| time.as_secs_f64() * 1e3)
                    .ok_or_else(|| Absent::Failed("limosa up failed".to_owned())),
            });
        }
    }
    let text = format!(
        "## Nothing to do\n\n{} migrations are applied, and each program is asked again to apply them, {} times in turn. \
         The client's `select 1` is what a start and a connection cost. Round trips and bytes are those of one run \
         through the proxy. {}{parts}",
        bench.migrations,
        TIMES * bench.rounds(3),
        measured_on(bench, &versions),
    );
    Ok(Part {
        name: NAMES.nothing,
        text,
        judged,
    })
}

/// Everything is applied by each program on a database of its own; then all are asked again, in turn.
fn again(bench: &Bench, arena: &Arena) -> Vec<Outcome> {
    let kind = arena.place.kind();
    let mut runs = Vec::new();
    let client = |program| matches!(program, Program::Client(_) | Program::LimosaEach);
    for program in Program::all(kind).into_iter().filter(|&one| !client(one)) {
        let entrant = bench.entrant(program, kind, bench.migrations, Act::Up);
        eprint(&format!(
            "{}: {} applies\n",
            arena.place.name(),
            entrant.name
        ));
        let db = arena.database();
        let mut outcome = Outcome::new(&entrant, arena, Wire::Near);
        if outcome.absent.is_none() {
            let first = guarded(|| {
                arena.run(&entrant, &db, Wire::Near)?;
                all_there(&db, bench.migrations)
            });
            outcome.absent = first.err().map(Absent::Failed);
        }
        runs.push((entrant, outcome, db));
        if program == Program::Limosa {
            let client = Program::Client(Glue::OneTransaction);
            let query = Entrant {
                name: format!("{}, `select 1`", client_name(kind)),
                ..bench.entrant(client, kind, bench.migrations, Act::Query)
            };
            let outcome = Outcome::new(&query, arena, Wire::Near);
            runs.push((query, outcome, arena.database()));
        }
    }
    for _ in 0..TIMES * bench.rounds(3) {
        for (entrant, outcome, db) in &mut runs {
            if outcome.absent.is_none() {
                outcome.add(arena.run(entrant, db, Wire::Near));
            }
        }
    }
    let counts = arena.place != Place::Sqlite;
    for (entrant, outcome, db) in runs.iter_mut().filter(|_| counts) {
        if outcome.absent.is_none()
            && entrant.program.goes_around(kind).is_none()
            && let Ok((_, traffic)) = arena.run(entrant, db, COUNTED)
        {
            outcome.traffic = traffic;
        }
    }
    runs.into_iter().map(|(_, outcome, _)| outcome).collect()
}
