//! Indexes on PostgreSQL that are built and dropped concurrently.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use limosa_core::event::{Event, Observer};
use limosa_engine::Answer;

use crate::faults::{events, held, recovered, to_session, waits};
use crate::support::{Lab, UP};

const TABLE: &str = "CREATE SCHEMA \"Odd\";\nCREATE TABLE \"Odd\".\"Ta\"\"ble\" (id int, mail text);\n\
    INSERT INTO \"Odd\".\"Ta\"\"ble\" VALUES (1, 'a'), (2, 'b');\n";

/// Keeps a concurrent build waiting before it begins to read: a lock on the table.
const LOCK: &[&str] = &["BEGIN", "INSERT INTO \"Odd\".\"Ta\"\"ble\" VALUES (3, 'c')"];

/// Keeps it waiting at its end: an old snapshot, of whatever.
const SNAPSHOT: &[&str] = &["BEGIN ISOLATION LEVEL REPEATABLE READ", "SELECT 1"];

/// The indexes: name, and whether it is valid.
fn indexes(lab: &Lab) -> String {
    lab.db.value(
        "SELECT coalesce(string_agg(c.relname || ' ' || i.indisvalid, ', ' ORDER BY c.relname), 'none') \
         FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
         WHERE n.nspname = 'Odd'",
    )
}

#[test]
fn an_interrupted_build_is_cleaned_and_built_again() {
    let statements = [
        (
            "CREATE INDEX CONCURRENTLY By_Id ON \"Ta\"\"ble\" (id)",
            "by_id true",
        ),
        (
            "CREATE INDEX CONCURRENTLY IF NOT EXISTS by_id ON \"Ta\"\"ble\" (id)",
            "by_id true",
        ),
        (
            "CREATE UNIQUE INDEX CONCURRENTLY ON \"Ta\"\"ble\" (lower(mail), id DESC) INCLUDE (mail) WHERE id > 0",
            "Ta\"ble_lower_id_mail_idx true",
        ),
    ];
    for (statement, expected) in statements {
        for hold in [LOCK, SNAPSHOT] {
            for fault in ["pg_terminate_backend", "pg_cancel_backend"] {
                let lab = lab!();
                lab.file("1_table.sql", TABLE);
                lab.up();
                lab.file(
                    "2_index.sql",
                    &format!("SET search_path = \"Odd\";\n{statement};\n"),
                );
                // A session that is ended loses the run, or it goes on with another one; a cancelled statement fails it.
                let _ = held(&lab, hold, "create ", |other| {
                    lab.db.value(&to_session(fault, "create "));
                    other.execute("COMMIT");
                });
                lab.up();
                assert_eq!(indexes(&lab), expected, "{statement} {fault}");
                assert_eq!(
                    events(&lab, "2", 0),
                    "unit-started unit-failed unit-started unit-done",
                    "{statement} {fault}"
                );
                let (found, cleaned) = recovered(&lab).remove(0);
                let index = expected.trim_end_matches(" true").replace('"', "\"\"");
                let drop = format!("DROP INDEX CONCURRENTLY IF EXISTS \"Odd\".\"{index}\"");
                assert_eq!(
                    (found.as_str(), cleaned),
                    ("leftover", vec![drop]),
                    "{statement} {fault}"
                );
                assert_eq!(lab.applied(), ["1", "2"]);
            }
        }
    }
}

#[test]
fn what_a_failed_build_leaves_is_taken_away_at_once() {
    let lab = lab!();
    lab.file(
        "1_table.sql",
        &format!("{TABLE}INSERT INTO \"Odd\".\"Ta\"\"ble\" VALUES (1, 'x');\n"),
    );
    lab.file(
        "2_index.sql",
        "CREATE UNIQUE INDEX CONCURRENTLY by_id ON \"Odd\".\"Ta\"\"ble\" (id);\n",
    );
    let report = lab.up_fails().problem.diagnostic();
    assert_eq!(report.name, "statement-failed");
    let notes = report.notes.join("\n");
    assert!(
        notes.contains(
            "left behind is taken away: DROP INDEX CONCURRENTLY IF EXISTS \"Odd\".\"by_id\""
        ),
        "{notes}"
    );
    assert_eq!(report.help, ["correct the file, then limosa up"]);
    assert_eq!(indexes(&lab), "none");
    // Nothing is in doubt, so the file may be corrected.
    lab.file(
        "2_index.sql",
        "CREATE INDEX CONCURRENTLY by_id ON \"Odd\".\"Ta\"\"ble\" (id);\n",
    );
    lab.up();
    assert_eq!(indexes(&lab), "by_id true");
}

#[test]
fn what_cannot_be_taken_away_at_once_is_taken_away_by_the_next_run() {
    let lab = lab!();
    lab.file(
        "1_table.sql",
        &format!("{TABLE}INSERT INTO \"Odd\".\"Ta\"\"ble\" VALUES (1, 'x');\n"),
    );
    lab.file(
        "2_index.sql",
        "CREATE UNIQUE INDEX CONCURRENTLY by_id ON \"Odd\".\"Ta\"\"ble\" (id);\n",
    );
    lab.db.execute(
        "CREATE FUNCTION keep() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not today'; END $$; \
         CREATE EVENT TRIGGER keep ON sql_drop EXECUTE FUNCTION keep()",
    );
    let report = lab.up_fails().problem.diagnostic();
    assert!(
        report
            .notes
            .iter()
            .any(|note| note.contains("not taken away yet: not today")),
        "{:?}",
        report.notes
    );
    assert_eq!(indexes(&lab), "by_id false");
    // The statement is another one by then, and its leftover is known all the same.
    lab.file(
        "2_index.sql",
        "CREATE INDEX CONCURRENTLY \"again\" ON \"Odd\".\"Ta\"\"ble\" (id);\n",
    );
    let report = lab.up_fails().problem.diagnostic();
    assert!(report.message.contains("not today"), "{}", report.message);
    lab.db.execute("DROP EVENT TRIGGER keep");
    lab.up();
    assert_eq!(indexes(&lab), "again true");
    assert_eq!(
        events(&lab, "2", 0),
        "unit-started unit-in-doubt unit-failed unit-started unit-done"
    );
}

#[test]
fn a_person_who_stops_a_build_leaves_its_rest_to_the_next_run() {
    let lab = lab!();
    lab.file("1_table.sql", TABLE);
    lab.up();
    lab.file(
        "2_index.sql",
        "CREATE INDEX CONCURRENTLY by_id ON \"Odd\".\"Ta\"\"ble\" (id);\n",
    );
    let stop = AtomicBool::new(false);
    let mut other = lab.db.open();
    for sql in LOCK {
        other.execute(sql);
    }
    let ran = std::thread::scope(|scope| {
        let run = scope
            .spawn(|| lab.run_with(UP, &mut |_, _| Answer::Go, &|| stop.load(Ordering::SeqCst)));
        lab.db.wait_until(&waits("create "));
        stop.store(true, Ordering::SeqCst);
        run.join().expect("the run does not panic")
    });
    let report = ran.expect_err("it was stopped").problem.diagnostic();
    assert_eq!(
        (report.name, report.class.exit_code()),
        ("interrupted", 130)
    );
    assert_eq!(
        report.help.last().map(String::as_str),
        Some("go on with limosa up")
    );
    other.execute("COMMIT");
    assert_eq!(indexes(&lab), "by_id false");
    lab.up();
    assert_eq!(indexes(&lab), "by_id true");
    assert_eq!(
        events(&lab, "2", 0),
        "unit-started unit-in-doubt unit-failed unit-started unit-done"
    );
}

#[test]
fn an_index_that_was_invalid_before_is_nobody_elses_business() {
    let lab = lab!();
    lab.file(
        "1_table.sql",
        &format!("{TABLE}INSERT INTO \"Odd\".\"Ta\"\"ble\" VALUES (1, 'x');\n"),
    );
    lab.up();
    let broken = lab
        .db
        .try_query("CREATE UNIQUE INDEX CONCURRENTLY by_id ON \"Odd\".\"Ta\"\"ble\" (id)");
    assert!(broken.is_err() && indexes(&lab) == "by_id false");
    // Its name is taken.
    lab.file(
        "2_index.sql",
        "CREATE INDEX CONCURRENTLY by_id ON \"Odd\".\"Ta\"\"ble\" (id);\n",
    );
    let failure = lab.up_fails();
    assert_eq!(
        failure
            .failed
            .as_ref()
            .and_then(|failed| failed.code.as_deref()),
        Some("42P07")
    );
    assert_eq!(indexes(&lab), "by_id false");
    // Without a name ours is beside it, and only ours is taken away.
    lab.file(
        "2_index.sql",
        "CREATE UNIQUE INDEX CONCURRENTLY ON \"Odd\".\"Ta\"\"ble\" (id);\n",
    );
    lab.up_fails();
    assert_eq!(indexes(&lab), "by_id false");
    assert_eq!(
        recovered(&lab).last().map(|(_, cleaned)| cleaned.len()),
        Some(1)
    );
}

/// Tells when the run waits for a session.
struct Waiting<'a>(&'a AtomicBool);

impl Observer for Waiting<'_> {
    fn observe(&mut self, event: &Event<'_>) {
        if let Event::LockWaiting { .. } = event {
            self.0.store(true, Ordering::SeqCst);
        }
    }
}

#[test]
fn an_index_that_another_session_builds_is_waited_for() {
    let lab = lab!();
    lab.file("1_table.sql", TABLE);
    lab.file(
        "2_index.sql",
        "CREATE INDEX CONCURRENTLY by_id ON \"Odd\".\"Ta\"\"ble\" (id);\n",
    );
    lab.up();
    // What a process leaves that was killed before the statement arrived.
    lab.db.execute(
        "DELETE FROM limosa_history WHERE version = '2'; \
         DELETE FROM limosa_journal WHERE version = '2' AND event <> 'unit-started'; \
         DROP INDEX \"Odd\".by_id",
    );
    let mut holder = lab.db.open();
    for sql in LOCK {
        holder.execute(sql);
    }
    let waiting = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let builder = scope.spawn(|| {
            lab.db
                .execute("CREATE INDEX CONCURRENTLY by_id ON \"Odd\".\"Ta\"\"ble\" (id)");
        });
        lab.db.wait_until("SELECT count(*) FROM pg_stat_progress_create_index WHERE datname = current_database() AND lockers_total > 0");
        let run = scope.spawn(|| lab.up_observed(&mut Waiting(&waiting)));
        let end = Instant::now() + Duration::from_secs(20);
        while !waiting.load(Ordering::SeqCst) && Instant::now() < end {
            std::thread::park_timeout(Duration::from_millis(10));
        }
        holder.execute("COMMIT");
        builder.join().expect("it is built");
        Lab::done(run.join().expect("the run does not panic"));
    });
    assert!(waiting.load(Ordering::SeqCst), "it did not wait");
    assert_eq!(indexes(&lab), "by_id true");
    assert_eq!(events(&lab, "2", 0), "unit-started unit-done");
    assert_eq!(recovered(&lab), [("present".to_owned(), vec![])]);
}

#[test]
fn a_build_that_is_the_victim_of_a_deadlock_is_cleaned_and_tried_again() {
    let mut lab = lab!();
    lab.file("1_table.sql", TABLE);
    lab.up();
    lab.file(
        "2_index.sql",
        "CREATE INDEX CONCURRENTLY by_id ON \"Odd\".\"Ta\"\"ble\" (id);\n",
    );
    lab.init = vec!["SET deadlock_timeout = '3s'".to_owned()];
    let hold = ["SET deadlock_timeout = '1h'", LOCK[0], LOCK[1]];
    let ran = held(&lab, &hold, "create ", |other| {
        // Now each waits for the other, and the build notices first.
        other.execute("LOCK TABLE \"Odd\".\"Ta\"\"ble\" IN SHARE ROW EXCLUSIVE MODE");
        other.execute("COMMIT");
    });
    Lab::done(ran);
    assert_eq!(indexes(&lab), "by_id true");
    assert_eq!(
        events(&lab, "2", 0),
        "unit-started unit-failed unit-started unit-done"
    );
}

#[test]
fn an_interrupted_drop_is_done_again() {
    for fault in ["pg_terminate_backend", "pg_cancel_backend"] {
        let lab = lab!();
        lab.file(
            "1_table.sql",
            &format!("{TABLE}CREATE INDEX by_id ON \"Odd\".\"Ta\"\"ble\" (id);\n"),
        );
        lab.up();
        lab.file(
            "2_drop.sql",
            "SET search_path = \"Odd\";\nDROP INDEX CONCURRENTLY BY_ID;\n",
        );
        let _ = held(&lab, LOCK, "drop ", |other| {
            lab.db.value(&to_session(fault, "drop "));
            other.execute("COMMIT");
        });
        lab.up();
        assert_eq!(indexes(&lab), "none");
        assert_eq!(
            events(&lab, "2", 0),
            "unit-started unit-failed unit-started unit-done"
        );
    }
}

#[test]
fn a_drop_and_a_build_that_were_done_are_not_done_again() {
    let lab = lab!();
    lab.file(
        "1_table.sql",
        &format!("{TABLE}CREATE INDEX by_id ON \"Odd\".\"Ta\"\"ble\" (id);\n"),
    );
    lab.file("2_two.sql", "DROP INDEX CONCURRENTLY \"Odd\".by_id;\nCREATE INDEX CONCURRENTLY ON \"Odd\".\"Ta\"\"ble\" (id);\n");
    lab.up();
    for unit in ["0", "1"] {
        // What a process leaves that was killed before it could record the statement.
        lab.db.execute(&format!(
            "DELETE FROM limosa_history WHERE version = '2'; \
             DELETE FROM limosa_journal WHERE version = '2' AND NOT (event = 'unit-started' AND unit <= {unit} OR event = 'unit-done' AND unit < {unit})",
        ));
        let oid = "SELECT oid FROM pg_class WHERE relname LIKE 'Ta\"ble_id_idx%'";
        let before = lab.db.value(oid);
        if unit == "0" {
            lab.db.execute("DROP INDEX \"Odd\".\"Ta\"\"ble_id_idx\"");
        }
        lab.up();
        assert_eq!(indexes(&lab), "Ta\"ble_id_idx true");
        assert_eq!(events(&lab, "2", 0), "unit-started unit-done");
        assert_eq!(events(&lab, "2", 1), "unit-started unit-done");
        assert_eq!(lab.db.value(oid) == before, unit == "1");
    }
}
