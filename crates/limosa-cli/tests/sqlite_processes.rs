//! Several processes at one `SQLite` file.

use std::time::{Duration, Instant};

use limosa_testkit::{Client, Database, Project, Run, Running, Sqlite};

/// Nothing here takes a minute, on however busy a machine.
const SOON: Duration = Duration::from_secs(60);

/// A project whose second migration writes more than the cache holds while `slow` has a row, so that SQLite writes
/// into the file before the transaction ends.
struct Shop {
    db: Database,
    project: Project,
}

impl Shop {
    fn new(journal_mode: &str) -> Self {
        let db = Sqlite::database();
        let mode = format!("PRAGMA journal_mode = {journal_mode}");
        assert_eq!(db.value(&mode), journal_mode);
        db.execute("CREATE TABLE slow (x integer)");
        db.execute("INSERT INTO slow VALUES (1)");
        db.execute("CREATE TABLE counter (n integer)");
        db.execute("INSERT INTO counter VALUES (0)");
        let project = Project::new(env!("CARGO_BIN_EXE_limosa"))
            .file(
                "migrations/1_a.sql",
                "CREATE TABLE a (x integer);\nUPDATE counter SET n = n + 1;\n",
            )
            .file(
                "migrations/2_b.sql",
                "PRAGMA cache_size = 10;\nCREATE TABLE b (x text);\nUPDATE counter SET n = n + 10;\n\
                 INSERT INTO b WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n \
                 WHERE i < 1000 OR EXISTS (SELECT 1 FROM slow)) SELECT hex(zeroblob(500)) FROM n;\n",
            );
        Self { db, project }
    }

    fn limosa(&self, arguments: &[&str]) -> Run {
        let run = self.project.limosa(arguments);
        run.env("LIMOSA_URL", self.db.url())
    }

    /// The next run ends as an undisturbed one does.
    fn goes_on(&self) {
        self.db.execute("DELETE FROM slow");
        let began = Instant::now();
        let output = self.limosa(&["up"]).run();
        assert_eq!(output.code, 0, "{output}");
        assert!(began.elapsed() < SOON, "{output}");
        assert_eq!(self.db.value("SELECT n FROM counter"), "11");
        assert_eq!(self.db.value("SELECT count(*) FROM b"), "1000");
        assert_eq!(self.db.value("PRAGMA integrity_check"), "ok");
        assert_eq!(self.db.value("SELECT count(*) FROM limosa_history"), "2");
    }
}

/// Holds the file as somebody who writes does.
fn writer(shop: &Shop) -> Client {
    let mut writer = shop.db.open();
    writer.execute("BEGIN IMMEDIATE");
    writer
}

/// Holds the file as somebody who writes between two transactions of a process. A process that is stopped between
/// two of them cannot be faster.
fn writer_between(shop: &Shop, running: &Running) -> Client {
    let mut writer = shop.db.open();
    writer.execute("PRAGMA busy_timeout = 0");
    let began = Instant::now();
    running.pause();
    while writer.try_query("BEGIN IMMEDIATE").is_err() {
        assert!(began.elapsed() < SOON, "limosa leaves no room for others");
        running.resume();
        running.pause();
    }
    running.resume();
    writer
}

#[test]
fn a_killed_process_leaves_nothing_that_blocks_the_next() {
    a_killed_process_blocks_nobody("delete");
}

#[test]
fn a_killed_process_leaves_nothing_that_blocks_the_next_with_a_log() {
    a_killed_process_blocks_nobody("wal");
}

fn a_killed_process_blocks_nobody(journal_mode: &str) {
    let shop = Shop::new(journal_mode);
    let arguments = ["up", "--format", "json-lines"];
    let mut running = shop.limosa(&arguments).start();
    running.wait_for("zeroblob");
    // What it writes reaches the disk before it ends: there is something to take back.
    let path = shop.db.url().replacen("sqlite:", "", 1);
    let beside = match journal_mode {
        "wal" => format!("{path}-wal"),
        _ => path.clone(),
    };
    let length = || std::fs::metadata(&beside).map_or(0, |file| file.len());
    let began = Instant::now();
    while length() < 1 << 20 {
        assert!(began.elapsed() < SOON, "it does not write");
        std::thread::park_timeout(Duration::from_millis(10));
    }
    running.kill();
    assert_eq!(running.finish().code, 137);
    if journal_mode == "delete" {
        let journal = std::path::PathBuf::from(format!("{path}-journal"));
        assert!(journal.exists(), "it was killed in its transaction");
    }
    // A reader that may not write sees what was before.
    let status = shop.limosa(&["status"]).run();
    assert_eq!(status.code, 0, "{status}");
    assert!(status.stdout.contains("2_b"), "{status}");
    assert_eq!(shop.db.value("SELECT n FROM counter"), "1");
    shop.goes_on();
}

#[test]
fn a_writer_is_waited_for() {
    let shop = Shop::new("delete");
    let mut writer = writer(&shop);
    let arguments = ["up", "--format", "json-lines", "--lock-timeout", "100ms"];
    let mut running = shop.limosa(&arguments).start();
    running.wait_for("lock-waiting");
    writer.execute("DELETE FROM slow; COMMIT");
    let output = running.finish();
    assert_eq!(output.code, 0, "{output}");
    shop.goes_on();
}

#[test]
fn a_writer_is_waited_for_between_two_migrations() {
    let shop = Shop::new("wal");
    shop.db.execute("DELETE FROM slow");
    for n in 3..200 {
        let path = format!("migrations/{n}_more.sql");
        shop.project
            .write(path, "UPDATE counter SET n = n + 100;\n");
    }
    let arguments = ["up", "--format", "json-lines", "--lock-timeout", "50ms"];
    let mut running = shop.limosa(&arguments).start();
    running.wait_for("\"version\":\"5\"");
    let mut writer = writer_between(&shop, &running);
    running.wait_for("lock-retry");
    writer.execute("COMMIT");
    let output = running.finish();
    assert_eq!(output.code, 0, "{output}");
    let all = (11 + 100 * 197).to_string();
    assert_eq!(shop.db.value("SELECT n FROM counter"), all);
}

#[test]
fn a_writer_beyond_the_wait_leaves_nothing_changed() {
    let shop = Shop::new("delete");
    let mut writer = writer(&shop);
    let wait = ["--lock-wait", "300ms", "--lock-timeout", "50ms"];
    let output = shop.limosa(&[&["up"], &wait[..]].concat()).run();
    assert_eq!(output.code, 4, "{output}");
    assert!(output.stderr.contains("error[database-busy]"), "{output}");
    assert!(output.stderr.contains("nothing was changed"), "{output}");
    let tables = "SELECT count(*) FROM sqlite_schema WHERE name LIKE 'limosa%'";
    assert_eq!(shop.db.value(tables), "0");
    // Whoever keeps even readers out is waited for as well.
    writer.execute("COMMIT");
    let mut writer = shop.db.open();
    writer.execute("BEGIN EXCLUSIVE");
    let wait = [&wait[..], &["--connect-timeout", "200ms"]].concat();
    let output = shop.limosa(&[&["up"], &wait[..]].concat()).run();
    assert_eq!(output.code, 4, "{output}");
    writer.execute("COMMIT");
    shop.goes_on();
}

#[test]
fn a_writer_beyond_the_budget_leaves_what_is_applied() {
    let shop = Shop::new("wal");
    shop.db.execute("DELETE FROM slow");
    for n in 3..400 {
        let path = format!("migrations/{n}_more.sql");
        shop.project
            .write(path, "UPDATE counter SET n = n + 100;\n");
    }
    shop.project.write(
        "limosa.toml",
        "[timeouts]\nlock = \"50ms\"\nlock-budget = \"300ms\"\nlock-wait = \"300ms\"\n",
    );
    let arguments = ["up", "--format", "json-lines"];
    let mut running = shop.limosa(&arguments).start();
    running.wait_for("\"version\":\"5\"");
    let mut writer = writer_between(&shop, &running);
    let output = running.finish();
    writer.execute("COMMIT");
    assert_eq!(output.code, 1, "{output}");
    let applied = shop.db.value("SELECT count(*) FROM limosa_history");
    assert!(output.stderr.contains("is locked"), "{output}");
    assert!(
        applied.parse::<u32>().is_ok_and(|n| (4..399).contains(&n)),
        "{output}"
    );
    let output = shop.limosa(&["up"]).run();
    assert_eq!(output.code, 0, "{output}");
    let all = (11 + 100 * 397).to_string();
    assert_eq!(shop.db.value("SELECT n FROM counter"), all);
}

#[test]
fn readers_go_on_beside_a_migration() {
    for journal_mode in ["wal", "delete"] {
        let shop = Shop::new(journal_mode);
        // Without the small cache nothing is written before the end, and readers of an old-fashioned file go on, too.
        shop.project.write(
            "migrations/2_b.sql",
            "CREATE TABLE b (x text);\nUPDATE counter SET n = n + 10;\n\
             INSERT INTO b WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n \
             WHERE EXISTS (SELECT 1 FROM slow)) SELECT max(i) FROM n;\n",
        );
        let arguments = ["up", "--format", "json-lines"];
        let mut running = shop.limosa(&arguments).start();
        running.wait_for("WITH RECURSIVE");
        let mut reader = shop.db.open();
        reader.execute("PRAGMA busy_timeout = 0");
        for _ in 0..50 {
            assert_eq!(reader.value("SELECT n FROM counter"), "1", "{journal_mode}");
        }
        running.interrupt();
        assert_eq!(running.finish().code, 130);
    }
}

#[test]
fn statements_outside_of_transactions_are_done_by_one_process() {
    let shop = Shop::new("delete");
    // Each statement is a unit of its own, and any of the processes may do the next one.
    shop.project.write(
        "migrations/2_b.sql",
        "-- limosa: up\n-- limosa: no-transaction\nCREATE TABLE b (x text);\nUPDATE counter SET n = n + 2;\nVACUUM;\n\
         UPDATE counter SET n = n + 3;\nINSERT INTO b WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL \
         SELECT i + 1 FROM n WHERE i < 1000) SELECT i FROM n;\nVACUUM;\nUPDATE counter SET n = n + 5;\n",
    );
    shop.db.execute("DELETE FROM slow");
    let running: Vec<_> = (0..8).map(|_| shop.limosa(&["up"]).start()).collect();
    for one in running {
        let output = one.finish();
        assert_eq!(output.code, 0, "{output}");
    }
    shop.goes_on();
}
