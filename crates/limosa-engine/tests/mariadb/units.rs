//! What is a unit, and what is left of one that fails.

use limosa_core::history::State;
use limosa_engine::Resolution;

use crate::support::{Lab, version};

/// The events about units, in the order in which they happened.
fn unit_events(lab: &Lab) -> Vec<String> {
    let entries = lab.journal();

    let of_units = entries
        .iter()
        .filter(|entry| entry.event.starts_with("unit"));
    of_units
        .map(|entry| format!("{} {}", &entry.event[5..], entry.unit.unwrap_or(-1)))
        .collect()
}

#[test]
fn every_definition_is_a_unit_and_runs_of_rows_are_transactions() {
    let lab = lab!();
    lab.file(
        "1_a.sql",
        "CREATE TABLE a (id int);\nCREATE TABLE b (id int);\nINSERT INTO a VALUES (1);\n\
         INSERT INTO b SELECT id FROM a;\nALTER TABLE a ADD COLUMN x int;\nUPDATE a SET x = 1;\n",
    );
    assert_eq!(lab.units(), ["a1", "a1", "t2", "a1", "t1"]);
    lab.up();
    assert_eq!(
        unit_events(&lab),
        [
            "started 0",
            "done 0",
            "started 1",
            "done 1",
            "started 2",
            "done 2",
            "started 3",
            "done 3",
            "started 4",
            "done 4"
        ]
    );
    assert_eq!(lab.db.query("SELECT id, x FROM a"), [["1", "1"]]);
}

#[test]
fn after_a_failing_definition_the_rest_goes_on_once_it_is_corrected() {
    let lab = lab!();
    let file = |rest: &str| {
        format!(
            "CREATE TABLE a (id int);\nINSERT INTO a VALUES (1);\n{rest}INSERT INTO a (id) VALUES (2);\n"
        )
    };
    lab.file("1_a.sql", &file("ALTER TABLE a ADD COLUMN id int;\n"));
    let failure = lab.up_fails();
    let failed = failure.failed.as_ref().unwrap();
    assert_eq!(
        (failed.statement, failed.line, failed.code.as_deref()),
        (Some(3), Some(3), Some("1060"))
    );
    let report = failure.problem.diagnostic();
    assert!(
        report
            .notes
            .iter()
            .any(|note| note.contains("statements 1 to 2 are committed")),
        "{:?}",
        report.notes
    );
    assert_eq!(lab.states(), [("1".to_owned(), State::Interrupted)]);
    assert_eq!(unit_events(&lab)[4..], ["started 2", "failed 2"]);
    lab.file("1_a.sql", "CREATE TABLE a (id bigint);\n");
    let report = lab.up_fails().problem.diagnostic();
    assert_eq!(
        (report.name, report.class.exit_code()),
        ("applied-part-changed", 2)
    );
    lab.file("1_a.sql", &file("ALTER TABLE a ADD COLUMN x int;\n"));
    lab.up();
    assert_eq!(lab.db.query("SELECT id FROM a"), [["1"], ["2"]]);
    assert_eq!(lab.states(), [("1".to_owned(), State::Applied)]);
}

#[test]
fn a_failure_among_rows_takes_the_whole_run_of_rows_back() {
    let lab = lab!();
    lab.file(
        "1_a.sql",
        "CREATE TABLE a (id int PRIMARY KEY);\nINSERT INTO a VALUES (1);\nINSERT INTO a VALUES (1);\n",
    );
    let failure = lab.up_fails();
    let failed = failure.failed.as_ref().unwrap();
    assert_eq!(
        (failed.statement, failed.code.as_deref()),
        (Some(3), Some("1062"))
    );
    assert_eq!(lab.db.value("SELECT count(*) FROM a"), "0");
    assert_eq!(unit_events(&lab), ["started 0", "done 0", "undone 1"]);
    lab.file(
        "1_a.sql",
        "CREATE TABLE a (id int PRIMARY KEY);\nINSERT INTO a VALUES (1), (2);\n",
    );
    lab.up();
    assert_eq!(lab.db.value("SELECT count(*) FROM a"), "2");
}

#[test]
fn transactions_of_the_file_delimit_units() {
    let lab = lab!();
    lab.file(
        "0_t.sql",
        "CREATE TABLE a (id int, isolation varchar(30));\n",
    );
    lab.up();
    lab.file(
        "1_a.sql",
        "INSERT INTO a (id) VALUES (1);\nSTART TRANSACTION;\nINSERT INTO a (id) VALUES (2);\n\
         SAVEPOINT s;\nDELETE FROM a;\nROLLBACK TO s;\nCOMMIT;\nBEGIN WORK;\nINSERT INTO a (id) VALUES (3);\nCOMMIT AND CHAIN;\n\
         INSERT INTO a (id) VALUES (4);\nCOMMIT;\n",
    );
    assert_eq!(lab.units(), ["t1", "t4", "t1", "t1"]);
    lab.up();
    assert_eq!(
        lab.db.value("SELECT group_concat(id ORDER BY id) FROM a"),
        "1,2,3,4"
    );
    lab.file(
        "2_b.sql",
        "START TRANSACTION;\nINSERT INTO a (id) VALUES (5);\nINSERT INTO nowhere VALUES (1);\nCOMMIT;\n",
    );
    lab.up_fails();
    assert_eq!(lab.db.value("SELECT count(*) FROM a"), "4");
}

#[test]
fn a_definition_inside_a_transaction_commits_what_is_before_it() {
    let lab = lab!();
    lab.file("0_t.sql", "CREATE TABLE a (id int);\n");
    lab.up();
    lab.file(
        "1_a.sql",
        "START TRANSACTION;\nINSERT INTO a VALUES (1);\nCREATE TABLE b (id int);\nINSERT INTO a VALUES (2);\n\
         INSERT INTO nowhere VALUES (1);\nCOMMIT;\n",
    );
    assert_eq!(lab.units(), ["t1", "a1", "t2"]);
    let failure = lab.up_fails();
    assert_eq!(failure.failed.as_ref().unwrap().statement, Some(4));
    assert_eq!(lab.db.query("SELECT id FROM a"), [["1"]]);
    lab.file(
        "1_a.sql",
        "START TRANSACTION;\nINSERT INTO a VALUES (1);\nCREATE TABLE b (id int);\nINSERT INTO a VALUES (2);\nCOMMIT;\n",
    );
    lab.up();
    assert_eq!(lab.db.query("SELECT id FROM a"), [["1"], ["2"]]);
}

#[test]
fn autocommit_of_the_file_delimits_units_and_loses_nothing() {
    let lab = lab!();
    lab.file("0_t.sql", "CREATE TABLE a (id int PRIMARY KEY);\n");
    lab.up();
    let file = |last: &str| {
        format!(
            "SET autocommit=0;\nINSERT INTO a VALUES (1);\nCOMMIT;\nINSERT INTO a VALUES (2);\nSET autocommit = 1;\n\
             INSERT INTO a VALUES (3);\nINSERT INTO a VALUES ({last});\n"
        )
    };
    lab.file("1_a.sql", &file("3"));
    assert_eq!(lab.units(), ["t1", "t1", "t2"]);
    let failure = lab.up_fails();
    assert_eq!(
        failure
            .failed
            .as_ref()
            .and_then(|failed| failed.code.as_deref()),
        Some("1062")
    );
    assert_eq!(lab.db.query("SELECT id FROM a"), [["1"], ["2"]]);
    lab.file("1_a.sql", &file("4"));
    lab.up();
    assert_eq!(
        lab.db.value("SELECT group_concat(id ORDER BY id) FROM a"),
        "1,2,3,4"
    );
}

#[test]
fn a_procedure_that_fails_before_it_commits_leaves_nothing() {
    let lab = lab!();
    lab.file(
        "1_p.sql",
        "CREATE TABLE a (id int);\n\
         CREATE PROCEDURE p(fail int) BEGIN INSERT INTO a VALUES (1); IF fail THEN SIGNAL SQLSTATE '45000'; END IF; INSERT INTO a VALUES (2); END;\n",
    );
    lab.up();
    lab.file("2_call.sql", "CALL p(1);\n");
    assert_eq!(lab.units(), ["a1"]);
    lab.up_fails();
    assert_eq!(lab.db.value("SELECT count(*) FROM a"), "0");
    lab.file("2_call.sql", "CALL p(0);\n");
    lab.up();
    assert_eq!(lab.db.value("SELECT count(*) FROM a"), "2");
}

#[test]
fn a_procedure_that_defines_tables_is_called_once() {
    let lab = lab!();
    let file = |rest: &str| {
        format!(
            "CREATE PROCEDURE p() BEGIN CREATE TABLE q (id int); INSERT INTO q VALUES (1); END;\nCALL p();\n{rest}"
        )
    };
    lab.file("1_p.sql", &file("INSERT INTO nowhere VALUES (1);\n"));
    assert_eq!(lab.units(), ["a1", "a1", "t1"]);
    let failure = lab.up_fails();
    assert_eq!(failure.failed.as_ref().unwrap().statement, Some(3));
    lab.file("1_p.sql", &file("INSERT INTO q VALUES (2);\n"));
    lab.up();
    assert_eq!(lab.db.query("SELECT id FROM q"), [["1"], ["2"]]);
}

#[test]
fn without_a_transaction_a_failed_procedure_is_always_in_doubt() {
    let lab = lab!();
    lab.file(
        "1_p.sql",
        "CREATE TABLE a (id int);\n\
         CREATE PROCEDURE p() BEGIN SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; INSERT INTO a VALUES (1); SIGNAL SQLSTATE '45000'; END;\n",
    );
    lab.up();
    // The server does not let a procedure set that inside of a transaction.
    lab.file("2_call.sql", "CALL p();\n");
    let failure = lab.up_fails();
    assert_eq!(
        failure.failed.as_ref().unwrap().code.as_deref(),
        Some("1568")
    );
    lab.file("2_call.sql", "-- limosa: no-transaction\nCALL p();\n");
    let failure = lab.up_fails();
    assert_eq!(
        failure.failed.as_ref().unwrap().code.as_deref(),
        Some("1644")
    );
    assert_eq!(lab.db.value("SELECT count(*) FROM a"), "1");
    assert_eq!(lab.up_fails().problem.diagnostic().name, "in-doubt");
}

#[test]
fn a_procedure_that_fails_after_it_committed_is_in_doubt() {
    let lab = lab!();
    lab.file(
        "1_p.sql",
        "CREATE PROCEDURE p() BEGIN CREATE TABLE q (id int); INSERT INTO nowhere VALUES (1); END;\nCALL p();\n",
    );
    let failure = lab.up_fails();
    assert_eq!(failure.failed.as_ref().unwrap().statement, Some(2));
    let report = failure.problem.diagnostic();
    assert_eq!(
        (report.name, report.class.exit_code()),
        ("statement-failed", 1)
    );
    let notes = report.notes.join("\n");
    assert!(notes.contains("is not undone"), "{notes}");
    assert!(report.help[0].contains("limosa resolve 1 --statement "));
    // It is not repeated: that would fail, or do something twice.
    let report = lab.up_fails().problem.diagnostic();
    assert_eq!((report.name, report.class.exit_code()), ("in-doubt", 5));
    assert!(report.notes[0].contains("failed"), "{:?}", report.notes);
}

#[test]
fn locked_tables_are_one_unit() {
    let lab = lab!();
    lab.file("0_t.sql", "CREATE TABLE a (id int PRIMARY KEY);\n");
    lab.up();
    let file = |second: &str| {
        format!(
            "LOCK TABLES a WRITE;\n/*!40000 ALTER TABLE a DISABLE KEYS */;\nINSERT INTO a VALUES (1);\nINSERT INTO a VALUES ({second});\n\
             /*!40000 ALTER TABLE a ENABLE KEYS */;\nUNLOCK TABLES;\nINSERT INTO a VALUES (9);\n"
        )
    };
    lab.file("1_a.sql", &file("1"));
    assert_eq!(lab.units(), ["a6", "t1"]);
    let failure = lab.up_fails();
    assert_eq!(failure.failed.as_ref().unwrap().statement, Some(4));
    assert_eq!(lab.db.value("SELECT count(*) FROM a"), "0");
    lab.file("1_a.sql", &file("2"));
    lab.up();
    assert_eq!(
        lab.db.value("SELECT group_concat(id ORDER BY id) FROM a"),
        "1,2,9"
    );
    // Without UNLOCK TABLES they end with the migration.
    lab.file(
        "2_b.sql",
        "LOCK TABLES a WRITE;\nINSERT INTO a VALUES (10);\n",
    );
    lab.file("3_c.sql", "CREATE TABLE b AS SELECT * FROM a;\n");
    lab.up();
    assert_eq!(lab.db.value("SELECT count(*) FROM b"), "4");
}

#[test]
fn rows_in_tables_without_transactions_are_in_doubt_after_a_failure() {
    let lab = lab!();
    lab.file(
        "0_t.sql",
        "CREATE TABLE a (id int PRIMARY KEY) ENGINE=MyISAM;\n",
    );
    lab.up();
    lab.file(
        "1_a.sql",
        "INSERT INTO a VALUES (1);\nINSERT INTO a VALUES (1);\n",
    );
    let failure = lab.up_fails();
    let notes = failure.problem.diagnostic().notes.join("\n");
    assert!(notes.contains("is not undone"), "{notes}");
    assert_eq!(lab.db.value("SELECT count(*) FROM a"), "1");
    let report = lab.up_fails().problem.diagnostic();
    assert_eq!((report.name, report.class.exit_code()), ("in-doubt", 5));
    // A person looks, corrects the rows and the file, and says so.
    lab.db.execute("DELETE FROM a");
    lab.file(
        "1_a.sql",
        "INSERT INTO a VALUES (1);\nINSERT INTO a VALUES (2);\n",
    );
    let (version, answer) = (version("1"), Resolution::NotApplied);
    lab.resolve(&version, None, answer).unwrap();
    lab.up();
    assert_eq!(lab.db.value("SELECT count(*) FROM a"), "2");
}

#[test]
fn temporary_tables_last_as_long_as_the_migration() {
    let lab = lab!();
    lab.file(
        "1_a.sql",
        "CREATE TEMPORARY TABLE kept (id int);\nINSERT INTO kept VALUES (1);\nCREATE TABLE a (id int);\nINSERT INTO a SELECT id FROM kept;\n",
    );
    assert_eq!(lab.units(), ["t2", "a1", "t1"]);
    lab.up();
    assert_eq!(lab.db.value("SELECT count(*) FROM a"), "1");
    lab.file("2_b.sql", "INSERT INTO a SELECT id FROM kept;\n");
    let failure = lab.up_fails();
    assert_eq!(
        failure.failed.as_ref().unwrap().code.as_deref(),
        Some("1146")
    );
}
