//! Limosa is killed while it keeps both histories, and goes on.

use limosa_testkit::Kind;

use super::Case;
use super::half::expect;
use crate::migrations::COUNT;
use crate::options::Extent;
use crate::originals::{Goal, Original};
use crate::place::{Mode, Place};

/// The events at which it is killed, as they are written.
const EVENTS: [&str; 4] = [
    "migration-started",
    "statement-started",
    "statement-finished",
    "migration-finished",
];

pub fn cases(original: &'static dyn Original, kind: Kind) -> Vec<Case> {
    vec![Case {
        original,
        kind,
        scenario: "killed",
        variant: "",
        what: "Limosa is killed (SIGKILL) in the middle of a run that keeps both histories, and goes on",
        needs: None,
        always: original.name() == "golang-migrate",
        run: |case, extent| Ok(run(case, extent)),
    }]
}

fn run(case: &Case, extent: Extent) -> String {
    let mut times = 0;
    let mut by_tool = 0;
    for number in 1..=COUNT {
        let events: &[&str] = match extent {
            Extent::Sampled => &EVENTS[number % 4..][..1],
            Extent::All => &EVENTS,
        };
        for event in events {
            times += 1;
            let place = Place::new(case.original, case.kind);
            case.original.begin(&place);
            place.keep(Mode::Mirror);
            kill_at(&place, event, number);
            // What it had begun is undone with its connection.
            place.db.wait_until_alone();
            // Where a migration is there in full or not at all, the tool can go on as well.
            if case.kind != Kind::MariaDb && times % 3 == 0 {
                by_tool += 1;
                place.tool(Goal::Up);
                place.limosa_sees(COUNT);
            } else {
                place.limosa(&["up"]);
                place.tool_is_content();
            }
            place.limosa_is_content();
            expect(&place, COUNT);
        }
    }
    match by_tool {
        0 => format!("{times} times: each migration once"),
        _ => format!("{times} times, and {by_tool} times the tool went on: each migration once"),
    }
}

/// Starts it and kills it when it says that.
fn kill_at(place: &Place, event: &str, number: usize) {
    let version = place.original.version(number);
    let said = format!("\"event\":\"{event}\",\"database\":\"default\",\"version\":\"{version}\"");
    let limosa = place.limosa_run(&["up", "--format", "json-lines"]);
    let mut limosa = limosa.start();
    limosa.wait_for(&said);
    limosa.kill();
    limosa.finish();
}
