//! Databases that a script attaches.

use std::time::Duration;

use limosa_core::Plan;
use limosa_core::event::{Event, Observer};
use limosa_engine::{Answer, Database};

use super::support::Lab;
use super::{UP, lab};

#[test]
fn an_attached_database_is_detached_after_its_migration() {
    let lab = lab();
    let other = lab.folder().join("other.db");
    lab.file(
        "1_a.sql",
        &format!(
            "ATTACH '{}' AS other;\nCREATE TABLE other.far (id INTEGER);\nVACUUM;\nINSERT INTO other.far VALUES (1);\n",
            other.display()
        ),
    );
    lab.file(
        "2_b.sql",
        "CREATE TABLE seen AS SELECT name FROM pragma_database_list WHERE name <> 'temp';\n",
    );
    lab.up();
    assert_eq!(lab.db.query("select name from seen"), [["main"]]);
    lab.db.execute(&format!(
        "ATTACH '{}' AS o; CREATE TABLE copied AS SELECT * FROM o.far",
        other.display()
    ));
    assert_eq!(lab.db.value("select count(*) from copied"), "1");
    // A table of the other database does not go by our name.
    lab.file("3_c.sql", "INSERT INTO far VALUES (2);\n");
    assert_eq!(lab.up_fails().failed.unwrap().statement, Some(1));
}

#[test]
fn an_attached_database_in_memory_keeps_what_it_has_between_units() {
    let lab = lab();
    lab.file(
        "1_a.sql",
        "ATTACH ':memory:' AS scratch;\nCREATE TABLE scratch.s (id INTEGER);\nINSERT INTO scratch.s VALUES (1), (2);\n\
         PRAGMA foreign_keys = ON;\nCREATE TABLE a AS SELECT * FROM scratch.s;\nDETACH scratch;\nVACUUM;\n\
         ATTACH ':memory:' AS scratch;\nCREATE TABLE scratch.s (id INTEGER);\nVACUUM;\nINSERT INTO a SELECT count(*) FROM scratch.s;\n",
    );
    lab.up();
    assert_eq!(lab.db.query("select id from a"), [["1"], ["2"], ["0"]]);
}

#[test]
fn an_interrupted_migration_goes_on_with_what_it_had_attached() {
    let mut lab = lab();
    let other = lab.folder().join("other.db");
    let file = |rest: &str| {
        format!(
            "ATTACH '{}' AS other;\nCREATE TABLE other.far (id INTEGER);\nVACUUM;\n{rest}VACUUM;\nDELETE FROM other.far;\n",
            other.display()
        )
    };
    lab.file("1_a.sql", &file("INSERT INTO other.nowhere VALUES (1);\n"));
    assert_eq!(lab.up_fails().failed.unwrap().statement, Some(4));
    lab.file("1_a.sql", &file("INSERT INTO other.far VALUES (1);\n"));
    lab.lock_timeout = Duration::from_millis(50);
    let mut writer = lab.db.open();
    let mut retries = Release {
        writer: &mut writer,
        seen: 0,
    };
    let confirm = &mut |_: &mut Database, _: &Plan| Answer::Go;
    Lab::done(lab.run_observed(UP, confirm, &|| false, &mut retries));
    assert_eq!((retries.seen, lab.applied()), (1, vec!["1".to_owned()]));
}

#[test]
fn a_unit_that_attaches_is_done_again_when_the_database_was_busy() {
    let mut lab = lab();
    lab.file("1_a.sql", "CREATE TABLE a (id INTEGER);\n");
    lab.up();
    lab.lock_timeout = Duration::from_millis(50);
    let other = lab.folder().join("other.db");
    lab.file(
        "2_b.sql",
        &format!("ATTACH '{}' AS other;\nCREATE TABLE other.far (id INTEGER);\nINSERT INTO a VALUES (1);\n", other.display()),
    );
    let mut writer = lab.db.open();
    let mut retries = Release {
        writer: &mut writer,
        seen: 0,
    };
    let confirm = &mut |_: &mut Database, _: &Plan| Answer::Go;
    Lab::done(lab.run_observed(UP, confirm, &|| false, &mut retries));
    assert_eq!(retries.seen, 1);
    assert_eq!(lab.db.value("select count(*) from a"), "1");
}

/// Takes the database when the step begins, and gives it free when the first attempt has failed.
struct Release<'a> {
    writer: &'a mut limosa_testkit::Client,
    seen: usize,
}

impl Observer for Release<'_> {
    fn observe(&mut self, event: &Event<'_>) {
        match event {
            Event::StepStarted { .. } => self.writer.execute("BEGIN IMMEDIATE"),
            Event::LockRetry { .. } => {
                self.seen += 1;
                self.writer.execute("ROLLBACK");
            }
            _ => {}
        }
    }
}
