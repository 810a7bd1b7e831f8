//! Locks of other tools, which are held while a run works.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod support;

use std::sync::Mutex;
use std::time::Duration;

use limosa_core::event::{Event, Observer};
use limosa_db::{OtherKey, OtherLock, Waits};
use limosa_testkit::{Client, Kind, since_postgres};
use support::Lab;

macro_rules! lab {
    ($kind:ident) => {
        match Lab::on(Kind::$kind) {
            Some(lab) => locking(lab),
            None => return,
        }
    };
}

/// With the lock of another tool.
fn locking(mut lab: Lab) -> Lab {
    let key = match lab.kind() {
        Kind::Postgres => OtherKey::Number(77),
        _ => OtherKey::Name(format!("{}-77", lab.db.name())),
    };
    let tool = "that-tool";
    let waits = Waits::InServer;
    lab.other_locks = vec![OtherLock { tool, key, waits }];
    lab
}

/// The other tool takes its lock, waiting in the server.
fn take(lab: &Lab, tool: &mut Client) {
    match lab.kind() {
        Kind::Postgres => tool.query("SELECT 1 FROM pg_advisory_lock(77)"),
        _ => tool.query(&format!("SELECT GET_LOCK('{}-77', 600)", lab.db.name())),
    };
}

fn give_back(lab: &Lab, tool: &mut Client) {
    match lab.kind() {
        Kind::Postgres => tool.query("SELECT pg_advisory_unlock(77)"),
        _ => tool.query(&format!("SELECT RELEASE_LOCK('{}-77')", lab.db.name())),
    };
}

/// Waits until a session that is not of limosa waits for the lock.
fn until_the_tool_waits(lab: &Lab) {
    lab.db.wait_until(match lab.kind() {
        Kind::Postgres => {
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
             AND wait_event = 'advisory' AND application_name <> 'limosa'"
        }
        _ => {
            "SELECT count(*) FROM information_schema.PROCESSLIST \
             WHERE DB = database() AND STATE = 'User lock'"
        }
    });
}

/// Does something when an event is seen for the first time, and keeps what was told.
struct At<'a> {
    what: &'static str,
    act: Mutex<Option<Box<dyn FnOnce() + Send + 'a>>>,
    told: Vec<String>,
}

impl<'a> At<'a> {
    fn new(what: &'static str, act: impl FnOnce() + Send + 'a) -> Self {
        Self {
            what,
            act: Mutex::new(Some(Box::new(act))),
            told: vec![],
        }
    }
}

impl Observer for At<'_> {
    fn observe(&mut self, event: &Event<'_>) {
        let told = match event {
            Event::LockWaiting { tool, .. } => format!("wait for {}", tool.unwrap_or("ours")),
            Event::StatementStarted { number, .. } => format!("statement {number}"),
            Event::LockRetry { .. } => "retry".to_owned(),
            Event::Reconnected { .. } => "reconnected".to_owned(),
            Event::Remark(remark) => remark.name.to_owned(),
            _ => return,
        };
        if told == self.what
            && let Some(act) = self.act.lock().unwrap().take()
        {
            act();
        }
        if self.told.last() != Some(&told) {
            self.told.push(told);
        }
    }
}

/// The events of the second migration in the journal.
fn journal_of_2(lab: &Lab) -> String {
    let entries = lab.journal().into_iter();
    let of_2 = entries.filter(|entry| entry.version.as_deref() == Some("2"));
    let names: Vec<String> = of_2.map(|entry| entry.event).collect();
    names.join(" ")
}

fn a_tool_at_work_is_waited_for(mut lab: Lab) {
    lab.file("1_a.sql", "CREATE TABLE a (id int);\n");
    lab.lock_wait = Duration::from_millis(200);
    let mut tool = lab.db.open();
    take(&lab, &mut tool);
    let mut seen = At::new("", || {});
    let failure = lab.up_observed(&mut seen).unwrap_err();
    let report = failure.problem.diagnostic();
    assert_eq!((report.name, report.class.exit_code()), ("lock-held", 4));
    assert!(
        report
            .message
            .starts_with("the lock of that-tool is held by"),
        "{}",
        report.message
    );
    assert_eq!(seen.told, ["wait for that-tool"]);
    assert!(!lab.has_table("a") && !lab.has_table("limosa_history"));

    lab.lock_wait = Duration::from_secs(60);
    let lab_ref = &lab;
    let mut seen = At::new("wait for that-tool", move || {
        give_back(lab_ref, &mut tool);
    });
    Lab::done(lab.up_observed(&mut seen));
    assert_eq!(seen.told, ["wait for that-tool", "statement 1"]);
}

fn a_tool_waits_until_a_run_is_over(lab: &Lab) {
    lab.file("1_a.sql", "CREATE TABLE a (id int);\n");
    let mut tool = lab.db.open();
    std::thread::scope(|scope| {
        let waiter = Mutex::new(None);
        let (tool, waiting) = (&mut tool, &waiter);
        let mut seen = At::new("statement 1", move || {
            let applied = move || {
                take(lab, tool);
                lab.applied()
            };
            *waiting.lock().unwrap() = Some(scope.spawn(applied));
            until_the_tool_waits(lab);
        });
        Lab::done(lab.up_observed(&mut seen));
        let waiter = waiter.lock().unwrap().take().unwrap();
        assert_eq!(waiter.join().unwrap(), ["1"]);
    });
}

fn another_connection_takes_the_locks_again(lab: &Lab) {
    lab.file("1_a.sql", "CREATE TABLE a (id int);\n").file(
        "2_b.sql",
        match lab.kind() {
            Kind::Postgres => "BEGIN;\nCREATE TABLE b (id int);\nCOMMIT;\nSELECT 1;\n",
            _ => "CREATE TABLE b (id int);\nSELECT 1;\n",
        },
    );
    let held = match lab.kind() {
        Kind::Postgres => "SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid) \
             WHERE a.datname = current_database() AND a.application_name = 'limosa' \
             AND l.locktype = 'advisory' AND l.objid = 77"
            .to_owned(),
        _ => format!("SELECT IS_USED_LOCK('{}-77') IS NOT NULL", lab.db.name()),
    };
    struct Cut<'a> {
        lab: &'a Lab,
        held: &'a str,
        seen: Vec<String>,
    }
    impl Observer for Cut<'_> {
        fn observe(&mut self, event: &Event<'_>) {
            match event {
                Event::Reconnected { .. } => self.seen.push("reconnected".to_owned()),
                Event::StatementStarted { .. } => {
                    self.seen.push(self.lab.db.value(self.held));
                    if self.seen.len() == 2 {
                        end_sessions(self.lab);
                    }
                }
                _ => {}
            }
        }
    }
    let mut cut = Cut {
        lab,
        held: &held,
        seen: vec![],
    };
    Lab::done(lab.up_observed(&mut cut));
    assert_eq!(cut.seen, ["1", "1", "reconnected", "1", "1"]);
    assert_eq!(lab.applied(), ["1", "2"]);
}

/// Ends the sessions of limosa, as an administrator would.
fn end_sessions(lab: &Lab) {
    lab.db.end_sessions(match lab.kind() {
        Kind::Postgres => {
            "SELECT pid FROM pg_stat_activity \
             WHERE datname = current_database() AND application_name = 'limosa'"
        }
        _ => {
            "SELECT id FROM information_schema.processlist \
             WHERE db = database() AND id <> connection_id()"
        }
    });
}

mod postgres {
    use super::*;

    #[test]
    fn a_tool_at_work_is_waited_for() {
        super::a_tool_at_work_is_waited_for(lab!(Postgres));
    }

    #[test]
    fn a_tool_waits_until_a_run_is_over() {
        super::a_tool_waits_until_a_run_is_over(&lab!(Postgres));
    }

    #[test]
    fn another_connection_takes_the_locks_again() {
        super::another_connection_takes_the_locks_again(&lab!(Postgres));
    }

    const TABLE: &str =
        "CREATE TABLE t (id int);\nINSERT INTO t SELECT generate_series(1, 1000);\n";
    const BUILD: &str =
        "SELECT 1;\nCREATE INDEX CONCURRENTLY by_id ON t (id);\nCREATE TABLE after (id int);\n";

    struct Both<'a>(At<'a>, At<'a>);

    impl Observer for Both<'_> {
        fn observe(&mut self, event: &Event<'_>) {
            self.0.observe(event);
            self.1.observe(event);
        }
    }

    /// Goes up while a tool begins to wait for a lock, by this statement, at an event of the run. Does something with
    /// its session at another event.
    fn beside_a_waiting_tool<'a>(
        lab: &'a Lab,
        begin: &'static str,
        waits: &'a (dyn Fn() -> String + Sync),
        end: &'static str,
        act: impl FnOnce(Waiter<'_>) + Send + 'a,
    ) -> (support::Ran, Vec<String>) {
        std::thread::scope(|scope| {
            let waiter = Mutex::new(None);
            let waiting = &waiter;
            let begin = At::new(begin, move || {
                let mut tool = lab.db.open();
                // Limosa notices a deadlock, and the tool does not.
                tool.execute("SET deadlock_timeout = '1h'");
                let sql = waits();
                *waiting.lock().unwrap() = Some(scope.spawn(move || {
                    let taken = tool.try_query(&sql);
                    (tool, taken.is_ok())
                }));
                until_the_tool_waits(lab);
            });
            let end = At::new(end, move || act(waiting.lock().unwrap().take().unwrap()));
            let mut seen = Both(begin, end);
            let ran = lab.up_observed(&mut seen);
            (ran, seen.0.told)
        })
    }

    type Waiter<'a> = std::thread::ScopedJoinHandle<'a, (Client, bool)>;

    /// The session of a tool that got its lock.
    fn with_the_lock(waiter: Waiter<'_>) -> Client {
        let (tool, taken) = waiter.join().unwrap();
        assert!(taken, "the tool did not get its lock");
        tool
    }

    fn for_its_lock() -> String {
        "SELECT 1 FROM pg_advisory_lock(77)".to_owned()
    }

    #[test]
    fn a_waiting_tool_does_not_hold_a_concurrent_build_up() {
        let lab = lab!(Postgres);
        lab.file("1_t.sql", TABLE);
        lab.up();
        lab.file("2_i.sql", BUILD);
        let (ran, told) = beside_a_waiting_tool(
            &lab,
            "statement 1",
            &for_its_lock,
            "wait for that-tool",
            |waiter| {
                // The build is done and recorded, and nothing after it.
                assert_eq!(
                    journal_of_2(&lab),
                    "unit-started unit-done unit-started unit-done"
                );
                assert!(!lab.has_table("after"));
                give_back(&lab, &mut with_the_lock(waiter));
            },
        );
        Lab::done(ran);
        assert_eq!(
            told,
            [
                "statement 1",
                "statement 2",
                "wait for that-tool",
                "statement 3"
            ]
        );
        assert_eq!(
            lab.db
                .value("SELECT indisvalid FROM pg_index WHERE indexrelid = 'by_id'::regclass"),
            "t"
        );
    }

    #[test]
    fn a_tool_that_goes_on_working_after_a_build_stops_the_run_in_between() {
        let mut lab = lab!(Postgres);
        lab.lock_wait = Duration::from_millis(200);
        lab.file("1_t.sql", TABLE);
        lab.up();
        lab.file("2_i.sql", BUILD);
        let at_work = Mutex::new(None);
        let (ran, _) = beside_a_waiting_tool(
            &lab,
            "statement 1",
            &for_its_lock,
            "wait for that-tool",
            |waiter| *at_work.lock().unwrap() = Some(with_the_lock(waiter)),
        );
        let report = ran.unwrap_err().problem.diagnostic();
        assert_eq!((report.name, report.class.exit_code()), ("lock-held", 1));
        let state = "statements 1 to 2 are committed and recorded";
        let notes = report.notes.join("\n");
        assert!(notes.ends_with(state), "{notes}");
        assert!(!lab.has_table("after"));
        assert!(at_work.lock().unwrap().take().is_some());
        lab.lock_wait = Duration::from_secs(60);
        lab.up();
        assert!(lab.has_table("after"));
    }

    /// Our own lock is never given up, and nothing else than limosa should wait for it in the server.
    #[test]
    fn a_deadlock_with_whoever_waits_for_our_own_lock_is_met_by_the_recovery() {
        let lab = lab!(Postgres);
        lab.file("1_t.sql", TABLE);
        lab.up();
        lab.file("2_i.sql", BUILD);
        let for_our_lock = || {
            let key = lab.db.value(
                "SELECT (l.classid::int8 << 32) | l.objid::int8 \
                 FROM pg_locks l JOIN pg_stat_activity a USING (pid) \
                 WHERE a.datname = current_database() AND a.application_name = 'limosa' \
                 AND l.locktype = 'advisory' AND l.objid <> 77",
            );
            format!("SELECT 1 FROM pg_advisory_lock({key})")
        };
        let (ran, told) =
            beside_a_waiting_tool(&lab, "statement 1", &for_our_lock, "retry", |waiter| {
                lab.db.execute(
                    "SELECT pg_cancel_backend(pid) FROM pg_stat_activity \
                     WHERE datname = current_database() AND wait_event = 'advisory'",
                );
                assert!(!waiter.join().unwrap().1);
            });
        Lab::done(ran);
        assert_eq!(
            told,
            [
                "statement 1",
                "statement 2",
                "retry",
                "statement 2",
                "statement 3"
            ]
        );
        assert_eq!(
            journal_of_2(&lab),
            "unit-started unit-done unit-started unit-failed unit-started unit-done \
             unit-started unit-done applied"
        );
    }

    #[test]
    fn a_waiting_tool_does_not_hold_a_recovery_up() {
        let mut lab = lab!(Postgres);
        since_postgres!(lab.db, 14, "DETACH PARTITION … CONCURRENTLY");
        lab.file(
            "1_t.sql",
            "CREATE TABLE t (id int) PARTITION BY RANGE (id);\n\
             CREATE TABLE p PARTITION OF t FOR VALUES FROM (0) TO (9);\n",
        );
        lab.up();
        lab.file(
            "2_p.sql",
            "ALTER TABLE t DETACH PARTITION p CONCURRENTLY;\n",
        );
        let mut user = lab.db.open();
        user.execute("BEGIN");
        user.execute("SELECT * FROM t");
        lab.retry_for = Duration::ZERO;
        std::thread::scope(|scope| {
            let run = scope.spawn(|| lab.up_fails());
            lab.db.wait_until(
                "SELECT count(*) FROM pg_inherits WHERE inhparent = 't'::regclass AND inhdetachpending",
            );
            end_sessions(&lab);
            run.join().unwrap();
        });
        user.execute("COMMIT");
        lab.file("3_c.sql", "CREATE TABLE after (id int);\n");
        let (ran, told) = beside_a_waiting_tool(
            &lab,
            "recovered",
            &for_its_lock,
            "wait for that-tool",
            |waiter| give_back(&lab, &mut with_the_lock(waiter)),
        );
        Lab::done(ran);
        assert_eq!(told, ["recovered", "wait for that-tool", "statement 1"]);
        assert_eq!(lab.db.value("SELECT count(*) FROM pg_inherits"), "0");
    }
}

mod mariadb {
    use super::*;

    #[test]
    fn a_tool_at_work_is_waited_for() {
        super::a_tool_at_work_is_waited_for(lab!(MariaDb));
    }

    #[test]
    fn a_tool_waits_until_a_run_is_over() {
        super::a_tool_waits_until_a_run_is_over(&lab!(MariaDb));
    }

    #[test]
    fn another_connection_takes_the_locks_again() {
        super::another_connection_takes_the_locks_again(&lab!(MariaDb));
    }
}
