//! The tool and Limosa are started at the same time, many times.

use limosa_testkit::Kind;

use super::{Case, Skip};
use crate::look::Look;
use crate::options::Extent;
use crate::originals::{Goal, Locked, Original};
use crate::place::{Mode, Place};

pub fn cases(original: &'static dyn Original, kind: Kind) -> Vec<Case> {
    let case = Case {
        original,
        kind,
        scenario: "together",
        variant: "",
        what: "both are started at the same time",
        needs: None,
        always: true,
        run: |case, _| Err(Skip::ByNature(case.original.without_lock().to_owned())),
    };
    let locked = original.locked(kind);
    if locked.is_empty() {
        return vec![case];
    }
    let with = |way: &Locked| Case {
        variant: way.name,
        needs: Some(way.tool),
        run: |case, extent| Ok(run(case, extent)),
        ..case.clone()
    };
    locked.iter().map(with).collect()
}

fn run(case: &Case, extent: Extent) -> String {
    let rounds = extent.rounds();
    let ways = case.original.locked(case.kind);
    let way = ways
        .iter()
        .find(|way| way.name == case.variant)
        .expect("the case was made from it");
    let twin = Place::new(case.original, case.kind);
    case.original.begin(&twin);
    twin.tool(Goal::Up);
    let expected = Look::of(&twin);
    let mut by_tool = 0;
    for round in 0..rounds {
        let place = Place::new(case.original, case.kind);
        case.original.begin(&place);
        place.keep(Mode::Mirror);
        let limosa = place.limosa_run(&["up", "-v"]);
        // Who begins is first in turn, so that neither always wins.
        let (tool, limosa) = match round % 2 {
            0 => {
                let tool = (way.call)(&place).start();
                (tool, limosa.start())
            }
            _ => {
                let limosa = limosa.start();
                ((way.call)(&place).start(), limosa)
            }
        };
        let (tool, limosa) = (tool.finish(), limosa.finish());
        assert_eq!(limosa.code, 0, "round {round}: {limosa}\n{tool}");
        assert_eq!(tool.code, 0, "round {round}: {tool}\n{limosa}");
        by_tool += usize::from(!case.original.says_nothing_to_do(&tool));
        assert_eq!(Look::of(&place), expected, "round {round}");
        place.tool_is_content();
        place.limosa_is_content();
    }
    format!("{rounds} times: each migration once; the tool had something to do {by_tool} times")
}
