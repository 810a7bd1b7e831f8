//! Going up, and beginning with a history.

use std::sync::Arc;

use super::{Desk, UP, goto, up_to, versions};
use crate::history::samples::{migration, script, version, with_up};
use crate::history::{Direction, Origin};
use crate::plan::{Action, Goal, PlanError, ScriptFrom};
use crate::{Layout, Migration};

fn files(versions: &[&str]) -> Vec<Migration> {
    versions.iter().map(|text| migration(text)).collect()
}

#[test]
fn up_applies_what_is_pending_in_the_order_of_versions() {
    let desk = Desk::new(files(&["10", "9", "1"]));
    assert_eq!(desk.steps(&UP), "+1 +9 +10");
    let desk = Desk::with_applied(files(&["1", "9", "10"]), &files(&["1"]));
    assert_eq!(desk.steps(&UP), "+9 +10");
    let desk = Desk::with_applied(files(&["1"]), &files(&["1"]));
    assert!(desk.plan(&UP).is_empty());
    assert!(Desk::new(vec![]).plan(&UP).is_empty());
}

#[test]
fn up_stops_after_a_version_or_a_number_of_migrations() {
    let desk = Desk::with_applied(files(&["1", "2", "3", "4"]), &files(&["1"]));
    let up = |to: Option<&str>, limit| Goal::Up {
        to: to.map(version),
        limit,
    };
    assert_eq!(desk.steps(&up_to("3")), "+2 +3");
    assert_eq!(desk.steps(&up_to("003")), "+2 +3");
    assert_eq!(desk.steps(&up(None, Some(1))), "+2");
    assert_eq!(desk.steps(&up(None, Some(0))), "");
    assert_eq!(desk.steps(&up(None, Some(9))), "+2 +3 +4");
    assert_eq!(desk.steps(&up(Some("3"), Some(1))), "+2");
    assert_eq!(desk.steps(&up(Some("2"), Some(5))), "+2");
    assert_eq!(desk.steps(&up_to("1")), "");
}

#[test]
fn a_step_up_has_the_script_of_the_file_and_what_the_history_keeps() {
    let mut file = with_up("1", "DROP TABLE a;\nVACUUM;\n");
    file.irreversible = Some("it is gone".to_owned());
    file.min_release = Some("1.4".to_owned());
    let plan = Desk::new(vec![file.clone()]).plan(&UP);
    let step = &plan.steps()[0];
    assert_eq!(
        (step.full_name().as_str(), step.direction),
        ("1_m", Direction::Up)
    );
    assert!(matches!(
        step.action,
        Action::Run {
            from: ScriptFrom::File,
            ..
        }
    ));
    assert_eq!((step.units.len(), step.statements(), step.done), (2, 2, 0));
    assert_eq!(
        (step.losses[0].what.as_str(), step.losses[0].loss.as_str()),
        ("table a", "a")
    );
    assert_eq!(step.record.layout, Layout::Native.name());
    assert_eq!(step.record.irreversible, file.irreversible);
    assert_eq!(step.record.min_release, file.min_release);
    let sha = |script: &Option<Arc<crate::Script>>| script.as_ref().map(|one| one.sha256);
    assert_eq!(sha(&step.record.up), sha(&file.up));
    assert_eq!(sha(&step.record.down), sha(&file.down));
    assert_eq!(plan.statements(), 2);
}

#[test]
fn a_migration_without_an_up_is_only_recorded() {
    let mut file = migration("1");
    file.up = None;
    let plan = Desk::new(vec![file]).plan(&UP);
    assert!(matches!(
        plan.steps()[0].action,
        Action::Record(Origin::Applied)
    ));
    assert!(plan.steps()[0].units.is_empty());
}

#[test]
fn pending_migrations_below_the_highest_applied_one_are_refused_unless_allowed() {
    let desk = Desk::with_applied(files(&["1", "2", "3", "4", "5"]), &files(&["1", "4"]));
    match desk.error(&UP) {
        PlanError::OutOfOrder { pending, highest } => {
            assert_eq!(versions(&pending), ["2", "3"]);
            assert_eq!(highest, "4");
            assert_eq!(pending[0].file.as_deref(), Some("2_m.sql"));
        }
        other => panic!("{other:?}"),
    }
    assert!(matches!(
        desk.error(&goto("4")),
        PlanError::OutOfOrder { .. }
    ));
    assert_eq!(desk.out_of_order().steps(&UP), "+2 +3 +5");
}

#[test]
fn changed_and_missing_files_are_refused_all_at_once() {
    let changed = |text: &str| with_up(text, "SELECT 'another'");
    let mut desk = Desk::with_applied(
        vec![changed("2"), changed("3"), migration("5"), migration("6")],
        &files(&["1", "2", "3", "4", "5"]),
    );
    match desk.error(&UP) {
        PlanError::Changed(all) => assert_eq!(versions(&all), ["2", "3"]),
        other => panic!("{other:?}"),
    }
    desk.files = crate::history::samples::set(files(&["2", "3", "5", "6"]));
    match desk.error(&UP) {
        PlanError::Missing(all) => {
            assert_eq!(versions(&all), ["1", "4"]);
            assert_eq!(all[0].file, None);
            assert_eq!(all[0].full_name(), "1_m");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_unknown_version_is_refused_with_the_nearest_one() {
    let desk = Desk::with_applied(
        files(&["20261120150210", "20261121090000"]),
        &files(&["20261120150210"]),
    );
    let unknown = |goal: &Goal| match desk.error(goal) {
        PlanError::UnknownVersion { version, nearest } => (version, nearest),
        other => panic!("{other:?}"),
    };
    let near = Some("20261121090000".to_owned());
    assert_eq!(
        unknown(&up_to("20261121090001")),
        ("20261121090001".to_owned(), near.clone())
    );
    assert_eq!(unknown(&goto("2026112109000")).1, near);
    assert_eq!(unknown(&Goal::Baseline(version("20261121009000"))).1, near);
    assert_eq!(unknown(&super::down_to("20261121090001")).1, near);
    assert_eq!(unknown(&up_to("7")).1, None, "nothing is near");
}

#[test]
fn a_version_that_only_the_history_knows_is_known() {
    let desk = Desk::with_applied(files(&["1", "2"]), &files(&["1", "2", "3"]));
    assert_eq!(desk.steps(&up_to("3")), "");
    assert_eq!(desk.steps(&goto("3")), "");
}

#[test]
fn a_code_migration_cannot_be_run_but_was_accepted_when_applied() {
    let mut code = migration("2");
    code.opaque = Some("it is written in Go".to_owned());
    let all = vec![migration("1"), code.clone(), migration("3")];
    match Desk::new(all.clone()).error(&UP) {
        PlanError::Opaque {
            migration,
            direction,
            reason,
        } => {
            assert_eq!(
                (migration.version.as_str(), direction, reason.as_str()),
                ("2", Direction::Up, "it is written in Go")
            );
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(Desk::new(all.clone()).steps(&up_to("1")), "+1");
    assert_eq!(
        Desk::with_applied(all, &[migration("1"), code]).steps(&UP),
        "+3"
    );
}

#[test]
fn newer_migrations_are_a_remark() {
    let remarks = |applied: &[&str]| -> Vec<String> {
        let plan = Desk::with_applied(files(&["1", "2"]), &files(applied)).plan(&UP);
        plan.remarks()
            .iter()
            .map(|one| one.message.clone())
            .collect()
    };
    assert!(remarks(&["1", "2"]).is_empty());
    assert_eq!(
        remarks(&["1", "2", "3"]),
        ["3_m was applied by a newer release and is not known here"]
    );
    assert_eq!(
        remarks(&["1", "2", "3", "4"]),
        ["2 migrations up to 4_m were applied by a newer release and are not known here"]
    );
}

#[test]
fn a_release_that_is_too_old_is_refused() {
    let mut newer = migration("3");
    newer.min_release = Some("1.4".to_owned());
    let mut desk = Desk::with_applied(files(&["1", "2"]), &[migration("1"), migration("2"), newer]);
    assert_eq!(desk.steps(&UP), "", "the release is not known");
    desk.options.release = Some("1.4.0".to_owned());
    assert_eq!(desk.steps(&UP), "");
    desk.options.release = Some("1.3.9".to_owned());
    match desk.error(&UP) {
        PlanError::ReleaseTooOld {
            migration,
            min_release,
            release,
        } => {
            assert_eq!(migration.version, "3");
            assert_eq!((min_release.as_str(), release.as_str()), ("1.4", "1.3.9"));
        }
        other => panic!("{other:?}"),
    }
    // Going back is the way out.
    assert_eq!(desk.steps(&goto("2")), "-3");
}

#[test]
fn a_script_that_cannot_be_read_or_recorded_is_refused() {
    let desk = Desk::new(vec![with_up("1", "SELECT 'never ends")]);
    assert!(matches!(desk.error(&UP), PlanError::Script(_)));
    let desk = Desk::new(vec![with_up("1", "SELECT 1;\nROLLBACK;\n")]);
    assert!(matches!(
        desk.error(&UP),
        PlanError::Unsupported { line: 2, .. }
    ));
}

#[test]
fn a_baseline_records_everything_up_to_a_version() {
    let mut code = migration("1");
    code.opaque = Some("it is written in Go".to_owned());
    let desk = Desk::new(vec![code, migration("2"), migration("3")]);
    let plan = desk.plan(&Goal::Baseline(version("2")));
    assert_eq!(super::shape(&plan), "+1 +2");
    for step in plan.steps() {
        assert!(matches!(step.action, Action::Record(Origin::Baseline)));
        assert_eq!((step.units.len(), step.statements()), (0, 0));
        assert!(step.record.up.is_some() && step.record.down.is_some());
    }
}

#[test]
fn a_script_that_cannot_be_stored_is_refused_before_anything_is_recorded() {
    let mut desk = Desk::new(files(&["1", "2"]));
    desk.files.migrations[1].down = Some(script("2_m.sql", "SELECT 'never ends"));
    assert!(matches!(desk.error(&UP), PlanError::Script(_)));
    assert_eq!(desk.steps(&up_to("1")), "+1");
    let baseline = Goal::Baseline(version("2"));
    assert!(matches!(desk.error(&baseline), PlanError::Script(_)));
    let desk = Desk::new(vec![migration("1"), with_up("2", "SELECT 'never ends")]);
    assert!(matches!(desk.error(&baseline), PlanError::Script(_)));
}

#[test]
fn a_baseline_needs_an_empty_history() {
    let desk = Desk::with_applied(files(&["1", "2"]), &files(&["1"]));
    let baseline = Goal::Baseline(version("2"));
    assert!(matches!(
        desk.error(&baseline),
        PlanError::BaselineOnHistory { applied: 1 }
    ));
    let mut desk = Desk::new(files(&["1", "2"]));
    desk.history.attempts = vec![crate::history::samples::attempt("1", Direction::Up)];
    assert!(matches!(
        desk.error(&baseline),
        PlanError::BaselineOnHistory { applied: 0 }
    ));
}
