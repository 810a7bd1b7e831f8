//! What only PostgreSQL has.

mod support;

use std::sync::atomic::{AtomicBool, Ordering};

use limosa_core::event::{Event, Observer};
use limosa_core::history::State;
use limosa_core::plan::Goal;
use limosa_engine::Answer;
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

/// Keeps what it is told about retries and notices.
#[derive(Default)]
struct Told {
    retries: Vec<u64>,
    notices: Vec<String>,
    /// Called at the third retry.
    give_way: Option<Box<dyn FnOnce()>>,
}

impl Observer for Told {
    fn observe(&mut self, event: &Event<'_>) {
        match event {
            Event::LockRetry { number, .. } => {
                self.retries.push(*number);
                if self.retries.len() == 3
                    && let Some(give_way) = self.give_way.take()
                {
                    give_way();
                }
            }
            Event::Notice { message, .. } => self.notices.push((*message).to_owned()),
            _ => {}
        }
    }
}

#[test]
fn a_held_table_lock_is_waited_for_in_short_attempts_within_the_budget() {
    let mut lab = lab!();
    lab.lock_timeout = std::time::Duration::from_millis(50);
    lab.file("1_a.sql", "CREATE TABLE a (id int);\n");
    lab.up();
    let mut reader = lab.db.open();
    reader.execute("BEGIN; LOCK TABLE a IN ACCESS SHARE MODE");
    lab.file(
        "2_b.sql",
        "CREATE TABLE b (id int);\nSET search_path = public;\nALTER TABLE a ADD COLUMN b int;\n",
    );
    // Without a budget the first attempt is the last.
    lab.lock_budget = std::time::Duration::ZERO;
    let failure = lab.up_fails();
    assert_eq!(
        failure.failed.as_ref().unwrap().code.as_deref(),
        Some("55P03")
    );
    assert!(!lab.has_table("b"));
    lab.lock_budget = std::time::Duration::from_secs(60);
    let mut told = Told {
        give_way: Some(Box::new(move || reader.execute("COMMIT"))),
        ..Told::default()
    };
    let ran = lab.up_observed(&mut told);
    Lab::done(ran);
    assert_eq!(told.retries, [3, 3, 3]);
    assert_eq!(lab.applied(), ["1", "2"]);
    assert!(lab.has_table("b"));
}

#[test]
fn what_the_server_says_beside_its_answers_is_told() {
    let lab = lab!();
    lab.file(
        "1_a.sql",
        "CREATE TABLE IF NOT EXISTS a (id int);\nCREATE TABLE IF NOT EXISTS a (id int);\n",
    );
    let mut told = Told::default();
    let ran = lab.up_observed(&mut told);
    Lab::done(ran);
    assert_eq!(told.notices, ["relation \"a\" already exists, skipping"]);
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
