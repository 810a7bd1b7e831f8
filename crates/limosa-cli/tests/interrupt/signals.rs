//! SIGINT, SIGTERM and SIGHUP, whatever is going on.

use std::net::TcpListener;
use std::process::Command;
use std::time::Instant;

use limosa_testkit::{Kind, MariaDb, Postgres, Running, Settings, skip_or_panic};

use crate::shop::{SOON, Shop, until};
use crate::{on_every_server, on_every_shop};

on_every_server! {
    nothing_waits_for_a_server_that_does_not_answer,
    the_wait_for_the_lock_is_ended,
}

on_every_shop! {
    a_pause_between_attempts_at_a_lock_is_ended,
    a_long_statement_is_cancelled_by_sigint,
    a_long_statement_is_cancelled_by_sigterm,
    a_long_statement_is_cancelled_by_sighup,
    a_run_stops_between_two_migrations,
    a_signal_that_is_ignored_stays_ignored,
}

fn a_long_statement_is_cancelled_by_sigint(shop: Shop) {
    is_cancelled(&shop, Running::interrupt);
}

fn a_long_statement_is_cancelled_by_sigterm(shop: Shop) {
    is_cancelled(&shop, Running::terminate);
}

fn a_long_statement_is_cancelled_by_sighup(shop: Shop) {
    is_cancelled(&shop, Running::hup);
}

fn is_cancelled(shop: &Shop, signal: impl Fn(&Running)) {
    let mut running = shop.up().start();
    running.wait_for(shop.slow_statement());
    let began = Instant::now();
    signal(&running);
    let output = running.finish();
    assert!(began.elapsed() < SOON, "{output}");
    shop.is_interrupted_in_the_second(&output);
    assert!(output.stdout.contains("\"exit_code\":130"), "{output}");
    assert!(output.stderr.contains("error[interrupted]"), "{output}");
    let applied = match shop.db.kind() {
        Kind::MariaDb => "statement 1 is committed and recorded",
        _ => "nothing of 2_b is committed",
    };
    assert!(output.stderr.contains(applied), "{output}");
    shop.goes_on();
}

fn a_run_stops_between_two_migrations(shop: Shop) {
    shop.db.execute("DELETE FROM slow");
    for n in 3..300 {
        shop.project.write(
            format!("migrations/{n}_more.sql"),
            "UPDATE counter SET n = n + 1000;\n",
        );
    }
    let mut running = shop.up().start();
    running.wait_for("\"version\":\"5\"");
    running.interrupt();
    let output = running.finish();
    assert_eq!(output.code, 130, "{output}");
    assert_eq!(shop.runs(), ["run-started", "run-interrupted"], "{output}");
    let applied = shop.db.value("SELECT count(*) FROM limosa_history");
    let after: usize = applied.parse().expect("a count is a number");
    assert!((4..299).contains(&after), "{output}");
    let counter = 111 + 1000 * (after - 2);
    assert_eq!(shop.counter(), counter.to_string(), "{output}");
    let output = shop.limosa(&["up"]).run();
    assert_eq!(output.code, 0, "{output}");
    assert_eq!(shop.counter(), (111 + 1000 * 297).to_string(), "{output}");
}

fn a_pause_between_attempts_at_a_lock_is_ended(shop: Shop) {
    shop.db.execute("DELETE FROM slow");
    let output = shop.limosa(&["up"]).run();
    assert_eq!(output.code, 0, "{output}");
    shop.project.write(
        "migrations/3_c.sql",
        "-- limosa: up\nALTER TABLE a ADD COLUMN y integer;\n",
    );
    let mut other = shop.db.open();
    match shop.db.kind() {
        Kind::Sqlite => other.execute("BEGIN IMMEDIATE; INSERT INTO a VALUES (1)"),
        _ => other.execute("BEGIN; INSERT INTO a VALUES (1)"),
    }
    let arguments = ["up", "--format", "json-lines", "--lock-timeout", "100ms"];
    let mut running = shop.limosa(&arguments).start();
    // On SQLite it is already our own entry that waits.
    let (waits, then) = match shop.db.kind() {
        Kind::Sqlite => ("lock-waiting", "nothing was changed"),
        _ => ("lock-retry", "nothing of 3_c is committed"),
    };
    running.wait_for(waits);
    running.terminate();
    let output = running.finish();
    assert_eq!(output.code, 130, "{output}");
    assert!(output.stderr.contains(then), "{output}");
    other.execute("ROLLBACK");
    let last = match shop.db.kind() {
        Kind::Sqlite => "run-finished",
        _ => "run-interrupted",
    };
    assert_eq!(shop.runs().last().map(String::as_str), Some(last));
    let output = shop.limosa(&["up"]).run();
    assert_eq!(output.code, 0, "{output}");
}

fn nothing_waits_for_a_server_that_does_not_answer(shop: Shop) {
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let port = silent.local_addr().expect("it is bound").port();
    let scheme = shop.db.url();
    let scheme = scheme.split(':').next().unwrap_or_default();
    let url = format!("{scheme}://ada:secret@127.0.0.1:{port}/shop");
    let arguments = ["up", "--url", &url, "--connect-timeout", "10min"];
    let running = shop.project.limosa(&arguments).start();
    // It is connecting: the connection is held, and nobody says anything.
    let held = silent.accept().expect("limosa connects");
    running.interrupt();
    let output = running.finish();
    drop(held);
    assert_eq!(output.code, 130, "{output}");
    assert!(output.stderr.contains("nothing was changed"), "{output}");
}

fn a_signal_that_is_ignored_stays_ignored(shop: Shop) {
    // As `nohup` does, so that it outlives the terminal.
    let line = "trap '' HUP; exec limosa up --format json-lines";
    let run = shop.project.shell(line);
    let mut running = run.env("LIMOSA_URL", shop.db.url()).start();
    running.wait_for(shop.slow_statement());
    running.hup();
    running.terminate();
    let output = running.finish();
    assert_eq!(output.code, 130, "{output}");
    assert_eq!(shop.runs(), ["run-started", "run-interrupted"], "{output}");
    // Both would have ended it at once.
    shop.goes_on();
}

fn the_wait_for_the_lock_is_ended(shop: Shop) {
    let mut first = shop.up().start();
    first.wait_for(shop.slow_statement());
    for signal in [Running::interrupt, Running::terminate, Running::hup] {
        let mut second = shop.up().start();
        second.wait_for("lock-waiting");
        signal(&second);
        let output = second.finish();
        assert_eq!(output.code, 130, "{output}");
        assert!(output.stderr.contains("nothing was changed"), "{output}");
    }
    first.interrupt();
    shop.is_interrupted_in_the_second(&first.finish());
    shop.goes_on();
}

#[test]
fn a_second_signal_ends_the_process_at_once_on_postgres() {
    let server = match Postgres::start(&Settings::new()) {
        Ok(server) => server,
        Err(reason) => return skip_or_panic(&reason),
    };
    let shop = Shop::with(server.database());
    let backend = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep'";
    a_second_signal_ends_the_process(&shop, || {
        until("the statement", || !shop.db.query(backend).is_empty());
        shop.db.value(backend)
    });
}

#[test]
fn a_second_signal_ends_the_process_at_once_on_mariadb() {
    let server = match MariaDb::start(&Settings::new()) {
        Ok(server) => server,
        Err(reason) => return skip_or_panic(&reason),
    };
    let shop = Shop::with(server.database());
    shop.db.execute("UPDATE slow SET seconds = 3");
    let pid = server.pid().expect("this process started it").to_string();
    a_second_signal_ends_the_process(&shop, || pid);
}

/// A process that stands still, until this is dropped: also when the test fails.
struct Stopped(String);

impl Stopped {
    fn new(pid: String) -> Self {
        signal("-STOP", &pid);
        Self(pid)
    }
}

impl Drop for Stopped {
    fn drop(&mut self) {
        signal("-CONT", &self.0);
    }
}

fn signal(name: &str, pid: &str) {
    let killed = Command::new("kill").args([name, pid]).status();
    assert!(killed.is_ok_and(|status| status.success()), "{name} {pid}");
}

/// The server's process of this pid stands still, so a request to cancel is of no use.
fn a_second_signal_ends_the_process(shop: &Shop, pid: impl FnOnce() -> String) {
    let mut running = shop.up().start();
    running.wait_for(shop.slow_statement());
    let stopped = Stopped::new(pid());
    // Two of the same kind could arrive as one.
    running.interrupt();
    running.terminate();
    let output = running.finish();
    drop(stopped);
    assert_eq!(output.code, 130, "{output}");
    assert!(!output.stdout.contains("exit_code"), "{output}");
    assert_eq!(shop.runs(), ["run-started"], "{output}");
    shop.goes_on();
}
