//! Going down, to a version, and down and up again.

use super::{DOWN_ALL, Desk, UP, down, down_to, goto};
use crate::Migration;
use crate::history::EMPTY_SHA256;
use crate::history::samples::{migration, script, version, with_up};
use crate::plan::{Action, Goal, PlanError, ScriptFrom};

fn files(versions: &[&str]) -> Vec<Migration> {
    versions.iter().map(|text| migration(text)).collect()
}

/// Where the script of the first step comes from.
fn from(desk: &Desk) -> ScriptFrom {
    match &desk.plan(&down(1)).steps()[0].action {
        Action::Run { from, .. } => *from,
        Action::Record(_) => panic!("something has to be run"),
    }
}

#[test]
fn down_undoes_by_the_order_of_application() {
    let desk = Desk::with_applied(files(&["1", "2", "3"]), &files(&["1", "3", "2"]));
    assert_eq!(desk.steps(&down(1)), "-2");
    assert_eq!(desk.steps(&down(2)), "-2 -3");
    assert_eq!(desk.steps(&down(9)), "-2 -3 -1");
    assert_eq!(desk.steps(&down(0)), "");
    assert_eq!(desk.steps(&DOWN_ALL), "-2 -3 -1");
    assert!(Desk::new(files(&["1"])).plan(&DOWN_ALL).is_empty());
}

#[test]
fn down_to_a_version_undoes_what_was_applied_after_it() {
    let desk = Desk::with_applied(files(&["1", "2", "3", "4"]), &files(&["1", "3", "2"]));
    assert_eq!(desk.steps(&down_to("1")), "-2 -3");
    assert_eq!(desk.steps(&down_to("3")), "-2");
    assert_eq!(desk.steps(&down_to("2")), "");
    match desk.error(&down_to("4")) {
        PlanError::NotApplied { migration } => assert_eq!(migration.full_name(), "4_m"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_step_down_keeps_nothing_in_the_history() {
    let plan = Desk::with_applied(files(&["1"]), &files(&["1"])).plan(&down(1));
    let step = &plan.steps()[0];
    assert!(step.record.up.is_none() && step.record.down.is_none());
    assert_eq!(step.losses[0].what, "table t1");
    assert!(plan.remarks().is_empty());
}

#[test]
fn the_down_comes_from_the_file_when_it_is_the_one_that_was_stored() {
    let mut desk = Desk::with_applied(files(&["1"]), &files(&["1"]));
    assert_eq!(from(&desk), ScriptFrom::File);
    desk.files.migrations[0].down = Some(script("1_m.sql", "-- bye\nDROP TABLE   t1;\n"));
    assert_eq!(from(&desk), ScriptFrom::File, "only a comment differs");
}

#[test]
fn the_down_comes_from_the_database_when_the_file_is_gone_or_another_one() {
    let mut desk = Desk::with_applied(files(&["1"]), &files(&["1"]));
    desk.files.migrations[0].down = Some(script("1_m.sql", "DROP TABLE t1 CASCADE;\n"));
    assert_eq!(from(&desk), ScriptFrom::History);
    let words = |desk: &Desk| desk.plan(&down(1)).remarks()[0].message.clone();
    assert!(words(&desk).contains("because its file is another one now"));
    desk.files.migrations[0].down = None;
    assert_eq!(from(&desk), ScriptFrom::History);
    desk.files.migrations.clear();
    assert_eq!(from(&desk), ScriptFrom::History);
    assert!(words(&desk).contains("because its file is not here"));
}

#[test]
fn a_stored_down_runs_with_the_options_that_it_was_stored_with() {
    let mut desk = Desk::with_applied(vec![], &files(&["1"]));
    desk.history.applied[0].down.text = Some("SELECT 1;\nSELECT 2;\n".to_owned());
    assert_eq!(desk.plan(&down(1)).steps()[0].units.len(), 1);
    desk.history.applied[0].down.options.no_transaction = true;
    assert_eq!(desk.plan(&down(1)).steps()[0].units.len(), 2);
}

#[test]
fn a_down_that_is_not_stored_needs_its_file() {
    let mut desk = Desk::with_applied(files(&["1"]), &files(&["1"]));
    desk.history.applied[0].down.text = None;
    assert_eq!(from(&desk), ScriptFrom::File);
    desk.files.migrations[0].down = Some(script("1_m.sql", "DROP TABLE t1 CASCADE;\n"));
    assert!(matches!(
        desk.error(&down(1)),
        PlanError::DownNeedsFile { .. }
    ));
    desk.files.migrations.clear();
    match desk.error(&down(1)) {
        PlanError::DownNeedsFile { migration } => assert_eq!(migration.file, None),
        other => panic!("{other:?}"),
    }
    // The layout that it was written in is not known here.
    let mut desk = Desk::with_applied(vec![], &files(&["1"]));
    desk.history.applied[0].layout = "of-tomorrow".to_owned();
    assert!(matches!(
        desk.error(&down(1)),
        PlanError::DownNeedsFile { .. }
    ));
}

#[test]
fn where_nothing_was_stored_the_down_of_the_file_is_used() {
    for nothing in [None, Some(EMPTY_SHA256.to_owned())] {
        let mut desk = Desk::with_applied(files(&["1"]), &files(&["1"]));
        let stored = &mut desk.history.applied[0].down;
        (stored.sha256, stored.tokens, stored.text) = (nothing, None, None);
        assert_eq!(from(&desk), ScriptFrom::File);
        desk.files.migrations[0].down = None;
        assert!(matches!(desk.error(&down(1)), PlanError::NoDown { .. }));
        desk.files.migrations[0].opaque = Some("it is written in Go".to_owned());
        assert!(matches!(desk.error(&down(1)), PlanError::Opaque { .. }));
        desk.files.migrations.clear();
        assert!(matches!(desk.error(&down(1)), PlanError::NoDown { .. }));
    }
}

#[test]
fn an_irreversible_migration_is_not_undone_and_nothing_before_it_either() {
    let mut gone = migration("2");
    gone.irreversible = Some("the data is gone".to_owned());
    let all = vec![migration("1"), gone, migration("3")];
    let mut desk = Desk::with_applied(all.clone(), &all);
    assert_eq!(desk.steps(&down(1)), "-3");
    for goal in [down(2), DOWN_ALL, down_to("1"), goto("1"), Goal::Goto(None)] {
        match desk.error(&goal) {
            PlanError::Irreversible { migration, reason } => {
                assert_eq!(
                    (migration.version.as_str(), reason.as_str()),
                    ("2", "the data is gone")
                );
            }
            other => panic!("{goal:?}: {other:?}"),
        }
    }
    // What the history says counts where there is no file.
    desk.files.migrations.clear();
    assert!(matches!(
        desk.error(&down(2)),
        PlanError::Irreversible { .. }
    ));
    // A file whose author found a way counts more than the history.
    desk.files = crate::history::samples::set(files(&["1", "2", "3"]));
    assert_eq!(desk.steps(&down(2)), "-3 -2");
}

#[test]
fn changed_and_newer_migrations_can_be_undone() {
    let desk = Desk::with_applied(
        vec![migration("1"), with_up("2", "SELECT 'another'")],
        &files(&["1", "2", "3"]),
    );
    assert_eq!(desk.steps(&DOWN_ALL), "-3 -2 -1");
}

#[test]
fn goto_goes_up_and_down() {
    let desk = Desk::with_applied(files(&["1", "2", "3", "4"]), &files(&["1", "3", "2"]));
    assert_eq!(desk.steps(&goto("4")), "+4");
    assert_eq!(desk.steps(&goto("3")), "");
    assert_eq!(desk.steps(&goto("2")), "-3");
    assert_eq!(desk.steps(&goto("1")), "-2 -3");
    assert_eq!(desk.steps(&Goal::Goto(None)), "-2 -3 -1");
    assert!(Desk::new(files(&["1"])).plan(&Goal::Goto(None)).is_empty());
}

#[test]
fn goto_undoes_what_is_above_before_it_applies_what_is_below() {
    let desk = Desk::with_applied(files(&["1", "2", "3"]), &files(&["1", "3"]));
    assert_eq!(desk.steps(&goto("2")), "-3 +2");
}

#[test]
fn what_goto_undoes_does_not_keep_it_from_going_up() {
    // 3 is changed, 4 has no file, 6 is newer and shuts this release out: all are undone.
    let mut newer = migration("6");
    newer.min_release = Some("2.0".to_owned());
    let mut desk = Desk::with_applied(
        vec![
            migration("1"),
            migration("2"),
            with_up("3", "SELECT 'another'"),
            migration("5"),
        ],
        &[migration("1"), migration("3"), migration("4"), newer],
    );
    desk.options.release = Some("1.0".to_owned());
    assert_eq!(desk.steps(&goto("2")), "-6 -4 -3 +2");
    assert!(matches!(desk.error(&UP), PlanError::Changed(_)));
}

#[test]
fn redo_undoes_the_last_application_and_applies_the_file_as_it_is_now() {
    let desk = Desk::with_applied(files(&["1", "2", "3"]), &files(&["1", "3", "2"]));
    assert_eq!(desk.steps(&Goal::Redo), "-2 +2");
    let desk = Desk::with_applied(vec![with_up("1", "SELECT 1; SELECT 2")], &files(&["1"]));
    let plan = desk.plan(&Goal::Redo);
    assert_eq!(super::shape(&plan), "-1 +1");
    assert_eq!(plan.steps()[1].statements(), 2);
    assert!(Desk::new(files(&["1"])).plan(&Goal::Redo).is_empty());
}

#[test]
fn redo_needs_a_file_to_apply_again() {
    let desk = Desk::with_applied(files(&["1"]), &files(&["1", "2"]));
    assert!(matches!(desk.error(&Goal::Redo), PlanError::Missing(all) if all.len() == 1));
    let mut code = migration("1");
    code.opaque = Some("it is written in Go".to_owned());
    let desk = Desk::with_applied(vec![code.clone()], &[code]);
    assert!(matches!(desk.error(&Goal::Redo), PlanError::Opaque { .. }));
}

#[test]
fn padding_does_not_hide_what_is_applied() {
    let mut padded = migration("1");
    padded.version = version("0001");
    let desk = Desk::with_applied(vec![padded], &files(&["1"]));
    assert_eq!(desk.steps(&UP), "");
    assert_eq!(desk.steps(&goto("01")), "");
    assert_eq!(desk.steps(&down(1)), "-1");
}
