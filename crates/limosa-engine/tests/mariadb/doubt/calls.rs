//! Procedures: those that commit nothing are undone with the entry that begins them.

use std::time::Duration;

use limosa_core::event::{Event, Observer};

use crate::support::Lab;

use super::{Ending, Ends, count, counted};

/// A migration that calls a procedure of this body, after one that makes it.
fn calling(lab: &Lab, body: &str) {
    counted(lab, "CALL p()");
    let call = std::fs::read_to_string(lab.folder().join("1_t.sql")).unwrap();
    lab.file("2_call.sql", &call);
    lab.file(
        "1_t.sql",
        &format!("CREATE PROCEDURE p() BEGIN {body}; END;\n"),
    );
}

/// A run whose session ends when the procedure has ended.
fn ended_after_the_call(lab: &mut Lab) {
    lab.retry_for = Duration::ZERO;
    let ran = lab.up_observed(&mut Ending::new(lab, Ends::After("CALL")));
    assert!(ran.is_err());
}

#[test]
fn what_a_procedure_did_and_nobody_recorded_is_undone_and_done_again() {
    let mut lab = lab!();
    calling(
        &lab,
        "UPDATE counter SET n = n + 100; INSERT INTO t VALUES (1)",
    );
    ended_after_the_call(&mut lab);
    assert_eq!(count(&lab), "1");
    lab.up();
    assert_eq!(count(&lab), "111");
    assert_eq!(lab.applied(), ["1", "2"]);
}

#[test]
fn what_a_procedure_has_committed_is_asked_about() {
    for body in [
        "UPDATE counter SET n = n + 100; COMMIT; INSERT INTO t VALUES (1)",
        "UPDATE counter SET n = n + 100; CREATE TABLE q (i int)",
        "START TRANSACTION; UPDATE counter SET n = n + 100; COMMIT",
        // Whether something was committed after it cannot be known.
        "IF 0 THEN ROLLBACK; END IF; UPDATE counter SET n = n + 100",
        // No rollback takes these rows back.
        "INSERT INTO Kept VALUES (1)",
    ] {
        let mut lab = lab!();
        lab.db.execute("CREATE TABLE Kept (i int) ENGINE=MyISAM");
        calling(&lab, body);
        ended_after_the_call(&mut lab);
        let report = lab.up_fails().problem.diagnostic();
        assert_eq!(
            (report.name, report.class.exit_code()),
            ("in-doubt", 5),
            "{body}"
        );
    }
}

#[test]
fn a_procedure_that_commits_and_ends_is_recorded() {
    for body in [
        "UPDATE counter SET n = n + 100; COMMIT; INSERT INTO t VALUES (1)",
        "CREATE TABLE q (i int); UPDATE counter SET n = n + 100",
        "UPDATE counter SET n = n + 100; ROLLBACK; UPDATE counter SET n = n + 100",
    ] {
        let lab = lab!();
        calling(&lab, body);
        lab.up();
        assert_eq!(count(&lab), "111", "{body}");
    }
}

/// Ends somebody's transaction when a statement is to be tried again.
struct Lets<'a>(&'a mut limosa_testkit::Client, u32);

impl Observer for Lets<'_> {
    fn observe(&mut self, event: &Event<'_>) {
        if let Event::LockRetry { .. } = event {
            self.1 += 1;
            self.0.execute("COMMIT");
        }
    }
}

#[test]
fn a_procedure_that_waits_too_long_is_undone_and_called_again() {
    let mut lab = lab!();
    lab.lock_timeout = Duration::from_secs(1);
    calling(
        &lab,
        "INSERT INTO t VALUES (1); UPDATE counter SET n = n + 100 WHERE n > 0",
    );
    let first = limosa_core::plan::Goal::Up {
        to: None,
        limit: Some(1),
    };
    Lab::done(lab.run(first));
    // Statement 1 of the file is done; the procedure meets a row that somebody holds.
    lab.db
        .execute("CREATE TABLE held (i int PRIMARY KEY); INSERT INTO held VALUES (1)");
    lab.db.execute("DROP PROCEDURE p");
    lab.db.execute(
        "CREATE PROCEDURE p() BEGIN UPDATE counter SET n = n + 100; UPDATE held SET i = 2; END",
    );
    let mut other = lab.db.open();
    other.execute("START TRANSACTION");
    other.execute("UPDATE held SET i = 3");
    let mut lets = Lets(&mut other, 0);
    Lab::done(lab.up_observed(&mut lets));
    assert!(lets.1 > 0);
    assert_eq!(
        (
            count(&lab).as_str(),
            lab.db.value("SELECT i FROM held").as_str()
        ),
        ("111", "2")
    );
}

#[test]
fn a_block_without_a_name_is_undone_and_done_again() {
    let mut lab = lab!();
    counted(
        &lab,
        "BEGIN NOT ATOMIC UPDATE counter SET n = n + 40; UPDATE counter SET n = n + 60; END",
    );
    lab.retry_for = Duration::ZERO;
    let ran = lab.up_observed(&mut Ending::new(&lab, Ends::After("BEGIN NOT")));
    assert!(ran.is_err());
    assert_eq!(count(&lab), "1");
    lab.up();
    assert_eq!(count(&lab), "111");
}
