//! The tool and Limosa are started at the same time, many times.

use limosa_testkit::Kind;

use super::{Case, Skip};
use crate::look::Look;
use crate::migrations::COUNT;
use crate::options::Extent;
use crate::originals::{Goal, Locked, Original};
use crate::place::{Mode, Place};

/// What Limosa says after each migration.
const APPLIED: &str = "\"migration-finished\"";

pub fn cases(original: &'static dyn Original, kind: Kind) -> Vec<Case> {
    let case = Case {
        original,
        kind,
        scenario: "together",
        variant: "",
        what: "both are started at the same time",
        needs: None,
        always: true,
        run: |case, _| {
            Err(Skip::ByNature(
                case.original.without_lock(case.kind).to_owned(),
            ))
        },
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
    let (mut by_tool, mut by_limosa) = (0, 0);
    for round in 0..rounds {
        let place = Place::new(case.original, case.kind);
        case.original.begin(&place);
        place.keep(Mode::Mirror);
        let limosa = place.limosa_run(&["up", "--format", "json-lines"]);
        let tool = (way.call)(&place);
        // Each may be the first, or come in the middle of the other's work.
        let (tool, limosa) = match round % 3 {
            0 => {
                let tool = tool.start();
                (tool, limosa.start())
            }
            1 => {
                let limosa = limosa.start();
                (tool.start(), limosa)
            }
            _ => {
                let mut limosa = limosa.start();
                limosa.wait_for(APPLIED);
                (tool.start(), limosa)
            }
        };
        let (tool, limosa) = (tool.finish(), limosa.finish());
        assert_eq!(limosa.code, 0, "round {round}: {limosa}\n{tool}");
        assert_eq!(tool.code, 0, "round {round}: {tool}\n{limosa}");
        let applied = limosa.stdout.matches(APPLIED).count();
        by_limosa += usize::from(applied > 0);
        by_tool += usize::from(applied < COUNT);
        assert_eq!(Look::of(&place), expected, "round {round}");
        place.tool_is_content();
        place.limosa_is_content();
    }
    format!(
        "{rounds} times: each migration once; the tool applied some or all {by_tool} times, Limosa {by_limosa} times"
    )
}
