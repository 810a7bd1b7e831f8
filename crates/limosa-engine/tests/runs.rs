//! The journal says how each run ended.

#![expect(clippy::needless_pass_by_value, reason = "each test owns its database")]

mod support;

use limosa_core::plan::Transactions;
use limosa_engine::Answer;
use support::{Lab, UP};

on_every_database! {
    a_run_that_reaches_its_goal_is_finished,
    a_run_that_fails_says_why,
    a_run_that_a_person_stops_says_so,
    a_run_that_is_refused_before_it_began_leaves_nothing,
}

fn shop(lab: &Lab) {
    lab.file(
        "1_a.sql",
        "-- limosa: up\nCREATE TABLE a (x integer);\n-- limosa: down\nDROP TABLE a;\n",
    );
    lab.file(
        "2_b.sql",
        "-- limosa: up\nCREATE TABLE b (x integer);\n-- limosa: down\nDROP TABLE b;\n",
    );
}

/// The events of runs in the journal, each with its detail.
fn runs(lab: &Lab) -> Vec<(String, serde_json::Value)> {
    let entries = lab.journal().into_iter();
    entries
        .filter(|entry| entry.event.starts_with("run-"))
        .map(|entry| {
            let detail = entry.detail.unwrap_or_default();
            let detail = serde_json::from_str(&detail).expect("the detail is JSON");
            (entry.event, detail)
        })
        .collect()
}

fn names(runs: &[(String, serde_json::Value)]) -> Vec<&str> {
    runs.iter().map(|(event, _)| event.as_str()).collect()
}

fn a_run_that_reaches_its_goal_is_finished(lab: Lab) {
    shop(&lab);
    lab.up();
    let runs = runs(&lab);
    assert_eq!(names(&runs), ["run-started", "run-finished"]);
    assert_eq!(runs[0].1["steps"], serde_json::json!(["up 1_a", "up 2_b"]));
    assert_eq!(runs[0].1["tool_version"], "0.0.0-test");
}

fn a_run_that_fails_says_why(lab: Lab) {
    shop(&lab);
    lab.file("3_bad.sql", "INSERT INTO nowhere (id) VALUES (1);");
    let failure = lab.up_fails();
    let runs = runs(&lab);
    assert_eq!(names(&runs), ["run-started", "run-failed"]);
    let detail = &runs[1].1;
    assert_eq!(detail["problem"], "statement-failed");
    assert_eq!(detail["message"], failure.problem.to_string());
    assert_eq!(detail["done"], 2);
}

fn a_run_that_a_person_stops_says_so(mut lab: Lab) {
    lab.options.transactions = Transactions::Each;
    shop(&lab);
    // Before that all of the first one is done.
    lab.file("2_b.sql", "SAVEPOINT s;\nCREATE TABLE b (x integer);");
    let ran = lab.run_with(UP, &mut |_, _| Answer::Go, &|| lab.has_table("a"));
    let failure = ran.expect_err("it was stopped");
    assert_eq!(failure.problem.diagnostic().class.exit_code(), 130);
    let runs = runs(&lab);
    assert_eq!(names(&runs), ["run-started", "run-interrupted"]);
    assert_eq!(runs[1].1["done"], failure.done.len());
    lab.up();
    assert_eq!(lab.applied(), ["1", "2"]);
}

fn a_run_that_is_refused_before_it_began_leaves_nothing(lab: Lab) {
    shop(&lab);
    let ran = lab.run_with(
        UP,
        &mut |_, _| {
            // After the plan was shown its files change.
            lab.file("1_a.sql", "CREATE TABLE other (x integer);");
            Answer::Go
        },
        &|| false,
    );
    let failure = ran.expect_err("the plan is another one");
    assert_eq!(failure.problem.diagnostic().name, "plan-changed");
    assert_eq!(runs(&lab), []);
}
