//! Our own statements that wait to go together, in a transaction that they begin.

use limosa_db::{Expect, Locked, Session as _, Value};
use limosa_testkit::{Database, Kind};

use crate::every::places;
use crate::support::locked;

crate::every::on_every_server!(
    what_is_gathered_is_done_in_order_and_nothing_before,
    one_that_does_not_do_what_is_expected_is_told,
    nothing_behind_a_failure_is_done,
    a_question_comes_after_what_was_gathered,
    what_is_dropped_is_never_sent,
    every_value_arrives_as_it_is,
);

fn begin(database: &Database) -> Vec<String> {
    let text = match database.kind() {
        Kind::Postgres => "BEGIN",
        Kind::MariaDb => "START TRANSACTION",
        Kind::Sqlite => "BEGIN IMMEDIATE",
    };
    vec![text.to_owned()]
}

/// A table `t` of rows, and a session that has begun to gather.
fn gathering(database: &Database) -> Locked {
    let text = match database.kind() {
        Kind::MariaDb => "longtext",
        _ => "text",
    };
    database.execute(&format!("CREATE TABLE t (a int PRIMARY KEY, b {text})"));
    let mut session = locked(database);
    session.gather(&begin(database)).unwrap();
    session
}

/// Writes a row, if the condition is true.
fn insert(session: &mut Locked, database: &Database, a: i64, b: &str, condition: &str) -> bool {
    let values = match database.kind() {
        Kind::Postgres => "$1::int, $2::text",
        Kind::MariaDb => "?, ? FROM DUAL",
        Kind::Sqlite => "?, ?",
    };
    let sql = format!("INSERT INTO t SELECT {values} WHERE {condition}");
    let changed = session.change(&sql, &[a.into(), b.into()], Expect::OneRow);
    changed.unwrap_or_else(|error| panic!("{error}"))
}

fn count(database: &Database) -> String {
    database.value("SELECT count(*) FROM t")
}

fn what_is_gathered_is_done_in_order_and_nothing_before(database: &Database) {
    let mut session = gathering(database);
    assert!(insert(&mut session, database, 1, "one", "1 = 1"));
    let condition = "EXISTS (SELECT 1 FROM t WHERE a = 1)";
    assert!(insert(&mut session, database, 2, "two", condition));
    assert!(session.send_gathered().unwrap());
    assert_eq!(count(database), "0", "it is not committed");
    session.run("COMMIT").unwrap();
    assert_eq!(count(database), "2");
    // It is used as ever.
    assert!(insert(&mut session, database, 3, "three", "1 = 1"));
    assert!(session.send_gathered().unwrap());
    assert_eq!(count(database), "3");
}

fn one_that_does_not_do_what_is_expected_is_told(database: &Database) {
    let mut session = gathering(database);
    let told = [
        insert(&mut session, database, 1, "one", "1 = 1"),
        insert(&mut session, database, 2, "two", "1 = 0"),
        insert(&mut session, database, 3, "three", "1 = 1"),
    ];
    let sent = session.send_gathered().unwrap();
    assert!(!(sent && told.iter().all(|told| *told)));
    session.run("ROLLBACK").unwrap();
    assert_eq!(count(database), "0");
}

fn nothing_behind_a_failure_is_done(database: &Database) {
    let mut session = gathering(database);
    let values = places(database, 2);
    let insert = format!("INSERT INTO t VALUES ({values})");
    let row = |a: i64| -> Vec<Value> { vec![a.into(), "x".into()] };
    let mut result = Ok(true);
    for (sql, parameters) in [
        (insert.as_str(), row(1)),
        (insert.as_str(), row(1)),
        ("COMMIT", vec![]),
    ] {
        result = result.and_then(|_| session.change(sql, &parameters, Expect::Anything));
    }
    let error = result.and_then(|_| session.send_gathered()).unwrap_err();
    assert!(!error.code().is_empty(), "{error}");
    session.run("ROLLBACK").unwrap();
    assert_eq!(count(database), "0");
}

fn a_question_comes_after_what_was_gathered(database: &Database) {
    let mut session = gathering(database);
    assert!(insert(&mut session, database, 1, "one", "1 = 1"));
    let rows = session.query("SELECT count(*) FROM t", &[]).unwrap();
    assert_eq!(rows[0].int(0), Some(1));
    assert!(session.send_gathered().unwrap());
    session.run("ROLLBACK").unwrap();
    assert_eq!(count(database), "0");
}

fn what_is_dropped_is_never_sent(database: &Database) {
    let mut session = gathering(database);
    insert(&mut session, database, 1, "one", "1 = 1");
    session.drop_gathered();
    session.run("ROLLBACK").unwrap();
    assert!(session.send_gathered().unwrap());
    assert_eq!(count(database), "0");
}

/// Whatever is in a text is a value: quotes, backslashes, what would end a statement, and more than one message takes.
fn every_value_arrives_as_it_is(database: &Database) {
    let mut session = gathering(database);
    let long = "ab'\\;".repeat(100_000);
    let texts = [
        "'; DROP TABLE t; --",
        "\\' OR 1 = 1 #",
        "ä\u{1F980}\n\t\"`",
        "",
        long.as_str(),
    ];
    for (number, text) in (1..).zip(texts) {
        assert!(insert(&mut session, database, number, text, "1 = 1"));
        if text.is_empty() {
            assert!(session.send_gathered().unwrap());
            session.gather(&[]).unwrap();
        }
    }
    assert!(session.send_gathered().unwrap());
    session.run("COMMIT").unwrap();
    let rows = session.query("SELECT b FROM t ORDER BY a", &[]).unwrap();
    let read: Vec<Option<String>> = rows.iter().map(|row| row.text(0)).collect();
    assert_eq!(read, texts.map(|text| Some(text.to_owned())));
}
