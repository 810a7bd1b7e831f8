//! Many processes start together on an empty database, and whoever leads is killed.

use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, Instant};

use limosa_testkit::{Database, Kind, Project, Running};

/// How many migrations there are.
const MIGRATIONS: usize = 12;
/// A race that takes longer than this hangs.
const PATIENCE: Duration = Duration::from_secs(240);

/// Numbers that look random and are the same for the same seed.
pub(crate) struct Dice(u64);

impl Dice {
    /// From `LIMOSA_TEST_SEED`, else from the operating system. Printed, so that a race can be run again.
    #[expect(clippy::print_stderr, reason = "a failure is looked at with its seed")]
    pub(crate) fn seeded() -> Self {
        let given = std::env::var("LIMOSA_TEST_SEED").ok();
        let seed = given
            .and_then(|text| text.parse().ok())
            .unwrap_or_else(|| RandomState::new().hash_one(0));
        eprintln!("LIMOSA_TEST_SEED={seed}");
        Self(seed)
    }

    /// A number below `limit`.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        // xorshift64*, which needs a state other than 0.
        let mut state = self.0 | 1;
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        self.0 = state;
        state.wrapping_mul(0x2545_f491_4f6c_dd1d) % limit
    }
}

/// A project whose migrations leave a row for each time that they run.
fn project(kind: Kind) -> Project {
    let mut project = Project::new(env!("CARGO_BIN_EXE_limosa"));
    for number in 1..=MIGRATIONS {
        let first = match (number, kind) {
            (1, Kind::Postgres) => "CREATE TABLE ran (id serial PRIMARY KEY, migration int);\n",
            (1, _) => "CREATE TABLE ran (id int AUTO_INCREMENT PRIMARY KEY, migration int);\n",
            _ => "",
        };
        let sleep = match kind {
            Kind::Postgres => "SELECT pg_sleep(0.2)",
            _ => "SELECT sleep(0.2)",
        };
        project = project.file(
            format!("migrations/{number}_m.sql"),
            format!(
                "{first}CREATE TABLE t{number} (id int PRIMARY KEY);\n{sleep};\nINSERT INTO ran (migration) VALUES ({number});\n"
            ),
        );
    }
    project
}

/// How many races are run: one, or as many as `LIMOSA_TEST_ROUNDS` says.
pub(crate) fn rounds() -> std::ops::Range<usize> {
    let given = std::env::var("LIMOSA_TEST_ROUNDS").ok();
    0..given.and_then(|text| text.parse().ok()).unwrap_or(1)
}

/// Starts a process for each URL, kills the leader `kills` times, and waits for the others.
#[track_caller]
pub(crate) fn run(database: &Database, urls: &[String], kills: usize) {
    let project = project(database.kind());
    let mut dice = Dice::seeded();
    let mut runners: Vec<Running> = urls
        .iter()
        .map(|url| project.limosa(&["up"]).env("DATABASE_URL", url).start())
        .collect();
    let deadline = Instant::now() + PATIENCE;
    let mut killed = Vec::new();
    for _ in 0..kills {
        let moment = Instant::now() + Duration::from_millis(dice.below(1500));
        let leader = loop {
            assert!(Instant::now() < deadline, "nobody leads");
            let leader = leader(database).filter(|pid| !killed.contains(pid));
            if let Some(pid) = leader.filter(|_| Instant::now() >= moment) {
                break pid;
            }
            if is_done(database) {
                break 0;
            }
            std::thread::yield_now();
        };
        if leader == 0 {
            break;
        }
        let at = runners.iter().position(|runner| runner.pid() == leader);
        let at = at.expect("the leader is one of those that were started");
        let runner = runners.swap_remove(at);
        runner.kill();
        killed.push(leader);
        assert_eq!(runner.finish().code, 137);
    }
    assert!(
        killed.len() == kills,
        "the leader was to be killed in the middle"
    );
    for runner in runners {
        let output = runner.finish();
        assert_eq!(output.code, 0, "{output}");
    }
    let ran =
        database.query("SELECT migration, count(*) FROM ran GROUP BY migration ORDER BY migration");
    let expected: Vec<_> = (1..=MIGRATIONS)
        .map(|number| vec![number.to_string(), "1".to_owned()])
        .collect();
    assert_eq!(ran, expected);
    assert_eq!(
        database.value("SELECT count(*) FROM limosa_history"),
        MIGRATIONS.to_string()
    );
    assert_eq!(
        database.value("SELECT count(*) FROM limosa_lock WHERE holder IS NOT NULL"),
        "0"
    );
}

/// The process that holds the lease.
fn leader(database: &Database) -> Option<u32> {
    let rows = database.try_query("SELECT holder FROM limosa_lock WHERE part = 'lease'");
    let holder = rows.ok()?.first()?.first()?.clone();
    holder
        .rsplit_once("(pid ")?
        .1
        .strip_suffix(')')?
        .parse()
        .ok()
}

fn is_done(database: &Database) -> bool {
    let rows = database.try_query("SELECT count(*) FROM limosa_history");
    rows.is_ok_and(|rows| rows[0][0] == MIGRATIONS.to_string())
}
