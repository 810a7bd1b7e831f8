//! Limosa undoes, the tool applies again.

use limosa_testkit::Kind;

use super::Case;
use crate::look::Look;
use crate::migrations::COUNT;
use crate::originals::{Goal, Original};
use crate::place::{Mode, Place};

pub fn cases(original: &'static dyn Original, kind: Kind) -> Vec<Case> {
    let case = Case {
        original,
        kind,
        scenario: "back",
        variant: "mirror",
        what: "Limosa undoes two, the tool applies them again",
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
    case.original.begin(&place);
    place.tool(Goal::UpTo(COUNT / 2));
    place.keep(mode);
    place.limosa(&["up"]);
    place.limosa(&["down", "--yes"]);
    place.limosa(&["down", "--yes"]);
    place.limosa_sees(COUNT - 2);
    let twin = place.twin();
    twin.original.begin(&twin);
    twin.tool(Goal::Up);
    twin.tool(Goal::Down);
    twin.tool(Goal::Down);
    assert_eq!(Look::of(&place), Look::of(&twin));

    place.tool(Goal::Up);
    place.limosa_sees(COUNT);
    place.limosa_is_content();
    place.tool_is_content();
    twin.tool(Goal::Up);
    assert_eq!(Look::of(&place), Look::of(&twin));

    // The tool goes back over what Limosa has applied. A table that it emptied could as well be a broken one.
    for left in (1..COUNT).rev() {
        place.tool(Goal::Down);
        place.limosa_sees(left);
    }
    "Limosa agrees after each".to_owned()
}
