//! The tool applies half, Limosa the rest.

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
        scenario: "half",
        variant: "mirror",
        what: "the tool applies half, Limosa the rest",
        needs: None,
        always: true,
        run: |case, _| Ok(run(case, Mode::Mirror)),
    };
    let foreign = Case {
        variant: "foreign",
        always: kind == Kind::Postgres,
        run: |case, _| Ok(run(case, Mode::Foreign)),
        ..case.clone()
    };
    vec![case, foreign]
}

fn run(case: &Case, mode: Mode) -> String {
    let place = Place::new(case.original, case.kind);
    case.original.begin(&place);
    let half = COUNT / 2;
    place.tool(Goal::UpTo(half));
    place.keep(mode);
    place.limosa_sees(half);
    place.limosa(&["up"]);
    place.limosa_sees(COUNT);
    place.tool_is_content();
    place.limosa_is_content();
    expect(&place, COUNT);
    "the tool has nothing to do".to_owned()
}

/// The database is as it would be, had the tool alone applied the first so many.
#[track_caller]
pub fn expect(place: &Place, applied: usize) {
    let twin = place.twin();
    twin.original.begin(&twin);
    twin.tool(Goal::UpTo(applied));
    assert_eq!(Look::of(place), Look::of(&twin));
}
