//! Files that are larger than what is kept of them: they are streamed, and nothing about them depends on
//! their size. How much memory that takes is measured by `cargo xtask bench`.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]
#![expect(clippy::needless_pass_by_value, reason = "each test owns its database")]

mod support;

use std::fmt::Write as _;

use limosa_core::history::{State, TEXT_LIMIT};
use limosa_core::plan::Goal;
use limosa_engine::Answer;
use limosa_testkit::Kind;
use support::{Lab, version};

on_every_database! {
    a_script_that_is_too_large_to_be_stored_is_applied,
    many_small_statements_are_one_unit_and_destroy_one_thing,
    a_large_file_that_changes_under_the_prompt_is_not_applied,
}

const TABLE: &str = "-- limosa: up\nCREATE TABLE measurements (id integer, note text);\n";

/// A script with rows of 10 kB, larger than what the history stores.
fn large() -> String {
    let note = "it is; ".repeat(1400);
    let mut text = TABLE.to_owned();
    for id in 1..=200 {
        writeln!(text, "INSERT INTO measurements VALUES ({id}, '{note}');").unwrap();
    }
    assert!(text.len() as u64 > TEXT_LIMIT);
    text
}

fn a_script_that_is_too_large_to_be_stored_is_applied(lab: Lab) {
    let text = large();
    lab.file("1_measurements.sql", &text);
    assert_eq!(lab.up().done[0].statements, 201);
    let rows = "SELECT count(*) FROM measurements WHERE length(note) = 9800";
    assert_eq!(lab.db.value(rows), "200");
    let row = &lab.history().applied[0];
    assert!(row.up.text.is_none() && !row.up.text_stored);
    // The checksums that were made while it ran are those of the file.
    assert_eq!(lab.states(), [("1".to_owned(), State::Applied)]);
    lab.file("1_measurements.sql", &format!("{text}\n-- the end\n"));
    assert_eq!(lab.states(), [("1".to_owned(), State::Applied)]);
    lab.file("1_measurements.sql", &format!("{text}SELECT 1;\n"));
    assert_eq!(lab.states(), [("1".to_owned(), State::Changed)]);
}

fn many_small_statements_are_one_unit_and_destroy_one_thing(lab: Lab) {
    lab.file("1_table.sql", TABLE);
    lab.up();
    let mut text = String::from("-- limosa: up\n");
    // The round trips to a server take their time.
    let pairs = match lab.kind() {
        Kind::Sqlite => 25_000,
        Kind::Postgres | Kind::MariaDb => 1_000,
    };
    for id in 1..=pairs {
        writeln!(text, "INSERT INTO measurements VALUES ({id}, 'x');").unwrap();
        writeln!(text, "DELETE FROM measurements WHERE id = {id};").unwrap();
    }
    text.push_str("INSERT INTO measurements VALUES (0, 'x');\n");
    lab.file("2_rows.sql", &text);
    let report = lab.up();
    let step = &report.plan.steps()[0];
    assert_eq!((step.units.len(), step.statements()), (1, 2 * pairs + 1));
    let losses: Vec<_> = step
        .losses
        .iter()
        .map(|loss| (loss.number, loss.line))
        .collect();
    assert_eq!(losses, [(2, 3)]);
    assert_eq!(lab.db.value("SELECT count(*) FROM measurements"), "1");
}

#[test]
fn a_statement_above_the_limit_is_refused_before_anything_is_done() {
    let Some(lab) = Lab::on(Kind::Sqlite) else {
        return;
    };
    let mut text = TABLE.to_owned();
    text.push_str("INSERT INTO measurements VALUES (1, '");
    text.push_str(&"x".repeat(65 << 20));
    text.push_str("');\n");
    lab.file("1_measurements.sql", &text);
    let report = lab.up_fails().problem.diagnostic();
    assert_eq!(report.name, "statement-too-large");
    assert_eq!(report.class.exit_code(), 2);
    assert_eq!((report.labels[0].line, report.labels[0].column), (3, 1));
    assert!(!lab.has_table("measurements") && !lab.has_table("limosa_history"));
}

fn a_large_file_that_changes_under_the_prompt_is_not_applied(lab: Lab) {
    let text = large();
    lab.file("1_measurements.sql", &text);
    let goal = Goal::Up {
        to: None,
        limit: None,
    };
    let changed = text.replace("(200, ", "(201, ");
    let mut change = |_: &mut limosa_engine::Database, _: &limosa_core::Plan| {
        lab.file("1_measurements.sql", &changed);
        Answer::Go
    };
    let failure = lab.run_with(goal, &mut change, &|| false).unwrap_err();
    assert_eq!(failure.problem.diagnostic().name, "plan-changed");
    assert!(!lab.has_table("measurements"));
}

#[test]
fn copy_data_of_some_megabytes_is_sent_as_it_is() {
    let Some(lab) = Lab::on(Kind::Postgres) else {
        return;
    };
    let mut text = TABLE.to_owned();
    text.push_str("COPY measurements FROM stdin;\n");
    for id in 1..=60_000 {
        writeln!(text, "{id}\tit's; a \\\\ note\\tthat somebody's pen wrote").unwrap();
    }
    text.push_str("\\.\nCREATE INDEX ON measurements (id);\n");
    lab.file("1_measurements.sql", &text);
    assert_eq!(lab.up().done[0].statements, 3);
    let rows = "SELECT count(*) FROM measurements WHERE note = E'it''s; a \\\\ note\\tthat somebody''s pen wrote'";
    assert_eq!(lab.db.value(rows), "60000");
    assert_eq!(lab.db.value("SELECT max(id) FROM measurements"), "60000");
    assert!(lab.history().get(&version("1")).is_some());
}
