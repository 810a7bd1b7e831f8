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
fn a_statement_that_the_server_would_do_by_half_is_not_sent() {
    let lab = lab!();
    let name = lab.db.name().to_owned();
    lab.db.execute("CREATE TABLE a (i int)");
    lab.db.execute(&format!("CREATE USER {name}_2"));
    counted(&lab, "DROP TABLE a, nosuch");
    let failure = lab.up_fails();
    let failed = failure.failed.as_ref().unwrap();
    assert_eq!((failed.statement, failed.line), (Some(2), Some(2)));
    let report = failure.problem.diagnostic();
    assert_eq!(
        (report.name, report.class.exit_code()),
        ("statement-failed", 1)
    );
    assert!(
        report.message.contains("`nosuch` is not there"),
        "{report:?}"
    );
    assert!(lab.has_table("a"));
    assert_eq!(last_event(&lab), "unit-failed");
    correct(&lab, &format!("CREATE USER {name}_1, {name}_2"));
    let report = lab.up_fails().problem.diagnostic();
    assert!(report.message.contains("is there already"), "{report:?}");
    let users = format!("SELECT count(*) FROM mysql.user WHERE user LIKE '{name}%'");
    assert_eq!(lab.db.value(&users), "1");
    correct(&lab, "DROP TABLE IF EXISTS a, nosuch");
    lab.up();
    assert_eq!(count(&lab), "11");
    assert!(!lab.has_table("a"));
}

#[test]
fn a_drop_of_which_the_server_refuses_a_part_is_completed_when_it_lets_us() {
    let lab = lab!();
    lab.db.execute(
        "CREATE TABLE parent (i int PRIMARY KEY); CREATE TABLE child (i int); \
         CREATE TABLE other (i int, CONSTRAINT c FOREIGN KEY (i) REFERENCES parent (i))",
    );
    counted(&lab, "DROP TABLE parent, child");
    let report = lab.up_fails().problem.diagnostic();
    assert_eq!(
        (report.name, report.class.exit_code()),
        ("statement-failed", 1)
    );
    assert!(!lab.has_table("child") && lab.has_table("parent"));
    // Nothing has changed, so it cannot be completed either.
    let report = lab.up_fails().problem.diagnostic();
    assert_eq!((report.name, report.class.exit_code()), ("in-doubt", 5));
    let said = report.notes.join(" ");
    assert!(
        said.contains("`parent`: Cannot delete or update a parent row"),
        "{said}"
    );
    assert_eq!(count(&lab), "1");
    lab.db.execute("ALTER TABLE other DROP FOREIGN KEY c");
    lab.up();
    assert!(!lab.has_table("parent"));
    assert_eq!(
        (count(&lab), found(&lab)),
        ("11".to_owned(), vec!["present".to_owned()])
    );
}
