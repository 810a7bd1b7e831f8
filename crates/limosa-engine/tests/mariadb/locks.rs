//! Locks: those between migrators, those on tables, and stopping while waiting.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use limosa_core::event::{Event, Observer};
use limosa_engine::Answer;

use crate::support::{Lab, UP};

/// The name of the lock, as `docs/reference/privileges.md` describes it.
fn lock_name(lab: &Lab) -> String {
    lab.db.value(&format!(
        "SELECT concat('limosa:', left(sha2(concat('limosa', char(0), '{}', char(0), 'limosa_history'), 256), 32))",
        lab.db.name()
    ))
}

/// Who holds the lock, as it was told.
#[derive(Default)]
struct Waiting<'a> {
    holders: Mutex<Vec<String>>,
    seen: Option<&'a AtomicBool>,
}

impl Observer for Waiting<'_> {
    fn observe(&mut self, event: &Event<'_>) {
        if let Event::LockWaiting { holder, .. } = event {
            let holder = holder.unwrap_or_default().to_owned();
            self.holders.lock().unwrap().push(holder);
            if let Some(seen) = self.seen {
                seen.store(true, Ordering::Release);
            }
        }
    }
}

#[test]
fn whoever_holds_the_lock_is_named_and_the_wait_ends() {
    let mut lab = lab!();
    lab.lock_wait = Duration::from_millis(200);
    lab.file("1_a.sql", "CREATE TABLE a (id int);\n");
    let mut holder = lab.db.open();
    let name = lock_name(&lab);
    assert_eq!(holder.value(&format!("SELECT GET_LOCK('{name}', 0)")), "1");
    let id = holder.value("SELECT CONNECTION_ID()");
    let mut waiting = Waiting::default();
    let ran = lab.up_observed(&mut waiting);
    let report = ran.unwrap_err().problem.diagnostic();
    assert_eq!(report.class.exit_code(), 4);
    let told = format!("{} {:?}", report.message, report.notes);
    assert!(
        told.contains("root") && told.contains(&format!("connection {id}")),
        "{told}"
    );
    assert!(waiting.holders.lock().unwrap()[0].contains("root"));
    assert!(!lab.has_table("a") && !lab.has_table("limosa_history"));
    holder.execute(&format!("DO RELEASE_LOCK('{name}')"));
    lab.up();
}

#[test]
fn a_wait_for_the_lock_can_be_interrupted() {
    let lab = lab!();
    lab.file("1_a.sql", "CREATE TABLE a (id int);\n");
    let mut holder = lab.db.open();
    holder.execute(&format!("DO GET_LOCK('{}', 0)", lock_name(&lab)));
    let stop = AtomicBool::new(false);
    let mut waiting = Waiting {
        seen: Some(&stop),
        ..Waiting::default()
    };
    let ran = lab.run_observed(
        UP,
        &mut |_, _| Answer::Go,
        &|| stop.load(Ordering::Acquire),
        &mut waiting,
    );
    let report = ran.unwrap_err().problem.diagnostic();
    assert_eq!(report.class.exit_code(), 130);
    assert!(!lab.has_table("a"));
}

#[test]
fn a_waiting_session_that_is_killed_says_so() {
    let lab = lab!();
    lab.file("1_a.sql", "CREATE TABLE a (id int);\n");
    let mut holder = lab.db.open();
    holder.execute(&format!("DO GET_LOCK('{}', 0)", lock_name(&lab)));
    let own = holder.value("SELECT CONNECTION_ID()");
    let killer = Mutex::new(lab.db.open());
    struct Kill<'a>(&'a Mutex<limosa_testkit::Client>, String, String);
    impl Observer for Kill<'_> {
        fn observe(&mut self, event: &Event<'_>) {
            if matches!(event, Event::LockWaiting { .. }) {
                let mut killer = self.0.lock().unwrap();
                let others = killer.query(&format!(
                    "SELECT ID FROM information_schema.PROCESSLIST WHERE DB = '{}' AND ID NOT IN ({}, CONNECTION_ID())",
                    self.2, self.1
                ));
                for other in others {
                    killer.execute(&format!("KILL {}", other[0]));
                }
            }
        }
    }
    let mut kill = Kill(&killer, own, lab.db.name().to_owned());
    let ran = lab.up_observed(&mut kill);
    let failure = ran.unwrap_err();
    let report = failure.problem.diagnostic();
    assert!(failure.done.is_empty());
    assert!(matches!(report.class.exit_code(), 1 | 4), "{report:?}");
    assert!(!lab.has_table("a"));
}

#[test]
fn a_table_in_use_fails_the_statement_in_time_and_commits_no_half() {
    let mut lab = lab!();
    lab.lock_timeout = Duration::from_secs(1);
    lab.lock_budget = Duration::ZERO;
    lab.file(
        "1_a.sql",
        "CREATE TABLE a (id int PRIMARY KEY);\nINSERT INTO a VALUES (1), (2);\n",
    );
    lab.up();
    let mut reader = lab.db.open();
    reader.execute("START TRANSACTION");
    reader.execute("SELECT * FROM a FOR UPDATE");
    lab.file(
        "2_b.sql",
        "CREATE TABLE b (id int);\nALTER TABLE a ADD COLUMN x int;\n",
    );
    let failure = lab.up_fails();
    let failed = failure.failed.as_ref().unwrap();
    assert_eq!(
        (failed.statement, failed.code.as_deref()),
        (Some(2), Some("1205"))
    );
    // Rows: what came before in the transaction is rolled back, although the server keeps it.
    lab.file(
        "2_b.sql",
        "CREATE TABLE b (id int);\nINSERT INTO b VALUES (1);\nUPDATE a SET id = 9 WHERE id = 2;\n",
    );
    let failure = lab.up_fails();
    assert_eq!(
        failure.failed.as_ref().unwrap().code.as_deref(),
        Some("1205")
    );
    assert_eq!(lab.db.value("SELECT count(*) FROM b"), "0");
    reader.execute("COMMIT");
    lab.up();
    assert_eq!(lab.db.value("SELECT count(*) FROM b"), "1");
    assert_eq!(lab.db.value("SELECT max(id) FROM a"), "9");
}

#[test]
fn a_wish_to_stop_cancels_the_statement_and_leaves_clean() {
    let lab = lab!();
    lab.file("1_a.sql", "CREATE TABLE a (id int);\n");
    lab.file(
        "2_slow.sql",
        "INSERT INTO a VALUES (1);\nSELECT SLEEP(600);\n",
    );
    let stop = AtomicBool::new(false);
    let name = lab.db.name().to_owned();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut watcher = lab.db.open();
            let slow = format!("SELECT count(*) FROM information_schema.PROCESSLIST WHERE DB = '{name}' AND INFO = 'SELECT SLEEP(600)'");
            while watcher.value(&slow) == "0" {
                std::thread::yield_now();
            }
            stop.store(true, Ordering::Release);
        });
        let ran = lab.run_with(UP, &mut |_, _| Answer::Go, &|| stop.load(Ordering::Acquire));
        let failure = ran.unwrap_err();
        assert_eq!(failure.done.len(), 1);
        let report = failure.problem.diagnostic();
        assert_eq!(
            (report.name, report.class.exit_code()),
            ("interrupted", 130)
        );
    });
    assert_eq!(lab.applied(), ["1"]);
    assert_eq!(lab.db.value("SELECT count(*) FROM a"), "0");
    assert!(lab.events().contains(&"unit-undone".to_owned()));
}
