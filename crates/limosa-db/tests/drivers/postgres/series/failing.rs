//! From the first failure on nothing is done.

use limosa_testkit::{Database, require};

use super::{all_done, outcome, send};
use crate::support::locked;

/// What would be done by itself, or in a transaction of its own, if the server went on.
const BEHIND: [&str; 8] = [
    "INSERT INTO behind VALUES (1)",
    "COMMIT",
    "INSERT INTO behind VALUES (2)",
    "BEGIN",
    "INSERT INTO behind VALUES (3)",
    "COMMIT",
    "CREATE TABLE left_behind ()",
    "COMMIT",
];

fn tables(database: &Database) {
    for sql in [
        "CREATE TABLE t (a int PRIMARY KEY, b int UNIQUE DEFERRABLE INITIALLY DEFERRED)",
        "INSERT INTO t VALUES (1, 1)",
        "CREATE TABLE behind (a int)",
        "CREATE PROCEDURE commits(a int) LANGUAGE plpgsql AS $$
         BEGIN INSERT INTO t VALUES (a, a); COMMIT; END $$",
        "CREATE PROCEDURE commits_and_fails(a int) LANGUAGE plpgsql AS $$
         BEGIN INSERT INTO t VALUES (a, a); COMMIT; RAISE EXCEPTION 'no' USING ERRCODE = 'ZZ001'; END $$",
    ] {
        database.execute(sql);
    }
}

#[test]
fn nothing_behind_a_failure_is_done_wherever_it_happens() {
    let database = require!(Postgres).database();
    tables(&database);
    let mut session = locked(&database);
    // What is sent before, what fails, its code, and how many rows of `t` are kept.
    for (before, failing, code, kept) in [
        (
            &["BEGIN", "INSERT INTO t VALUES (2, 2)"][..],
            "INSERT INTO t VALUES (1, 5)",
            "23505",
            "1",
        ),
        (
            &["BEGIN", "INSERT INTO t VALUES (2, 1)"],
            "COMMIT",
            "23505",
            "1",
        ),
        // The transaction cannot begin: whatever comes behind would be outside of it.
        (
            &["SELECT 1"],
            "BEGIN ISOLATION LEVEL SERIALIZABLE",
            "25001",
            "1",
        ),
        (&[], "BEGIN ISOLATION LEVEL NOTHING", "42601", "1"),
        (&["BEGIN"], "SELEKT 1", "42601", "1"),
        (&["BEGIN"], "SELECT 1; COMMIT", "42601", "1"),
        (&["BEGIN"], "SELECT nowhere", "42703", "1"),
        (
            &["BEGIN", "INSERT INTO t VALUES (2, 2)"],
            "CREATE INDEX CONCURRENTLY i ON t (b)",
            "25001",
            "1",
        ),
        (
            &["BEGIN", "INSERT INTO t VALUES (2, 2)"],
            "VACUUM t",
            "25001",
            "1",
        ),
        (
            &["BEGIN", "INSERT INTO t VALUES (2, 2)"],
            "CALL commits(3)",
            "2D000",
            "1",
        ),
        // Kept is what was committed before the failure, and no more.
        (
            &["BEGIN", "INSERT INTO t VALUES (2, 2)", "COMMIT", "BEGIN"],
            "SELEKT 1",
            "42601",
            "2",
        ),
        (&["CALL commits(3)"], "SELEKT 1", "42601", "3"),
        (&[], "CALL commits_and_fails(4)", "ZZ001", "4"),
        (
            &["CALL commits(5)", "INSERT INTO t VALUES (6, 6)"],
            "SELEKT 1",
            "42601",
            "5",
        ),
    ] {
        send(&mut session, before);
        send(&mut session, &[failing]);
        send(&mut session, &BEHIND);
        let (done, failure, skipped) = outcome(&mut session);
        let failure = failure.unwrap();
        assert_eq!(failure.code(), code, "{failing}: {failure}");
        assert_eq!((done, skipped), (before.len(), BEHIND.len()), "{failing}");
        session.settle().unwrap();
        session.run("ROLLBACK").unwrap();
        assert_eq!(
            database.value("SELECT count(*) FROM behind"),
            "0",
            "{failing}"
        );
        assert_eq!(database.value("SELECT count(*) FROM t"), kept, "{failing}");
        // The session works, by itself and in another series.
        assert_eq!(session.query("SELECT 7", &[]).unwrap()[0].int(0), Some(7));
        send(&mut session, &["BEGIN", "SELECT 1", "COMMIT"]);
        all_done(&mut session);
        session.settle().unwrap();
    }
    assert_eq!(
        database.value("SELECT to_regclass('left_behind') IS NULL"),
        "t"
    );
}

#[test]
fn the_same_when_nobody_reads_the_answers() {
    let database = require!(Postgres).database();
    tables(&database);
    let mut session = locked(&database);
    send(&mut session, &["BEGIN", "INSERT INTO t VALUES (1, 5)"]);
    send(&mut session, &BEHIND);
    session.settle().unwrap();
    session.run("ROLLBACK").unwrap();
    assert_eq!(database.value("SELECT count(*) FROM behind"), "0");
}

#[test]
fn what_is_outside_of_a_transaction_is_committed_with_the_series() {
    let database = require!(Postgres).database();
    tables(&database);
    let mut session = locked(&database);
    send(&mut session, &["INSERT INTO behind VALUES (1)"]);
    all_done(&mut session);
    assert_eq!(database.value("SELECT count(*) FROM behind"), "0");
    session.settle().unwrap();
    assert_eq!(database.value("SELECT count(*) FROM behind"), "1");
    // The server finds out at the end that it cannot be.
    send(&mut session, &["INSERT INTO t VALUES (2, 1)"]);
    all_done(&mut session);
    let error = session.settle().unwrap_err();
    assert_eq!(error.code(), "23505", "{error}");
    assert_eq!(database.value("SELECT count(*) FROM t"), "1");
    assert_eq!(session.query("SELECT 7", &[]).unwrap()[0].int(0), Some(7));
}

#[test]
fn a_failure_has_all_that_the_server_says_and_its_place_in_bytes() {
    let database = require!(Postgres).database();
    let mut session = locked(&database);
    for sql in ["/* äöü */ SELECT nowhere", "/* aou */ SELECT nowhere"] {
        session.send(sql).unwrap();
        let (_, failure, _) = outcome(&mut session);
        let failure = failure.unwrap();
        let position = failure.failure().unwrap().position.unwrap();
        assert!(sql[position..].starts_with("nowhere"), "{sql}: {position}");
        session.settle().unwrap();
    }
    let sql =
        "DO $$ BEGIN RAISE EXCEPTION 'm' USING DETAIL = 'd', HINT = 'h', ERRCODE = 'ZZ001'; END $$";
    session.send(sql).unwrap();
    let (_, failure, _) = outcome(&mut session);
    let ahead = failure.unwrap();
    session.settle().unwrap();
    assert_eq!(session.run(sql).unwrap_err().failure(), ahead.failure());
}

#[test]
fn a_division_by_zero_of_a_migration_is_no_refusal() {
    let database = require!(Postgres).database();
    let mut session = locked(&database);
    session.send("SELECT 1 / 0").unwrap();
    let (_, failure, _) = outcome(&mut session);
    let failure = failure.unwrap();
    assert_eq!((failure.code(), failure.is_refused()), ("22012", false));
    session.settle().unwrap();
}
