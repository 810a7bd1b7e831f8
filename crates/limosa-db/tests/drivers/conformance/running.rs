//! Running text: large results, errors and their places, cancelling.

use std::time::{Duration, Instant};

use limosa_testkit::{Database, Kind};

use crate::every::on_every_server;
use crate::support::locked;

on_every_server!(
    a_large_result_is_read_and_dropped,
    several_statements_run_as_one_text,
    an_error_has_its_code,
    a_session_goes_on_after_an_error,
    a_long_statement_is_canceled_from_another_thread,
    a_request_to_cancel_never_meets_a_later_statement,
    a_statement_timeout_ends_a_long_statement,
);

fn a_large_result_is_read_and_dropped(database: &Database) {
    let mut session = locked(database);
    let sql = match database.kind() {
        Kind::Postgres => "SELECT repeat('x', 1000) FROM generate_series(1, 20000)",
        Kind::MariaDb => "SELECT repeat('x', 1000) FROM seq_1_to_20000",
        Kind::Sqlite => {
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
             SELECT hex(zeroblob(500)) FROM n"
        }
    };
    session.run(sql).unwrap();
    let rows = session.query("SELECT 7", &[]).unwrap();
    assert_eq!(rows[0].int(0), Some(7));
}

fn several_statements_run_as_one_text(database: &Database) {
    let mut session = locked(database);
    let sql = "CREATE TABLE t (a int); INSERT INTO t VALUES (1); SELECT a FROM t; INSERT INTO t VALUES (2), (3)";
    session.run(sql).unwrap();
    assert_eq!(database.value("SELECT count(*) FROM t"), "3");
}

fn an_error_has_its_code(database: &Database) {
    let mut session = locked(database);
    session.run("CREATE TABLE t (a int PRIMARY KEY)").unwrap();
    session.run("INSERT INTO t VALUES (1)").unwrap();
    let error = session.run("INSERT INTO t VALUES (1)").unwrap_err();
    let failure = error.failure().unwrap();
    let (code, sqlstate) = match database.kind() {
        Kind::Postgres => ("23505", Some("23505")),
        Kind::MariaDb => ("1062", Some("23000")),
        Kind::Sqlite => ("SQLITE_CONSTRAINT_UNIQUE", None),
    };
    if database.kind() == Kind::Sqlite {
        assert!(failure.code.starts_with("SQLITE_CONSTRAINT"), "{failure:?}");
    } else {
        assert_eq!(
            (failure.code.as_str(), failure.sqlstate.as_deref()),
            (code, sqlstate)
        );
    }
    // The place, where the server tells it, is a byte offset of what was sent.
    let sql = "/* äöü */ SELECT nowhere FROM t";
    let error = session.run(sql).unwrap_err();
    let failure = error.failure().unwrap();
    if database.kind() != Kind::MariaDb {
        let position = failure.position.unwrap();
        assert!(sql[position..].starts_with("nowhere"), "{failure:?}");
    }
}

fn a_session_goes_on_after_an_error(database: &Database) {
    let mut session = locked(database);
    for _ in 0..3 {
        assert!(session.run("SELECT 1; SELEKT 2; SELECT 3").is_err());
        assert!(session.query("SELECT nowhere", &[]).is_err());
        assert!(
            session
                .execute("INSERT INTO nowhere VALUES (1)", &[])
                .is_err()
        );
        assert_eq!(session.query("SELECT 7", &[]).unwrap()[0].int(0), Some(7));
    }
}

/// A statement that runs for about a minute unless it is stopped.
fn endless(database: &Database) -> &'static str {
    match database.kind() {
        Kind::Postgres => "SELECT pg_sleep(60)",
        Kind::MariaDb => "SELECT count(*) FROM seq_1_to_100000 a, seq_1_to_100000 b",
        Kind::Sqlite => {
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000) SELECT max(i) FROM n"
        }
    }
}

fn a_long_statement_is_canceled_from_another_thread(database: &Database) {
    let mut session = locked(database);
    let cancel = session.canceller();
    let began = Instant::now();
    let sql = endless(database);
    let error = std::thread::scope(|scope| {
        let running = scope.spawn(|| session.run(sql).unwrap_err());
        // The request may arrive before the statement does: it is repeated until it has met it.
        while !running.is_finished() {
            cancel();
            std::thread::yield_now();
        }
        running.join().unwrap()
    });
    assert!(began.elapsed() < Duration::from_secs(20));
    let code = match database.kind() {
        Kind::Postgres => "57014",
        Kind::MariaDb => "1317",
        Kind::Sqlite => "SQLITE_INTERRUPT",
    };
    assert_eq!(error.code(), code, "{error}");
    assert_eq!(session.query("SELECT 7", &[]).unwrap()[0].int(0), Some(7));
}

fn a_request_to_cancel_never_meets_a_later_statement(database: &Database) {
    let mut session = locked(database);
    let cancel = session.canceller();
    for _ in 0..30 {
        // Nothing runs now, so the request is for nothing.
        cancel();
        assert_eq!(session.query("SELECT 7", &[]).unwrap()[0].int(0), Some(7));
    }
}

fn a_statement_timeout_ends_a_long_statement(database: &Database) {
    let mut session = locked(database);
    session
        .set_timeouts(None, Some(Duration::from_millis(200)))
        .unwrap();
    let began = Instant::now();
    let error = session.run(endless(database)).unwrap_err();
    assert!(began.elapsed() < Duration::from_secs(20));
    assert!(error.failure().is_some(), "{error}");
    session.reset_settings().unwrap();
    assert_eq!(session.query("SELECT 7", &[]).unwrap()[0].int(0), Some(7));
}
