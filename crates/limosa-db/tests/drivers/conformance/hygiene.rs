//! What a migration does to its session does not reach the next one.

use std::time::Duration;

use limosa_db::{ConnectOptions, Locked, SessionSettings};
use limosa_testkit::{Database, Kind};

use crate::every::on_every_server;
use crate::support::{lock, locked, options, session_with};

on_every_server!(
    settings_are_put_back,
    settings_are_put_back_inside_a_transaction,
    what_a_migration_left_is_gone,
    an_open_transaction_is_rolled_back,
    the_configured_settings_hold_again_after_a_reset,
);

/// What a migration may change, and how to see it.
fn changes(kind: Kind) -> &'static [(&'static str, &'static str)] {
    match kind {
        Kind::Postgres => &[
            ("SET ROLE pg_read_all_stats", "SELECT current_user::text"),
            (
                "SET SESSION AUTHORIZATION pg_monitor",
                "SELECT session_user::text",
            ),
            (
                "SELECT set_config('search_path', '', false)",
                "SELECT current_setting('search_path')",
            ),
            (
                "SET default_transaction_read_only = on",
                "SELECT current_setting('default_transaction_read_only')",
            ),
            (
                "SET lock_timeout = '7s'",
                "SELECT current_setting('lock_timeout')",
            ),
            (
                "SET standard_conforming_strings = off",
                "SELECT current_setting('standard_conforming_strings')",
            ),
            (
                "SET my.own = 'x'",
                "SELECT coalesce(current_setting('my.own', true), '')",
            ),
        ],
        Kind::MariaDb => &[
            (
                "SET SESSION sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES'",
                "SELECT @@sql_mode",
            ),
            ("SET NAMES latin1", "SELECT @@character_set_client"),
            ("SET NAMES latin1", "SELECT @@collation_connection"),
            ("SET foreign_key_checks = 0", "SELECT @@foreign_key_checks"),
            ("SET unique_checks = 0", "SELECT @@unique_checks"),
            ("SET autocommit = 0", "SELECT @@autocommit"),
            ("SET time_zone = '+05:00'", "SELECT @@time_zone"),
            ("SET sql_safe_updates = 1", "SELECT @@sql_safe_updates"),
            (
                "SET SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE",
                "SELECT @@tx_isolation",
            ),
            ("SET SESSION TRANSACTION READ ONLY", "SELECT @@tx_read_only"),
            ("SET lock_wait_timeout = 7", "SELECT @@lock_wait_timeout"),
            ("USE information_schema", "SELECT database()"),
        ],
        Kind::Sqlite => &[
            (
                "PRAGMA foreign_keys = ON",
                "SELECT foreign_keys FROM pragma_foreign_keys",
            ),
            (
                "PRAGMA recursive_triggers = ON",
                "SELECT recursive_triggers FROM pragma_recursive_triggers",
            ),
            (
                "PRAGMA legacy_alter_table = ON",
                "SELECT legacy_alter_table FROM pragma_legacy_alter_table",
            ),
            (
                "PRAGMA ignore_check_constraints = ON",
                "SELECT ignore_check_constraints FROM pragma_ignore_check_constraints",
            ),
            (
                "PRAGMA writable_schema = ON",
                "SELECT writable_schema FROM pragma_writable_schema",
            ),
            (
                "PRAGMA synchronous = OFF",
                "SELECT synchronous FROM pragma_synchronous",
            ),
        ],
    }
}

fn seen(session: &mut Locked, sql: &str) -> String {
    session.query(sql, &[]).unwrap()[0].text(0).unwrap()
}

fn settings_are_put_back(database: &Database) {
    let mut session = locked(database);
    for (change, look) in changes(database.kind()) {
        let before = seen(&mut session, look);
        session.run(change).unwrap();
        // Some cannot be read back as the changed role; those that can must have changed.
        assert_ne!(seen(&mut session, look), before, "{change} changed nothing");
        session.reset_settings().unwrap();
        assert_eq!(seen(&mut session, look), before, "after {change}");
        session.run(change).unwrap();
        session.reset_session().unwrap();
        assert_eq!(seen(&mut session, look), before, "after {change}");
    }
}

fn settings_are_put_back_inside_a_transaction(database: &Database) {
    let mut session = locked(database);
    session.run("CREATE TABLE t (a int)").unwrap();
    for (change, look) in changes(database.kind()) {
        // These pragmas cannot be changed inside a transaction, so a script cannot either.
        // And turning autocommit on again would commit.
        if ["foreign_keys", "synchronous", "autocommit"]
            .iter()
            .any(|name| change.contains(name))
        {
            continue;
        }
        let before = seen(&mut session, look);
        session.run("BEGIN").unwrap();
        session.run("INSERT INTO t VALUES (1)").unwrap();
        session.run(change).unwrap();
        session.reset_settings().unwrap();
        assert_eq!(seen(&mut session, look), before, "after {change}");
        session.run("ROLLBACK").unwrap();
        assert_eq!(
            seen(&mut session, "SELECT count(*) FROM t"),
            "0",
            "{change} ended the transaction"
        );
        session.reset_session().unwrap();
    }
}

fn what_a_migration_left_is_gone(database: &Database) {
    let mut session = locked(database);
    let left: &[&str] = match database.kind() {
        Kind::Postgres => &[
            "CREATE TEMP TABLE left_behind (a int)",
            "BEGIN; DECLARE c CURSOR WITH HOLD FOR SELECT 1; COMMIT",
            "LISTEN news",
            "PREPARE p AS SELECT 1",
        ],
        Kind::MariaDb => &[
            "CREATE TEMPORARY TABLE left_behind (a int)",
            "LOCK TABLES mysql.user READ",
        ],
        Kind::Sqlite => &[
            "CREATE TEMP TABLE left_behind (a int)",
            "CREATE TEMP VIEW v AS SELECT 1",
            "CREATE TEMP TRIGGER tr AFTER INSERT ON temp.left_behind BEGIN SELECT 1; END",
            "ATTACH ':memory:' AS other",
        ],
    };
    for _ in 0..2 {
        for sql in left {
            session.run(sql).unwrap();
        }
        session.reset_session().unwrap();
        assert!(session.query("SELECT * FROM left_behind", &[]).is_err());
    }
    let guard = format!("SELECT {}", session.guard());
    assert!(
        session.query(&guard, &[]).unwrap()[0].is_true(0),
        "the lock was given back"
    );
}

fn an_open_transaction_is_rolled_back(database: &Database) {
    let mut session = locked(database);
    session.run("CREATE TABLE t (a int)").unwrap();
    session.run("BEGIN; INSERT INTO t VALUES (1)").unwrap();
    session.reset_session().unwrap();
    assert_eq!(seen(&mut session, "SELECT count(*) FROM t"), "0");
    session.run("INSERT INTO t VALUES (1)").unwrap();
    assert_eq!(database.value("SELECT count(*) FROM t"), "1");
}

fn the_configured_settings_hold_again_after_a_reset(database: &Database) {
    let init = match database.kind() {
        Kind::Postgres => "SET work_mem = '5MB'",
        Kind::MariaDb => "SET max_sort_length = 77",
        Kind::Sqlite => "PRAGMA recursive_triggers = ON",
    };
    let look = match database.kind() {
        Kind::Postgres => "SELECT current_setting('work_mem') || current_setting('lock_timeout')",
        Kind::MariaDb => "SELECT concat(@@max_sort_length, '-', @@lock_wait_timeout)",
        Kind::Sqlite => "SELECT recursive_triggers FROM pragma_recursive_triggers",
    };
    let options = ConnectOptions {
        settings: SessionSettings {
            lock_timeout: Some(Duration::from_secs(2)),
            statement_timeout: None,
            init: vec![init.to_owned()],
        },
        ..options()
    };
    let mut session = lock(session_with(database, &options), database);
    let expected = match database.kind() {
        Kind::Postgres => "5MB2s",
        Kind::MariaDb => "77-2",
        Kind::Sqlite => "1",
    };
    assert_eq!(seen(&mut session, look), expected);
    let undo = match database.kind() {
        Kind::Postgres => "SET work_mem = '1MB'; SET lock_timeout = 0",
        Kind::MariaDb => "SET max_sort_length = 1024, lock_wait_timeout = 100",
        Kind::Sqlite => "PRAGMA recursive_triggers = OFF",
    };
    session.run(undo).unwrap();
    session.reset_settings().unwrap();
    assert_eq!(seen(&mut session, look), expected);
    session.reset_session().unwrap();
    assert_eq!(seen(&mut session, look), expected);
}
