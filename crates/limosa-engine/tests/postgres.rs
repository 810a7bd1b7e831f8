//! What only PostgreSQL has.

mod support;

use std::sync::atomic::{AtomicBool, Ordering};

use limosa_core::Plan;
use limosa_core::event::Silent;
use limosa_core::history::State;
use limosa_core::plan::{Goal, UnitMode};
use limosa_engine::{Answer, Resolution};
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

/// The units of the plan: `t` in a transaction, `a` alone, with the number of statements.
fn units(lab: &Lab) -> Vec<String> {
    let mut shape = Vec::new();
    let ran = lab.run_with(
        Goal::Up {
            to: None,
            limit: None,
        },
        &mut |_, plan: &Plan| {
            for unit in plan.steps().iter().flat_map(|step| &step.units) {
                let kind = if unit.mode == UnitMode::Alone {
                    "a"
                } else {
                    "t"
                };
                shape.push(format!("{kind}{}", unit.numbers.end - unit.numbers.start));
            }
            Answer::Stop
        },
        &|| false,
    );
    Lab::done(ran);
    shape
}

#[test]
fn a_transaction_of_the_file_itself_is_the_transaction_of_the_unit() {
    let lab = lab!();
    lab.file(
        "1_a.sql",
        "-- who\nBEGIN;\nCREATE TABLE a (id int);\nINSERT INTO a VALUES (1);\nCOMMIT;\n",
    );
    assert_eq!(units(&lab), ["t2"]);
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
    assert_eq!(units(&lab), ["t1", "t1", "t1", "t1", "t1"]);
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
    assert_eq!(units(&lab), ["t2", "a1", "a1", "t1"]);
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
fn a_dump_that_empties_the_search_path_reaches_nobody_else() {
    let lab = lab!();
    lab.file(
        "1_dump.sql",
        "\\restrict abc\nSET statement_timeout = 0;\nSET standard_conforming_strings = on;\n\
         SELECT pg_catalog.set_config('search_path', '', false);\n\
         CREATE TABLE public.t (id integer, name text);\n\
         COPY public.t (id, name) FROM stdin;\n1\tit's; fine\n2\t\\N\n\\.\n\n\
         ALTER TABLE ONLY public.t ADD CONSTRAINT t_pkey PRIMARY KEY (id);\n\\unrestrict abc\n",
    );
    lab.file(
        "2_next.sql",
        "INSERT INTO t VALUES (3, current_setting('search_path'));\n",
    );
    lab.up();
    assert_eq!(
        lab.db.query("select * from t order by 1"),
        [
            ["1", "it's; fine"],
            ["2", "NULL"],
            ["3", "\"$user\", public"]
        ]
    );
}

#[test]
fn another_role_or_a_read_only_default_does_not_keep_the_record_from_being_written() {
    let lab = lab!();
    let role = lab.db.role("app");
    lab.file(
        "1_a.sql",
        &format!(
            "CREATE TABLE a (id int);\nSET ROLE {};\nSET default_transaction_read_only = on;\n",
            role.name
        ),
    );
    lab.file(
        "2_b.sql",
        "CREATE TABLE b AS SELECT current_user::text AS who;\n",
    );
    lab.up();
    assert_eq!(lab.db.value("select who from b"), "postgres");
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
fn an_error_is_marked_where_the_server_says() {
    let lab = lab!();
    lab.file(
        "1_a.sql",
        "CREATE TABLE a (id int);\n\n  INSERT INTO a\n    SELECT 'ü', nonsense FROM a;\n",
    );
    let failure = lab.up_fails();
    let failed = failure.failed.as_ref().unwrap();
    assert_eq!(
        (failed.line, failed.column, failed.code.as_deref()),
        (Some(4), Some(17), Some("42703"))
    );
    let report = failure.problem.diagnostic();
    let excerpt = report.labels[0].excerpt.as_ref().unwrap();
    assert_eq!(&excerpt.text[excerpt.marked.clone()], "nonsense");
    assert_eq!(excerpt.first_line, 3);
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
    assert_eq!(units(&lab), ["a1"]);
    lab.up();
    assert!(lab.has_table("q"));
}

#[test]
fn a_wish_to_stop_cancels_the_statement_and_leaves_clean() {
    let lab = lab!();
    lab.file("1_a.sql", "CREATE TABLE a (id int);\n");
    lab.file(
        "2_slow.sql",
        "CREATE TABLE b (id int);\nSELECT pg_sleep(600);\n",
    );
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let slow = "select count(*) from pg_stat_activity where datname = current_database() and query like '%pg_sleep(600)%' and state = 'active' and pid <> pg_backend_pid()";
            while lab.db.value(slow) == "0" {
                std::thread::yield_now();
            }
            stop.store(true, Ordering::Release);
        });
        let goal = Goal::Up {
            to: None,
            limit: None,
        };
        let ran = lab.run_with(goal, &mut |_, _| Answer::Go, &|| {
            stop.load(Ordering::Acquire)
        });
        let failure = ran.unwrap_err();
        assert_eq!(failure.done.len(), 1);
        let report = failure.problem.diagnostic();
        assert_eq!(
            (report.name, report.class.exit_code()),
            ("interrupted", 130)
        );
    });
    assert_eq!(lab.applied(), ["1"]);
    assert!(!lab.has_table("b"));
    assert!(lab.events().contains(&"unit-undone".to_owned()));
}

#[test]
fn grants_by_default_are_taken_from_our_tables() {
    let lab = lab!();
    let role = lab.db.role("app");
    lab.db.execute(&format!(
        "ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO {}, PUBLIC",
        role.name
    ));
    lab.file("1_a.sql", "CREATE TABLE a (id int);\n");
    lab.up();
    for table in ["limosa_history", "limosa_journal"] {
        let may = format!(
            "select has_table_privilege('{}', '{table}', 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE')",
            role.name
        );
        assert_eq!(lab.db.value(&may), "f", "{table}");
    }
}

#[test]
fn stored_sql_is_not_run_when_somebody_else_may_have_planted_it() {
    let lab = lab!();
    let role = lab.db.role("app");
    lab.file(
        "1_a.sql",
        "-- limosa: up\nCREATE TABLE a (id int);\n-- limosa: down\nDROP TABLE a;\n",
    );
    lab.up();
    lab.db
        .execute(&format!("GRANT UPDATE ON limosa_history TO {}", role.name));
    let text = lab.folder().join("1_a.sql");
    let kept = std::fs::read_to_string(&text).unwrap();
    lab.remove("1_a.sql");
    let failure = lab
        .run(Goal::Down {
            limit: Some(1),
            to: None,
        })
        .unwrap_err();
    let report = failure.problem.diagnostic();
    assert_eq!(
        (report.name, report.class.exit_code()),
        ("stored-sql-not-trusted", 4)
    );
    assert!(
        report.message.contains(&role.name) && report.message.contains("UPDATE"),
        "{}",
        report.message
    );
    assert!(lab.has_table("a"));
    // The file is trusted.
    lab.file("1_a.sql", &kept);
    lab.down(1);
    assert!(!lab.has_table("a"));
}

#[test]
fn histories_in_several_schemas_are_refused_and_a_configured_one_is_used() {
    let mut lab = lab!();
    lab.file("1_a.sql", "CREATE TABLE a (id int);\n");
    lab.up();
    lab.db.execute("CREATE SCHEMA other");
    lab.schema = Some("other".into());
    lab.file("1_a.sql", "CREATE TABLE other.a (id int);\n");
    lab.up();
    lab.schema = None;
    let report = lab.try_open().err().unwrap().diagnostic();
    assert_eq!(
        (report.name, report.class.exit_code()),
        ("several-histories", 2)
    );
    lab.schema = Some("nowhere".into());
    let failure = lab.up_fails();
    assert_eq!(failure.problem.diagnostic().name, "no-schema");
}

#[test]
fn our_tables_are_found_wherever_they_are() {
    let mut lab = lab!();
    lab.db.execute("CREATE SCHEMA elsewhere");
    lab.schema = Some("elsewhere".into());
    lab.file("1_a.sql", "CREATE TABLE a (id int);\n");
    lab.up();
    lab.schema = None;
    lab.init = vec!["SET search_path = nothing_here".into()];
    assert_eq!(lab.applied(), ["1"]);
}

#[test]
fn hostile_names_do_not_become_sql() {
    let mut lab = lab!();
    let schema = "we\"ird'; DROP TABLE a; --";
    lab.db
        .execute("CREATE SCHEMA \"we\"\"ird'; DROP TABLE a; --\"");
    lab.schema = Some(schema.into());
    lab.set = "main'; DELETE FROM limosa_history; --".into();
    lab.file("1_it's; a \"name\".sql", "CREATE TABLE a (id int);\n");
    lab.file("2_b.sql", "CREATE TABLE b (id int);\n");
    lab.up();
    assert_eq!(lab.applied(), ["1", "2"]);
    assert!(lab.has_table("a"));
}

#[test]
fn a_search_path_of_somebody_else_changes_nothing_for_us() {
    let mut lab = lab!();
    lab.db.execute(
        "CREATE SCHEMA evil; CREATE TABLE evil.pg_class (relname text);\n\
         CREATE FUNCTION evil.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS $$ SELECT NULL::timestamptz $$",
    );
    lab.init = vec!["SET search_path = evil, pg_catalog, public".into()];
    lab.file("1_a.sql", "CREATE TABLE public.a (id int);\n");
    lab.up();
    assert_eq!(lab.applied(), ["1"]);
}

#[test]
fn a_lock_timeout_is_set_and_a_directive_changes_it() {
    let lab = lab!();
    lab.file(
        "1_a.sql",
        "CREATE TABLE a AS SELECT current_setting('lock_timeout') AS x;\n",
    );
    lab.file("2_b.sql", "-- limosa: lock-timeout=7s\n-- limosa: statement-timeout=15min\nINSERT INTO a SELECT current_setting('lock_timeout') || ' ' || current_setting('statement_timeout');\n");
    lab.file("3_c.sql", "INSERT INTO a SELECT current_setting('lock_timeout') || ' ' || current_setting('statement_timeout');\n");
    lab.up();
    assert_eq!(
        lab.db.query("select x from a"),
        [["2s"], ["7s 15min"], ["2s 0"]]
    );
}

#[test]
fn a_held_table_lock_fails_the_statement_and_names_it() {
    let mut lab = lab!();
    lab.lock_timeout = std::time::Duration::from_millis(100);
    lab.file("1_a.sql", "CREATE TABLE a (id int);\n");
    lab.up();
    let mut reader = lab.db.open();
    reader.execute("BEGIN; LOCK TABLE a IN ACCESS SHARE MODE");
    lab.file("2_b.sql", "ALTER TABLE a ADD COLUMN b int;\n");
    let failure = lab.up_fails();
    assert_eq!(
        failure.failed.as_ref().unwrap().code.as_deref(),
        Some("55P03")
    );
    reader.execute("COMMIT");
    lab.up();
}

#[test]
fn a_lost_connection_says_what_is_committed_and_the_next_run_goes_on() {
    let lab = lab!();
    lab.file("1_a.sql", "CREATE TABLE a (id int);\n");
    lab.file("2_b.sql", "CREATE TABLE b (id int);\nSELECT pg_terminate_backend(pg_backend_pid()) FROM generate_series(1, 1) WHERE (SELECT count(*) FROM limosa_journal WHERE event = 'run-started') = 1;\n");
    let failure = lab.up_fails();
    assert_eq!(failure.done.len(), 1);
    assert!(matches!(
        failure.problem.diagnostic().name,
        "connection-lost" | "statement-failed"
    ));
    assert_eq!(lab.applied(), ["1"]);
    lab.up();
    assert_eq!(lab.applied(), ["1", "2"]);
}

#[test]
fn a_version_is_the_same_whatever_its_padding() {
    let lab = lab!();
    lab.file(
        "1_a.sql",
        "-- limosa: up\nCREATE TABLE a (id int);\n-- limosa: down\nDROP TABLE a;\n",
    );
    lab.up();
    lab.remove("1_a.sql");
    lab.file(
        "0001_a.sql",
        "-- limosa: up\nCREATE TABLE a (id int);\n-- limosa: down\nDROP TABLE a;\n",
    );
    assert_eq!(lab.states(), [("0001".to_owned(), State::Applied)]);
    Lab::done(lab.run(Goal::Goto(Some(version("01")))));
    lab.down(1);
    assert!(lab.applied().is_empty() && !lab.has_table("a"));
}

#[test]
fn a_down_that_makes_the_schema_anew_keeps_the_history() {
    let lab = lab!();
    lab.file("1_a.sql", "-- limosa: up\nCREATE TABLE a (id int);\n-- limosa: down\nDROP SCHEMA IF EXISTS public CASCADE;\nCREATE SCHEMA public;\n");
    lab.up();
    let before = lab.journal().len();
    lab.down(1);
    assert!(lab.applied().is_empty() && !lab.has_table("a"));
    assert!(lab.journal().len() > before, "the journal is never deleted");
    lab.up();
    assert_eq!(lab.applied(), ["1"]);
}

#[test]
fn a_migration_that_drops_the_history_is_rolled_back() {
    let lab = lab!();
    lab.file(
        "1_a.sql",
        "-- limosa: up\nCREATE TABLE a (id int);\n-- limosa: down\nDROP SCHEMA public CASCADE;\n",
    );
    lab.up();
    let failure = lab
        .run(Goal::Down {
            limit: Some(1),
            to: None,
        })
        .unwrap_err();
    assert_eq!(failure.problem.diagnostic().name, "history-removed");
    lab.file("2_b.sql", "DROP TABLE limosa_history;\n");
    let failure = lab.up_fails();
    let report = failure.problem.diagnostic();
    assert_eq!(
        (report.name, report.class.exit_code()),
        ("history-removed", 1)
    );
    assert_eq!(lab.applied(), ["1"]);
    assert!(lab.has_table("a"));
}

#[test]
fn what_nobody_recorded_is_asked_and_never_guessed() {
    let lab = lab!();
    lab.file("1_a.sql", "CREATE TABLE a (id int);\nVACUUM a;\n");
    let forget = "DELETE FROM limosa_journal WHERE event IN ('applied', 'run-finished') OR (event = 'unit-done' AND unit = 1); DELETE FROM limosa_history";
    for (resolution, vacuums) in [(Resolution::NotApplied, 2), (Resolution::Applied, 1)] {
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
                .any(|help| help.contains("limosa resolve 1 --as")),
            "{:?}",
            report.help
        );
        limosa_engine::resolve(lab.open(), &version("1"), resolution, &mut Silent).unwrap();
        lab.up();
        let started =
            "select count(*) from limosa_journal where event = 'unit-started' and unit = 1";
        assert_eq!(lab.db.value(started), vacuums.to_string());
        assert_eq!(lab.applied(), ["1"]);
        lab.db.execute("DROP TABLE a; DELETE FROM limosa_journal WHERE event <> 'format'; DELETE FROM limosa_history");
    }
    let none = limosa_engine::resolve(lab.open(), &version("1"), Resolution::Applied, &mut Silent);
    assert_eq!(none.unwrap_err().diagnostic().name, "nothing-in-doubt");
}
