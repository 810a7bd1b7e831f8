//! In the folder of a project that has another tool, without a word of configuration for Limosa.

use limosa_testkit::Kind;

use super::Case;
use super::half::expect;
use crate::look::Look;
use crate::migrations::COUNT;
use crate::originals::{Goal, Original};
use crate::place::Place;

pub fn cases(original: &'static dyn Original, kind: Kind) -> Vec<Case> {
    vec![Case {
        original,
        kind,
        scenario: "found",
        variant: "",
        what: "the tool applies half, Limosa the rest with nothing but what the tool itself is told: no limosa.toml, no option",
        needs: None,
        always: true,
        run: |case, _| Ok(run(case)),
    }]
}

fn run(case: &Case) -> String {
    let place = Place::new(case.original, case.kind);
    case.original.begin(&place);
    let half = COUNT / 2;
    place.tool(Goal::UpTo(half));
    let variables = case.original.told(&place);
    let limosa = |arguments: &[&str]| {
        let run = place.project.limosa(arguments);
        let run = (variables.iter()).fold(run, |run, (name, value)| run.env(name, value));
        let output = run.run();
        assert_eq!(output.code, 0, "limosa {arguments:?}: {output}");
        output
    };
    let status = limosa(&["status"]);
    let first = status.stderr.lines().next().unwrap_or_default();
    assert!(
        first.contains("url ") && first.contains(" from "),
        "{status}"
    );
    limosa(&["up"]);
    place.tool_is_content();
    expect(&place, COUNT);
    limosa(&["down", "--yes"]);
    let twin = place.twin();
    case.original.begin(&twin);
    twin.tool(Goal::Up);
    twin.tool(Goal::Down);
    assert_eq!(Look::of(&place), Look::of(&twin));
    match &variables[..] {
        [] => "found in its files".to_owned(),
        [(name, _), ..] => format!("the URL that the tool wants, in {name}"),
    }
}
