//! `limosa` behind a real PgBouncer in transaction mode.

mod support;

use std::time::Duration;

use limosa_db::OtherKey;
use limosa_testkit::{PgBouncer, PoolMode, Postgres, require};
use support::{Lab, Remarks, UP, two_locks};

/// A folder beside a database that is reached through the pooler.
fn lab(pooler: &PgBouncer) -> Lab {
    let mut lab = Lab::with(Postgres::shared().database());
    lab.url = Some(pooler.url(&lab.db));
    lab
}

#[test]
fn the_pooler_is_seen_and_the_server_itself_too() {
    let pooler = require!(PgBouncer);
    let mut lab = lab(pooler);
    for _ in 0..20 {
        let seen = lab.open().server().capabilities;
        assert!(!seen.lasting_sessions && !seen.session_locks);
    }
    lab.url = None;
    let seen = lab.open().server().capabilities;
    assert!(seen.lasting_sessions && seen.session_locks);
}

#[test]
fn migrations_go_up_and_down_through_the_pooler() {
    let pooler = require!(PgBouncer);
    let lab = lab(pooler);
    lab.file(
        "1_a.up.sql",
        "CREATE TABLE a (id int);\nINSERT INTO a VALUES (1);",
    )
    .file("1_a.down.sql", "DROP TABLE a;")
    .file(
        "2_b.up.sql",
        "CREATE TABLE b (id int);\nCOPY b FROM stdin;\n1\n2\n\\.\n",
    )
    .file("2_b.down.sql", "DROP TABLE b;")
    .file(
        "3_c.sql",
        "BEGIN;\nCREATE TABLE c (id int);\nCOMMIT;\nBEGIN;\nINSERT INTO c VALUES (1);\nCOMMIT;",
    );
    assert_eq!(lab.up().done.len(), 3);
    assert_eq!(lab.applied(), ["1", "2", "3"]);
    assert_eq!(lab.db.value("select count(*) from b"), "2");
    let holder = "select holder, token from limosa_lock where part = 'lease'";
    assert_eq!(lab.db.query(holder), [["NULL", "1"]]);
    lab.remove("3_c.sql");
    lab.db
        .execute("delete from limosa_history where version = '3'");
    lab.down(2);
    assert!(!lab.has_table("a") && !lab.has_table("b"));
    assert_eq!(lab.db.query(holder), [["NULL", "2"]]);
}

#[test]
fn what_does_not_run_in_a_transaction_is_refused_before_anything_runs() {
    let pooler = require!(PgBouncer);
    let mut lab = lab(pooler);
    lab.file("1_a.sql", "CREATE TABLE a (id int);")
        .file("2_b.sql", "CREATE INDEX CONCURRENTLY i ON a (id);");
    let failure = lab.up_fails();
    let report = failure.problem.diagnostic();
    assert_eq!(report.name, "needs-direct-url", "{report:?}");
    assert!(report.help.iter().any(|help| help.contains("direct-url")));
    assert!(
        !lab.has_table("a") && !lab.has_table("limosa_history") && !lab.has_table("limosa_lock")
    );
    lab.url = None;
    assert_eq!(lab.up().done.len(), 2);
}

#[test]
fn what_a_migration_sets_does_not_reach_other_clients() {
    // One session of the server for everybody.
    let pooler = PgBouncer::start(
        Postgres::shared(),
        PoolMode::Transaction,
        &[("default_pool_size", "1"), ("min_pool_size", "1")],
    );
    let pooler = match pooler {
        Ok(pooler) => pooler,
        Err(reason) => return limosa_testkit::skip_or_panic(&reason),
    };
    let lab = lab(&pooler);
    let seen = "select current_setting('search_path'), current_setting('lock_timeout'), current_user::text, \
                current_setting('role'), current_setting('work_mem'), current_setting('statement_timeout'), \
                current_setting('shop.tenant', true), current_setting('idle_in_transaction_session_timeout'), \
                (select count(*) from pg_class where relnamespace = pg_my_temp_schema() and relkind = 'r'), \
                (select count(*) from pg_cursors where is_holdable), pg_backend_pid(), \
                (select string_agg(name, ' ') from pg_prepared_statements where from_sql)";
    lab.db.execute("create schema app; create role limosa_pooled_owner_test; grant all on schema app to limosa_pooled_owner_test");
    let mut other = pooler.open(&lab.db);
    // Somebody's own setting in the session of the server stays, too.
    other.execute("set work_mem = '7MB'; prepare others as select 1");
    let before = other.query(seen);
    lab.file(
        "1_a.sql",
        "SET search_path = app;\nSET lock_timeout = '7s';\nSET ROLE limosa_pooled_owner_test;\nSET statement_timeout = '8s';\n\
         SELECT set_config('shop.tenant', 'x', false);\nSET work_mem = '9MB';\nDO $$ BEGIN SET idle_in_transaction_session_timeout = '9s'; END $$;\n\
         CREATE TABLE t (id int);\nCREATE TEMPORARY TABLE left_over (id int);\nDECLARE c CURSOR WITH HOLD FOR SELECT 1;\nLISTEN news;\nPREPARE \"left Over\" AS SELECT 1;",
    )
    .file("2_b.sql", "CREATE TABLE u (id int);");
    let ran = lab.run(UP);
    let after = other.query(seen);
    drop(other);
    lab.db.execute(
        "drop owned by limosa_pooled_owner_test cascade; drop role limosa_pooled_owner_test",
    );
    Lab::done(ran);
    let expected: Vec<Vec<String>> = before
        .into_iter()
        .map(|mut row| {
            // A name that was set once is empty, not unknown.
            if row[6] == "NULL" {
                row[6] = after[0][6].clone();
            }
            row
        })
        .collect();
    assert_eq!(after, expected);
    assert!(after[0][6].is_empty() || after[0][6] == "NULL");
    assert_eq!(lab.db.value("select nspname from pg_class c join pg_namespace n on n.oid = relnamespace where relname = 'u'"), "public");
}

#[test]
fn whoever_waits_says_who_holds_the_lease() {
    let pooler = require!(PgBouncer);
    let mut lab = lab(pooler);
    lab.file("1_a.sql", "CREATE TABLE a (id int);");
    lab.up();
    lab.db.execute("update limosa_lock set holder = 'limosa of ada@web-3 (pid 8812)', since = now() - interval '1 minute' where part = 'lease'");
    lab.file("2_b.sql", "CREATE TABLE b (id int);");
    lab.lock_wait = Duration::from_secs(2);
    let failure = lab.up_fails();
    let report = failure.problem.diagnostic();
    assert_eq!(report.name, "lock-held");
    assert!(
        report.message.contains("limosa of ada@web-3 (pid 8812)"),
        "{report:?}"
    );
    // Nobody gives a sign of life in that name.
    lab.lock_wait = Duration::from_secs(60);
    assert_eq!(lab.up().done.len(), 1);
}

#[test]
fn a_down_that_drops_the_schema_keeps_the_lease() {
    let pooler = require!(PgBouncer);
    let lab = lab(pooler);
    lab.file("1_a.up.sql", "CREATE TABLE a (id int);").file(
        "1_a.down.sql",
        "DROP SCHEMA public CASCADE;\nCREATE SCHEMA public;",
    );
    lab.up();
    lab.down(1);
    assert!(!lab.has_table("a"));
    assert_eq!(lab.up().done.len(), 1);
    let lease = "select holder, token from limosa_lock where part = 'lease'";
    assert_eq!(lab.db.query(lease), [["NULL", "3"]]);
}

#[test]
fn what_the_configuration_sets_for_every_session_holds_in_every_transaction() {
    let pooler = require!(PgBouncer);
    let mut lab = lab(pooler);
    lab.db.execute("create schema app");
    let before = pooler
        .open(&lab.db)
        .value("select current_setting('search_path')");
    lab.init = vec!["SET search_path = app".to_owned()];
    lab.file("1_a.up.sql", "CREATE TABLE a (id int);")
        .file("1_a.down.sql", "DROP TABLE a;");
    lab.up();
    let schemas = "select distinct nspname from pg_class c join pg_namespace n on n.oid = relnamespace \
                   where relname in ('a', 'limosa_history', 'limosa_lock')";
    assert_eq!(lab.db.query(schemas), [["app"]]);
    assert_eq!(lab.applied(), ["1"]);
    lab.down(1);
    assert!(!lab.has_table("a"));
    assert_eq!(
        pooler
            .open(&lab.db)
            .value("select current_setting('search_path')"),
        before
    );
}

#[test]
fn the_first_run_needs_no_time_to_wait() {
    let pooler = require!(PgBouncer);
    let mut lab = lab(pooler);
    lab.lock_wait = Duration::ZERO;
    lab.file("1_a.sql", "CREATE TABLE a (id int);");
    assert_eq!(lab.up().done.len(), 1);
}

#[test]
fn a_large_and_busy_pool_that_takes_its_sessions_in_turn_is_seen() {
    require!(PgBouncer);
    let pooler = PgBouncer::start(
        Postgres::shared(),
        PoolMode::Transaction,
        &[
            ("default_pool_size", "30"),
            ("min_pool_size", "10"),
            ("server_round_robin", "1"),
        ],
    )
    .expect("the other one runs, too");
    let lab = lab(&pooler);
    let mut busy: Vec<_> = (0..10).map(|_| pooler.open(&lab.db)).collect();
    for client in busy.iter_mut().step_by(2) {
        client.execute("begin; select 1");
    }
    for client in &mut busy {
        assert!(!lab.open().server().capabilities.session_locks);
        client.execute("select 1");
    }
}

#[test]
fn a_tool_that_is_not_kept_out_is_told_once() {
    let pooler = require!(PgBouncer);
    let mut lab = lab(pooler);
    lab.other_locks = two_locks(|number| OtherKey::Number(i64::from(number)));
    lab.file("1_a.sql", "CREATE TABLE a (id int);")
        .file("2_b.sql", "CREATE TABLE b (id int);");
    // Whoever has one of them is in nobody's way.
    let mut tool = lab.db.open();
    tool.query("SELECT 1 FROM pg_advisory_lock(1)");
    let mut told = Remarks::default();
    Lab::done(lab.up_observed(&mut told));
    let said =
        "that-tool is not kept out while limosa works: its lock excludes nobody behind a pooler";
    assert_eq!(told.0, [said]);
    assert_eq!(lab.applied(), ["1", "2"]);
    // By the way of the server itself its lock counts.
    lab.url = None;
    lab.lock_wait = Duration::ZERO;
    lab.file("3_c.sql", "CREATE TABLE c (id int);");
    let report = lab.up_fails().problem.diagnostic();
    assert_eq!(report.name, "lock-held");
    // Beside a lease, too, nothing is written without it.
    tool.query("SELECT pg_advisory_unlock(1)");
    lab.file(
        "3_c.sql",
        "SELECT pg_advisory_unlock(2);\nCREATE TABLE c (id int);",
    );
    lab.up_fails();
    assert!(!lab.has_table("c"));
    lab.file("3_c.sql", "CREATE TABLE c (id int);");
    lab.up();
}
