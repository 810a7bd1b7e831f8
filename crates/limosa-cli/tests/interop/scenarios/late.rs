//! A migration arrives late, below those that are applied, and Limosa applies it when it is asked to.

use limosa_testkit::Kind;

use super::Case;
use crate::look::{every_byte, schema};
use crate::migrations::{self, COUNT};
use crate::originals::{Goal, Original};
use crate::place::{Mode, Place};

pub fn cases(original: &'static dyn Original, kind: Kind) -> Vec<Case> {
    vec![Case {
        original,
        kind,
        scenario: "late",
        variant: "",
        what: "a migration below the applied ones arrives late; Limosa refuses it, and applies it with --out-of-order",
        needs: None,
        always: kind == Kind::Sqlite,
        run: |case, _| Ok(run(case)),
    }]
}

fn run(case: &Case) -> String {
    let place = Place::bare(case.original, case.kind);
    let mut rest = migrations::all(case.kind);
    // The index, on which nothing else depends.
    let late = rest.remove(2);
    place.write(&rest);
    case.original.begin(&place);
    place.tool(Goal::Up);
    place.keep(Mode::Mirror);
    // A number says of the gap what it says of all below it, unless we know better.
    place.limosa(&["adopt"]);
    place.write(std::slice::from_ref(&late));
    let before = every_byte(&place);
    let refused = place.limosa_run(&["up"]).run();
    assert_ne!(refused.code, 0, "{refused}");
    assert_eq!(every_byte(&place), before);

    place.limosa(&["up", "--out-of-order"]);
    place.limosa_sees(COUNT);
    place.limosa_is_content();
    place.tool_is_content();
    // The tool goes back over one, in its own order, and whoever is asked brings it back.
    place.tool(Goal::Down);
    if case.original.name() == "goose" {
        // It undoes what was applied last, and then asks for a flag, too.
        place.limosa(&["up", "--out-of-order"]);
    } else {
        place.tool(Goal::Up);
    }
    place.tool_is_content();
    place.limosa_is_content();
    place.limosa_sees(COUNT);
    let twin = place.twin();
    twin.original.begin(&twin);
    twin.tool(Goal::Up);
    assert_eq!(schema(&place.db), schema(&twin.db));
    "the tool takes it as applied".to_owned()
}
