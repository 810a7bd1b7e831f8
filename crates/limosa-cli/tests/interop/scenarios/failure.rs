//! A migration fails under Limosa, and the tool applies the one that was put right.

use limosa_testkit::Kind;

use super::half::expect;
use super::{Case, Skip};
use crate::migrations::{self, COUNT};
use crate::originals::{Goal, Original};
use crate::place::{Mode, Place};

pub fn cases(original: &'static dyn Original, kind: Kind) -> Vec<Case> {
    vec![Case {
        original,
        kind,
        scenario: "failure",
        variant: "",
        what: "a migration fails under Limosa; the tool goes on with the one that was put right",
        needs: None,
        always: true,
        run: |case, _| match case.kind {
            Kind::MariaDb => Err(Skip::ByNature(
                "what ran before the failure stays, and only Limosa knows where it was".to_owned(),
            )),
            Kind::Postgres | Kind::Sqlite => Ok(run(case)),
        },
    }]
}

fn run(case: &Case) -> String {
    let place = Place::new(case.original, case.kind);
    let good = migrations::all(case.kind);
    let number = COUNT - 1;
    let mut bad = good[number - 1].clone();
    bad.up.push_str("insert into nowhere values (1);\n");
    place.write(std::slice::from_ref(&bad));
    place.keep(Mode::Mirror);
    let failed = place.limosa_run(&["up"]).run();
    assert_eq!(failed.code, 1, "{failed}");
    place.limosa_sees(number - 1);
    expect(&place, number - 1);

    place.write(&good);
    place.tool(Goal::Up);
    place.limosa_sees(COUNT);
    place.limosa_is_content();
    expect(&place, COUNT);
    "the tool's table is at the migration before".to_owned()
}
