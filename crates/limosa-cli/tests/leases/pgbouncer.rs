//! Behind PgBouncer in transaction mode.

use std::time::{Duration, Instant};

use limosa_testkit::{PgBouncer, PoolMode, Postgres, Project, require};

use crate::{race, sleeper};

#[test]
fn twenty_processes_apply_each_migration_once_though_the_leader_is_killed() {
    let pooler = require!(PgBouncer);
    for _ in race::rounds() {
        let database = Postgres::shared().database();
        race::run(&database, &vec![pooler.url(&database); 20], 2);
    }
}

#[test]
fn those_before_and_behind_the_pooler_exclude_each_other() {
    let pooler = require!(PgBouncer);
    let database = Postgres::shared().database();
    let mut urls = vec![pooler.url(&database); 5];
    urls.extend(vec![database.url(); 5]);
    // Whoever leads may hold the other lock, and no lease.
    race::run(&database, &urls, 0);
}

#[test]
fn a_process_that_slept_longer_than_its_lease_does_not_write_when_it_wakes() {
    let pooler = require!(PgBouncer);
    let database = Postgres::shared().database();
    let url = pooler.url(&database);
    let at_work = format!(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = '{}' AND xact_start IS NOT NULL \
         AND pid <> pg_backend_pid() AND query NOT LIKE 'begin; select n%'",
        database.name()
    );
    sleeper::run(&database, &url, &url, &at_work);
}

#[test]
fn the_direct_url_is_for_commands_that_write() {
    let pooler = require!(PgBouncer);
    let database = Postgres::shared().database();
    let project = Project::new(env!("CARGO_BIN_EXE_limosa"))
        .file("migrations/1_a.sql", "CREATE TABLE a (id int);")
        .file(
            "migrations/2_b.sql",
            "CREATE INDEX CONCURRENTLY i ON a (id);",
        );
    let pooled = |arguments: &[&str]| {
        let run = project.limosa(arguments);
        run.env("DATABASE_URL", pooler.url(&database))
    };
    let refused = pooled(&["up"]).run();
    assert_eq!(refused.code, 2, "{refused}");
    assert!(refused.stderr.contains("LIMOSA_DIRECT_URL"), "{refused}");
    assert_eq!(
        database.value("select count(*) from pg_class where relname = 'a'"),
        "0"
    );
    let direct = |arguments: &[&str]| pooled(arguments).env("LIMOSA_DIRECT_URL", database.url());
    let done = direct(&["up"]).run();
    assert_eq!(done.code, 0, "{done}");
    assert!(done.stderr.contains("url from LIMOSA_DIRECT_URL"), "{done}");
    let status = direct(&["status"]).run();
    assert!(status.stderr.contains("url from DATABASE_URL"), "{status}");
}

#[test]
fn a_process_that_sleeps_inside_a_unit_does_not_keep_the_others_waiting_for_ever() {
    let pooler = require!(PgBouncer);
    let database = Postgres::shared().database();
    let url = pooler.url(&database);
    let unit =
        "CREATE TABLE ran (id int PRIMARY KEY);\nSELECT pg_sleep(1);\nINSERT INTO ran VALUES (1);";
    let project = Project::new(env!("CARGO_BIN_EXE_limosa")).file("migrations/1_a.sql", unit);
    let up = || project.limosa(&["up"]).env("DATABASE_URL", &url).start();
    let sleeping = up();
    let inside = format!(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = '{}' AND query = 'SELECT pg_sleep(1)'",
        database.name()
    );
    wait_until(|| database.value(&inside) != "0");
    sleeping.pause();
    let output = up().finish();
    assert_eq!(output.code, 0, "{output}");
    sleeping.resume();
    let woken = sleeping.finish();
    assert_eq!(woken.code, 0, "{woken}");
    assert_eq!(database.query("SELECT id FROM ran"), [["1"]]);
}

#[test]
fn a_direct_url_may_lead_through_a_pooler_in_session_mode_and_not_in_transaction_mode() {
    let pooler = require!(PgBouncer);
    let sessions = PgBouncer::start(Postgres::shared(), PoolMode::Session, &[]);
    let sessions = sessions.expect("the other one runs, too");
    let database = Postgres::shared().database();
    let project = Project::new(env!("CARGO_BIN_EXE_limosa"))
        .file("migrations/1_a.sql", "CREATE TABLE a (id int);")
        .file(
            "migrations/2_b.sql",
            "CREATE INDEX CONCURRENTLY i ON a (id);",
        );
    let up = |direct: &str| {
        let run = project.limosa(&["up"]).env("LIMOSA_DIRECT_URL", direct);
        run.env("DATABASE_URL", pooler.url(&database)).run()
    };
    let refused = up(&pooler.url(&database));
    assert_eq!(refused.code, 2, "{refused}");
    let done = up(&sessions.url(&database));
    assert_eq!(done.code, 0, "{done}");
}

/// A pooler with one session of the server for everybody, which is left by one client as the next one finds it.
fn narrow() -> PgBouncer {
    let size = [("default_pool_size", "1")];
    PgBouncer::start(Postgres::shared(), PoolMode::Transaction, &size)
        .expect("the other one runs, too")
}

#[test]
fn copy_leaves_nothing_behind_that_the_next_process_stumbles_over() {
    require!(PgBouncer);
    let pooler = narrow();
    let database = Postgres::shared().database();
    let copy = |number: u8| {
        format!("CREATE TABLE t{number} (id int);\nCOPY t{number} FROM stdin;\n1\n2\n\\.\n")
    };
    let project = Project::new(env!("CARGO_BIN_EXE_limosa"))
        .file("migrations/1_a.sql", copy(1))
        .file("migrations/2_b.sql", copy(2))
        .file("migrations/3_c.sql", copy(3));
    for version in ["1", "2", "3"] {
        let run = project.limosa(&["up", "--to", version]);
        let output = run.env("DATABASE_URL", pooler.url(&database)).run();
        assert_eq!(output.code, 0, "{output}");
    }
    assert_eq!(database.value("select count(*) from t3"), "2");
}

#[test]
fn an_interrupted_statement_is_cancelled_through_the_pooler() {
    let pooler = require!(PgBouncer);
    let database = Postgres::shared().database();
    let project = Project::new(env!("CARGO_BIN_EXE_limosa")).file(
        "migrations/1_a.sql",
        "CREATE TABLE a (id int);\nSELECT pg_sleep(100);",
    );
    let up = || {
        let run = project.limosa(&["up"]);
        run.env("DATABASE_URL", pooler.url(&database)).start()
    };
    let mut running = up();
    let asleep = format!(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = '{}' AND query = 'SELECT pg_sleep(100)' AND state = 'active'",
        database.name()
    );
    wait_until(|| database.value(&asleep) == "1");
    running.interrupt();
    let output = running.finish();
    assert_eq!(output.code, 130, "{output}");
    assert_eq!(database.value(&asleep), "0");
    project.write("migrations/1_a.sql", "CREATE TABLE a (id int);");
    running = up();
    // The lease was given back: nobody waits for its end.
    let output = running.finish();
    assert_eq!(output.code, 0, "{output}");
    assert!(!output.stderr.contains("waiting"), "{output}");
}

#[test]
fn a_restarted_pooler_is_survived_in_the_same_run() {
    require!(PgBouncer);
    let pooler = narrow();
    let database = Postgres::shared().database();
    let mut project = Project::new(env!("CARGO_BIN_EXE_limosa")).file(
        "migrations/1_a.sql",
        "CREATE TABLE ran (id int);\nINSERT INTO ran VALUES (1);",
    );
    for number in 2..=6 {
        let unit = format!("SELECT pg_sleep(0.3);\nINSERT INTO ran VALUES ({number});");
        project = project.file(format!("migrations/{number}_m.sql"), unit);
    }
    let run = project.limosa(&["up"]);
    let running = run.env("DATABASE_URL", pooler.url(&database)).start();
    let rows = "SELECT count(*) FROM limosa_history WHERE version = '2'";
    wait_until(|| database.try_query(rows).is_ok_and(|rows| rows[0][0] == "1"));
    pooler.kill();
    pooler.restart().expect("it starts again");
    let output = running.finish();
    assert_eq!(output.code, 0, "{output}");
    let ran = database.query("SELECT id, count(*) FROM ran GROUP BY id ORDER BY id");
    let expected: Vec<_> = (1..=6)
        .map(|id| vec![id.to_string(), "1".to_owned()])
        .collect();
    assert_eq!(ran, expected);
}

#[track_caller]
fn wait_until(mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !condition() {
        assert!(Instant::now() < deadline, "what is waited for never comes");
        std::thread::park_timeout(Duration::from_millis(10));
    }
}
