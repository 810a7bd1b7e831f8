//! Fifty processes of `limosa` at one empty database, and the one that is at work may be killed.
//!
//! Two rounds for each kind of database: one undisturbed, one in which the leader is killed. `LIMOSA_TEST_ROUNDS=20`
//! runs more of them, in turns, and `LIMOSA_TEST_SEED` repeats the moments of a run.

#![expect(
    clippy::print_stdout,
    reason = "it says which seed repeats a failure, and how long a follower took"
)]

use std::time::{Duration, Instant};

use limosa_testkit::{
    Database, Kind, MariaDb, Output, Postgres, Project, Running, Settings, Sqlite, skip_or_panic,
};
use serde_json::Value;

const PROCESSES: usize = 50;
const MIGRATIONS: usize = 10;
/// A round takes seconds; on a machine that is busy with other things, longer.
const ROUND: Duration = Duration::from_secs(300);

#[test]
fn each_migration_is_applied_once_on_postgres() {
    // As many connections as a server has by default.
    match Postgres::start(&Settings::new().set("max_connections", "100")) {
        Ok(server) => rounds(|| server.database()),
        Err(reason) => skip_or_panic(&reason),
    }
}

#[test]
fn each_migration_is_applied_once_on_mariadb() {
    match MariaDb::start(&Settings::new().set("max_connections", "151")) {
        Ok(server) => rounds(|| server.database()),
        Err(reason) => skip_or_panic(&reason),
    }
}

#[test]
fn each_migration_is_applied_once_on_sqlite() {
    rounds(Sqlite::database);
}

fn rounds(database: impl Fn() -> Database) {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let rounds = number("LIMOSA_TEST_ROUNDS").unwrap_or(2);
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let seed = number("LIMOSA_TEST_SEED")
        .unwrap_or_else(|| now.map_or(1, |now| u64::from(now.subsec_nanos())));
    for round in 0..rounds {
        let mut random = Random(seed.wrapping_add(round));
        let killed = (round % 2 == 1).then(|| Moment {
            applied: random.below(MIGRATIONS as u64 - 1),
            later: Duration::from_millis(random.below(100)),
        });
        let db = database();
        let name = format!("{:?}, seed {seed}, round {round}", db.kind());
        println!("{name}: {killed:?}");
        Race::new(db, name).run(killed.as_ref());
    }
}

/// A small generator of numbers that are the same for the same seed.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

/// When the leader is killed: so long after so many migrations are applied.
#[derive(Debug)]
struct Moment {
    applied: u64,
    later: Duration,
}

struct Race {
    db: Database,
    project: Project,
    name: String,
    began: Instant,
}

impl Race {
    fn new(db: Database, name: String) -> Self {
        let mut project = Project::new(env!("CARGO_BIN_EXE_limosa")).file(
            "migrations/01_counter.sql",
            "CREATE TABLE counter (n integer);\nINSERT INTO counter VALUES (0);\n",
        );
        for n in 2..=MIGRATIONS {
            let slow = match db.kind() {
                Kind::Postgres => "SELECT pg_sleep(0.05);",
                Kind::MariaDb => "DO SLEEP(0.05);",
                Kind::Sqlite => "",
            };
            let own = if db.kind() == Kind::Postgres && n == 5 {
                // It waits for every other session that has a snapshot.
                "CREATE INDEX CONCURRENTLY on_n ON counter (n);"
            } else {
                ""
            };
            let text = format!(
                "CREATE TABLE t{n} (x integer);\n{slow}\nUPDATE counter SET n = n + 1;\n{own}\n"
            );
            project = project.file(format!("migrations/{n:02}_t.sql"), text);
        }
        Self {
            db,
            project,
            name,
            began: Instant::now(),
        }
    }

    fn run(mut self, killed: Option<&Moment>) {
        self.began = Instant::now();
        // Without passwords, whose checks take all of a small machine when fifty come at once.
        let url = self.db.socket_url();
        let running: Vec<Running> = (0..PROCESSES)
            .map(|_| {
                let run = self.project.limosa(&[
                    "up",
                    "--format",
                    "json-lines",
                    "--connect-timeout",
                    "60s",
                ]);
                run.env("LIMOSA_URL", &url).start()
            })
            .collect();
        let victim = killed.and_then(|moment| self.kill_the_leader(&running, moment));
        let pids: Vec<u32> = running.iter().map(Running::pid).collect();
        let outputs: Vec<Output> = running.into_iter().map(Running::finish).collect();
        for (pid, output) in pids.iter().zip(&outputs) {
            let expected = if victim == Some(*pid) { 137 } else { 0 };
            assert_eq!(
                output.code, expected,
                "{}: process {pid}\n{output}",
                self.name
            );
        }
        self.each_migration_once();
        if self.db.kind() != Kind::Sqlite {
            self.those_who_wait_say_for_whom(&outputs);
        }
        println!("{}: {:?}", self.name, self.began.elapsed());
    }

    /// Rows of a query, none as long as the tables are not there or the database is busy.
    fn ask(&self, sql: &str) -> Vec<Vec<String>> {
        self.db.try_query(sql).unwrap_or_default()
    }

    /// Waits for something, and says how long that took.
    fn until<T>(&self, what: &str, mut look: impl FnMut() -> Option<T>) -> (T, Duration) {
        let began = Instant::now();
        loop {
            if let Some(found) = look() {
                return (found, began.elapsed());
            }
            assert!(self.began.elapsed() < ROUND, "{}: no {what}", self.name);
            std::thread::park_timeout(Duration::from_millis(5));
        }
    }

    /// The processes whose runs have not ended, the newest first.
    fn leaders(&self) -> Vec<u32> {
        let rows = self.ask(
            "SELECT s.detail FROM limosa_journal s WHERE s.event = 'run-started' AND NOT EXISTS \
             (SELECT 1 FROM limosa_journal e WHERE e.run = s.run AND e.event = 'run-finished') ORDER BY s.id DESC",
        );
        let pid = |detail: &String| {
            let detail: Value = serde_json::from_str(detail).ok()?;
            u32::try_from(detail["process"].as_u64()?).ok()
        };
        rows.iter().flatten().filter_map(pid).collect()
    }

    /// Kills the process that is at work at that moment, and waits for the one that follows it. None when all was
    /// done before.
    fn kill_the_leader(&self, running: &[Running], moment: &Moment) -> Option<u32> {
        let applied = || {
            let rows = self.ask("SELECT count(*) FROM limosa_history");
            rows.first()?.first()?.parse::<u64>().ok()
        };
        self.until("progress", || {
            applied().filter(|now| *now >= moment.applied)
        });
        let end = Instant::now() + moment.later;
        self.until("time", || (Instant::now() >= end).then_some(()));
        let leader = self.leaders().first().copied()?;
        let victim = running.iter().find(|one| one.pid() == leader)?;
        victim.kill();
        let all = u64::try_from(MIGRATIONS).unwrap_or(u64::MAX);
        let (followed, after) = self.until("follower", || {
            let another = self.leaders().iter().any(|pid| *pid != leader);
            // It may have been killed when there was nothing left to do.
            (another || applied() == Some(all)).then_some(another)
        });
        println!(
            "{}: killed {leader}, followed by another: {followed}, after {after:?}",
            self.name
        );
        Some(leader)
    }

    fn each_migration_once(&self) {
        let all = MIGRATIONS.to_string();
        let name = &self.name;
        let one = |sql: &str| self.db.value(sql);
        assert_eq!(
            one("SELECT n FROM counter"),
            (MIGRATIONS - 1).to_string(),
            "{name}"
        );
        assert_eq!(one("SELECT count(*) FROM limosa_history"), all, "{name}");
        let applied = "SELECT count(*) FROM limosa_journal WHERE event = 'applied'";
        assert_eq!(one(applied), all, "{name}");
        if self.db.kind() == Kind::Postgres {
            let valid =
                "SELECT count(*) FROM pg_index WHERE indrelid = 'counter'::regclass AND indisvalid";
            assert_eq!(one(valid), "1", "{name}");
            let invalid = "SELECT count(*) FROM pg_index WHERE NOT indisvalid";
            assert_eq!(one(invalid), "0", "{name}");
        }
    }

    /// Each process that had to wait for long enough to say so named the session in the way.
    fn those_who_wait_say_for_whom(&self, outputs: &[Output]) {
        let lines = outputs.iter().flat_map(|output| output.stdout.lines());
        let waiting: Vec<Value> = lines
            .filter(|line| line.contains("lock-waiting"))
            .filter_map(|line| serde_json::from_str(line).ok())
            .collect();
        let named = waiting.iter().filter(|event| event["holder"].is_string());
        let named = named.count();
        // The holder may give the lock back while it is asked for.
        assert!(named > 0, "{}: {waiting:?}", self.name);
        println!(
            "{}: {named} of {} said for whom they wait",
            self.name,
            waiting.len()
        );
        if self.db.kind() == Kind::Postgres {
            assert!(
                waiting.iter().any(|event| event["held_for_ms"].is_u64()),
                "{waiting:?}"
            );
        }
    }
}
