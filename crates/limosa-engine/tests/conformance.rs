//! What every database has to do alike.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]
#![expect(clippy::needless_pass_by_value, reason = "each test owns its database")]

mod support;

use limosa_core::event::{Event, Observer};
use limosa_core::history::State;
use limosa_core::plan::{Goal, PlanError};
use limosa_engine::{Answer, Problem};
use limosa_testkit::Kind;
use support::{Lab, version};

on_every_database! {
    up_applies_what_is_pending_and_then_there_is_nothing_to_do,
    down_undoes_the_last_application_and_not_the_highest_version,
    down_works_when_the_files_are_gone,
    a_changed_down_comes_from_the_database,
    goto_goes_up_and_down,
    redo_undoes_and_applies_again,
    baseline_records_and_runs_nothing,
    a_failing_statement_is_found_in_its_file,
    what_was_shown_is_what_is_done,
    a_file_that_changes_during_the_run_is_not_applied,
    a_changed_file_is_reported_and_refused,
    changes_of_blanks_and_comments_are_no_changes,
    a_missing_file_is_reported_and_refused,
    newer_migrations_are_a_note_unless_a_release_is_too_old,
    late_migrations_are_an_error_until_they_are_allowed,
    sets_in_one_database_keep_separate_histories,
    a_dry_run_writes_nothing,
    a_table_of_somebody_else_with_our_name_is_refused,
    a_history_that_somebody_dropped_is_not_begun_anew,
    tables_of_a_newer_format_are_refused,
    irreversible_migrations_are_not_undone,
    a_down_above_the_limit_needs_its_file,
    two_migrators_apply_each_migration_once,
    an_empty_database_has_no_rows_to_lose,
    settings_of_a_migration_do_not_reach_the_next,
    a_script_for_a_person_leaves_the_same_history,
}

fn shop(lab: &Lab) {
    lab.file("1_customers.sql", "-- limosa: up\nCREATE TABLE customers (id integer PRIMARY KEY);\n-- limosa: down\nDROP TABLE customers;\n");
    lab.file("2_orders.sql", "-- limosa: up\nCREATE TABLE orders (id integer PRIMARY KEY);\nINSERT INTO orders (id) VALUES (1);\n-- limosa: down\nDROP TABLE orders;\n");
}

fn up_applies_what_is_pending_and_then_there_is_nothing_to_do(lab: Lab) {
    shop(&lab);
    let report = lab.up();
    assert_eq!(report.done.len(), 2);
    assert!(lab.has_table("customers") && lab.has_table("orders"));
    assert_eq!(lab.applied(), ["1", "2"]);
    assert_eq!(
        lab.states(),
        [("1".into(), State::Applied), ("2".into(), State::Applied)]
    );
    let row = &lab.history().applied[1];
    assert_eq!(
        (row.name.as_str(), row.layout.as_str(), row.statements),
        ("orders", "native", 2)
    );
    assert_eq!(row.applied_by, "test@here");
    let entries = lab.journal().len();
    let again = lab.up();
    assert!(again.plan.is_empty() && again.done.is_empty());
    assert_eq!(lab.journal().len(), entries, "nothing to do writes nothing");
}

fn down_undoes_the_last_application_and_not_the_highest_version(lab: Lab) {
    let lab = lab.out_of_order();
    lab.file(
        "2_b.sql",
        "-- limosa: up\nCREATE TABLE b (id integer);\n-- limosa: down\nDROP TABLE b;\n",
    );
    lab.up();
    lab.file(
        "1_a.sql",
        "-- limosa: up\nCREATE TABLE a (id integer);\n-- limosa: down\nDROP TABLE a;\n",
    );
    lab.up();
    assert_eq!(lab.applied(), ["2", "1"]);
    let report = lab.down(1);
    assert_eq!(report.done[0].version, "1");
    assert!(!lab.has_table("a") && lab.has_table("b"));
    lab.down(1);
    assert!(!lab.has_table("b"));
    assert!(lab.applied().is_empty());
}

fn down_works_when_the_files_are_gone(lab: Lab) {
    shop(&lab);
    lab.up();
    lab.remove("1_customers.sql");
    lab.remove("2_orders.sql");
    assert_eq!(
        lab.states(),
        [("1".into(), State::Newer), ("2".into(), State::Newer)]
    );
    let report = lab.down(2);
    assert_eq!(report.done.len(), 2);
    assert_eq!(report.plan.steps().len(), 2);
    assert!(!lab.has_table("customers") && !lab.has_table("orders"));
}

fn a_changed_down_comes_from_the_database(lab: Lab) {
    shop(&lab);
    lab.up();
    lab.file("2_orders.sql", "-- limosa: up\nCREATE TABLE orders (id integer PRIMARY KEY);\nINSERT INTO orders (id) VALUES (1);\n-- limosa: down\nDROP TABLE customers;\n");
    assert_eq!(lab.states()[1].1, State::Applied, "only the up counts");
    let mut said = Vec::new();
    let ran = lab.run_with(
        Goal::Down {
            limit: Some(1),
            to: None,
        },
        &mut |_, plan| {
            said.extend(plan.remarks().iter().map(|remark| remark.name));
            Answer::Go
        },
        &|| false,
    );
    Lab::done(ran);
    assert_eq!(said, ["stored-down"]);
    assert!(lab.has_table("customers") && !lab.has_table("orders"));
}

fn goto_goes_up_and_down(lab: Lab) {
    shop(&lab);
    Lab::done(lab.run(Goal::Goto(Some(version("1")))));
    assert_eq!(lab.applied(), ["1"]);
    Lab::done(lab.run(Goal::Goto(Some(version("2")))));
    assert_eq!(lab.applied(), ["1", "2"]);
    Lab::done(lab.run(Goal::Goto(Some(version("1")))));
    assert_eq!(lab.applied(), ["1"]);
    Lab::done(lab.run(Goal::Goto(None)));
    assert!(lab.applied().is_empty() && !lab.has_table("customers"));
    let unknown = lab.run(Goal::Goto(Some(version("7")))).unwrap_err();
    assert!(matches!(
        unknown.problem,
        Problem::Plan(PlanError::UnknownVersion { .. })
    ));
}

fn redo_undoes_and_applies_again(lab: Lab) {
    shop(&lab);
    lab.up();
    lab.file("2_orders.sql", "-- limosa: up\nCREATE TABLE orders (id integer PRIMARY KEY, note varchar(10));\n-- limosa: down\nDROP TABLE orders;\n");
    let report = Lab::done(lab.run(Goal::Redo));
    assert_eq!(report.done.len(), 2);
    lab.db
        .execute("INSERT INTO orders (id, note) VALUES (1, 'x')");
    assert_eq!(lab.states()[1].1, State::Applied);
}

fn baseline_records_and_runs_nothing(lab: Lab) {
    shop(&lab);
    Lab::done(lab.run(Goal::Baseline(version("1"))));
    assert_eq!(lab.applied(), ["1"]);
    assert!(!lab.has_table("customers"));
    assert!(lab.events().contains(&"baselined".to_owned()));
    // One that was interrupted looks the same as one that ended here.
    lab.file("3_c.sql", "CREATE TABLE c (id int);\n");
    Lab::done(lab.run(Goal::Baseline(version("2"))));
    lab.up();
    assert_eq!(lab.applied(), ["1", "2", "3"]);
    let again = lab.run(Goal::Baseline(version("3"))).unwrap_err();
    assert!(matches!(
        again.problem,
        Problem::Plan(PlanError::BaselineOnHistory { applied: 3 })
    ));
}

fn a_failing_statement_is_found_in_its_file(lab: Lab) {
    shop(&lab);
    lab.file("3_bad.sql", "-- limosa: up\nCREATE TABLE fine (id integer);\n\nINSERT INTO fine (id)\n  VALUES (1), (2);\nINSERT INTO nowhere (id) VALUES (1);\n-- limosa: down\nDROP TABLE fine;\n");
    let failure = lab.up_fails();
    assert_eq!(failure.done.len(), 2);
    let failed = failure.failed.as_ref().unwrap();
    assert_eq!(
        (failed.version.as_str(), failed.statement, failed.line),
        ("3", Some(3), Some(6))
    );
    assert_eq!(failed.file.as_deref(), Some("migrations/3_bad.sql"));
    assert!(failed.message.contains("nowhere"), "{}", failed.message);
    let report = failure.problem.diagnostic();
    assert_eq!(
        (report.name, report.class.exit_code()),
        ("statement-failed", 1)
    );
    assert!(
        report.labels[0]
            .excerpt
            .as_ref()
            .unwrap()
            .text
            .contains("INTO nowhere")
    );
    assert_eq!(lab.applied(), ["1", "2"]);
    if lab.kind() == Kind::MariaDb {
        // DDL commits by itself there: the first unit is recorded, and the run of inserts is undone.
        assert!(lab.has_table("fine"));
        assert_eq!(lab.db.value("select count(*) from fine"), "0");
        assert_eq!(lab.states()[2].1, State::Interrupted);
    } else {
        assert!(!lab.has_table("fine"), "nothing of it is committed");
        assert_eq!(lab.states()[2].1, State::Pending);
    }
    // The rest that was not applied is corrected, and the same command goes on.
    lab.file("3_bad.sql", "-- limosa: up\nCREATE TABLE fine (id integer);\n\nINSERT INTO fine (id)\n  VALUES (1), (2);\n-- limosa: down\nDROP TABLE fine;\n");
    lab.up();
    assert_eq!(lab.db.value("select count(*) from fine"), "2");
    assert_eq!(lab.applied(), ["1", "2", "3"]);
    lab.down(3);
    assert!(!lab.has_table("fine"));
}

fn what_was_shown_is_what_is_done(lab: Lab) {
    shop(&lab);
    let other = "-- limosa: up\nCREATE TABLE sneaked (id integer);\n";
    let ran = lab.run_with(
        Goal::Up {
            to: None,
            limit: None,
        },
        &mut |_, plan| {
            assert_eq!(plan.steps().len(), 2);
            lab.file("2_orders.sql", other);
            Answer::Go
        },
        &|| false,
    );
    let failure = ran.unwrap_err();
    assert!(failure.done.is_empty());
    let report = failure.problem.diagnostic();
    assert_eq!((report.name, report.class.exit_code()), ("plan-changed", 4));
    assert!(!lab.has_table("sneaked") && !lab.has_table("customers"));
}

/// Changes a file while the first migration runs.
struct Saboteur<'a>(&'a Lab);

impl Observer for Saboteur<'_> {
    fn observe(&mut self, event: &Event<'_>) {
        if matches!(event, Event::StepStarted { step } if step.version == version("1")) {
            self.0.file(
                "2_orders.sql",
                "-- limosa: up\nCREATE TABLE sneaked (id integer);\n",
            );
        }
    }
}

fn a_file_that_changes_during_the_run_is_not_applied(lab: Lab) {
    shop(&lab);
    let goal = Goal::Up {
        to: None,
        limit: None,
    };
    let ran = lab.run_observed(goal, &mut |_, _| Answer::Go, &|| false, &mut Saboteur(&lab));
    let failure = ran.unwrap_err();
    assert_eq!(failure.done.len(), 1);
    let report = failure.problem.diagnostic();
    assert_eq!((report.name, report.class.exit_code()), ("file-changed", 1));
    assert!(!lab.has_table("sneaked"));
    assert_eq!(lab.applied(), ["1"]);
}

fn a_changed_file_is_reported_and_refused(lab: Lab) {
    shop(&lab);
    lab.up();
    lab.file("1_customers.sql", "-- limosa: up\nCREATE TABLE customers (id bigint PRIMARY KEY);\n-- limosa: down\nDROP TABLE customers;\n");
    assert_eq!(lab.states()[0].1, State::Changed);
    let failure = lab.up_fails();
    let report = failure.problem.diagnostic();
    assert_eq!((report.name, report.class.exit_code()), ("changed", 2));
    assert!(report.notes[0].contains("1_customers.sql"));
}

fn changes_of_blanks_and_comments_are_no_changes(lab: Lab) {
    shop(&lab);
    lab.up();
    lab.file("1_customers.sql", "\u{feff}-- limosa: up\r\n-- who buys\r\nCREATE TABLE\r\n  customers (id integer PRIMARY KEY);\r\n-- limosa: down\r\nDROP TABLE customers;\r\n");
    assert_eq!(lab.states()[0].1, State::Applied);
    lab.up();
}

fn a_missing_file_is_reported_and_refused(lab: Lab) {
    shop(&lab);
    lab.up();
    lab.remove("1_customers.sql");
    assert_eq!(lab.states()[0].1, State::Missing);
    assert_eq!(lab.up_fails().problem.diagnostic().name, "missing");
}

fn newer_migrations_are_a_note_unless_a_release_is_too_old(mut lab: Lab) {
    shop(&lab);
    lab.file("3_new.sql", "-- limosa: up\n-- limosa: min-release=1.4.0\nCREATE TABLE newer (id integer);\n-- limosa: down\nDROP TABLE newer;\n");
    lab.up();
    lab.remove("3_new.sql");
    assert_eq!(lab.states()[2].1, State::Newer);
    let report = lab.up();
    assert_eq!(report.plan.remarks()[0].name, "newer");
    lab.options.release = Some("1.10.2".into());
    lab.up();
    lab.options.release = Some("1.3".into());
    let report = lab.up_fails().problem.diagnostic();
    assert_eq!(
        (report.name, report.class.exit_code()),
        ("release-too-old", 4)
    );
    // Going back is the way out, and it is open.
    lab.down(1);
    lab.up();
}

fn late_migrations_are_an_error_until_they_are_allowed(lab: Lab) {
    lab.file("2_b.sql", "CREATE TABLE b (id integer);");
    lab.up();
    lab.file("1_a.sql", "CREATE TABLE a (id integer);");
    assert_eq!(lab.states()[0].1, State::OutOfOrder);
    let report = lab.up_fails().problem.diagnostic();
    assert_eq!((report.name, report.class.exit_code()), ("out-of-order", 2));
    assert_eq!(report.help.len(), 3, "three ways out");
    assert!(!lab.has_table("a"));
    let lab = lab.out_of_order();
    lab.up();
    assert!(lab.has_table("a"));
}

fn sets_in_one_database_keep_separate_histories(mut lab: Lab) {
    shop(&lab);
    lab.up();
    lab.set = "billing".into();
    assert!(lab.applied().is_empty());
    lab.remove("1_customers.sql");
    lab.remove("2_orders.sql");
    lab.file("1_invoices.sql", "CREATE TABLE invoices (id integer);");
    lab.up();
    assert_eq!(lab.applied(), ["1"]);
    lab.set = "main".into();
    assert_eq!(lab.applied(), ["1", "2"]);
}

fn a_dry_run_writes_nothing(lab: Lab) {
    shop(&lab);
    let ran = lab.run_with(
        Goal::Up {
            to: None,
            limit: None,
        },
        &mut |_, _| Answer::Stop,
        &|| false,
    );
    assert_eq!(Lab::done(ran).plan.steps().len(), 2);
    assert!(!lab.has_table("customers") && !lab.has_table("limosa_history"));
}

fn a_table_of_somebody_else_with_our_name_is_refused(lab: Lab) {
    shop(&lab);
    lab.db
        .execute("CREATE TABLE limosa_history (id integer, what varchar(10))");
    let report = lab.try_open().err().unwrap().diagnostic();
    assert_eq!(
        (report.name, report.class.exit_code()),
        ("history-not-ours", 2)
    );
    assert!(
        report.message.contains("limosa_history"),
        "{}",
        report.message
    );
}

fn tables_of_a_newer_format_are_refused(lab: Lab) {
    shop(&lab);
    lab.up();
    lab.db
        .execute("UPDATE limosa_journal SET detail = '2' WHERE event = 'format'");
    let report = lab.try_open().err().unwrap().diagnostic();
    assert_eq!(
        (report.name, report.class.exit_code()),
        ("history-format-newer", 2)
    );
}

fn irreversible_migrations_are_not_undone(lab: Lab) {
    lab.file(
        "1_a.sql",
        "-- limosa: irreversible: the rows are gone\nCREATE TABLE a (id integer);",
    );
    lab.file("2_b.sql", "CREATE TABLE b (id integer);");
    lab.up();
    let refused = |lab: &Lab| {
        let failure = lab
            .run(Goal::Down {
                limit: Some(1),
                to: None,
            })
            .unwrap_err();
        failure.problem.diagnostic()
    };
    assert_eq!(refused(&lab).name, "no-down");
    lab.file(
        "2_b.sql",
        "-- limosa: up\nCREATE TABLE b (id integer);\n-- limosa: down\nDROP TABLE b;",
    );
    lab.down(1);
    let report = refused(&lab);
    assert_eq!((report.name, report.class.exit_code()), ("irreversible", 2));
    assert!(report.message.contains("the rows are gone"));
}

fn a_down_above_the_limit_needs_its_file(lab: Lab) {
    let long = format!(
        "-- limosa: up\nCREATE TABLE a (id integer);\n-- limosa: down\nDROP TABLE a;\n-- {}\n",
        "x".repeat(1 << 20)
    );
    lab.file("1_a.sql", &long);
    lab.up();
    assert!(!lab.history().applied[0].down.text_stored);
    lab.remove("1_a.sql");
    let failure = lab
        .run(Goal::Down {
            limit: Some(1),
            to: None,
        })
        .unwrap_err();
    assert_eq!(failure.problem.diagnostic().name, "down-needs-file");
    lab.file("1_a.sql", &long);
    lab.down(1);
    assert!(!lab.has_table("a"));
}

fn two_migrators_apply_each_migration_once(lab: Lab) {
    for n in 1..=10 {
        lab.file(
            &format!("{n}_t.sql"),
            &format!("CREATE TABLE t{n} (id integer);"),
        );
    }
    let reports: Vec<_> = std::thread::scope(|scope| {
        let runs: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| lab.up().done.len()))
            .collect();
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    });
    assert_eq!(reports.iter().sum::<usize>(), 10, "{reports:?}");
    assert_eq!(lab.applied().len(), 10);
}

fn an_empty_database_has_no_rows_to_lose(lab: Lab) {
    lab.file("1_a.sql", "CREATE TABLE a (id integer);");
    assert!(!lab.open().has_rows().unwrap());
    lab.up();
    assert!(!lab.open().has_rows().unwrap(), "our own rows do not count");
    lab.db.execute("INSERT INTO a VALUES (1)");
    assert!(lab.open().has_rows().unwrap());
}

fn settings_of_a_migration_do_not_reach_the_next(lab: Lab) {
    let (change, proof) = match lab.kind() {
        Kind::Postgres => (
            "SET search_path = ''; SET default_transaction_read_only = on; SET TimeZone = 'Asia/Tokyo';",
            "INSERT INTO seen SELECT current_setting('TimeZone') || current_setting('search_path');",
        ),
        Kind::MariaDb => (
            "SET sql_mode = 'ANSI_QUOTES'; SET foreign_key_checks = 0; SET time_zone = '+09:00'; SET autocommit = 0;",
            "INSERT INTO seen SELECT concat(@@sql_mode, @@foreign_key_checks, @@time_zone);",
        ),
        Kind::Sqlite => (
            "PRAGMA recursive_triggers = ON; PRAGMA foreign_keys = ON; ATTACH ':memory:' AS other;",
            "INSERT INTO seen SELECT (SELECT * FROM pragma_recursive_triggers) || (SELECT count(*) FROM pragma_database_list WHERE name = 'other');",
        ),
    };
    lab.file(
        "1_seen.sql",
        &format!("CREATE TABLE seen (x varchar(500));\n{proof}"),
    );
    lab.file(
        "2_change.sql",
        &format!(
            "{change}\nCREATE TABLE {}other_table (id integer);",
            if lab.kind() == Kind::Postgres {
                "public."
            } else {
                ""
            }
        ),
    );
    lab.file("3_proof.sql", proof);
    lab.up();
    let seen = lab.db.query("SELECT DISTINCT x FROM seen");
    assert_eq!(seen.len(), 1, "{seen:?}");
    assert_eq!(lab.applied(), ["1", "2", "3"]);
}

fn a_script_for_a_person_leaves_the_same_history(lab: Lab) {
    shop(&lab);
    lab.file(
        "3_note.sql",
        "INSERT INTO orders (id) VALUES (7); -- it's \\ fine\n",
    );
    let mut script = Vec::new();
    let set = lab.migrations().unwrap();
    let ran = lab.run_with(
        Goal::Up {
            to: None,
            limit: None,
        },
        &mut |database, plan| {
            limosa_engine::script::write(database, plan, &set, &|_| None, &mut script).unwrap();
            Answer::Stop
        },
        &|| false,
    );
    Lab::done(ran);
    let script = String::from_utf8(script).unwrap();
    // What psql reads for itself, and what the client of MariaDB does, is not SQL.
    let sql: String = script
        .lines()
        .filter(|line| !line.starts_with('\\'))
        .collect::<Vec<_>>()
        .join("\n");
    lab.db.execute(&sql);
    assert_eq!(lab.applied(), ["1", "2", "3"]);
    assert!(
        lab.states()
            .iter()
            .all(|(_, state)| *state == State::Applied),
        "{:?}",
        lab.states()
    );
    assert!(lab.up().plan.is_empty());
    lab.remove("3_note.sql");
    lab.file("3_note.sql", "-- limosa: up\nINSERT INTO orders (id) VALUES (7);\n-- limosa: down\nDELETE FROM orders WHERE id = 7;\n");
    lab.down(3);
    assert!(!lab.has_table("orders"));
}

fn a_history_that_somebody_dropped_is_not_begun_anew(lab: Lab) {
    shop(&lab);
    lab.up();
    lab.db.execute("DROP TABLE limosa_history");
    let report = lab.try_open().err().unwrap().diagnostic();
    assert_eq!(
        (report.name, report.class.exit_code()),
        ("history-not-ours", 2)
    );
    assert!(
        report.message.contains("limosa_journal is there"),
        "{}",
        report.message
    );
}
