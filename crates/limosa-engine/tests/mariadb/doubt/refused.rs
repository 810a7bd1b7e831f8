//! Definitions that the server answered with an error: even then something of them may be there.

use crate::support::Lab;

use super::{correct, count, counted, found};

/// The journal's last word about a unit.
fn last_event(lab: &Lab) -> String {
    let entries = lab.journal();
    let mut of_units = entries
        .into_iter()
        .filter(|entry| entry.event.starts_with("unit"));
    of_units
        .next_back()
        .map(|entry| entry.event)
        .unwrap_or_default()
}

#[test]
fn a_definition_that_left_nothing_has_failed_and_may_be_corrected() {
    let lab = lab!();
    counted(&lab, "ALTER TABLE t ADD COLUMN b int, DROP COLUMN nosuch");
    lab.up_fails();
    assert_eq!(last_event(&lab), "unit-failed");
    correct(&lab, "ALTER TABLE t ADD COLUMN b int");
    lab.up();
    assert_eq!(count(&lab), "11");
}

#[test]
fn a_drop_of_which_a_part_is_there_is_in_doubt_and_says_what_is_gone() {
    let lab = lab!();
    counted(&lab, "DROP TABLE a, nosuch");
    lab.db.execute("CREATE TABLE a (i int)");
    let report = lab.up_fails().problem.diagnostic();
    assert!(report.message.contains("nosuch"), "{report:?}");
    assert!(!lab.has_table("a"));
    assert_eq!(last_event(&lab), "unit-in-doubt");
    let report = lab.up_fails().problem.diagnostic();
    assert_eq!((report.name, report.class.exit_code()), ("in-doubt", 5));
    let said = report.notes.join(" ");
    assert!(
        said.contains("`a` is gone") && said.contains("`nosuch` is not there"),
        "{said}"
    );
    limosa_engine::resolve(
        lab.open(),
        &crate::support::version("1"),
        limosa_engine::Resolution::NotApplied,
        &mut limosa_core::event::Silent,
    )
    .unwrap();
    correct(&lab, "DROP TABLE IF EXISTS a");
    lab.up();
    assert_eq!(count(&lab), "11");
}

#[test]
fn users_that_were_made_before_the_error_are_taken_back() {
    let lab = lab!();
    let name = lab.db.name().to_owned();
    lab.db.execute(&format!("CREATE USER {name}_2"));
    counted(&lab, &format!("CREATE USER {name}_1, {name}_2"));
    lab.up_fails();
    let users = format!("SELECT count(*) FROM mysql.user WHERE user LIKE '{name}%'");
    assert_eq!(lab.db.value(&users), "1");
    assert_eq!(
        (last_event(&lab).as_str(), found(&lab)),
        ("unit-failed", vec!["leftover".to_owned()])
    );
    lab.db.execute(&format!("DROP USER {name}_2"));
    lab.up();
    assert_eq!(
        (lab.db.value(&users), count(&lab)),
        ("2".to_owned(), "11".to_owned())
    );
}
