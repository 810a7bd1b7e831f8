//! What happens to a run while it reads the schema at its end, after its work is done.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]
#![expect(clippy::needless_pass_by_value, reason = "each test owns its database")]

mod support;

use std::sync::atomic::{AtomicBool, Ordering};

use limosa_core::event::{Event, Observer};
use limosa_engine::{Answer, Outside, Texts};
use limosa_testkit::Kind;
use support::{Lab, UP};

on_every_database! {
    a_stop_ends_the_reading_and_not_the_run,
    a_process_that_dies_then_leaves_nothing_to_resume_and_no_claim,
    a_connection_that_is_lost_then_is_replaced_and_the_schema_is_read,
}

fn shop(lab: &Lab) {
    lab.file("1_a.sql", "CREATE TABLE a (x integer);");
    lab.file("2_b.sql", "CREATE TABLE b (x integer);");
}

fn outside(lab: &Lab) -> Outside {
    let mut database = lab.open();
    let set = lab.migrations().unwrap();
    let current = database.current(&set, Texts::Without).unwrap();
    database.changed_outside(&current.moved)
}

/// Does something once the last migration is done.
struct AtTheEnd<F: FnMut()>(F);

impl<F: FnMut()> Observer for AtTheEnd<F> {
    fn observe(&mut self, event: &Event<'_>) {
        if let Event::StepFinished { step, .. } = event
            && step.version.text() == "2"
        {
            (self.0)();
        }
    }
}

fn a_stop_ends_the_reading_and_not_the_run(lab: Lab) {
    shop(&lab);
    let stopped = AtomicBool::new(false);
    let mut observer = AtTheEnd(|| stopped.store(true, Ordering::SeqCst));
    let interrupted = || stopped.load(Ordering::SeqCst);
    let ran = lab.run_observed(UP, &mut |_, _| Answer::Go, &interrupted, &mut observer);
    assert_eq!(Lab::done(ran).done.len(), 2);
    assert_eq!(lab.events().last().unwrap(), "run-finished");
    match outside(&lab) {
        Outside::Unknown(why) => assert!(why.contains("could not read the schema"), "{why}"),
        other => panic!("{other:?}"),
    }
}

fn a_process_that_dies_then_leaves_nothing_to_resume_and_no_claim(lab: Lab) {
    shop(&lab);
    lab.up();
    // What a process leaves that is killed while it reads the schema, or writes what it has read.
    lab.db
        .execute("DELETE FROM limosa_journal WHERE event = 'run-finished'");
    assert!(!lab.events().contains(&"run-finished".to_owned()));
    assert!(matches!(outside(&lab), Outside::Unknown(_)));
    assert!(lab.up().plan.is_empty());
    assert_eq!(lab.applied(), ["1", "2"]);
    lab.file("3_c.sql", "CREATE TABLE c (x integer);");
    lab.up();
    assert!(matches!(outside(&lab), Outside::Unchanged(_)));
}

fn a_connection_that_is_lost_then_is_replaced_and_the_schema_is_read(lab: Lab) {
    shop(&lab);
    let end = match lab.kind() {
        Kind::Postgres => {
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
             WHERE datname = current_database() AND pid <> pg_backend_pid()"
        }
        Kind::MariaDb => {
            "SELECT concat('KILL ', id) FROM information_schema.processlist \
             WHERE db = database() AND id <> connection_id()"
        }
        // There is no connection to lose.
        Kind::Sqlite => return,
    };
    let mut observer = AtTheEnd(|| {
        for row in lab.db.query(end) {
            if lab.kind() == Kind::MariaDb {
                lab.db.execute(&row[0]);
            }
        }
        lab.db.wait_until_alone();
    });
    let ran = lab.run_observed(UP, &mut |_, _| Answer::Go, &|| false, &mut observer);
    assert_eq!(Lab::done(ran).done.len(), 2);
    assert!(
        lab.events().contains(&"reconnected".to_owned()),
        "{:?}",
        lab.events()
    );
    assert!(matches!(outside(&lab), Outside::Unchanged(_)));
    lab.db.execute("CREATE TABLE by_hand (x integer)");
    assert!(matches!(outside(&lab), Outside::Changed(_)));
}
