//! A process is put to sleep for longer than its lease, and wakes when another one has done the work.

use std::time::{Duration, Instant};

use limosa_testkit::{Client, Database, Project};

/// What is waited for takes longer than this only when it never comes.
const PATIENCE: Duration = Duration::from_secs(60);

/// It has tried once, and will try again.
const TRIED: &str =
    "SELECT count(*) FROM limosa_journal WHERE event IN ('unit-undone', 'unit-failed')";

/// `is_at_work` says whether a process is inside a transaction, where it must not be put to sleep for this test.
#[track_caller]
pub(crate) fn run(database: &Database, sleeper: &str, other: &str, is_at_work: &str) {
    let project = Project::new(env!("CARGO_BIN_EXE_limosa"))
        .file(
            "migrations/1_a.sql",
            "CREATE TABLE shop (id int PRIMARY KEY, n int);\nCREATE TABLE ran (id int PRIMARY KEY);\n\
             INSERT INTO shop VALUES (1, 0);\n",
        )
        .file(
            "migrations/2_b.sql",
            "INSERT INTO ran VALUES (2);\nUPDATE shop SET n = n + 1;\n",
        );
    let up = |url: &str, arguments: &[&str]| {
        let run = project.limosa(arguments).env("DATABASE_URL", url);
        run.env("LIMOSA_LOCK_TIMEOUT", "1s")
    };
    assert_eq!(up(sleeper, &["up", "--to", "1"]).run().code, 0);
    let mut blocker: Client = database.open();
    blocker.execute("begin; select n from shop for update");
    let sleeping = up(sleeper, &["up"]).start();
    let deadline = Instant::now() + PATIENCE;
    let holds = "SELECT count(*) FROM limosa_lock WHERE part = 'lease' AND holder LIKE '%(pid ";
    let holds = format!("{holds}{})'", sleeping.pid());
    // Between two attempts at the row that is locked, it does nothing.
    loop {
        assert!(Instant::now() < deadline, "it never waits");
        if database.value(&holds) == "1" && database.value(TRIED) != "0" {
            sleeping.pause();
            if database.value(is_at_work) == "0" {
                break;
            }
            sleeping.resume();
        }
        std::thread::park_timeout(Duration::from_millis(20));
    }
    blocker.execute("ROLLBACK");
    let began = Instant::now();
    let output = up(other, &["up"]).run();
    assert_eq!(output.code, 0, "{output}");
    assert!(
        began.elapsed() >= Duration::from_secs(10),
        "the lease was not waited for"
    );
    sleeping.resume();
    let woken = sleeping.finish();
    assert_eq!(woken.code, 0, "{woken}");
    assert!(woken.stderr.contains("was taken over"), "{woken}");
    let history = "SELECT count(*) FROM limosa_history WHERE version = '2'";
    assert_eq!(database.value(history), "1");
    assert_eq!(database.value("SELECT n FROM shop"), "1");
}
