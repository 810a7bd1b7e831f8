//! Behind PgBouncer in transaction mode.

use std::time::{Duration, Instant};

use limosa_testkit::{PgBouncer, PoolMode, Postgres, Project, require};

use crate::{race, sleeper};

#[test]
fn twenty_processes_apply_each_migration_once_though_the_leader_is_killed() {
    let pooler = require!(PgBouncer);
    let database = Postgres::shared().database();
    race::run(&database, &vec![pooler.url(&database); 20], 2);
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
    let deadline = Instant::now() + Duration::from_secs(60);
    while database.value(&inside) == "0" {
        assert!(Instant::now() < deadline, "it never comes to its unit");
        std::thread::yield_now();
    }
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
