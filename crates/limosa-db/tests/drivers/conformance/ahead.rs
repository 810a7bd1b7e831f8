//! A series of requests means the same whether it is sent ahead or done in turn.

use std::time::Duration;

use limosa_db::{Answered, DbError, Expect, Locked, Outcome, Outstanding};
use limosa_testkit::{Database, Kind};

use crate::every::{on_every_server, places};
use crate::support::{answer, lock, locked, options, session_with};

on_every_server!(
    requests_are_done_and_answered_in_their_order,
    from_a_failure_on_everything_is_skipped,
    a_refused_guard_skips_what_is_behind_it,
    own_statements_without_a_guard_may_change_any_number_of_rows,
    what_nobody_answered_is_done_when_the_series_is_settled,
    nothing_is_answered_where_nothing_was_sent,
    settings_are_put_back_and_timeouts_set_between_other_requests,
);

fn begin(database: &Database) -> &'static str {
    match database.kind() {
        Kind::Postgres | Kind::Sqlite => "BEGIN",
        Kind::MariaDb => "START TRANSACTION",
    }
}

fn with_table(database: &Database) -> Locked {
    let mut session = locked(database);
    create_table(&mut session);
    session
}

fn insert(session: &mut Locked, database: &Database, a: i64) {
    let sql = format!("INSERT INTO t VALUES ({})", places(database, 2));
    let parameters = [a.into(), "ä'\"\\".into()];
    session.send_own(&sql, &parameters, Expect::OneRow).unwrap();
}

fn requests_are_done_and_answered_in_their_order(database: &Database) {
    let mut session = with_table(database);
    assert_eq!(session.sends_ahead(), database.kind() == Kind::Postgres);
    assert_eq!(session.outstanding(), Outstanding::default());
    session.send(begin(database)).unwrap();
    insert(&mut session, database, 1);
    insert(&mut session, database, 2);
    session.send("UPDATE t SET a = a + 10").unwrap();
    session.send("COMMIT").unwrap();
    let Outstanding { requests, bytes } = session.outstanding();
    assert_eq!(requests, 5);
    assert!(bytes > 60, "{bytes}");
    for number in 0..5 {
        let answered = answer(&mut session).unwrap();
        let Answered::Done(Outcome { rows }) = answered else {
            panic!("request {number} was skipped")
        };
        if number == 3 && database.kind() != Kind::Sqlite {
            assert_eq!(rows, Some(2));
        }
        assert_eq!(session.outstanding().requests, 4 - number);
    }
    assert_eq!(session.outstanding(), Outstanding::default());
    session.settle().unwrap();
    assert_eq!(database.value("SELECT sum(a) FROM t"), "23");
    session.run("INSERT INTO t VALUES (3, 'c')").unwrap();
}

fn from_a_failure_on_everything_is_skipped(database: &Database) {
    let mut session = with_table(database);
    session.send(begin(database)).unwrap();
    insert(&mut session, database, 1);
    insert(&mut session, database, 1);
    insert(&mut session, database, 2);
    session.send("COMMIT").unwrap();
    session.send("INSERT INTO t VALUES (3, 'c')").unwrap();
    assert!(matches!(answer(&mut session), Ok(Answered::Done(_))));
    assert!(matches!(answer(&mut session), Ok(Answered::Done(_))));
    let error = answer(&mut session).unwrap_err();
    assert!(error.failure().is_some() && !error.is_refused(), "{error}");
    // What is sent now is skipped, too.
    session.send("INSERT INTO t VALUES (4, 'd')").unwrap();
    for _ in 0..4 {
        assert_eq!(answer(&mut session).unwrap(), Answered::Skipped);
    }
    session.settle().unwrap();
    session.run("ROLLBACK").unwrap();
    assert_eq!(database.value("SELECT count(*) FROM t"), "0");
    insert(&mut session, database, 5);
    assert!(matches!(answer(&mut session), Ok(Answered::Done(_))));
    session.settle().unwrap();
    assert_eq!(database.value("SELECT count(*) FROM t"), "1");
}

fn a_refused_guard_skips_what_is_behind_it(database: &Database) {
    // No row, or more than one.
    for guarded in [
        "UPDATE t SET b = 'changed' WHERE 1 = 0",
        "UPDATE t SET b = 'changed' WHERE a < 3",
        "DELETE FROM t WHERE a < 3",
        "INSERT INTO t SELECT a + 100, 'changed' FROM t",
    ] {
        let mut session = locked(database);
        session.run("DROP TABLE IF EXISTS t").unwrap();
        create_table(&mut session);
        session
            .run("INSERT INTO t VALUES (1, 'a'), (2, 'b')")
            .unwrap();
        session.send(begin(database)).unwrap();
        session.send_own(guarded, &[], Expect::OneRow).unwrap();
        session.send("INSERT INTO t VALUES (3, 'c')").unwrap();
        session.send("COMMIT").unwrap();
        assert!(matches!(answer(&mut session), Ok(Answered::Done(_))));
        let error = answer(&mut session).unwrap_err();
        assert!(error.is_refused(), "{guarded}: {error}");
        assert_eq!(answer(&mut session).unwrap(), Answered::Skipped);
        assert_eq!(answer(&mut session).unwrap(), Answered::Skipped);
        session.settle().unwrap();
        session.run("ROLLBACK").unwrap();
        let sum = "SELECT count(*) FROM t WHERE b IN ('a', 'b')";
        assert_eq!(database.value(sum), "2", "{guarded}");
        assert_eq!(database.value("SELECT count(*) FROM t"), "2", "{guarded}");
    }
}

fn create_table(session: &mut Locked) {
    session
        .run("CREATE TABLE t (a int PRIMARY KEY, b text)")
        .unwrap();
}

fn own_statements_without_a_guard_may_change_any_number_of_rows(database: &Database) {
    let mut session = with_table(database);
    session
        .run("INSERT INTO t VALUES (1, 'a'), (2, 'b')")
        .unwrap();
    for sql in ["DELETE FROM t WHERE 1 = 0", "DELETE FROM t"] {
        session.send_own(sql, &[], Expect::Anything).unwrap();
        assert!(matches!(answer(&mut session), Ok(Answered::Done(_))));
    }
    session.settle().unwrap();
    assert_eq!(database.value("SELECT count(*) FROM t"), "0");
}

fn what_nobody_answered_is_done_when_the_series_is_settled(database: &Database) {
    let mut session = with_table(database);
    session.send(begin(database)).unwrap();
    insert(&mut session, database, 1);
    session.send("COMMIT").unwrap();
    session.send("SELEKT").unwrap();
    insert(&mut session, database, 2);
    session.settle().unwrap();
    assert_eq!(session.outstanding(), Outstanding::default());
    assert_eq!(database.value("SELECT sum(a) FROM t"), "1");
    assert_eq!(session.query("SELECT 7", &[]).unwrap()[0].int(0), Some(7));
}

fn nothing_is_answered_where_nothing_was_sent(database: &Database) {
    let mut session = locked(database);
    let error = session.answer(Duration::ZERO, &mut || Duration::ZERO);
    assert!(matches!(error, Err(DbError::Client(_))), "{error:?}");
    session.settle().unwrap();
    assert_eq!(session.query("SELECT 7", &[]).unwrap()[0].int(0), Some(7));
}

fn settings_are_put_back_and_timeouts_set_between_other_requests(database: &Database) {
    let init = match database.kind() {
        Kind::Postgres => "SET application_name = 'a;b'; SET search_path = pg_catalog",
        Kind::MariaDb => "SET @@session.div_precision_increment = 7",
        Kind::Sqlite => "PRAGMA cache_size = -1234",
    };
    let (change, ask, held) = match database.kind() {
        Kind::Postgres => (
            "SET application_name = 'other'",
            "SELECT concat(current_setting('application_name'), current_setting('search_path'))",
            "a;bpg_catalog",
        ),
        Kind::MariaDb => (
            "SET @@session.div_precision_increment = 9",
            "SELECT @@session.div_precision_increment",
            "7",
        ),
        Kind::Sqlite => ("PRAGMA cache_size = -99", "PRAGMA cache_size", "-1234"),
    };
    let mut options = options();
    options.settings.init = vec![init.to_owned()];
    let mut session = lock(session_with(database, &options), database);
    let second = Some(Duration::from_secs(1));
    session.send(begin(database)).unwrap();
    session.send_timeouts(second, second).unwrap();
    session.send(change).unwrap();
    session.send_reset_settings().unwrap();
    session.send("COMMIT").unwrap();
    for _ in 0..5 {
        assert!(matches!(answer(&mut session), Ok(Answered::Done(_))));
    }
    session.settle().unwrap();
    let now = session.query(ask, &[]).unwrap();
    assert_eq!(now[0].text(0).as_deref(), Some(held));
    if database.kind() == Kind::Postgres {
        session.send_timeouts(second, None).unwrap();
        session.settle().unwrap();
        let limits =
            "SELECT current_setting('lock_timeout') || current_setting('statement_timeout')";
        let now = session.query(limits, &[]).unwrap();
        assert_eq!(now[0].text(0).as_deref(), Some("1s0"));
    }
}
