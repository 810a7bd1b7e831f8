//! Migrations over a wire with latency: how long, how many round trips, how many bytes.

use std::time::Duration;

use super::aims::{self, Judged};
use super::arena::{Arena, Entrant, Place, Wire};
use super::page::{Part, measured_on, table};
use super::programs::{Act, Glue, Program, client_name};
use super::rounds::{Absent, Outcome, compete};
use super::small::all_there;
use super::{Bench, NAMES};

/// What the proxy adds in each direction.
const EACH_WAY: Duration = Duration::from_millis(5);
const WIRE: Wire = Wire::Slow(EACH_WAY);
/// How many migrations there are.
const MIGRATIONS: usize = 100;

pub(super) fn measure(bench: &Bench) -> Result<Part, String> {
    let count = MIGRATIONS.min(bench.migrations);
    let postgres = Arena::start(Place::Postgres)?;
    let mut versions = vec![postgres.version()];
    let entrants = bench.entrants(postgres.place.kind(), count, Act::Up);
    let outcomes = compete(&postgres, &entrants, bench.rounds(3), WIRE, |db| {
        all_there(db, count)
    });
    let asked = status(bench, &postgres, count);
    let mut judged = vec![
        aims::to_best_peer(&aims::SLOW_PEER, &outcomes, Program::Limosa),
        aims::to_client(
            &aims::SLOW_MESSAGE,
            &outcomes,
            Program::Limosa,
            Glue::OneMessage,
        ),
    ];
    judged.push(Judged {
        aim: &aims::STATUS,
        figure: after_connecting(&asked),
    });
    drop(postgres);
    let mariadb = Arena::start(Place::MariaDb)?;
    versions.push(mariadb.version());
    let entrants = bench.entrants(mariadb.place.kind(), count, Act::Up);
    let once = compete(&mariadb, &entrants, 1, WIRE, |db| all_there(db, count));
    let text = format!(
        "## Over a wire with latency\n\n{count} migrations through a proxy that adds {} ms in each direction, over TCP and \
         without encryption. It accepts connections at once: a real wire adds a round trip for each one. *Round trips* \
         are those that cost time, connecting included: what is sent ahead shares them. *Sent* and *received* are bytes \
         of the client. {}### PostgreSQL, not durable\n\n{}With these migrations applied:\n\n{}\
         ### MariaDB, not durable, one round\n\n{}",
        EACH_WAY.as_millis(),
        measured_on(bench, &versions),
        table(&outcomes),
        table(&asked),
        table(&once),
    );
    Ok(Part {
        name: NAMES.latency,
        text,
        judged,
    })
}

/// `limosa status` and one query of the database's own client, where everything is applied.
fn status(bench: &Bench, arena: &Arena, count: usize) -> Vec<Outcome> {
    let kind = arena.place.kind();
    let applied = bench.entrant(Program::Limosa, kind, count, Act::Up);
    let client = Program::Client(Glue::OneTransaction);
    let entrants = [
        bench.entrant(Program::Limosa, kind, count, Act::Up),
        Entrant {
            name: "limosa status".to_owned(),
            ..bench.entrant(Program::Limosa, kind, count, Act::Status)
        },
        Entrant {
            name: format!("{}, `select 1`", client_name(kind)),
            ..bench.entrant(client, kind, count, Act::Query)
        },
    ];
    let db = arena.database();
    let first = arena.run(&applied, &db, Wire::Near).map(|_| ());
    let mut outcomes: Vec<Outcome> = entrants
        .iter()
        .map(|entrant| Outcome::new(entrant, arena, WIRE))
        .collect();
    for _ in 0..bench.rounds(3) {
        for (entrant, outcome) in entrants.iter().zip(&mut outcomes) {
            if outcome.absent.is_none() {
                let run = first.clone().and_then(|()| arena.run(entrant, &db, WIRE));
                outcome.add(run);
            }
        }
    }
    outcomes
}

/// How many round trips `limosa status` has more than a connection, which is what the client has without its query.
fn after_connecting(asked: &[Outcome]) -> Result<f64, Absent> {
    let trips = |at: usize| {
        let one = asked.get(at)?;
        one.median()?;
        Some(one.traffic?.round_trips)
    };
    let failed = || Absent::Failed("limosa status failed".to_owned());
    let status = trips(1).ok_or_else(failed)?;
    let query = trips(2).ok_or_else(|| Absent::NotHere("psql is not here".to_owned()))?;
    let connecting = query.saturating_sub(1);
    Ok(u32::try_from(status.saturating_sub(connecting)).map_or(f64::INFINITY, f64::from))
}

#[cfg(test)]
mod tests {
    use limosa_testkit::slow::Traffic;

    use super::super::rounds::tests::outcome;
    use super::*;

    fn with(program: Program, round_trips: u64) -> Outcome {
        Outcome {
            traffic: Some(Traffic {
                round_trips,
                ..Traffic::default()
            }),
            ..outcome(program, &[10])
        }
    }

    #[test]
    fn the_round_trips_of_connecting_are_not_those_of_status() {
        let client = Program::Client(Glue::OneTransaction);
        let limosa = |trips| with(Program::Limosa, trips);
        let asked = [limosa(5), limosa(6), with(client, 4)];
        assert_eq!(after_connecting(&asked), Ok(3.0));
        let alone = [limosa(5), limosa(4), outcome(client, &[])];
        assert!(matches!(after_connecting(&alone), Err(Absent::NotHere(_))));
        assert!(matches!(after_connecting(&[]), Err(Absent::Failed(_))));
    }
}
