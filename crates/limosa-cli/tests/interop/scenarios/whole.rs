//! Limosa applies everything on an empty database, the tool undoes the last one, Limosa applies it again.

use limosa_testkit::Kind;

use super::Case;
use super::half::expect;
use crate::look::{Look, tables};
use crate::migrations::COUNT;
use crate::originals::{Goal, Original};
use crate::place::{Mode, Place};

pub fn cases(original: &'static dyn Original, kind: Kind) -> Vec<Case> {
    let case = Case {
        original,
        kind,
        scenario: "whole",
        variant: "mirror",
        what: "Limosa applies everything on an empty database, the tool undoes the last one, Limosa applies it again",
        needs: None,
        always: true,
        run: |case, _| Ok(run(case, Mode::Mirror)),
    };
    let foreign = Case {
        variant: "foreign",
        always: false,
        run: |case, _| Ok(run(case, Mode::Foreign)),
        ..case.clone()
    };
    vec![case, foreign]
}

fn run(case: &Case, mode: Mode) -> String {
    let place = Place::new(case.original, case.kind);
    place.keep(mode);
    place.limosa(&["up"]);
    place.limosa_sees(COUNT);
    place.tool_is_content();
    expect(&place, COUNT);
    let ours = tables(&place.db);
    let ours = ours.iter().any(|name| name.starts_with("limosa_"));
    assert_eq!(ours, mode == Mode::Mirror, "the tables of limosa");

    place.tool(Goal::Down);
    place.limosa_sees(COUNT - 1);
    place.limosa(&["up"]);
    place.limosa_sees(COUNT);
    place.tool_is_content();

    let twin = place.twin();
    twin.original.begin(&twin);
    twin.tool(Goal::Up);
    twin.tool(Goal::Down);
    twin.tool(Goal::Up);
    assert_eq!(Look::of(&place), Look::of(&twin));
    "each finds what the other did; the tool's table is as it would have made it".to_owned()
}
