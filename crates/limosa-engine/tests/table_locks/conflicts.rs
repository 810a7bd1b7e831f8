//! Deadlocks and serialization failures are nobody's fault: the unit is done again.

use std::sync::mpsc;
use std::thread::JoinHandle;

use limosa_core::event::{Event, Observer};
use limosa_testkit::{Client, Kind};

use crate::support::Lab;

/// Lets another session do something just before a statement is sent for the first time.
struct Before {
    number: u64,
    then: Option<Box<dyn FnOnce()>>,
    retries: Vec<String>,
}

impl Observer for Before {
    fn observe(&mut self, event: &Event<'_>) {
        match event {
            Event::StatementStarted { step, number, .. }
                if *number == self.number && step.version.text() == "2" =>
            {
                if let Some(then) = self.then.take() {
                    then();
                }
            }
            Event::LockRetry { message, .. } => self.retries.push((*message).to_owned()),
            _ => {}
        }
    }
}

/// A table with a counter in each of so many rows.
fn counters(kind: Kind, rows: usize) -> Option<Lab> {
    let lab = Lab::on(kind)?;
    let values: Vec<String> = (1..=rows).map(|id| format!("({id}, 0)")).collect();
    lab.file(
        "1_a.sql",
        &format!(
            "CREATE TABLE a (id int PRIMARY KEY, n int);\nINSERT INTO a VALUES {};\n",
            values.join(", ")
        ),
    );
    lab.up();
    Some(lab)
}

/// Runs the second migration; `then` happens before its statement `number`. Says why it was tried again.
fn up_with(lab: &Lab, number: u64, then: impl FnOnce() + 'static) -> Vec<String> {
    let mut observer = Before {
        number,
        then: Some(Box::new(then)),
        retries: Vec::new(),
    };
    let ran = lab.up_observed(&mut observer);
    Lab::done(ran);
    assert_eq!(lab.applied(), ["1", "2"]);
    observer.retries
}

#[test]
fn rows_that_somebody_else_has_changed_meanwhile() {
    let Some(lab) = counters(Kind::Postgres, 1) else {
        return;
    };
    lab.file(
        "2_b.sql",
        "BEGIN ISOLATION LEVEL REPEATABLE READ;\nSELECT * FROM a;\nSAVEPOINT s;\nUPDATE a SET n = n + 1;\nCOMMIT;\n",
    );
    let mut other = lab.db.open();
    let retries = up_with(&lab, 3, move || {
        other.execute("UPDATE a SET n = n + 10 WHERE id = 1");
    });
    assert_eq!(retries.len(), 1, "{retries:?}");
    assert!(retries[0].contains("could not serialize"), "{retries:?}");
    assert_eq!(lab.db.value("SELECT n FROM a"), "11");
}

/// Lets another session commit after the statement, before our records and our COMMIT.
struct AtTheEnd(Option<(mpsc::Sender<()>, mpsc::Receiver<()>)>);

impl Observer for AtTheEnd {
    fn observe(&mut self, event: &Event<'_>) {
        if let Event::StatementFinished { step, .. } = event
            && step.version.text() == "2"
            && let Some((tell, is_done)) = self.0.take()
        {
            tell.send(()).expect("the other one waits for it");
            is_done.recv().expect("the other one commits");
        }
    }
}

#[test]
fn a_commit_that_cannot_be_serialized() {
    let Some(lab) = counters(Kind::Postgres, 1) else {
        return;
    };
    lab.db.execute("CREATE TABLE b (n int)");
    lab.file(
        "2_b.sql",
        "BEGIN ISOLATION LEVEL SERIALIZABLE;\nINSERT INTO b SELECT count(*) FROM a;\nSAVEPOINT s;\nCOMMIT;\n",
    );
    let mut other = lab.db.open();
    // Each of the two reads what the other one writes; the one that commits last has to give way.
    other.execute("BEGIN ISOLATION LEVEL SERIALIZABLE; INSERT INTO a SELECT 2, count(*) FROM b");
    let (tell, told) = mpsc::channel();
    let (done, is_done) = mpsc::channel();
    let other: JoinHandle<()> = std::thread::spawn(move || {
        told.recv().expect("the statement ends");
        other.execute("COMMIT");
        done.send(()).expect("the migration waits for it");
    });
    let mut observer = AtTheEnd(Some((tell, is_done)));
    let ran = lab.up_observed(&mut observer);
    other.join().expect("the other one commits");
    Lab::done(ran);
    assert_eq!(lab.db.query("SELECT n FROM b"), [["2"]]);
}

/// Another session that has changed the last row and now wants the first, which we have changed.
fn crossing(mut other: Client) -> impl FnOnce() + 'static {
    move || {
        std::thread::spawn(move || {
            other.execute("UPDATE a SET n = n + 10 WHERE id = 1");
            other.execute("COMMIT");
        });
    }
}

#[test]
fn a_deadlock_on_postgresql() {
    let Some(lab) = counters(Kind::Postgres, 2) else {
        return;
    };
    lab.file(
        "2_b.sql",
        "UPDATE a SET n = n + 1 WHERE id = 1;\nSET LOCAL lock_timeout = '1h';\nSAVEPOINT s;\n\
         UPDATE a SET n = n + 1 WHERE id = 2;\n",
    );
    let mut other = lab.db.open();
    // The server ends the one that looks for deadlocks first: that is us.
    other.execute("SET deadlock_timeout = '1h'");
    other.execute("BEGIN; UPDATE a SET n = n + 10 WHERE id = 2");
    let retries = up_with(&lab, 4, crossing(other));
    assert!(
        retries.contains(&"deadlock detected".to_owned()),
        "{retries:?}"
    );
    assert_eq!(lab.db.query("SELECT n FROM a"), [["11"], ["11"]]);
}

#[test]
fn a_deadlock_on_mariadb() {
    let Some(lab) = counters(Kind::MariaDb, 200) else {
        return;
    };
    lab.file(
        "2_b.sql",
        "UPDATE a SET n = n + 1 WHERE id = 1;\nUPDATE a SET n = n + 1 WHERE id = 200;\n",
    );
    let mut other = lab.db.open();
    // The server ends the one that has done less: that is us.
    other.execute("START TRANSACTION");
    other.execute("UPDATE a SET n = n + 10 WHERE id > 1");
    let retries = up_with(&lab, 2, crossing(other));
    assert!(
        retries.iter().any(|why| why.contains("Deadlock")),
        "{retries:?}"
    );
    assert_eq!(
        lab.db.query("SELECT n FROM a WHERE id IN (1, 200)"),
        [["11"], ["11"]]
    );
}
