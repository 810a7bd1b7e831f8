//! A migration that waits for a table does not keep others from it.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use limosa_testkit::Kind;

use super::Told;
use crate::support::Lab;

/// A table `a` with rows.
fn table(kind: Kind) -> Option<Lab> {
    let mut lab = Lab::on(kind)?;
    lab.lock_timeout = Duration::from_secs(2);
    lab.file(
        "1_a.sql",
        "CREATE TABLE a (id int PRIMARY KEY);\nINSERT INTO a VALUES (1), (2);\n",
    );
    lab.up();
    Some(lab)
}

/// Reads a table until `done`, by four readers, each at every `interval`, and says how long each reading took. One
/// that was due while the one before it was held up counts from when it was due.
fn readings(lab: &Lab, table: &str, interval: Duration, done: &AtomicBool) -> Vec<Duration> {
    let query = format!("SELECT id FROM {table}");
    let times = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let mut reader = lab.db.open();
                let mut due = Instant::now();
                while !done.load(Ordering::Acquire) {
                    until(due);
                    reader.query(&query);
                    let mut times = times.lock().expect("no reader panics");
                    times.push(due.elapsed());
                    due += interval;
                }
            });
        }
    });
    let mut times = times.into_inner().expect("no reader panics");
    times.sort();
    times
}

fn until(due: Instant) {
    while let Some(left) = due.checked_duration_since(Instant::now()) {
        if left.is_zero() {
            return;
        }
        std::thread::park_timeout(left);
    }
}

/// How long readings took, sorted: of the table that waits to be changed, and of another one meanwhile.
struct Readings {
    changed: Vec<Duration>,
    other: Vec<Duration>,
}

/// A migration against a reader that stays for so long, while others read.
fn against_a_long_reader(lab: &Lab, stays: Duration) -> (Readings, Told) {
    lab.db.execute("CREATE TABLE other (id int)");
    let mut long = lab.db.open();
    long.execute("BEGIN");
    long.query("SELECT id FROM a");
    lab.file("2_b.sql", "ALTER TABLE a ADD COLUMN b int;\n");
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let done = &done;
        let read =
            |table| scope.spawn(move || readings(lab, table, Duration::from_millis(20), done));
        let (changed, other) = (read("a"), read("other"));
        scope.spawn(move || {
            until(Instant::now() + stays);
            long.execute("COMMIT");
        });
        let mut told = Told::default();
        let ran = lab.up_observed(&mut told);
        done.store(true, Ordering::Release);
        let readings = Readings {
            changed: changed.join().expect("the readers end"),
            other: other.join().expect("the readers end"),
        };
        Lab::done(ran);
        (readings, told)
    })
}

fn percentile(times: &[Duration], percent: usize) -> Duration {
    times[(times.len() * percent / 100).min(times.len() - 1)]
}

/// For how many seconds the long reader stays. With a minute the numbers mean something, and are printed.
const SECONDS: &str = "LIMOSA_TEST_LOCK_SECONDS";

#[test]
fn readers_pass_while_a_migration_waits_for_a_long_transaction() {
    let seconds = std::env::var(SECONDS).map_or(4, |seconds| seconds.parse().expect("a number"));
    for kind in [Kind::Postgres, Kind::MariaDb] {
        let Some(mut lab) = table(kind) else { continue };
        if seconds < 60 {
            // Waiting in the queue until the long reader left would hold the others up for as long.
            lab.lock_timeout = Duration::from_secs(60);
        }
        let (readings, told) = against_a_long_reader(&lab, Duration::from_secs(seconds));
        let Readings { changed, other } = &readings;
        assert!(changed.len() > 50, "{kind:?}: {}", changed.len());
        assert!(told.waiting.len() >= 3, "{kind:?}: {:?}", told.waiting);
        assert_eq!(lab.applied(), ["1", "2"]);
        for (table, times) in [("the table", changed), ("another", other)] {
            println!(
                "{kind:?}, {table}: {} readings, median {:.1?}, 95th percentile {:.1?}, longest {:.1?}",
                times.len(),
                percentile(times, 50),
                percentile(times, 95),
                percentile(times, 100),
            );
        }
        let longest = percentile(changed, 100);
        let most = Duration::from_secs(2);
        assert!(
            longest < most + Duration::from_millis(500),
            "{kind:?}: {longest:?}"
        );
        if seconds >= 60 {
            // A busy machine has both wait.
            let high = percentile(changed, 95).saturating_sub(percentile(other, 95));
            assert!(high < Duration::from_millis(50), "{kind:?}: {high:?}");
        }
    }
}

#[test]
fn a_table_that_somebody_always_uses_is_changed_all_the_same() {
    for kind in [Kind::Postgres, Kind::MariaDb] {
        let Some(lab) = table(kind) else { continue };
        let sleep = match kind {
            Kind::Postgres => "SELECT id, pg_sleep(0.03) FROM a",
            _ => "SELECT id, sleep(0.03) FROM a",
        };
        lab.file("2_b.sql", "ALTER TABLE a ADD COLUMN b int;\n");
        let done = AtomicBool::new(false);
        let begun = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..6 {
                scope.spawn(|| {
                    let mut reader = lab.db.open();
                    while !done.load(Ordering::Acquire) {
                        begun.fetch_add(1, Ordering::AcqRel);
                        // The table may change under a reader's feet, which is an error on MariaDB.
                        let _ = reader.try_query(sleep);
                    }
                });
            }
            while begun.load(Ordering::Acquire) < 12 {
                std::thread::yield_now();
            }
            let ran = lab.up_observed(&mut Told::default());
            done.store(true, Ordering::Release);
            Lab::done(ran);
        });
    }
}

#[test]
fn a_migration_goes_on_when_the_reader_has_gone_and_does_its_work_once() {
    for kind in [Kind::Postgres, Kind::MariaDb] {
        let Some(lab) = table(kind) else { continue };
        let mut reader = lab.db.open();
        reader.execute("BEGIN");
        reader.query("SELECT id FROM a");
        lab.file(
            "2_b.sql",
            "CREATE TABLE counter (n int);\nINSERT INTO counter VALUES (1);\nSET @x = 1;\nALTER TABLE a ADD COLUMN b int;\n\
             UPDATE counter SET n = n + 10;\n"
                .replace("SET @x = 1;\n", if kind == Kind::Postgres { "" } else { "SET @x = 1;\n" })
                .as_str(),
        );
        let mut told = Told::until(move || reader.execute("COMMIT"));
        Lab::done(lab.up_observed(&mut told));
        assert_eq!(lab.db.query("SELECT n FROM counter"), [["11"]]);
        assert_eq!(lab.applied(), ["1", "2"]);
        // What failed only because a table was in use is no failure for the journal.
        let events = lab.events();
        assert!(!events.contains(&"unit-failed".to_owned()), "{events:?}");
        assert!(!events.contains(&"unit-undone".to_owned()), "{events:?}");
    }
}

#[test]
fn a_table_that_may_not_be_locked_may_still_be_referred_to() {
    let Some(mut lab) = table(Kind::Postgres) else {
        return;
    };
    let role = lab.db.role("deployer");
    lab.db.execute(&format!(
        "ALTER TABLE limosa_history OWNER TO {0}; ALTER TABLE limosa_journal OWNER TO {0}; \
         GRANT ALL ON SCHEMA public TO {0}; GRANT REFERENCES, SELECT ON a TO {0}",
        role.name
    ));
    lab.url = Some(lab.db.url_as(&role));
    lab.file(
        "2_b.sql",
        "CREATE TABLE b (a_id int REFERENCES a (id));\nINSERT INTO b VALUES (1);\n",
    );
    lab.up();
    assert_eq!(lab.db.value("SELECT count(*) FROM b"), "1");
}

#[test]
fn the_other_table_of_a_foreign_key_is_looked_at_before_a_table_is_dropped() {
    let Some(lab) = table(Kind::Postgres) else {
        return;
    };
    lab.db
        .execute("CREATE TABLE child (a_id int REFERENCES a (id))");
    let mut reader = lab.db.open();
    let id = reader.value("SELECT pg_backend_pid()").parse().ok();
    reader.execute("BEGIN; SELECT * FROM a");
    lab.file("2_b.sql", "DROP TABLE child;\n");
    let mut told = Told::until(move || reader.execute("COMMIT"));
    Lab::done(lab.up_observed(&mut told));
    assert_eq!(told.waiting[0][0].id, id);
    assert!(!lab.has_table("child"));
}

#[test]
fn without_the_right_to_lock_tables_the_statement_waits_itself_on_mariadb() {
    let Some(mut lab) = table(Kind::MariaDb) else {
        return;
    };
    let role = lab.db.role("deployer");
    let database = lab.db.name();
    lab.db.execute(&format!(
        "GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX, REFERENCES ON `{database}`.* TO `{}`@'%'",
        role.name
    ));
    lab.url = Some(lab.db.url_as(&role));
    let mut reader = lab.db.open();
    reader.execute("BEGIN");
    reader.query("SELECT id FROM a");
    lab.file("2_b.sql", "ALTER TABLE a ADD COLUMN b int;\n");
    let mut told = Told::until(move || reader.execute("COMMIT"));
    Lab::done(lab.up_observed(&mut told));
    // Nor may it see who is in the way.
    assert!(!told.waiting[0][0].visible, "{:?}", told.waiting);
}
