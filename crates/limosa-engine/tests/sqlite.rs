//! What only SQLite has.

#[path = "sqlite/attached.rs"]
mod attached;
#[path = "sqlite/foreign_keys.rs"]
mod foreign_keys;
mod support;

use std::os::unix::fs::PermissionsExt as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use limosa_core::event::{Event, Observer};
use limosa_core::plan::Goal;
use limosa_core::{DatabaseUrl, Plan};
use limosa_db::{Access, ConnectOptions};
use limosa_engine::{Answer, Database, Settings, Texts};
use limosa_testkit::{Kind, Sqlite};
use support::{Lab, UP};

const DOWN: Goal = Goal::Down {
    to: None,
    limit: Some(1),
};

fn lab() -> Lab {
    Lab::with(Sqlite::database())
}

/// The file of the database.
fn path(lab: &Lab) -> String {
    let url = lab.db.url();
    url.trim_start_matches("sqlite:").to_owned()
}

#[test]
fn a_transaction_of_the_file_is_the_transaction_of_the_unit() {
    let lab = lab();
    lab.file(
        "1_a.sql",
        "BEGIN;\nCREATE TABLE a (id INTEGER);\nINSERT INTO a VALUES (1);\nCOMMIT;\n",
    );
    assert_eq!(lab.units(), ["t2"]);
    lab.up();
    lab.file(
        "2_b.sql",
        "BEGIN TRANSACTION;\nINSERT INTO a VALUES (2);\nINSERT INTO nowhere VALUES (1);\nEND;\n",
    );
    let failure = lab.up_fails();
    assert_eq!(failure.failed.unwrap().statement, Some(2));
    assert_eq!(
        lab.db.value("select count(*) from a"),
        "1",
        "nothing of it is committed"
    );
    assert_eq!(lab.applied(), ["1"]);
}

#[test]
fn vacuum_runs_alone_with_records_around_it() {
    let lab = lab();
    lab.file("1_a.sql", "CREATE TABLE a (id INTEGER);\nINSERT INTO a VALUES (1);\nVACUUM;\nINSERT INTO a VALUES (2);\n");
    assert_eq!(lab.units(), ["t2", "a1", "t1"]);
    lab.up();
    assert_eq!(lab.db.value("select count(*) from a"), "2");
    let events = lab.events();
    let of = |event: &str| events.iter().filter(|one| *one == event).count();
    assert_eq!(
        (of("unit-started"), of("unit-done"), of("applied")),
        (3, 3, 1),
        "{events:?}"
    );
}

#[test]
fn a_journal_mode_is_kept_in_the_file_wherever_the_script_sets_it() {
    for text in [
        "PRAGMA journal_mode = WAL;\nCREATE TABLE a (id INTEGER);\n",
        "CREATE TABLE a (id INTEGER);\nPRAGMA journal_mode = WAL;\n",
    ] {
        let lab = lab();
        lab.file("1_a.sql", text);
        lab.up();
        assert_eq!(lab.db.value("PRAGMA journal_mode"), "wal", "{text}");
        assert!(lab.has_table("a"));
    }
}

#[test]
fn a_trigger_with_a_body_is_one_statement() {
    let lab = lab();
    lab.file(
        "1_a.sql",
        "CREATE TABLE a (id INTEGER);\nCREATE TABLE log (id INTEGER, what TEXT);\n\
         CREATE TRIGGER a_log AFTER INSERT ON a BEGIN\n  INSERT INTO log VALUES (new.id, 'one;');\n\
         INSERT INTO log SELECT new.id, CASE WHEN new.id > 0 THEN 'two' ELSE 'none' END;\nEND;\n\
         INSERT INTO a VALUES (7);\n",
    );
    assert_eq!(lab.units(), ["t4"]);
    lab.up();
    assert_eq!(
        lab.db.query("select * from log"),
        [["7", "one;"], ["7", "two"]]
    );
}

#[test]
fn a_file_that_can_only_be_read_is_blocked_and_unchanged() {
    let mut lab = lab();
    lab.file("1_a.sql", "CREATE TABLE a (id INTEGER);\n");
    lab.up();
    lab.file("2_b.sql", "CREATE TABLE b (id INTEGER);\n");
    let before = std::fs::read(path(&lab)).unwrap();
    lab.url = Some(format!("{}?mode=ro", lab.db.url()));
    let report = lab.up_fails().problem.diagnostic();
    assert_eq!((report.name, report.class.exit_code()), ("read-only", 4));
    assert_eq!(lab.applied(), ["1"], "it can be read");
    lab.url = None;
    // The superuser of the system may write to every file.
    std::fs::set_permissions(path(&lab), std::fs::Permissions::from_mode(0o444)).unwrap();
    if std::fs::OpenOptions::new()
        .append(true)
        .open(path(&lab))
        .is_ok()
    {
        println!("skipped: this user may write to a file without write permission");
    } else {
        let report = lab.up_fails().problem.diagnostic();
        assert_eq!((report.name, report.class.exit_code()), ("read-only", 4));
    }
    assert!(
        before == std::fs::read(path(&lab)).unwrap(),
        "the file is as it was"
    );
}

#[test]
fn a_database_in_memory_is_migrated_from_the_beginning_every_time() {
    let mut lab = lab();
    lab.url = Some("sqlite::memory:".to_owned());
    lab.file("1_a.sql", "CREATE TABLE a (id INTEGER);\nVACUUM;\n");
    lab.file("2_b.sql", "INSERT INTO a VALUES (1);\n");
    assert_eq!(lab.up().done.len(), 2);
    assert_eq!(lab.up().done.len(), 2);
    assert!(lab.applied().is_empty());
    assert!(!std::path::Path::new(&path(&lab)).exists());
}

#[test]
fn an_error_is_marked_where_sqlite_says() {
    let lab = lab();
    lab.file(
        "1_a.sql",
        "CREATE TABLE a (id INTEGER);\n\n  INSERT INTO a\n    SELECT 'ü', nonsense FROM a;\n",
    );
    let failure = lab.up_fails();
    let failed = failure.failed.as_ref().unwrap();
    assert_eq!(
        (failed.statement, failed.line, failed.code.as_deref()),
        (Some(2), Some(4), Some("SQLITE_ERROR"))
    );
    assert_eq!(failed.column, Some(17));
    let report = failure.problem.diagnostic();
    let excerpt = report.labels[0].excerpt.as_ref().unwrap();
    assert_eq!(&excerpt.text[excerpt.marked.clone()], "nonsense");
    assert_eq!(report.labels[0].file, "migrations/1_a.sql");
}

#[test]
fn a_reader_in_a_journal_of_writes_keeps_nobody_waiting() {
    let lab = lab();
    lab.db.execute(
        "PRAGMA journal_mode = WAL; CREATE TABLE a (id INTEGER); INSERT INTO a VALUES (1)",
    );
    let mut reader = lab.db.open();
    reader.execute("BEGIN; SELECT * FROM a");
    lab.file(
        "1_a.sql",
        "INSERT INTO a VALUES (2);\nALTER TABLE a ADD COLUMN b TEXT;\n",
    );
    lab.up();
    assert_eq!(
        reader.value("select count(*) from a"),
        "1",
        "it goes on seeing what it saw"
    );
    reader.execute("COMMIT");
    assert_eq!(reader.value("select count(*) from a"), "2");
}

#[test]
fn a_busy_database_is_waited_for_within_the_lock_wait() {
    let mut lab = lab();
    lab.file("1_a.sql", "CREATE TABLE a (id INTEGER);\n");
    lab.up();
    lab.lock_timeout = Duration::from_millis(50);
    lab.lock_wait = Duration::from_millis(300);
    lab.file("2_b.sql", "CREATE TABLE b (id INTEGER);\n");
    let mut writer = lab.db.open();
    writer.execute("BEGIN IMMEDIATE");
    let began = Instant::now();
    let failure = lab.up_fails();
    assert!(began.elapsed() >= lab.lock_wait, "it was waited for");
    let report = failure.problem.diagnostic();
    assert!(failure.done.is_empty());
    assert_eq!(
        (report.name, report.class.exit_code()),
        ("database-busy", 4)
    );
    writer.execute("ROLLBACK");
    lab.up();
    assert!(lab.has_table("b"));
}

/// Says that a run is about to take what another connection holds.
struct Watcher<'a>(&'a AtomicBool);

impl Observer for Watcher<'_> {
    fn observe(&mut self, event: &Event<'_>) {
        if matches!(event, Event::StatementStarted { .. }) {
            self.0.store(true, Ordering::Release);
        }
    }
}

#[test]
fn a_busy_database_is_waited_for() {
    let mut lab = lab();
    lab.lock_timeout = Duration::from_secs(60);
    lab.file("1_a.sql", "CREATE TABLE a (id INTEGER);\n");
    lab.up();
    lab.file("2_b.sql", "CREATE TABLE b (id INTEGER);\n");
    let mut writer = lab.db.open();
    writer.execute("BEGIN IMMEDIATE; INSERT INTO a VALUES (1)");
    let planned = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let run = scope.spawn(|| {
            let mut confirm = |_: &mut Database, _: &Plan| {
                planned.store(true, Ordering::Release);
                Answer::Go
            };
            Lab::done(lab.run_with(UP, &mut confirm, &|| false))
        });
        while !planned.load(Ordering::Acquire) {
            std::thread::yield_now();
        }
        assert!(!lab.has_table("b"));
        writer.execute("COMMIT");
        assert_eq!(run.join().unwrap().done.len(), 1);
    });
    assert_eq!(lab.db.value("select count(*) from a"), "1");
}

#[test]
fn a_wish_to_stop_cancels_a_long_statement() {
    let lab = lab();
    lab.file("1_a.sql", "CREATE TABLE a (id INTEGER);\n");
    lab.file(
        "2_slow.sql",
        "CREATE TABLE b (id INTEGER);\n\
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) INSERT INTO b SELECT count(*) FROM n;\n",
    );
    lab.run(Goal::Up {
        to: None,
        limit: Some(1),
    })
    .map(drop)
    .unwrap();
    let stop = AtomicBool::new(false);
    let confirm = &mut |_: &mut Database, _: &Plan| Answer::Go;
    let ran = lab.run_observed(
        UP,
        confirm,
        &|| stop.load(Ordering::Acquire),
        &mut Watcher(&stop),
    );
    let failure = ran.unwrap_err();
    let report = failure.problem.diagnostic();
    assert_eq!(
        (report.name, report.class.exit_code()),
        ("interrupted", 130)
    );
    assert_eq!(lab.applied(), ["1"]);
    assert!(!lab.has_table("b"));
    assert!(lab.events().contains(&"unit-undone".to_owned()));
}

#[test]
fn looking_at_a_file_that_is_not_there_does_not_create_it() {
    let lab = lab();
    let open = |url: &str| {
        let connect = ConnectOptions {
            access: Access::Read,
            ..ConnectOptions::default()
        };
        let settings = Settings {
            set: "main".to_owned(),
            schema: None,
            lock_wait: Duration::from_secs(1),
            other_locks: vec![],
            other: None,
            lock_budget: Duration::from_secs(1),
            retry_for: Duration::ZERO,
            release: None,
            actor: "test@here".to_owned(),
            tool_version: "0.0.0-test".to_owned(),
        };
        Database::open(&DatabaseUrl::parse(url).unwrap(), &connect, &settings)
    };
    let mut database = open(&lab.db.url()).unwrap();
    assert!(database.history(Texts::Downs).unwrap().applied.is_empty());
    assert!(database.journal(10).unwrap().is_empty());
    assert!(!database.has_rows().unwrap());
    assert!(!std::path::Path::new(&path(&lab)).exists());
    // Where the URL says that it must be there, it must.
    let report = open(&format!("{}?mode=rw", lab.db.url()))
        .err()
        .unwrap()
        .diagnostic();
    assert_eq!(
        (report.name, report.class.exit_code()),
        ("cannot-connect", 4)
    );
    assert!(!std::path::Path::new(&path(&lab)).exists());
    assert_eq!(lab.kind(), Kind::Sqlite);
}

/// Does something once, after the plan was made and before anything of it is done.
struct Between<'w> {
    work: Option<Box<dyn FnOnce() + 'w>>,
    told: Vec<&'static str>,
}

impl<'w> Between<'w> {
    fn new(work: impl FnOnce() + 'w) -> Self {
        Self {
            work: Some(Box::new(work)),
            told: vec![],
        }
    }
}

impl Observer for Between<'_> {
    fn observe(&mut self, event: &Event<'_>) {
        match event {
            Event::Started { .. } => self.work.take().into_iter().for_each(|work| work()),
            Event::StepStarted { .. } => self.told.push("started"),
            Event::StepYielded { .. } => self.told.push("yielded"),
            Event::StepFinished { .. } => self.told.push("finished"),
            Event::StepFailed { .. } => self.told.push("failed"),
            _ => {}
        }
    }
}

#[test]
fn what_another_process_began_after_the_plan_is_gone_on_with() {
    let lab = lab();
    lab.file("1_a.sql", "CREATE TABLE a (id INTEGER);\n");
    lab.up();
    lab.file(
        "2_b.sql",
        "INSERT INTO a VALUES (1);\nVACUUM;\nINSERT INTO b VALUES (2);\n",
    );
    // The other process does the first units and fails at the last one, which this one then can do.
    let mut between = Between::new(|| {
        let failed = lab.up_fails().failed.unwrap();
        assert_eq!(failed.statement, Some(3));
        lab.db.execute("CREATE TABLE b (id INTEGER)");
    });
    Lab::done(lab.up_observed(&mut between));
    assert_eq!(lab.db.value("select count(*) from a"), "1");
    assert_eq!(lab.db.value("select count(*) from b"), "1");
    assert_eq!(lab.applied(), ["1", "2"]);
    assert_eq!(between.told, ["started", "yielded", "started", "finished"]);
}

#[test]
fn what_another_process_began_to_undo_after_the_plan_is_gone_on_with() {
    let lab = lab();
    lab.file(
        "1_a.sql",
        "-- limosa: up\nCREATE TABLE a (id INTEGER);\nINSERT INTO a VALUES (1), (2);\n-- limosa: down\n\
         DELETE FROM a WHERE id = (SELECT max(id) FROM a);\nVACUUM;\nDROP TABLE b;\n",
    );
    lab.up();
    let mut between = Between::new(|| {
        let again = lab.run(DOWN).expect_err("there is no table b");
        assert_eq!(again.failed.unwrap().statement, Some(3));
        lab.db.execute("CREATE TABLE b (id INTEGER)");
    });
    let go = &mut |_: &mut Database, _: &Plan| Answer::Go;
    Lab::done(lab.run_observed(DOWN, go, &|| false, &mut between));
    assert_eq!(lab.db.value("select count(*) from a"), "1");
    assert_eq!(lab.applied(), [""; 0]);
}
