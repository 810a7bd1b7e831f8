//! golang-migrate is left dirty by a migration that fails, in both directions.

use limosa_testkit::Kind;

use super::Case;
use crate::look::{every_byte, tables};
use crate::migrations::{self, COUNT};
use crate::originals::{Goal, Original};
use crate::place::{Mode, Place};

/// What makes a script fail at its end.
const FAILS: &str = "insert into nowhere values (1);\n";

pub fn cases(original: &'static dyn Original, kind: Kind) -> Vec<Case> {
    if original.name() != "golang-migrate" {
        return Vec::new();
    }
    let up = Case {
        original,
        kind,
        scenario: "dirty",
        variant: "up",
        what: "the tool is dirty after a failed up; Limosa explains it and touches nothing",
        needs: None,
        always: true,
        run: |case, _| Ok(run(case, Way::Up)),
    };
    let down = Case {
        variant: "down",
        what: "the tool is dirty after a failed down; Limosa explains it and touches nothing",
        run: |case, _| Ok(run(case, Way::Down)),
        ..up.clone()
    };
    vec![up, down]
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Up,
    Down,
}

fn run(case: &Case, way: Way) -> String {
    let place = Place::new(case.original, case.kind);
    let number = COUNT - 1;
    let good = migrations::all(case.kind);
    let mut bad = good[number - 1].clone();
    match way {
        Way::Up => bad.up.insert_str(0, FAILS),
        Way::Down => bad.down.insert_str(0, FAILS),
    }
    if way == Way::Down {
        place.tool(Goal::UpTo(number));
    }
    place.write(std::slice::from_ref(&bad));
    let goal = match way {
        Way::Up => Goal::Up,
        Way::Down => Goal::Down,
    };
    let failed = case.original.call(&place, goal).run();
    assert_eq!(failed.code, 1, "{failed}");
    let row = place
        .db
        .query("select version, dirty from schema_migrations");
    let version = match way {
        Way::Up => number,
        Way::Down => number - 1,
    };
    assert_eq!(row[0][0], version.to_string());
    let (before, names) = (every_byte(&place), tables(&place.db));

    for mode in [Mode::Mirror, Mode::Foreign] {
        place.keep(mode);
        for command in [&["status"][..], &["plan"], &["up"], &["down", "--yes"]] {
            let output = place.limosa_run(command).run();
            assert_eq!(output.code, 5, "limosa {command:?}: {output}");
            let begun = place.original.version(version);
            let sentence = format!("golang-migrate began {begun} and did not finish");
            assert!(
                output.stderr.contains(&sentence),
                "limosa {command:?}: {output}"
            );
            assert_eq!(every_byte(&place), before, "limosa {command:?}");
            assert_eq!(tables(&place.db), names, "limosa {command:?}");
        }
    }

    // A person puts it right as golang-migrate has it, and Limosa goes on.
    place.write(&good);
    let applied = match way {
        Way::Up => number - 1,
        Way::Down => number,
    };
    let force = place.original.version(applied);
    let forced = crate::originals::golang_migrate_force(&place, &force).run();
    assert_eq!(forced.code, 0, "{forced}");
    place.keep(Mode::Mirror);
    place.limosa_sees(applied);
    place.limosa(&["up"]);
    place.tool_is_content();
    super::half::expect(&place, COUNT);
    "explained, nothing written; after `migrate force` Limosa goes on".to_owned()
}
