//! Plans where something began and did not end.

use super::{DOWN_ALL, Desk, UP, down, down_to, goto, up_to};
use crate::Migration;
use crate::history::samples::{attempt, migration, script, version, with_up};
use crate::history::{Direction, InDoubt};
use crate::plan::{Goal, PlanError};

const THREE: &str = "CREATE TABLE a (id int);\nVACUUM a;\nINSERT INTO a VALUES (1);\n";

fn files(versions: &[&str]) -> Vec<Migration> {
    versions.iter().map(|text| migration(text)).collect()
}

/// 1 is applied; 2, which has three units, stopped on its way up after this many.
fn stopped(done: usize) -> Desk {
    let two = with_up("2", THREE);
    let mut desk = Desk::with_applied(vec![migration("1"), two, migration("3")], &files(&["1"]));
    let units = desk.plan(&UP).steps()[0].units.clone();
    assert_eq!(units.len(), 3);
    let mut stopped = attempt("2", Direction::Up);
    stopped.done = units
        .iter()
        .take(done)
        .map(|unit| unit.digest.to_string())
        .collect();
    desk.history.attempts = vec![stopped];
    desk
}

/// 1 to 3 are applied; this one stopped on its way down.
fn half_undone(text: &str) -> Desk {
    let mut desk = Desk::with_applied(files(&["1", "2", "3", "4"]), &files(&["1", "2", "3"]));
    desk.history.attempts = vec![attempt(text, Direction::Down)];
    desk
}

fn unfinished(desk: &Desk, goal: &Goal) -> (String, Direction) {
    match desk.error(goal) {
        PlanError::Unfinished {
            migration,
            direction,
        } => (migration.version, direction),
        other => panic!("{goal:?}: {other:?}"),
    }
}

#[test]
fn up_goes_on_after_the_units_that_are_done() {
    for done in 0..3 {
        let desk = stopped(done);
        let plan = desk.plan(&UP);
        assert_eq!(super::shape(&plan), "+2 +3");
        let step = &plan.steps()[0];
        assert_eq!((step.done, step.units.len()), (done, 3));
        assert_eq!(step.attempt.as_deref(), Some("attempt-2"));
        assert_eq!(
            (plan.steps()[1].done, plan.steps()[1].attempt.clone()),
            (0, None)
        );
    }
}

#[test]
fn what_is_not_done_yet_may_be_corrected_and_what_is_done_may_not() {
    let mut desk = stopped(2);
    let up = |desk: &mut Desk, sql: &str| {
        desk.files.migrations[1].up = Some(script("2_m.sql", sql));
    };
    up(
        &mut desk,
        "-- corrected\nCREATE TABLE a (id int);\n\nVACUUM a;\nSELECT 1;\nVACUUM a;\n",
    );
    assert_eq!(desk.steps(&UP), "+2 +3");
    let changed = |desk: &Desk| match desk.error(&UP) {
        PlanError::AppliedPartChanged { migration, line } => (migration.version, line),
        other => panic!("{other:?}"),
    };
    up(
        &mut desk,
        "CREATE TABLE a (id int);\nVACUUM b;\nSELECT 1;\n",
    );
    assert_eq!(changed(&desk), ("2".to_owned(), 2));
    up(
        &mut desk,
        "\nCREATE TABLE b (id int);\nVACUUM a;\nSELECT 1;\n",
    );
    assert_eq!(changed(&desk), ("2".to_owned(), 2));
    // There is less of it than was done.
    up(&mut desk, "CREATE TABLE a (id int);\n");
    assert_eq!(changed(&desk), ("2".to_owned(), 1));
    desk.files.migrations[1].up = None;
    assert_eq!(changed(&desk), ("2".to_owned(), 1));
}

#[test]
fn what_is_done_ends_where_it_ended_when_the_rest_might_have_been_with_it() {
    let mut desk = stopped(1);
    let corrected = "CREATE TABLE a (id int);\nCREATE TABLE b (id int);\nSELECT 1;\n";
    desk.files.migrations[1].up = Some(script("2_m.sql", corrected));
    let plan = desk.plan(&UP);
    let step = plan.steps().first().unwrap();
    let numbers: Vec<_> = step.units.iter().map(|unit| unit.numbers.clone()).collect();
    assert_eq!((step.done, numbers), (1, vec![1..2, 2..4]));
}

#[test]
fn what_is_in_doubt_is_decided_by_who_carries_the_plan_out() {
    let mut desk = stopped(1);
    desk.history.attempts[0].in_doubt = Some(InDoubt {
        unit: 1,
        backend: (7, String::new()),
        at: "2026-11-20T15:02:10.000Z".to_owned(),
        statement: 2,
        digest: String::new(),
        failed: false,
        before: None,
    });
    let plan = desk.plan(&UP);
    let step = plan.steps().first().unwrap();
    let doubt = step.in_doubt.as_ref().unwrap();
    assert_eq!((step.done, doubt.unit, doubt.statement), (1, 1, 2));
    // What is not concerned can be planned.
    assert_eq!(desk.steps(&up_to("1")), "");
}

#[test]
fn nothing_is_undone_while_something_is_half_applied() {
    let desk = stopped(1);
    for goal in [
        down(1),
        DOWN_ALL,
        down_to("1"),
        Goal::Redo,
        goto("1"),
        Goal::Goto(None),
    ] {
        assert_eq!(
            unfinished(&desk, &goal),
            ("2".to_owned(), Direction::Up),
            "{goal:?}"
        );
    }
    assert_eq!(desk.steps(&goto("2")), "+2");
    assert_eq!(desk.steps(&goto("3")), "+2 +3");
}

#[test]
fn nothing_is_applied_while_something_is_half_undone() {
    let desk = half_undone("2");
    for goal in [UP, up_to("4"), goto("4"), goto("3"), goto("2")] {
        assert_eq!(
            unfinished(&desk, &goal),
            ("2".to_owned(), Direction::Down),
            "{goal:?}"
        );
    }
}

#[test]
fn what_is_half_undone_is_undone_first() {
    let desk = half_undone("2");
    assert_eq!(desk.steps(&down(1)), "-2");
    assert_eq!(
        desk.plan(&down(1)).steps()[0].attempt.as_deref(),
        Some("attempt-2")
    );
    assert_eq!(desk.steps(&DOWN_ALL), "-2 -3 -1");
    assert_eq!(desk.steps(&down_to("1")), "-2 -3");
    assert_eq!(desk.steps(&goto("1")), "-2 -3");
    assert_eq!(desk.steps(&Goal::Redo), "-2 +2");
}

#[test]
fn what_is_half_undone_does_not_stay_so_below_the_goal() {
    // Both would undo 3 and leave 1 as it is.
    let desk = half_undone("1");
    assert_eq!(
        unfinished(&desk, &down_to("2")),
        ("1".to_owned(), Direction::Down)
    );
    assert_eq!(
        unfinished(&desk, &goto("2")),
        ("1".to_owned(), Direction::Down)
    );
    assert_eq!(desk.steps(&Goal::Goto(None)), "-1 -3 -2");
}

#[test]
fn a_half_undone_migration_may_have_been_applied_out_of_order_and_be_changed() {
    let mut desk = half_undone("3");
    desk.files.migrations[2] = with_up("3", "SELECT 'another'");
    assert_eq!(desk.steps(&down(1)), "-3");
    assert_eq!(unfinished(&desk, &UP).1, Direction::Down);
}

#[test]
fn a_half_applied_migration_without_a_file_is_not_forgotten() {
    let mut desk = Desk::with_applied(files(&["1", "3"]), &files(&["1"]));
    desk.history.attempts = vec![attempt("2", Direction::Up)];
    for goal in [UP, up_to("3"), up_to("1"), goto("3"), goto("1")] {
        assert_eq!(
            unfinished(&desk, &goal),
            ("2".to_owned(), Direction::Up),
            "{goal:?}"
        );
    }
    match desk.error(&UP) {
        PlanError::Unfinished { migration, .. } => assert_eq!(migration.file, None),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_newer_release_in_the_middle_of_its_work_is_a_remark() {
    let mut desk = Desk::with_applied(files(&["1", "2"]), &files(&["1"]));
    desk.history.attempts = vec![attempt("3", Direction::Up)];
    let plan = desk.plan(&UP);
    assert_eq!(super::shape(&plan), "+2");
    assert_eq!(plan.remarks()[0].name, "newer");
    assert!(
        plan.remarks()[0]
            .message
            .starts_with("3_m was begun by a newer release")
    );
}

#[test]
fn a_half_applied_migration_below_the_highest_may_go_on() {
    let mut desk = Desk::with_applied(
        vec![migration("1"), with_up("2", THREE), migration("3")],
        &files(&["1", "3"]),
    );
    assert!(matches!(desk.error(&UP), PlanError::OutOfOrder { .. }));
    desk.history.attempts = vec![attempt("2", Direction::Up)];
    assert_eq!(desk.steps(&UP), "+2");
    assert_eq!(desk.history.attempts[0].version, version("2"));
}
