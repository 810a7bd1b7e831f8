//! Many small migrations on an empty database.

use std::fmt::Write as _;

use limosa_testkit::Database;

use super::aims;
use super::arena::{Arena, Place, Wire, tables};
use super::page::{Part, measured_on, table};
use super::programs::{Act, Glue, Program};
use super::rounds::compete;
use super::{Bench, NAMES};

const PLACES: [Place; 4] = [
    Place::DurablePostgres,
    Place::Postgres,
    Place::MariaDb,
    Place::Sqlite,
];

pub(super) fn measure(bench: &Bench) -> Result<Part, String> {
    let mut parts = String::new();
    let (mut judged, mut versions) = (Vec::new(), Vec::new());
    for place in PLACES {
        let arena = Arena::start(place)?;
        let version = arena.version();
        if !versions.contains(&version) {
            versions.push(version);
        }
        let entrants = bench.entrants(place.kind(), bench.migrations, Act::Up);
        let outcomes = compete(&arena, &entrants, bench.rounds(3), Wire::Near, |db| {
            all_there(db, bench.migrations)
        });
        let _ = writeln!(parts, "### {}\n\n{}", place.name(), table(&outcomes));
        let (all, each) = (Program::Limosa, Program::LimosaEach);
        judged.extend(match place {
            Place::DurablePostgres => vec![
                aims::to_client(&aims::TOGETHER_CLIENT, &outcomes, all, Glue::OneTransaction),
                aims::to_best_peer(&aims::TOGETHER_PEER, &outcomes, all),
                aims::to_client(&aims::EACH_CLIENT, &outcomes, each, Glue::EachInTransaction),
                aims::to_best_peer(&aims::EACH_PEER, &outcomes, each),
            ],
            Place::Postgres => Vec::new(),
            Place::MariaDb => vec![aims::to_client(
                &aims::MARIADB_CLIENT,
                &outcomes,
                all,
                Glue::Plain,
            )],
            Place::Sqlite => vec![aims::to_client(
                &aims::SQLITE_CLIENT,
                &outcomes,
                all,
                Glue::OneTransaction,
            )],
        });
    }
    let text = format!(
        "## Many migrations, empty database\n\n{} migrations. node-pg-migrate knows only PostgreSQL. `psql`, one \
         message, is what the wire takes at least: all statements in a single query message, without a history. \
         {}{parts}",
        bench.migrations,
        measured_on(bench, &versions),
    );
    Ok(Part {
        name: NAMES.small,
        text,
        judged,
    })
}

/// That as many tables are there as migrations.
pub(super) fn all_there(db: &Database, migrations: usize) -> Result<(), String> {
    let found = tables(db);
    if found == migrations.to_string() {
        return Ok(());
    }
    Err(format!("it left {found} of {migrations} tables"))
}
