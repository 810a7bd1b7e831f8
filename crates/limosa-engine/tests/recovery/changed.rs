//! Files that change while a migration is interrupted, on every database.

use limosa_core::history::State;
use limosa_core::plan::Goal;
use limosa_engine::{Answer, Resolution};
use limosa_testkit::Kind;

use crate::faults::{events, recovered};
use crate::support::{Lab, version};

crate::on_every_database! {
    what_is_behind_the_applied_part_may_be_corrected_and_the_rest_may_not,
    a_statement_in_doubt_that_did_nothing_may_be_changed_or_taken_out,
    a_statement_in_doubt_that_took_effect_may_not_be_changed,
    a_down_is_continued_like_an_up,
    what_is_interrupted_is_in_the_plan_and_nothing_is_written,
}

/// A statement that runs alone and can be repeated, on each database.
fn alone(lab: &Lab) -> &'static str {
    match lab.kind() {
        Kind::Postgres | Kind::Sqlite => "VACUUM",
        Kind::MariaDb => "ANALYZE TABLE a",
    }
}

/// Makes the statement of a unit one that was begun, and nobody recorded how it ended.
fn forget(lab: &Lab, version: &str, unit: i64) {
    lab.db.execute(&format!(
        "DELETE FROM limosa_journal WHERE version = '{version}' AND (event IN ('applied', 'reverted') OR unit > {unit} OR event = 'unit-done' AND unit = {unit})"
    ));
}

fn what_is_behind_the_applied_part_may_be_corrected_and_the_rest_may_not(lab: Lab) {
    let table = "CREATE TABLE a (x integer);";
    let alone = alone(&lab);
    lab.file(
        "1_a.sql",
        &format!("{table}\n{alone};\nINSERT INTO nowhere VALUES (1);\n"),
    );
    let failure = lab.up_fails();
    assert_eq!(
        failure.failed.as_ref().and_then(|failed| failed.statement),
        Some(3)
    );
    assert!(lab.has_table("a"));
    lab.file(
        "1_a.sql",
        &format!("{table}\n{alone} ;\nCREATE TABLE b (x integer);\n"),
    );
    let other =
        format!("CREATE TABLE a (x integer, y integer);\n{alone};\nCREATE TABLE b (x integer);\n");
    lab.file("1_a.sql", &other);
    let report = lab.up_fails().problem.diagnostic();
    assert_eq!(
        (report.name, report.labels[0].line),
        ("applied-part-changed", 1)
    );
    lab.file(
        "1_a.sql",
        &format!("{table}\n{alone};\nCREATE TABLE b (x integer);\n"),
    );
    lab.up();
    assert!(lab.has_table("b"));
    assert_eq!(events(&lab, "1", 0), "unit-started unit-done");
}

fn a_statement_in_doubt_that_did_nothing_may_be_changed_or_taken_out(lab: Lab) {
    let table = "CREATE TABLE a (x integer);\n";
    for rest in ["CREATE TABLE b (x integer);\n", ""] {
        let alone = alone(&lab);
        lab.file("1_a.sql", &format!("{table}{alone};\n"));
        lab.up();
        forget(&lab, "1", 1);
        lab.db.execute("DELETE FROM limosa_history");
        lab.file("1_a.sql", &format!("{table}{rest}"));
        lab.up();
        assert_eq!(lab.applied(), ["1"]);
        assert_eq!(recovered(&lab).last(), Some(&("absent".to_owned(), vec![])));
        assert_eq!(lab.has_table("b"), !rest.is_empty());
        lab.db
            .execute("DELETE FROM limosa_journal WHERE event <> 'format'");
        lab.db.execute("DELETE FROM limosa_history");
        lab.db.execute("DROP TABLE a");
        lab.db.execute("DROP TABLE IF EXISTS b");
    }
}

fn a_statement_in_doubt_that_took_effect_may_not_be_changed(lab: Lab) {
    let (before, statement, other) = match lab.kind() {
        Kind::Postgres => (
            "CREATE TABLE a (x integer);\n",
            "CREATE INDEX CONCURRENTLY by_x ON a (x);\n",
            "CREATE INDEX CONCURRENTLY by_other ON a (x);\n",
        ),
        Kind::MariaDb => (
            "CREATE TABLE a (x integer);\n",
            "CREATE TABLE b (x integer);\n",
            "CREATE TABLE c (x integer);\n",
        ),
        // Whatever runs alone there can be repeated.
        Kind::Sqlite => return,
    };
    lab.file("1_a.sql", &format!("{before}{statement}"));
    lab.up();
    forget(&lab, "1", 1);
    lab.db.execute("DELETE FROM limosa_history");
    lab.file("1_a.sql", &format!("{before}{other}"));
    for _ in 0..2 {
        let report = lab.up_fails().problem.diagnostic();
        assert_eq!(
            (report.name, report.labels[0].line),
            ("applied-part-changed", 2)
        );
    }
    lab.file("1_a.sql", &format!("{before}{statement}"));
    lab.up();
    assert_eq!(events(&lab, "1", 1), "unit-started unit-done");
    assert_eq!(recovered(&lab), [("present".to_owned(), vec![])]);
}

fn a_down_is_continued_like_an_up(lab: Lab) {
    let alone = alone(&lab);
    let file = |down: &str| {
        format!(
            "-- limosa: up\nCREATE TABLE a (x integer);\nCREATE TABLE b (x integer);\n-- limosa: down\nDROP TABLE b;\n{alone};\n{down}\n"
        )
    };
    lab.file("1_a.sql", &file("DROP TABLE a;"));
    lab.up();
    let ran = lab.run_with(
        Goal::Down {
            limit: Some(1),
            to: None,
        },
        &mut |_, _| Answer::Go,
        &|| !lab.has_table("b"),
    );
    let failure = ran.expect_err("it was stopped");
    assert_eq!(failure.problem.diagnostic().class.exit_code(), 130);
    assert!(lab.has_table("a"));
    assert_eq!(lab.states(), [("1".to_owned(), State::Interrupted)]);
    // Nothing else may be done before it is finished.
    let report = lab.up_fails().problem.diagnostic();
    assert_eq!(report.name, "unfinished");
    lab.down(1);
    assert!(!lab.has_table("a") && lab.applied().is_empty());
}

fn what_is_interrupted_is_in_the_plan_and_nothing_is_written(lab: Lab) {
    let alone = alone(&lab);
    lab.file(
        "1_a.sql",
        &format!("CREATE TABLE a (x integer);\n{alone};\nCREATE TABLE b (x integer);\n"),
    );
    lab.up();
    forget(&lab, "1", 1);
    lab.db.execute("DELETE FROM limosa_history");
    lab.db.execute("DROP TABLE b");
    let before = lab.journal();
    for goal in [
        Goal::Up {
            to: None,
            limit: None,
        },
        Goal::Goto(Some(version("1"))),
    ] {
        let mut seen = None;
        let ran = lab.run_with(
            goal,
            &mut |_, plan| {
                let doubt = plan.steps()[0].in_doubt.as_ref();
                seen = doubt.map(|doubt| doubt.statement);
                Answer::Stop
            },
            &|| false,
        );
        Lab::done(ran);
        assert_eq!(seen, Some(2));
    }
    assert_eq!(lab.journal(), before, "a dry run writes nothing");
    // Another statement is not the one in doubt.
    let answer = lab.resolve(&version("1"), Some(3), Resolution::Applied);
    let report = answer.expect_err("it is another one").diagnostic();
    assert_eq!(report.name, "nothing-in-doubt");
    assert!(
        report.message.contains("statement 2 is"),
        "{}",
        report.message
    );
    assert_eq!(lab.journal(), before);
    let down = lab.run(Goal::Down {
        limit: Some(1),
        to: None,
    });
    assert_eq!(
        down.expect_err("it is half applied")
            .problem
            .diagnostic()
            .name,
        "unfinished"
    );
    // An older release does not know the migration, and does nothing about it.
    let text = std::fs::read_to_string(lab.folder().join("1_a.sql")).expect("it is there");
    lab.remove("1_a.sql");
    lab.up();
    lab.file("1_a.sql", &text);
    lab.resolve(&version("1"), Some(2), Resolution::Applied)
        .expect("that one is in doubt");
    lab.up();
    assert!(lab.has_table("b"));
    assert_eq!(events(&lab, "1", 1), "unit-started unit-done");
}
