//! Cancelled, ended and lost in the middle of a series.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use limosa_db::{Answered, DbError, Expect, Locked};
use limosa_testkit::proxy::{Fault, FaultProxy, When};
use limosa_testkit::{Database, Kind, require};

use super::super::connecting::accepted;
use super::{outcome, send};
use crate::support::{answer, lock, locked, options};

const MOMENT: Duration = Duration::from_millis(20);

/// Whether the session sleeps on the server.
fn sleeps(database: &Database, session: i64) -> bool {
    let sql = format!(
        "SELECT count(*) FROM pg_stat_activity WHERE pid = {session} AND wait_event = 'PgSleep'"
    );
    database.value(&sql) == "1"
}

#[test]
fn a_cancelled_request_fails_and_the_rest_is_skipped() {
    let database = require!(Postgres).database();
    let mut session = locked(&database);
    session.run("CREATE TABLE t (a int)").unwrap();
    let (cancel, pid) = (session.canceller(), session.server().backend.id);
    send(
        &mut session,
        &[
            "BEGIN",
            "SELECT pg_sleep(60)",
            "INSERT INTO t VALUES (1)",
            "COMMIT",
        ],
    );
    assert!(matches!(answer(&mut session), Ok(Answered::Done(_))));
    let (mut looks, mut cancelled) = (0, false);
    let error = session.answer(Duration::ZERO, &mut || {
        looks += 1;
        if !cancelled && looks > 3 && sleeps(&database, pid) {
            cancel();
            cancelled = true;
        }
        MOMENT
    });
    assert_eq!(error.unwrap_err().code(), "57014");
    assert!(cancelled && looks > 3);
    assert_eq!(answer(&mut session).unwrap(), Answered::Skipped);
    assert_eq!(answer(&mut session).unwrap(), Answered::Skipped);
    session.settle().unwrap();
    session.run("ROLLBACK").unwrap();
    assert_eq!(database.value("SELECT count(*) FROM t"), "0");
}

#[test]
fn wherever_a_request_to_cancel_arrives_only_a_beginning_of_the_series_is_done() {
    const UNITS: usize = 200;
    let database = require!(Postgres).database();
    let mut session = locked(&database);
    session.run("CREATE TABLE t (a int)").unwrap();
    let mut met = 0;
    for round in 0..40 {
        session.run("TRUNCATE t").unwrap();
        // Long enough in every second round that it is met wherever this machine is busy.
        let pause = ["", "SELECT pg_sleep(0.05)"][round % 2];
        let (cancel, is_over) = (session.canceller(), AtomicBool::new(false));
        let committed = std::thread::scope(|scope| {
            scope.spawn(|| {
                while !is_over.load(Ordering::SeqCst) {
                    cancel();
                }
            });
            for unit in 0..UNITS {
                session.send("BEGIN").unwrap();
                let sql = "INSERT INTO t VALUES ($1::text::int)";
                session
                    .send_own(sql, &[unit.to_string().into()], Expect::OneRow)
                    .unwrap();
                session.send("COMMIT").unwrap();
                if unit == UNITS / 2 {
                    session.send(pause).unwrap();
                }
            }
            let (done, failure, skipped) = outcome(&mut session);
            is_over.store(true, Ordering::SeqCst);
            if let Some(failure) = failure {
                assert_eq!(failure.code(), "57014", "{failure}");
                assert_eq!(done + 1 + skipped, 3 * UNITS + 1);
                met += 1;
            }
            let paused = done > 3 * (UNITS / 2 + 1);
            (done - usize::from(paused)) / 3
        });
        session.settle().unwrap();
        session.run("ROLLBACK").unwrap();
        // Every unit whose COMMIT was answered, and no other one.
        let rows = database.value("SELECT count(*) || ' ' || coalesce(max(a), -1) FROM t");
        assert_eq!(
            rows,
            format!("{committed} {}", i64::try_from(committed).unwrap() - 1)
        );
    }
    assert!(met > 0, "no request to cancel has met anything");
}

#[test]
fn an_ended_session_is_a_lost_connection_and_earlier_answers_are_kept() {
    let database = require!(Postgres).database();
    let mut session = locked(&database);
    session.run("CREATE TABLE t (a int)").unwrap();
    let pid = session.server().backend.id;
    send(
        &mut session,
        &[
            "BEGIN",
            "INSERT INTO t VALUES (1)",
            "COMMIT",
            "SELECT pg_sleep(60)",
        ],
    );
    send(&mut session, &["INSERT INTO t VALUES (2)"]);
    // So that all of it is on its way; nothing is answered yet.
    for _ in 0..3 {
        assert!(matches!(answer(&mut session), Ok(Answered::Done(_))));
    }
    let error = session.answer(Duration::ZERO, &mut || {
        if sleeps(&database, pid) {
            database.end_sessions(&format!("SELECT {pid}"));
        }
        MOMENT
    });
    let error = error.unwrap_err();
    assert!(
        matches!(&error, DbError::Connection(reason) if reason.contains("administrator")),
        "{error}"
    );
    for error in [
        answer(&mut session).unwrap_err(),
        session.send("SELECT 1").unwrap_err(),
        session.settle().unwrap_err(),
        session.run("SELECT 1").unwrap_err(),
        session.query("SELECT 1", &[]).unwrap_err(),
    ] {
        assert!(
            matches!(&error, DbError::Connection(reason) if reason.contains("administrator")),
            "{error}"
        );
    }
    assert_eq!(database.value("SELECT sum(a) FROM t"), "1");
    drop(locked(&database));
}

#[test]
fn a_copy_that_was_sent_ahead_ends_the_session() {
    let database = require!(Postgres).database();
    database.execute("CREATE TABLE t (a int)");
    for copy in ["COPY t FROM stdin", "COPY t TO stdout"] {
        for behind in [&[][..], &["INSERT INTO t VALUES (1)", "COMMIT"]] {
            let mut session = locked(&database);
            send(&mut session, &["BEGIN", copy]);
            send(&mut session, behind);
            assert!(matches!(answer(&mut session), Ok(Answered::Done(_))));
            let error = answer(&mut session).unwrap_err();
            assert!(
                matches!(&error, DbError::Connection(reason) if reason.contains("COPY")),
                "{error}"
            );
            assert!(matches!(session.settle(), Err(DbError::Connection(_))));
            assert!(matches!(
                session.run("SELECT 1"),
                Err(DbError::Connection(_))
            ));
            drop(session);
        }
    }
    database.wait_until_alone();
}

#[test]
fn a_session_that_is_dropped_in_a_series_gives_the_lock_back() {
    let database = require!(Postgres).database();
    for answered in 0..3 {
        let mut session = locked(&database);
        send(
            &mut session,
            &["BEGIN", "SELECT 1", "SELECT pg_sleep(0.1)", "SELECT 1"],
        );
        for _ in 0..answered {
            answer(&mut session).unwrap();
        }
        let began = Instant::now();
        drop(session);
        assert!(
            began.elapsed() < Duration::from_millis(400),
            "{:?}",
            began.elapsed()
        );
        drop(locked(&database));
    }
}

const UNITS: usize = 3;

/// Units, each in its transaction, of which one may be refused; how many are known to be committed, and whether the
/// connection was lost.
fn units(session: &mut Locked, refused: Option<usize>) -> (usize, bool) {
    for unit in 0..UNITS {
        let sent = session.send("BEGIN").and_then(|()| {
            let sql = if refused == Some(unit) {
                "INSERT INTO t SELECT 1 WHERE false"
            } else {
                "INSERT INTO t VALUES (1)"
            };
            session.send_own(sql, &[], Expect::OneRow)?;
            session.send("COMMIT")
        });
        if sent.is_err() {
            return (0, true);
        }
    }
    let (done, failure, _) = outcome(session);
    let settled = session.settle();
    match failure {
        Some(DbError::Connection(_)) => {
            assert!(matches!(settled, Err(DbError::Connection(_))));
            (done / 3, true)
        }
        Some(error) => {
            assert!(error.is_refused() && refused.is_some(), "{error}");
            (done / 3, settled.is_err())
        }
        None => {
            assert_eq!(refused, None);
            (done / 3, settled.is_err())
        }
    }
}

#[test]
fn wherever_the_connection_is_lost_what_was_answered_is_kept() {
    let server = require!(Postgres);
    let database = server.database();
    database.execute("CREATE TABLE t (a int)");
    let proxy = FaultProxy::start(Kind::Postgres, server.port()).unwrap();
    let url = format!("{}?sslmode=disable", database.url_through(&proxy));
    let connect = || lock(accepted(&url, &options()), &database);
    for refused in [None, Some(1)] {
        proxy.arm([]);
        let mut session = connect();
        let first = proxy.seen().messages.len() + 1;
        assert_eq!(
            units(&mut session, refused),
            (refused.unwrap_or(UNITS), false)
        );
        let messages = proxy.seen().messages;
        let last = messages.len();
        drop(session);
        assert_eq!(messages[first - 1].to_string(), "Parse BEGIN");
        assert_eq!(messages[last - 1].name, "Sync");
        let committed_by = |at: usize| {
            let commits = messages[..at]
                .iter()
                .filter(|message| message.sql == "COMMIT");
            commits.count().min(refused.unwrap_or(UNITS))
        };
        for (at, when) in (first..=last).flat_map(|at| When::ALL.map(|when| (at, when))) {
            database.execute("TRUNCATE t");
            proxy.arm([Fault::cut(at, when)]);
            let mut session = connect();
            let (committed, is_lost) = units(&mut session, refused);
            drop(session);
            database.wait_until_alone();
            let rows: usize = database.value("SELECT count(*) FROM t").parse().unwrap();
            // What was answered is kept, and nothing is done that the server did not have as a whole.
            let message = &messages[at - 1];
            let place = format!("{at} {when:?} {message}: {committed} answered, {rows} kept");
            assert!(is_lost, "{place}");
            assert!(committed <= rows && rows <= committed_by(at), "{place}");
            if when == When::Answered && message.answered {
                assert_eq!(rows, committed_by(at), "{place}");
            }
        }
        if refused.is_none() {
            let answered = messages[first - 1..]
                .iter()
                .filter(|message| message.answered);
            assert_eq!(answered.count(), 3 * UNITS + 1);
        }
    }
}
