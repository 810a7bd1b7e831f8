//! Units on PostgreSQL: what is committed together, and what goes on after a failure.

mod support;

use limosa_core::history::State;
use limosa_core::plan::Goal;
use limosa_engine::Resolution;
use limosa_testkit::Kind;
use support::{Lab, version};

macro_rules! lab {
    () => {
        match Lab::on(Kind::Postgres) {
            Some(lab) => lab,
            None => return,
        }
    };
}

#[test]
fn a_transaction_of_the_file_itself_is_the_transaction_of_the_unit() {
    let lab = lab!();
    lab.file(
        "1_a.sql",
        "-- who\nBEGIN;\nCREATE TABLE a (id int);\nINSERT INTO a VALUES (1);\nCOMMIT;\n",
    );
    assert_eq!(lab.units(), ["t2"]);
    lab.up();
    lab.file(
        "2_b.sql",
        "BEGIN;\nINSERT INTO a VALUES (2);\nINSERT INTO nowhere VALUES (1);\nCOMMIT;\n",
    );
    let failure = lab.up_fails();
    assert_eq!(failure.failed.unwrap().statement, Some(2));
    assert_eq!(
        lab.db.value("select count(*) from a"),
        "1",
        "nothing of it is committed"
    );
}

#[test]
fn inner_transactions_delimit_units_and_chain_keeps_the_isolation() {
    let lab = lab!();
    lab.file(
        "1_a.sql",
        "CREATE TABLE seen (x text);\n\
         BEGIN ISOLATION LEVEL SERIALIZABLE;\n\
         INSERT INTO seen VALUES (current_setting('transaction_isolation'));\n\
         COMMIT AND CHAIN;\n\
         INSERT INTO seen VALUES (current_setting('transaction_isolation'));\n\
         COMMIT;\n\
         SET TRANSACTION ISOLATION LEVEL REPEATABLE READ;\n\
         INSERT INTO seen VALUES (current_setting('transaction_isolation'));\n\
         COMMIT;\n\
         INSERT INTO seen VALUES (current_setting('transaction_isolation'));\n",
    );
    assert_eq!(lab.units(), ["t1", "t1", "t1", "t1", "t1"]);
    lab.up();
    assert_eq!(
        lab.db.query("select x from seen"),
        [
            ["serializable"],
            ["serializable"],
            ["repeatable read"],
            ["read committed"]
        ]
    );
}

#[test]
fn what_cannot_be_recorded_exactly_once_is_refused_before_anything_runs() {
    let lab = lab!();
    for (text, line) in [
        ("CREATE TABLE a (id int);\nROLLBACK;\n", 2),
        (
            "CREATE TABLE a (id int);\nBEGIN;\nINSERT INTO a VALUES (1);\n",
            2,
        ),
        (
            "BEGIN;\nCREATE TABLE a (id int);\nPREPARE TRANSACTION 'x';\n",
            3,
        ),
        (
            "BEGIN;\nCREATE INDEX CONCURRENTLY i ON a (id);\nCOMMIT;\n",
            2,
        ),
        ("BEGIN READ ONLY;\nSELECT 1;\nCOMMIT;\n", 1),
    ] {
        lab.file("1_a.sql", text);
        let report = lab.up_fails().problem.diagnostic();
        assert_eq!(
            (report.name, report.class.exit_code()),
            ("unsupported", 2),
            "{text}"
        );
        assert_eq!(report.labels[0].line, line, "{text}");
        assert!(!lab.has_table("a") && !lab.has_table("limosa_history"));
    }
}

#[test]
fn statements_that_cannot_run_in_a_transaction_run_alone_with_records_around_them() {
    let lab = lab!();
    lab.file(
        "1_a.sql",
        "-- limosa: up\nCREATE TABLE a (id int);\nINSERT INTO a VALUES (1);\n\
         CREATE INDEX CONCURRENTLY a_id ON a (id);\nVACUUM a;\nINSERT INTO a VALUES (2);\n\
         -- limosa: down\nDROP INDEX CONCURRENTLY a_id;\nDROP TABLE a;\n",
    );
    assert_eq!(lab.units(), ["t2", "a1", "a1", "t1"]);
    lab.up();
    assert_eq!(lab.db.value("select count(*) from a"), "2");
    assert_eq!(
        lab.db
            .value("select indisvalid from pg_index where indexrelid = 'a_id'::regclass"),
        "t"
    );
    let events = lab.events();
    let of = |event: &str| events.iter().filter(|one| *one == event).count();
    assert_eq!(
        (of("unit-started"), of("unit-done"), of("applied")),
        (4, 4, 1),
        "{events:?}"
    );
    lab.down(1);
    assert!(!lab.has_table("a"));
}

#[test]
fn a_failure_in_the_middle_keeps_what_is_recorded_and_goes_on_after_the_correction() {
    let lab = lab!();
    let file = |rest: &str| {
        format!("CREATE TABLE a (id int);\nINSERT INTO a VALUES (1), (1);\nVACUUM a;\n{rest}")
    };
    lab.file("1_a.sql", &file("INSERT INTO nowhere VALUES (1);\n"));
    let failure = lab.up_fails();
    assert_eq!(failure.failed.as_ref().unwrap().statement, Some(4));
    let report = failure.problem.diagnostic();
    assert!(
        report
            .notes
            .iter()
            .any(|note| note.contains("statements 1 to 3 are committed")),
        "{:?}",
        report.notes
    );
    assert_eq!(lab.states(), [("1".to_owned(), State::Interrupted)]);
    // A change in the applied part is refused with its place.
    lab.file("1_a.sql", "CREATE TABLE a (id bigint);\nVACUUM a;\n");
    let report = lab.up_fails().problem.diagnostic();
    assert_eq!(
        (report.name, report.class.exit_code(), report.labels[0].line),
        ("applied-part-changed", 2, 1)
    );
    // Nothing else may be undone meanwhile.
    let refused = lab
        .run(Goal::Down {
            limit: Some(1),
            to: None,
        })
        .unwrap_err();
    assert_eq!(refused.problem.diagnostic().name, "unfinished");
    lab.file("1_a.sql", &file("INSERT INTO a VALUES (3);\n"));
    lab.up();
    assert_eq!(lab.db.value("select count(*) from a"), "3");
    assert_eq!(lab.states(), [("1".to_owned(), State::Applied)]);
}

#[test]
fn settings_of_the_session_hold_in_every_later_unit_of_the_migration_only() {
    let lab = lab!();
    lab.file(
        "1_a.sql",
        "CREATE SCHEMA shop;\nSET search_path = shop;\nCREATE TABLE a (id int);\nVACUUM a;\nINSERT INTO a VALUES (1);\n",
    );
    lab.file("2_b.sql", "CREATE TABLE b (id int);\n");
    lab.up();
    assert_eq!(lab.db.value("select count(*) from shop.a"), "1");
    assert_eq!(lab.db.value("select count(*) from public.b"), "0");
    assert_eq!(
        lab.db.value("select count(*) from public.limosa_history"),
        "2"
    );
}

#[test]
fn deferred_constraints_are_checked_with_the_place_of_their_unit() {
    let lab = lab!();
    lab.file(
        "1_a.sql",
        "CREATE TABLE a (id int UNIQUE DEFERRABLE INITIALLY DEFERRED);\nINSERT INTO a VALUES (1), (1);\n",
    );
    let failure = lab.up_fails();
    let failed = failure.failed.as_ref().unwrap();
    assert_eq!(failed.code.as_deref(), Some("23505"));
    assert_eq!(failed.file.as_deref(), Some("migrations/1_a.sql"));
    assert!(lab.applied().is_empty() && !lab.has_table("a"));
}

#[test]
fn the_way_out_of_a_transaction_is_named() {
    let lab = lab!();
    // A procedure that commits is not known to do so.
    lab.file("1_p.sql", "CREATE PROCEDURE p() LANGUAGE plpgsql AS $$ BEGIN CREATE TABLE IF NOT EXISTS q (id int); COMMIT; END $$;\n");
    lab.up();
    lab.file("2_call.sql", "CALL p();\n");
    let failure = lab.up_fails();
    assert_eq!(
        failure.failed.as_ref().unwrap().code.as_deref(),
        Some("2D000")
    );
    lab.file("2_call.sql", "-- limosa: no-transaction\nCALL p();\n");
    assert_eq!(lab.units(), ["a1"]);
    lab.up();
    assert!(lab.has_table("q"));
}

#[test]
fn what_nobody_recorded_is_asked_and_never_guessed() {
    let lab = lab!();
    lab.db
        .execute("CREATE PROCEDURE nothing() LANGUAGE sql AS $$ SELECT 1 $$");
    lab.file(
        "1_a.sql",
        "-- limosa: no-transaction\nCREATE TABLE a (id int);\nCALL nothing();\n",
    );
    let forget = "DELETE FROM limosa_journal WHERE event IN ('applied', 'run-finished') OR (event = 'unit-done' AND unit = 1); DELETE FROM limosa_history";
    for (resolution, calls) in [(Resolution::NotApplied, 2), (Resolution::Applied, 1)] {
        lab.up();
        // What a process leaves that was killed while the statement ran.
        lab.db.execute(forget);
        assert_eq!(lab.states(), [("1".to_owned(), State::Interrupted)]);
        let report = lab.up_fails().problem.diagnostic();
        assert_eq!((report.name, report.class.exit_code()), ("in-doubt", 5));
        assert!(
            report
                .help
                .iter()
                .any(|help| help.contains("limosa resolve 1 --statement 2 --as")),
            "{:?}",
            report.help
        );
        lab.resolve(&version("1"), None, resolution).unwrap();
        lab.up();
        let started =
            "select count(*) from limosa_journal where event = 'unit-started' and unit = 1";
        assert_eq!(lab.db.value(started), calls.to_string());
        assert_eq!(lab.applied(), ["1"]);
        lab.db.execute("DROP TABLE a; DELETE FROM limosa_journal WHERE event <> 'format'; DELETE FROM limosa_history");
    }
    let none = lab.resolve(&version("1"), None, Resolution::Applied);
    assert_eq!(none.unwrap_err().diagnostic().name, "nothing-in-doubt");
}

#[test]
fn what_can_be_repeated_is_repeated() {
    let lab = lab!();
    lab.file("1_a.sql", "CREATE TABLE a (id int);\nVACUUM a;\n");
    lab.up();
    // What a process leaves that was killed while the statement ran.
    lab.db.execute("DELETE FROM limosa_journal WHERE event IN ('applied', 'run-finished') OR (event = 'unit-done' AND unit = 1); DELETE FROM limosa_history");
    lab.up();
    let events = "select string_agg(event, ' ' ORDER BY id) from limosa_journal where unit = 1";
    assert_eq!(
        lab.db.value(events),
        "unit-started unit-failed unit-started unit-done"
    );
    assert_eq!(lab.applied(), ["1"]);
}
