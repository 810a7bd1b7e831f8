//! Definitions of which nobody recorded how they ended: limosa, the connection or the server died in the middle.

mod calls;
mod refused;
mod victim;

use std::sync::Mutex;
use std::time::{Duration, Instant};

use limosa_core::event::{Event, Observer};
use limosa_engine::Resolution;
use limosa_testkit::{MariaDb, Settings};

use crate::support::{Lab, Ran, UP, version};
use victim::Victim;

/// What statements wait for a table that somebody reads. A look at the catalog may wait for a moment, too.
const WAITING: &str = "SELECT id FROM information_schema.processlist \
    WHERE db = database() AND state LIKE 'Waiting for table metadata lock%' \
    AND info NOT LIKE '%information_schema.%'";

#[track_caller]
fn wait_until<T>(mut found: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + Duration::from_secs(60);
    loop {
        if let Some(found) = found() {
            return found;
        }
        assert!(Instant::now() < end, "it did not happen");
        std::thread::park_timeout(Duration::from_millis(20));
    }
}

/// The session whose statement waits for a table.
#[track_caller]
fn waiting_session(lab: &Lab) -> String {
    wait_until(|| lab.db.query(WAITING).into_iter().flatten().next())
}

/// A definition is sent although its table is in use, and waits for as long as the test wants it to.
fn sends_at_once(lab: &mut Lab) {
    lab.lock_timeout = Duration::from_secs(300);
    lab.lock_budget = Duration::ZERO;
}

/// A migration with a definition between rows, and a table that somebody reads.
fn counted(lab: &Lab, definition: &str) {
    lab.db
        .execute("CREATE TABLE counter (n int); INSERT INTO counter VALUES (0)");
    lab.db.execute("CREATE TABLE t (a int)");
    correct(lab, definition);
}

/// The same migration with another definition.
fn correct(lab: &Lab, definition: &str) {
    lab.file(
        "1_t.sql",
        &format!("UPDATE counter SET n = n + 1;\n{definition};\nUPDATE counter SET n = n + 10;\n"),
    );
}

/// What recovery found, from the journal.
fn found(lab: &Lab) -> Vec<String> {
    let recovered = |detail: Option<String>| {
        let detail: serde_json::Value = serde_json::from_str(&detail?).ok()?;
        Some(detail.get("recovered")?.get("found")?.as_str()?.to_owned())
    };
    lab.journal()
        .into_iter()
        .filter_map(|entry| recovered(entry.detail))
        .collect()
}

fn count(lab: &Lab) -> String {
    lab.db.value("SELECT n FROM counter")
}

/// Who was waited for, and what is done at the first wait.
struct Told<F> {
    holders: Mutex<Vec<String>>,
    then: Option<F>,
}

impl<F: FnOnce()> Told<F> {
    fn then(then: F) -> Self {
        Self {
            holders: Mutex::default(),
            then: Some(then),
        }
    }
}

impl<F: FnOnce()> Observer for Told<F> {
    fn observe(&mut self, event: &Event<'_>) {
        if let Event::LockWaiting { holder, .. } = event {
            let holder = holder.unwrap_or_default().to_owned();
            self.holders.lock().unwrap().push(holder);
            if let Some(then) = self.then.take() {
                then();
            }
        }
    }
}

#[test]
fn the_definition_of_a_killed_limosa_is_waited_for_and_counts() {
    let lab = lab!();
    counted(&lab, "ALTER TABLE t ADD COLUMN x int");
    let mut reader = lab.db.open();
    reader.execute("START TRANSACTION");
    reader.query("SELECT * FROM t");
    let victim = Victim::start(&lab);
    let session = waiting_session(&lab);
    victim.kill();
    // Its session still waits for the table, with the lock between migrators.
    let mut told = Told::then(|| reader.execute("COMMIT"));
    Lab::done(lab.up_observed(&mut told));
    let holders = told.holders.into_inner().unwrap();
    assert!(
        holders[0].contains(&format!("connection {session}")),
        "{holders:?}"
    );
    assert_eq!(count(&lab), "11");
    assert_eq!(found(&lab), ["present"]);
    assert_eq!(
        lab.db.query("SELECT a, x FROM t"),
        Vec::<Vec<String>>::new()
    );
    assert_eq!(lab.applied(), ["1"]);
}

/// Runs `up` while somebody reads the table, does something to the waiting session, then lets the reader go.
fn disturbed(lab: &Lab, disturb: impl FnOnce(&Lab, &str)) -> Ran {
    let mut reader = lab.db.open();
    reader.execute("START TRANSACTION");
    reader.query("SELECT * FROM t");
    std::thread::scope(|scope| {
        let ran = scope.spawn(|| lab.run(UP));
        let session = waiting_session(lab);
        disturb(lab, &session);
        reader.execute("COMMIT");
        ran.join().unwrap()
    })
}

#[test]
fn a_connection_that_is_killed_in_a_definition_is_met_by_another_one() {
    let mut lab = lab!();
    sends_at_once(&mut lab);
    counted(&lab, "ALTER TABLE t ADD COLUMN x int");
    let ran = disturbed(&lab, |lab, session| {
        lab.db.execute(&format!("KILL {session}"));
    });
    Lab::done(ran);
    assert_eq!(
        (count(&lab), found(&lab)),
        ("11".to_owned(), vec!["absent".to_owned()])
    );
}

#[test]
fn without_another_connection_the_next_run_decides() {
    let mut lab = lab!();
    sends_at_once(&mut lab);
    lab.retry_for = Duration::ZERO;
    counted(&lab, "ALTER TABLE t ADD COLUMN x int");
    let ran = disturbed(&lab, |lab, session| {
        lab.db.execute(&format!("KILL {session}"));
    });
    let report = ran.unwrap_err().problem.diagnostic();
    assert_eq!(report.name, "connection-lost", "{report:?}");
    assert_eq!((count(&lab), found(&lab)), ("1".to_owned(), vec![]));
    lab.up();
    assert_eq!(
        (count(&lab), found(&lab)),
        ("11".to_owned(), vec!["absent".to_owned()])
    );
}

#[test]
fn a_definition_that_is_cancelled_has_failed_and_runs_the_next_time() {
    let mut lab = lab!();
    sends_at_once(&mut lab);
    counted(&lab, "ALTER TABLE t ADD COLUMN x int");
    let ran = disturbed(&lab, |lab, session| {
        lab.db.execute(&format!("KILL QUERY {session}"));
        // Not the session that comes after it.
        wait_until(|| lab.db.query(WAITING).is_empty().then_some(()));
    });
    let report = ran.unwrap_err().problem.diagnostic();
    assert_eq!(report.class.exit_code(), 1, "{report:?}");
    assert_eq!(count(&lab), "1");
    lab.up();
    assert_eq!(count(&lab), "11");
}

/// A server of the test's own, which it may kill.
fn own_server() -> Option<(MariaDb, Lab)> {
    match MariaDb::start(&Settings::new()) {
        Ok(server) => {
            let mut lab = Lab::with(server.database());
            sends_at_once(&mut lab);
            lab.retry_for = Duration::ZERO;
            Some((server, lab))
        }
        Err(error) => {
            limosa_testkit::skip_or_panic(&error);
            None
        }
    }
}

/// Runs `up` while a server works on a statement in this state, kills the server, and starts it again.
fn server_killed_in(server: &MariaDb, lab: &Lab, state: &str) {
    let ran = std::thread::scope(|scope| {
        let ran = scope.spawn(|| lab.run(UP));
        let at_work = format!(
            "SELECT 1 FROM information_schema.processlist WHERE db = database() AND state = '{state}'"
        );
        wait_until(|| lab.db.query(&at_work).into_iter().next());
        server.kill();
        ran.join().unwrap()
    });
    assert!(ran.is_err());
    server.restart().unwrap();
}

#[test]
fn a_server_that_is_killed_in_a_definition_has_done_all_of_it_or_nothing() {
    let Some((server, lab)) = own_server() else {
        return;
    };
    // It sleeps at each row until the gate is open.
    let rows = "SELECT seq AS a, SLEEP((SELECT n FROM gate)) AS s FROM seq_1_to_100";
    lab.db
        .execute("CREATE TABLE gate (n int); INSERT INTO gate VALUES (1)");
    counted(&lab, &format!("CREATE TABLE c AS {rows}"));
    server_killed_in(&server, &lab, "User sleep");
    assert!(!lab.has_table("c"));
    lab.db.execute("UPDATE gate SET n = 0");
    lab.up();
    assert_eq!(
        (count(&lab), found(&lab)),
        ("11".to_owned(), vec!["absent".to_owned()])
    );
    assert_eq!(lab.db.value("SELECT count(*) FROM c"), "100");

    // The old table is gone before the new one is there.
    lab.db.execute("UPDATE gate SET n = 1");
    lab.file(
        "2_r.sql",
        &format!("CREATE OR REPLACE TABLE c AS {rows};\n"),
    );
    server_killed_in(&server, &lab, "User sleep");
    assert!(!lab.has_table("c"));
    lab.db.execute("UPDATE gate SET n = 0");
    lab.up();
    assert_eq!(found(&lab).len(), 2);
    assert_eq!(lab.db.value("SELECT count(*) FROM c"), "100");
}

#[test]
fn a_server_that_is_killed_while_it_copies_a_table_has_the_old_one_or_the_new_one() {
    let Some((server, lab)) = own_server() else {
        return;
    };
    counted(
        &lab,
        "ALTER TABLE t ADD COLUMN x int DEFAULT 7, ALGORITHM=COPY",
    );
    lab.db
        .execute("INSERT INTO t SELECT seq FROM seq_1_to_1000000");
    server_killed_in(&server, &lab, "copy to tmp table");
    lab.up();
    assert_eq!(count(&lab), "11");
    assert_eq!(found(&lab).len(), 1);
    assert_eq!(lab.db.value("SELECT sum(x) FROM t"), "7000000");
    assert_eq!(lab.db.query("SHOW TABLES LIKE '#sql%'").len(), 0);
}

/// When the session of limosa ends, seen from the statement that begins so.
enum Ends<'a> {
    Before(&'a str),
    After(&'a str),
}

struct Ending<'a> {
    lab: &'a Lab,
    when: Ends<'a>,
    at_work: bool,
}

impl<'a> Ending<'a> {
    fn new(lab: &'a Lab, when: Ends<'a>) -> Self {
        Self {
            lab,
            when,
            at_work: false,
        }
    }

    /// As an administrator would end it.
    fn end(&self) {
        let others = "SELECT id FROM information_schema.processlist \
            WHERE db LIKE concat(database(), '%') AND id <> connection_id()";
        for session in self.lab.db.query(others).concat() {
            self.lab.db.execute(&format!("KILL {session}"));
        }
    }
}

impl Observer for Ending<'_> {
    fn observe(&mut self, event: &Event<'_>) {
        match (event, &self.when) {
            (Event::StatementStarted { sql, .. }, Ends::Before(statement))
                if sql.starts_with(statement) =>
            {
                self.end();
            }
            (Event::StatementStarted { sql, .. }, Ends::After(statement)) => {
                self.at_work = sql.starts_with(statement);
            }
            (Event::StatementFinished { .. }, Ends::After(_)) if self.at_work => self.end(),
            _ => {}
        }
    }
}

/// A run that ends when it is about to send this statement, of which somebody does a part.
fn interrupted(lab: &mut Lab, statement: &str, part: &str) {
    lab.retry_for = Duration::ZERO;
    let ran = lab.up_observed(&mut Ending::new(lab, Ends::Before(statement)));
    assert_eq!(
        ran.unwrap_err().problem.diagnostic().name,
        "connection-lost"
    );
    lab.db.execute(part);
}

#[test]
fn a_drop_of_several_tables_is_completed() {
    let mut lab = lab!();
    lab.db
        .execute("CREATE TABLE a (i int); CREATE TABLE b (i int); CREATE TABLE `c d` (i int)");
    counted(&lab, "DROP TABLE a, b, `c d`");
    interrupted(&mut lab, "DROP", "DROP TABLE b");
    lab.up();
    assert!(!lab.has_table("a") && !lab.has_table("c d"));
    assert_eq!(
        (count(&lab), found(&lab)),
        ("11".to_owned(), vec!["present".to_owned()])
    );
}

#[test]
fn what_completes_a_statement_lets_others_read_while_it_waits() {
    let mut lab = lab!();
    lab.lock_timeout = Duration::from_secs(1);
    lab.db
        .execute("CREATE TABLE a (i int); CREATE TABLE b (i int)");
    counted(&lab, "DROP TABLE a, b");
    interrupted(&mut lab, "DROP", "DROP TABLE b");
    let mut reader = lab.db.open();
    reader.execute("START TRANSACTION");
    reader.query("SELECT * FROM a");
    let mut other = lab.db.open();
    other.execute("SET lock_wait_timeout = 30");
    std::thread::scope(|scope| {
        let ran = scope.spawn(|| lab.run(UP));
        waiting_session(&lab);
        // Behind a wait without a limit this one would wait until it fails.
        other.query("SELECT * FROM a");
        reader.execute("COMMIT");
        Lab::done(ran.join().unwrap());
    });
    assert!(!lab.has_table("a"));
    assert_eq!(count(&lab), "11");
}

#[test]
fn what_cannot_be_known_is_asked_and_the_answer_counts() {
    let mut lab = lab!();
    // Rows of such a table have no mark, and these may be those from before or others.
    counted(&lab, "TRUNCATE TABLE m");
    lab.db
        .execute("CREATE TABLE m (a int) ENGINE=MyISAM; INSERT INTO m VALUES (1)");
    interrupted(&mut lab, "TRUNCATE", "SELECT 1");
    let failure = lab.up_fails();
    let report = failure.problem.diagnostic();
    assert_eq!((report.name, report.class.exit_code()), ("in-doubt", 5));
    let said = format!("{:?} {:?}", report.notes, report.help);
    assert!(
        said.contains("`m` is as it was") && said.contains("limosa resolve 1"),
        "{said}"
    );
    assert_eq!(lab.db.value("SELECT count(*) FROM m"), "1");
    lab.resolve(&version("1"), None, Resolution::NotApplied)
        .unwrap();
    lab.up();
    assert_eq!(lab.db.value("SELECT count(*) FROM m"), "0");
    assert_eq!(count(&lab), "11");
}

#[test]
fn an_emptied_table_is_not_emptied_again() {
    let mut lab = lab!();
    counted(&lab, "TRUNCATE TABLE t");
    lab.db.execute("INSERT INTO t VALUES (1)");
    interrupted(
        &mut lab,
        "TRUNCATE",
        "TRUNCATE TABLE t; INSERT INTO t VALUES (2)",
    );
    lab.up();
    assert_eq!(lab.db.query("SELECT a FROM t"), [["2"]]);
    assert_eq!(
        (count(&lab), found(&lab)),
        ("11".to_owned(), vec!["present".to_owned()])
    );
}

#[test]
fn names_mean_what_they_meant_in_the_session_of_the_file() {
    let mut lab = lab!();
    let other = format!("{}_other", lab.db.name());
    lab.db.execute(&format!("CREATE DATABASE {other}"));
    lab.file("1_t.sql", &format!(
        "USE {other};\nSET sql_mode = 'ANSI_QUOTES';\nCREATE TABLE \"t\" (b int);\nINSERT INTO t VALUES (1);\n"
    ));
    interrupted(
        &mut lab,
        "CREATE",
        &format!("CREATE TABLE {other}.t (b int)"),
    );
    lab.up();
    assert_eq!(found(&lab), ["present"]);
    assert_eq!(lab.db.query(&format!("SELECT b FROM {other}.t")), [["1"]]);
}
