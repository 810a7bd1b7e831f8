//! Limosa takes over the history of the tool, and gives it back.

use limosa_testkit::Kind;

use super::Case;
use super::half::expect;
use crate::look::{every_byte, tables};
use crate::migrations::COUNT;
use crate::originals::{Goal, Original};
use crate::place::Place;

pub fn cases(original: &'static dyn Original, kind: Kind) -> Vec<Case> {
    vec![Case {
        original,
        kind,
        scenario: "adopt",
        variant: "",
        what: "`limosa adopt` and `limosa adopt --undo`",
        needs: None,
        always: true,
        run: |case, _| Ok(run(case)),
    }]
}

fn run(case: &Case) -> String {
    let place = Place::new(case.original, case.kind);
    case.original.begin(&place);
    let applied = COUNT - 2;
    place.tool(Goal::UpTo(applied));
    let (before, names) = (every_byte(&place), tables(&place.db));
    place.project.write(
        "limosa.toml",
        format!(
            "layout = \"{}\"\nmigrations = \"{}\"\n",
            case.original.name(),
            case.original.folder()
        ),
    );
    place.limosa(&["adopt", "--from", case.original.name()]);
    assert_eq!(every_byte(&place), before, "after adopt");
    place.limosa_sees(applied);
    place.limosa(&["adopt", "--undo"]);
    assert_eq!(every_byte(&place), before, "after adopt --undo");
    assert_eq!(tables(&place.db), names, "after adopt --undo");
    place.tool(Goal::Up);
    expect(&place, COUNT);
    "the tool's table stays the same to the last byte".to_owned()
}
