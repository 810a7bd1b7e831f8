//! Limosa writes a script, and somebody else runs it.

use limosa_testkit::Kind;

use super::Case;
use super::half::expect;
use crate::migrations::COUNT;
use crate::originals::{Goal, Original};
use crate::place::{Mode, Place};

pub fn cases(original: &'static dyn Original, kind: Kind) -> Vec<Case> {
    let case = Case {
        original,
        kind,
        scenario: "script",
        variant: "mirror",
        what: "the tool applies half; the rest is a script of `limosa plan --format sql` that is run by hand",
        needs: None,
        always: kind == Kind::Sqlite,
        run: |case, _| Ok(run(case, Mode::Mirror)),
    };
    let foreign = Case {
        variant: "foreign",
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
    if mode == Mode::Mirror {
        place.limosa(&["adopt"]);
    }
    let script = place.limosa(&["plan", "--format", "sql"]).stdout;
    place.limosa_sees(half);
    place.db.execute(&as_sql(&script));
    place.limosa_sees(COUNT);
    place.tool_is_content();
    place.limosa_is_content();
    expect(&place, COUNT);
    "both take it as done".to_owned()
}

/// What the clients read for themselves is not SQL, and a server needs no other delimiter.
fn as_sql(script: &str) -> String {
    let lines = script
        .lines()
        .filter(|line| !line.starts_with('\\') && !line.starts_with("DELIMITER"));
    let sql: Vec<String> = lines
        .map(|line| match line.strip_suffix("//") {
            Some(statement) => format!("{statement};"),
            None => line.to_owned(),
        })
        .collect();
    sql.join("\n")
}
