//! Connections that are lost in the middle of a run: another one goes on in the same run.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod support;

use std::time::Duration;

use limosa_core::event::{Event, Observer};
use limosa_engine::Answer;
use limosa_testkit::proxy::FaultProxy;
use limosa_testkit::{Kind, MariaDb, Postgres};
use support::{Lab, UP};

/// Does something once, at the n-th event of a run, and remembers whether there was one.
struct AtEvent<F> {
    left: usize,
    done: bool,
    act: F,
    told: Vec<&'static str>,
}

impl<F: FnMut()> AtEvent<F> {
    fn new(number: usize, act: F) -> Self {
        Self {
            left: number,
            done: false,
            act,
            told: vec![],
        }
    }
}

impl<F: FnMut()> Observer for AtEvent<F> {
    fn observe(&mut self, event: &Event<'_>) {
        match event {
            Event::ConnectionLost { .. } => self.told.push("lost"),
            Event::Reconnected { .. } => self.told.push("reconnected"),
            Event::StepFinished { .. } => self.told.push("finished"),
            Event::StepFailed { .. } => self.told.push("failed"),
            _ => {}
        }
        self.left = self.left.saturating_sub(1);
        if self.left == 0 && !self.done {
            self.done = true;
            (self.act)();
        }
    }
}

/// Ends every session of Limosa in the database, as an administrator would.
fn end_sessions(lab: &Lab) {
    lab.db.end_sessions(match lab.kind() {
        Kind::Postgres => {
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        }
        _ => {
            "SELECT id FROM information_schema.processlist WHERE db = database() AND id <> connection_id()"
        }
    });
}

/// Migrations of several kinds of units; each statement that runs twice, or not at all, shows in the counter.
fn files(lab: &Lab) {
    let (create, alone) = match lab.kind() {
        Kind::Postgres => ("CREATE TABLE a (id int);\n", "VACUUM a;\n"),
        _ => ("", "COMMIT;\n"),
    };
    lab.db.execute("CREATE TABLE counter (n int)");
    lab.file("1_counter.sql", "INSERT INTO counter VALUES (0);\n");
    let count = "UPDATE counter SET n = n +";
    lab.file("2_count.sql", &format!("{count} 1;\n{create}{count} 10;\n"));
    lab.file(
        "3_stepwise.sql",
        &format!("{count} 100;\n{alone}{count} 1000;\n"),
    );
}

fn as_undisturbed(lab: &Lab) {
    assert_eq!(lab.db.value("SELECT n FROM counter"), "1111");
    assert_eq!(lab.applied(), ["1", "2", "3"]);
    let twice = "SELECT count(*) FROM (SELECT attempt, unit FROM limosa_journal \
        WHERE event = 'unit-done' GROUP BY attempt, unit HAVING count(*) > 1) AS twice";
    assert_eq!(lab.db.value(twice), "0");
}

fn fresh(kind: Kind) -> Option<Lab> {
    let lab = Lab::on(kind)?;
    files(&lab);
    Some(lab)
}

/// Ends the session at every event of a run that goes on by itself, until the run has no more events.
fn at_every_event(kind: Kind) {
    for number in 1.. {
        let Some(lab) = fresh(kind) else { return };
        let mut observer = AtEvent::new(number, || end_sessions(&lab));
        let report = Lab::done(lab.up_observed(&mut observer));
        if !observer.done {
            assert!(number > 10, "only {number} events were seen");
            return;
        }
        assert_eq!(report.done.len(), 3, "event {number}");
        assert!(!observer.told.contains(&"failed"), "event {number}");
        as_undisturbed(&lab);
    }
}

#[test]
fn a_terminated_session_of_postgres_is_replaced_at_every_event() {
    at_every_event(Kind::Postgres);
}

#[test]
fn a_killed_connection_of_mariadb_is_replaced_at_every_event() {
    at_every_event(Kind::MariaDb);
}

/// Kills the server in the middle and starts it again.
fn restarted(lab: &Lab, restart: &dyn Fn()) {
    files(lab);
    let mut observer = AtEvent::new(8, restart);
    let report = Lab::done(lab.up_observed(&mut observer));
    assert!(observer.done);
    assert_eq!(report.done.len(), 3);
    assert!(
        observer.told.contains(&"reconnected"),
        "{:?}",
        observer.told
    );
    as_undisturbed(lab);
    let entry = lab
        .journal()
        .into_iter()
        .find(|entry| entry.event == "reconnected")
        .unwrap();
    assert!(entry.detail.unwrap().contains("waited_ms"));
}

#[test]
fn a_restart_of_postgres_is_survived() {
    let _ = limosa_testkit::require!(Postgres);
    let server = Postgres::start(&limosa_testkit::Settings::new().durable()).unwrap();
    restarted(&Lab::with(server.database()), &|| {
        server.kill();
        server.restart().unwrap();
    });
}

#[test]
fn a_restart_of_mariadb_is_survived() {
    let _ = limosa_testkit::require!(MariaDb);
    let server = MariaDb::start(&limosa_testkit::Settings::new().durable()).unwrap();
    restarted(&Lab::with(server.database()), &|| {
        server.kill();
        server.restart().unwrap();
    });
}

#[test]
fn a_failover_behind_a_proxy_is_survived() {
    let _ = limosa_testkit::require!(Postgres);
    let settings = limosa_testkit::Settings::new().durable();
    let primary = Postgres::start(&settings).unwrap();
    let mut lab = Lab::with(primary.database());
    files(&lab);
    let standby = match primary.standby(&settings) {
        Ok(standby) => standby,
        Err(reason) => return limosa_testkit::skip_or_panic(&reason),
    };
    let proxy = FaultProxy::start(Kind::Postgres, primary.port()).unwrap();
    lab.url = Some(lab.db.url_through(&proxy));
    let mut observer = AtEvent::new(8, || {
        primary.kill();
        standby.promote();
        proxy.redirect(standby.port());
    });
    let report = Lab::done(lab.up_observed(&mut observer));
    assert!(observer.done);
    assert_eq!(report.done.len(), 3);
    assert!(observer.told.contains(&"reconnected"));
    let mut now = standby.try_open_in(lab.db.name()).unwrap();
    assert_eq!(now.value("SELECT n FROM counter"), "1111");
    assert_eq!(lab.applied(), ["1", "2", "3"]);
}

fn without_reconnecting(kind: Kind) {
    let Some(mut lab) = fresh(kind) else { return };
    lab.retry_for = Duration::ZERO;
    // A statement of the last migration is about to be sent: before that the server may be done with what it has.
    let mut observer = AtEvent::new(15, || end_sessions(&lab));
    let failure = lab.up_observed(&mut observer).unwrap_err();
    let report = failure.problem.diagnostic();
    assert_eq!(
        (report.name, report.class.exit_code()),
        ("connection-lost", 1)
    );
    assert_eq!(observer.told.last(), Some(&"failed"), "{kind:?} {report:?}");
    lab.up();
    as_undisturbed(&lab);
}

#[test]
fn without_time_for_it_the_next_run_goes_on() {
    without_reconnecting(Kind::Postgres);
    without_reconnecting(Kind::MariaDb);
}

#[test]
fn a_server_that_stays_away_is_given_up() {
    let _ = limosa_testkit::require!(Postgres);
    let server = Postgres::start(&limosa_testkit::Settings::new().durable()).unwrap();
    let mut lab = Lab::with(server.database());
    files(&lab);
    lab.retry_for = Duration::from_millis(500);
    let mut observer = AtEvent::new(8, || server.kill());
    let failure = lab.up_observed(&mut observer).unwrap_err();
    let report = failure.problem.diagnostic();
    assert_eq!(
        (report.name, report.class.exit_code()),
        ("connection-lost", 1)
    );
    let notes = report.notes.join("\n");
    assert!(
        notes.contains("no other connection within 500ms"),
        "{notes}"
    );
    server.restart().unwrap();
    lab.up();
    as_undisturbed(&lab);
}

#[test]
fn a_statement_that_ends_its_own_session_is_not_tried_for_ever() {
    let Some(lab) = Lab::on(Kind::Postgres) else {
        return;
    };
    lab.file(
        "1_a.sql",
        "SELECT pg_terminate_backend(pg_backend_pid());\n",
    );
    let report = lab.up_fails().problem.diagnostic();
    assert_eq!(report.name, "connection-lost");
    let notes = report.notes.join("\n");
    assert!(notes.contains("lost at the same place 3 times"), "{notes}");
    assert!(lab.applied().is_empty());
}

#[test]
fn who_asked_to_stop_is_not_reconnected() {
    let Some(lab) = fresh(Kind::Postgres) else {
        return;
    };
    let stop = std::sync::atomic::AtomicBool::new(false);
    let mut observer = AtEvent::new(8, || {
        stop.store(true, std::sync::atomic::Ordering::SeqCst);
        end_sessions(&lab);
    });
    let asked = || stop.load(std::sync::atomic::Ordering::SeqCst);
    let ran = lab.run_observed(UP, &mut |_, _| Answer::Go, &asked, &mut observer);
    ran.unwrap_err();
    assert!(!observer.told.contains(&"reconnected"));
}
