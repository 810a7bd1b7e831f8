//! Plans where a baseline stands for others.

use super::{Desk, UP, down, down_to, goto, shape, up_to};
use crate::Migration;
use crate::history::Origin;
use crate::history::samples::{baseline, migration, version};
use crate::plan::{Action, Goal, PlanError};

fn files(versions: &[&str]) -> Vec<Migration> {
    versions.iter().map(|text| migration(text)).collect()
}

/// Files with a baseline for 1 to 3, and 4 and 5 behind it.
fn squashed() -> Vec<Migration> {
    let mut squashed = vec![baseline("3", "1..3")];
    squashed.extend(files(&["4", "5"]));
    squashed
}

fn old(versions: &[&str]) -> Desk {
    Desk::with_applied(squashed(), &files(versions))
}

#[test]
fn an_empty_database_runs_the_baseline_and_what_follows() {
    let mut desk = Desk::new(squashed());
    assert_eq!(desk.steps(&UP), "+3 +4 +5");
    desk.carry_out(&desk.plan(&UP));
    assert!(desk.plan(&UP).is_empty());
}

#[test]
fn a_database_that_has_all_of_it_runs_only_what_follows() {
    let desk = old(&["1", "2", "3"]);
    let plan = desk.plan(&UP);
    assert_eq!(shape(&plan), "+4 +5");
    assert!(plan.remarks().is_empty(), "{:?}", plan.remarks());
    assert_eq!(desk.steps(&up_to("3")), "");
    assert_eq!(desk.steps(&up_to("2")), "");
    assert_eq!(desk.steps(&goto("3")), "");
}

#[test]
fn a_database_that_has_a_part_of_it_is_refused_with_what_is_not_applied() {
    for goal in [UP, up_to("3"), goto("5")] {
        match old(&["1"]).error(&goal) {
            PlanError::Partial {
                baseline,
                replaces,
                lacks,
            } => {
                assert_eq!(baseline.full_name(), "3_baseline");
                assert_eq!((replaces, lacks), (3, vec!["2".to_owned(), "3".to_owned()]));
            }
            other => panic!("{other:?}"),
        }
    }
    // What is applied can be undone all the same.
    assert_eq!(old(&["1"]).steps(&down(1)), "-1");
}

#[test]
fn going_back_below_a_baseline_takes_the_stored_downs() {
    let desk = old(&["1", "2", "3", "4"]);
    let plan = desk.plan(&down(2));
    assert_eq!(shape(&plan), "-4 -3");
    let names: Vec<_> = plan.remarks().iter().map(|one| one.name).collect();
    assert_eq!(names, ["stored-down", "partial-baseline"]);
    let whole = desk.plan(&down(4));
    assert_eq!(shape(&whole), "-4 -3 -2 -1");
    assert!(
        !(whole.remarks().iter()).any(|one| one.name == "partial-baseline"),
        "nothing of it is left"
    );
    assert_eq!(desk.steps(&goto("1")), "-4 -3 -2");
    assert_eq!(desk.steps(&down_to("3")), "-4");
}

#[test]
fn a_baseline_that_was_run_is_not_undone() {
    let desk = Desk::with_applied(squashed(), &squashed());
    assert_eq!(desk.steps(&down(2)), "-5 -4");
    assert!(matches!(
        desk.error(&down(3)),
        PlanError::Irreversible { .. }
    ));
    assert!(matches!(
        desk.error(&Goal::Goto(None)),
        PlanError::Irreversible { .. }
    ));
}

#[test]
fn a_replaced_version_is_named_with_its_baseline() {
    let replaced = |desk: &Desk, goal: &Goal| match desk.error(goal) {
        PlanError::Replaced { version, by } => assert_eq!(
            (version.as_str(), by.full_name().as_str()),
            ("2", "3_baseline")
        ),
        other => panic!("{other:?}"),
    };
    let empty = Desk::new(squashed());
    let fresh = Desk::with_applied(squashed(), &squashed());
    for desk in [&empty, &fresh] {
        for goal in [
            up_to("2"),
            goto("2"),
            down_to("2"),
            Goal::Baseline(version("2")),
        ] {
            replaced(desk, &goal);
        }
    }
    // A newer release knows the baseline, and this one nothing of either.
    let newer = Desk::with_applied(files(&["9"]), &[baseline("3", "1..3")]);
    replaced(&newer, &goto("2"));
}

#[test]
fn what_a_baseline_stands_for_is_not_done_again() {
    match old(&["1", "2", "3"]).error(&Goal::Redo) {
        PlanError::Replaced { version, .. } => assert_eq!(version, "3"),
        other => panic!("{other:?}"),
    }
    assert_eq!(old(&["1", "2", "3", "4"]).steps(&Goal::Redo), "-4 +4");
}

#[test]
fn an_older_release_plans_nothing_where_the_baseline_was_run() {
    let desk = Desk::with_applied(files(&["1", "2", "3"]), &[baseline("3", "1..3")]);
    assert_eq!(desk.steps(&UP), "");
    assert_eq!(desk.steps(&goto("3")), "");
    assert!(matches!(
        desk.error(&goto("2")),
        PlanError::Irreversible { .. }
    ));
    assert!(matches!(
        desk.error(&Goal::Redo),
        PlanError::Irreversible { .. }
    ));
}

#[test]
fn the_command_baseline_records_a_baseline_as_one() {
    let desk = Desk::new(squashed());
    let plan = desk.plan(&Goal::Baseline(version("4")));
    assert_eq!(shape(&plan), "+3 +4");
    let first = &plan.steps()[0];
    assert!(matches!(first.action, Action::Record(Origin::Baseline)));
    let up = first.record.up.as_ref().unwrap();
    assert_eq!(up.options.replaces.to_string(), "1..3");
}
