//! The proxy loses connections where it is told to, and nowhere else.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use limosa_testkit::proxy::{Fault, FaultProxy, When};
use limosa_testkit::{Database, Kind, require};
use mysql::prelude::Queryable as _;

/// Runs statements one after the other in one session through the proxy; how many were answered.
fn run(db: &Database, proxy: &FaultProxy, statements: &[&str]) -> usize {
    let url = db.url_through(proxy);
    match db.kind() {
        Kind::Postgres => {
            let Ok(mut client) = postgres::Client::connect(&url, postgres::NoTls) else {
                return 0;
            };
            let answered = |sql: &&&str| client.batch_execute(sql).is_ok();
            statements.iter().take_while(answered).count()
        }
        _ => {
            let url = format!("{url}?prefer_socket=false");
            let options = mysql::Opts::from_url(&url).expect("the URL is one");
            let Ok(mut conn) = mysql::Conn::new(options) else {
                return 0;
            };
            let answered = |sql: &&&str| conn.query_drop(sql).is_ok();
            statements.iter().take_while(answered).count()
        }
    }
}

/// The number of the message with this SQL, in a run without faults.
fn number_of(proxy: &FaultProxy, sql: &str) -> usize {
    let messages = proxy.seen().messages;
    let at = messages.iter().position(|message| message.sql == sql);
    at.unwrap_or_else(|| panic!("no {sql} in {messages:?}")) + 1
}

const STATEMENTS: [&str; 3] = [
    "create table a (n int)",
    "insert into a values (1)",
    "insert into a values (2)",
];

fn every_place(db: &Database, proxy: &FaultProxy) {
    let rows = || db.value("select coalesce(sum(n), 0) from a");
    proxy.arm([]);
    assert_eq!(run(db, proxy, &STATEMENTS), 3);
    assert_eq!(rows(), "3");
    let insert = number_of(proxy, STATEMENTS[1]);
    assert!(proxy.seen().faults.is_empty());
    for (when, expected) in [
        (When::Before, &["0"][..]),
        (When::Sent, &["0", "1"]),
        (When::Answered, &["1"]),
    ] {
        db.execute("drop table a");
        proxy.arm([Fault::cut(insert, when)]);
        assert_eq!(run(db, proxy, &STATEMENTS), 1, "{when:?}");
        db.wait_until_alone();
        assert!(expected.contains(&rows().as_str()), "{when:?}: {}", rows());
        assert_eq!(proxy.seen().faults[0].sql, STATEMENTS[1]);
        assert_eq!(run(db, proxy, &["delete from a"]), 1, "later ones pass");
    }
}

fn two_faults_and_a_hook(db: &Database, proxy: &FaultProxy) {
    let called = Arc::new(AtomicUsize::new(0));
    let calls = Arc::clone(&called);
    let hook = move || {
        calls.fetch_add(1, Ordering::SeqCst);
    };
    proxy.arm([
        Fault::cut(1, When::Before),
        Fault::with(1, When::Answered, hook.clone()),
        Fault::before(1, hook),
    ]);
    assert_eq!(run(db, proxy, &["select 1"]), 0);
    assert_eq!(called.load(Ordering::SeqCst), 0);
    assert_eq!(run(db, proxy, &["select 1"]), 0);
    assert_eq!(called.load(Ordering::SeqCst), 1);
    assert_eq!(run(db, proxy, &["select 1"]), 1, "nothing is cut");
    assert_eq!(called.load(Ordering::SeqCst), 2);
    assert_eq!(run(db, proxy, &["select 1"]), 1);
    assert_eq!(proxy.seen().faults.len(), 3);
}

/// A fault at each message of a session: nothing hangs, and whatever was answered is there.
fn every_message(db: &Database, proxy: &FaultProxy) {
    db.execute("drop table if exists a");
    proxy.arm([]);
    run(db, proxy, &STATEMENTS);
    db.wait_until_alone();
    let count = proxy.seen().messages.len();
    for at in 1..=count {
        for when in When::ALL {
            db.execute("drop table if exists a");
            proxy.arm([Fault::cut(at, when)]);
            let answered = run(db, proxy, &STATEMENTS);
            db.wait_until_alone();
            assert_eq!(proxy.seen().faults.len(), 1, "{at} {when:?}");
            if answered > 0 {
                let rows = db.value("select count(*) from a");
                let rows: usize = rows.parse().expect("a number");
                assert!(rows + 1 >= answered, "{at} {when:?}: {answered}, {rows}");
            }
        }
    }
}

#[test]
fn a_connection_to_postgres_is_lost_at_the_message_that_was_named() {
    let server = require!(Postgres);
    let db = server.database();
    let proxy = FaultProxy::start(Kind::Postgres, server.port()).expect("there is a port");
    every_place(&db, &proxy);
    two_faults_and_a_hook(&db, &proxy);
    every_message(&db, &proxy);
}

#[test]
fn a_connection_to_mariadb_is_lost_at_the_message_that_was_named() {
    let server = require!(MariaDb);
    let db = server.database();
    let proxy = FaultProxy::start(Kind::MariaDb, server.port()).expect("there is a port");
    every_place(&db, &proxy);
    two_faults_and_a_hook(&db, &proxy);
    every_message(&db, &proxy);
}

#[test]
fn the_data_of_copy_are_messages_of_their_own() {
    use std::io::Write as _;
    let server = require!(Postgres);
    let db = server.database();
    db.execute("create table a (n int)");
    let proxy = FaultProxy::start(Kind::Postgres, server.port()).expect("there is a port");
    let copy = || {
        let url = db.url_through(&proxy);
        let mut client = postgres::Client::connect(&url, postgres::NoTls).ok()?;
        let mut writer = client.copy_in("copy a from stdin").ok()?;
        writer.write_all(b"1\n2\n").ok()?;
        writer.finish().ok()
    };
    proxy.arm([]);
    assert_eq!(copy(), Some(2));
    let names: Vec<_> = proxy
        .seen()
        .messages
        .iter()
        .map(|message| message.name)
        .collect();
    let data = names
        .iter()
        .position(|name| *name == "CopyData")
        .expect("there is some")
        + 1;
    let done = names
        .iter()
        .position(|name| *name == "CopyDone")
        .expect("it ends")
        + 1;
    for (at, when, rows) in [
        (data, When::Before, "2"),
        (data, When::Sent, "2"),
        (done + 1, When::Answered, "4"),
    ] {
        proxy.arm([Fault::cut(at, when)]);
        assert_eq!(copy(), None, "{at} {when:?}");
        db.wait_until_alone();
        assert_eq!(
            db.value("select count(*) from a"),
            rows,
            "{at} {when:?} {names:?}"
        );
    }
}
