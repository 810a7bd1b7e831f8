//! What a series does when nothing fails, and what goes on around it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use limosa_db::{Answered, DbError, Expect, Locked, Outcome, Value};
use limosa_testkit::{PgBouncer, Postgres, Settings, require};

use super::super::connecting::accepted;
use super::{all_done, outcome, send};
use crate::support::{answer, lock, locked, options};

#[test]
fn ten_thousand_requests_and_a_long_one_are_sent_before_the_first_answer() {
    let database = require!(Postgres).database();
    let mut session = locked(&database);
    session.run("CREATE TABLE t (a int, b text)").unwrap();
    session.send("BEGIN").unwrap();
    let long = "x".repeat(1 << 20);
    for a in 1..=10_000 {
        if a == 5_000 {
            session
                .send(&format!("INSERT INTO t VALUES (0, '{long}')"))
                .unwrap();
        }
        let parameters = [Value::Int(a), Value::from("ä'$1")];
        let sql = "INSERT INTO t VALUES ($1, $2)";
        session.send_own(sql, &parameters, Expect::OneRow).unwrap();
    }
    session.send("COMMIT").unwrap();
    assert_eq!(session.outstanding().requests, 10_003);
    assert!(session.outstanding().bytes > 1 << 20);
    all_done(&mut session);
    session.settle().unwrap();
    let sql = "SELECT count(*), sum(a), sum(length(b)) FROM t";
    let row = &database.query(sql)[0];
    assert_eq!(row[..2], ["10001", "50005000"]);
    assert_eq!(row[2], (40_000 + (1 << 20)).to_string());
}

#[test]
fn texts_mean_what_they_mean_by_themselves() {
    let database = require!(Postgres).database();
    let mut session = locked(&database);
    let [twice, thrice] = if session.server().target.version.0 < 14 {
        ["AS 'SELECT $1 + $1'", "AS 'SELECT 1; SELECT 3 * $1;'"]
    } else {
        ["RETURN $1 + $1", "BEGIN ATOMIC; SELECT 3 * $1; END"]
    };
    let [twice, thrice] = [("twice", twice), ("thrice", thrice)]
        .map(|(name, body)| format!("CREATE FUNCTION {name}(int) RETURNS int LANGUAGE sql {body}"));
    let texts = [
        "CREATE TABLE t (a int, b text)",
        &twice,
        &thrice,
        "CREATE FUNCTION loud(int) RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN $1; END'",
        "PREPARE p (int) AS INSERT INTO t VALUES ($1, '$1')",
        "EXECUTE p (twice(3) + thrice(1) + loud(1))",
        "DO $$ BEGIN EXECUTE 'INSERT INTO t VALUES ($1, $2)' USING 1, 'b'; END $$",
        "CREATE RULE r AS ON DELETE TO t DO INSTEAD (UPDATE t SET a = a + 1; UPDATE t SET a = a + 1)",
        "DELETE FROM t",
        "DECLARE c CURSOR FOR SELECT * FROM t",
        "FETCH ALL FROM c",
        "-- only a comment",
        "SAVEPOINT s",
        "INSERT INTO t VALUES (1000, '')",
        "ROLLBACK TO s",
        "EXPLAIN (ANALYZE) INSERT INTO t VALUES (100, '')",
        "SHOW search_path",
        "SELECT 1 ; ",
    ];
    send(&mut session, &["BEGIN"]);
    send(&mut session, &texts);
    send(&mut session, &["COMMIT"]);
    all_done(&mut session);
    session.settle().unwrap();
    assert_eq!(database.value("SELECT sum(a) FROM t"), "115");
}

#[test]
fn each_request_has_the_statement_timeout_for_itself() {
    let database = require!(Postgres).database();
    let mut session = locked(&database);
    let limit = Some(Duration::from_millis(400));
    session.send_timeouts(None, limit).unwrap();
    send(&mut session, &["BEGIN"]);
    send(&mut session, &["SELECT pg_sleep(0.15)"; 6]);
    session.send_timeouts(None, None).unwrap();
    send(&mut session, &["SELECT pg_sleep(0.6)", "COMMIT"]);
    all_done(&mut session);
    session.settle().unwrap();
    session.send_timeouts(None, limit).unwrap();
    send(&mut session, &["SELECT pg_sleep(60)"]);
    let (done, failure, _) = outcome(&mut session);
    assert_eq!((done, failure.unwrap().code()), (1, "57014"));
    session.settle().unwrap();
}

#[test]
fn large_results_and_many_notices_are_read_past() {
    let database = require!(Postgres).database();
    let mut session = locked(&database);
    let rows = "SELECT repeat('x', 1000), NULL, '{1}'::int[], 'int'::regtype FROM generate_series(1, 20000)";
    let loud =
        "DO $$ BEGIN FOR i IN 1 .. 20000 LOOP RAISE NOTICE '%', repeat('x', 500); END LOOP; END $$";
    for _ in 0..3 {
        session.send(rows).unwrap();
        session.send(loud).unwrap();
    }
    session.send("").unwrap();
    let first = answer(&mut session).unwrap();
    assert_eq!(first, Answered::Done(Outcome { rows: Some(20_000) }));
    all_done(&mut session);
    session.settle().unwrap();
    assert_eq!(session.query("SELECT 7", &[]).unwrap()[0].int(0), Some(7));
}

#[test]
fn notices_have_come_when_their_request_is_answered_and_no_others() {
    let database = require!(Postgres).database();
    let mut session = locked(&database);
    let heard = Arc::new(Mutex::new(Vec::new()));
    let ear = Arc::clone(&heard);
    session.on_notice(Box::new(move |severity, text| {
        ear.lock().unwrap().push(format!("{severity} {text}"));
    }));
    let say = |number: usize| format!("DO $$ BEGIN RAISE NOTICE '{number}'; END $$");
    for _ in 0..20 {
        for number in 0..5 {
            session.send(&say(number)).unwrap();
        }
        session.send("ROLLBACK").unwrap();
        for number in 0..5 {
            answer(&mut session).unwrap();
            let heard = std::mem::take(&mut *heard.lock().unwrap());
            assert_eq!(heard, [format!("NOTICE {number}")]);
        }
        // That there was no transaction interests nobody.
        answer(&mut session).unwrap();
        session.settle().unwrap();
        assert!(heard.lock().unwrap().is_empty());
    }
    session.send(&say(7)).unwrap();
    session.settle().unwrap();
    session.run(&say(8)).unwrap();
    assert_eq!(*heard.lock().unwrap(), ["NOTICE 7", "NOTICE 8"]);
}

#[test]
fn nothing_else_is_done_while_a_series_is_open() {
    let database = require!(Postgres).database();
    let mut session = locked(&database);
    session.run("CREATE TABLE t (a int)").unwrap();
    send(&mut session, &["BEGIN"]);
    for error in [
        session.run("INSERT INTO t VALUES (1)").unwrap_err(),
        session
            .execute("INSERT INTO t VALUES (1)", &[])
            .unwrap_err(),
        session.query("SELECT 1", &[]).unwrap_err(),
        session.reset_settings().unwrap_err(),
        session.reset_session().unwrap_err(),
        session.set_timeouts(None, None).unwrap_err(),
        session
            .copy_in("COPY t FROM stdin", &mut &b"1\n"[..])
            .unwrap_err(),
    ] {
        assert!(
            matches!(&error, DbError::Client(why) if why.contains("settled")),
            "{error}"
        );
    }
    send(&mut session, &["COMMIT"]);
    all_done(&mut session);
    session.settle().unwrap();
    assert_eq!(
        session.query("SELECT count(*) FROM t", &[]).unwrap()[0].int(0),
        Some(0)
    );
}

#[test]
fn our_own_statements_are_prepared_again_when_they_are_gone() {
    let database = require!(Postgres).database();
    let mut session = locked(&database);
    session.run("CREATE TABLE t (a text)").unwrap();
    let one = |session: &mut Locked, value: &str| {
        let sql = "INSERT INTO t VALUES ($1::text)";
        session.send_own(sql, &[value.into()], Expect::OneRow)
    };
    let prepared =
        "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%INSERT INTO t%'";
    for takes_away in [
        "SELECT 1",
        "DEALLOCATE ALL",
        "DO $$ BEGIN EXECUTE 'DEALLOCATE ALL'; END $$",
        "ALTER TABLE t ADD COLUMN b int",
        "DROP TABLE t; CREATE TABLE t (a text)",
    ] {
        for _ in 0..3 {
            one(&mut session, "a").unwrap();
        }
        all_done(&mut session);
        session.settle().unwrap();
        session.run(takes_away).unwrap();
        // One that cannot be sent, and one that never comes to the server.
        assert!(one(&mut session, "\0").is_err(), "{takes_away}");
        one(&mut session, "a").unwrap();
        send(&mut session, &["SELEKT"]);
        one(&mut session, "a").unwrap();
        assert_eq!(outcome(&mut session).0, 1, "{takes_away}");
        session.settle().unwrap();
        one(&mut session, "a").unwrap();
        all_done(&mut session);
        session.settle().unwrap();
        assert_eq!(session.query(prepared, &[]).unwrap()[0].int(0), Some(1));
    }
}

#[test]
fn what_cannot_be_sent_has_no_answer() {
    let database = require!(Postgres).database();
    let mut session = locked(&database);
    let nul = [Value::from("a\0b")];
    for sent in [
        session.send("SELECT '\0'"),
        session.send_own("DELETE FROM t WHERE a = $1", &nul, Expect::OneRow),
    ] {
        assert!(matches!(sent, Err(DbError::Client(_))), "{sent:?}");
    }
    assert_eq!(session.outstanding().requests, 0);
    send(&mut session, &["SELECT 1"]);
    all_done(&mut session);
    session.settle().unwrap();
}

/// Data that nobody can read to its end.
struct Broken;

impl std::io::Read for Broken {
    fn read(&mut self, _into: &mut [u8]) -> std::io::Result<usize> {
        Err(std::io::Error::other("the disk is gone"))
    }
}

#[test]
fn copy_works_before_between_and_after_series() {
    let database = require!(Postgres).database();
    let mut session = locked(&database);
    session.run("CREATE TABLE t (a int)").unwrap();
    for round in 0..5 {
        let copied = session.copy_in("COPY t FROM stdin", &mut &b"1\n2\n"[..]);
        assert_eq!(copied.unwrap().rows, Some(2));
        send(
            &mut session,
            &["BEGIN", "INSERT INTO t VALUES (3)", "COMMIT"],
        );
        all_done(&mut session);
        session.settle().unwrap();
        // Refused by the server, with a bad line, and with data that nobody can read.
        assert!(
            session
                .copy_in("COPY nowhere FROM stdin", &mut &b""[..])
                .is_err()
        );
        assert!(
            session
                .copy_in("COPY t FROM stdin", &mut &b"x\n"[..])
                .is_err()
        );
        assert!(session.copy_in("COPY", &mut &b""[..]).is_err());
        let broken = session.copy_in("COPY t FROM stdin", &mut Broken);
        assert!(matches!(broken, Err(DbError::Input(_))), "{broken:?}");
        send(&mut session, &["INSERT INTO t VALUES (4)", "SELEKT"]);
        assert_eq!(outcome(&mut session).0, 1);
        session.settle().unwrap();
        assert_eq!(
            database.value("SELECT count(*) FROM t"),
            (3 * (round + 1)).to_string()
        );
    }
}

#[test]
fn an_error_before_a_series_leaves_nothing_of_its_answer_behind() {
    let database = require!(Postgres).database();
    let mut session = locked(&database);
    for _ in 0..200 {
        assert!(session.run("SELEKT").is_err());
        send(&mut session, &["SELECT 1"]);
        all_done(&mut session);
        session.settle().unwrap();
        assert!(session.query("SELECT nowhere", &[]).is_err());
        assert!(session.query("SELECT now() AS no_text", &[]).is_err());
        send(&mut session, &["SELECT 1", "SELEKT"]);
        assert_eq!(outcome(&mut session).0, 1);
        session.settle().unwrap();
    }
}

#[test]
fn notifications_of_others_do_not_disturb_a_series() {
    let database = require!(Postgres).database();
    let mut session = locked(&database);
    session.run("LISTEN news").unwrap();
    for round in 0..50 {
        database.execute(&format!(
            "SELECT pg_notify('news', repeat('x', 7000)) FROM generate_series(1, {round})"
        ));
        send(&mut session, &["BEGIN", "SELECT 1", "COMMIT"]);
        all_done(&mut session);
        session.settle().unwrap();
        assert_eq!(session.query("SELECT 7", &[]).unwrap()[0].int(0), Some(7));
    }
}

#[test]
fn a_series_is_encrypted_as_the_session_is() {
    let server = match Postgres::start(&Settings::new().tls()) {
        Ok(server) => server,
        Err(reason) => return limosa_testkit::skip_or_panic(&reason),
    };
    let database = server.database();
    let url = format!("{}?sslmode=require", database.url());
    let mut session = lock(accepted(&url, &options()), &database);
    assert!(session.sends_ahead());
    session.run("CREATE TABLE t (a int, b text)").unwrap();
    let ssl = "INSERT INTO t SELECT 0, ssl::text FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    send(&mut session, &["BEGIN", ssl]);
    let long = format!("INSERT INTO t VALUES (1, '{}')", "x".repeat(1 << 20));
    for number in 0..2_000 {
        session.send("SELECT repeat('y', 2000)").unwrap();
        if number % 500 == 0 {
            session.send(&long).unwrap();
        }
    }
    send(&mut session, &["COMMIT"]);
    all_done(&mut session);
    session.settle().unwrap();
    assert_eq!(
        database.value("SELECT sum(length(b)) FROM t"),
        ((4 << 20) + 4).to_string()
    );
    assert_eq!(database.value("SELECT b FROM t WHERE a = 0"), "true");
    session
        .copy_in("COPY t (a) FROM stdin", &mut &b"1\n"[..])
        .unwrap();
}

#[test]
fn behind_a_pooler_one_thing_is_done_after_the_other() {
    let pooler = match PgBouncer::try_shared() {
        Ok(pooler) => pooler,
        Err(reason) => return limosa_testkit::skip_or_panic(reason),
    };
    let database = require!(Postgres).database();
    // Where the lease is.
    database.execute(&format!("CREATE SCHEMA \"{}\"", database.name()));
    let mut session = lock(accepted(&pooler.url(&database), &options()), &database);
    assert!(!session.sends_ahead());
    send(
        &mut session,
        &[
            "BEGIN",
            "CREATE TABLE t (a int)",
            "INSERT INTO t VALUES (1)",
            "COMMIT",
        ],
    );
    send(
        &mut session,
        &["BEGIN", "SELEKT", "CREATE TABLE left_behind ()"],
    );
    let (done, failure, skipped) = outcome(&mut session);
    assert_eq!((done, failure.unwrap().code(), skipped), (5, "42601", 1));
    session.settle().unwrap();
    session.run("ROLLBACK").unwrap();
    assert_eq!(
        database.value("SELECT to_regclass('left_behind') IS NULL"),
        "t"
    );
    assert_eq!(database.value("SELECT count(*) FROM t"), "1");
}
