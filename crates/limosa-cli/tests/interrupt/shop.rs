//! A project whose second migration takes as long as a test wants.

use std::time::{Duration, Instant};

use limosa_testkit::{Database, Kind, Output, Project, Run, skip_or_panic};

/// Nothing that is waited for here takes a minute; a statement that is not interrupted does.
pub const SOON: Duration = Duration::from_secs(45);

/// A project beside a database. The second migration is slow while `slow` has a row.
pub struct Shop {
    pub db: Database,
    pub project: Project,
}

impl Shop {
    /// On a fresh database; `None` where the server may be missing, which is printed.
    pub fn on(kind: Kind) -> Option<Self> {
        match kind.try_database() {
            Ok(db) => Some(Self::with(db)),
            Err(reason) => {
                skip_or_panic(reason);
                None
            }
        }
    }

    pub fn with(db: Database) -> Self {
        db.execute("CREATE TABLE slow (seconds integer)");
        db.execute("INSERT INTO slow VALUES (60)");
        db.execute("CREATE TABLE counter (n integer)");
        db.execute("INSERT INTO counter VALUES (0)");
        let slow = match db.kind() {
            Kind::Postgres => "SELECT pg_sleep(coalesce(max(seconds), 0)) FROM slow",
            Kind::MariaDb => "DO SLEEP((SELECT coalesce(max(seconds), 0) FROM slow))",
            Kind::Sqlite => {
                "INSERT INTO b WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL \
                 SELECT i + 1 FROM n WHERE EXISTS (SELECT 1 FROM slow)) SELECT max(i) FROM n"
            }
        };
        let second = format!(
            "-- limosa: up\nCREATE TABLE b (x integer);\nUPDATE counter SET n = n + 10;\n{slow};\n\
             UPDATE counter SET n = n + 100;\n-- limosa: down\nDROP TABLE b;\n"
        );
        let project = Project::new(env!("CARGO_BIN_EXE_limosa"))
            .file(
                "migrations/1_a.sql",
                "-- limosa: up\nCREATE TABLE a (x integer);\nUPDATE counter SET n = n + 1;\n\
                 -- limosa: down\nDROP TABLE a;\n",
            )
            .file("migrations/2_b.sql", second);
        Self { db, project }
    }

    pub fn limosa(&self, arguments: &[&str]) -> Run {
        let run = self.project.limosa(arguments);
        run.env("LIMOSA_URL", self.db.url())
    }

    pub fn on_terminal(&self, arguments: &[&str]) -> Run {
        let run = self.project.on_terminal(arguments);
        run.env("LIMOSA_URL", self.db.url())
    }

    pub fn up(&self) -> Run {
        self.limosa(&["up", "--format", "json-lines"])
    }

    /// What the first statement that is slow looks like in the output.
    pub fn slow_statement(&self) -> &'static str {
        match self.db.kind() {
            Kind::Postgres => "SELECT pg_sleep",
            Kind::MariaDb => "DO SLEEP",
            Kind::Sqlite => "WITH RECURSIVE",
        }
    }

    /// The events of runs in the journal.
    pub fn runs(&self) -> Vec<String> {
        let rows = self
            .db
            .query("SELECT event FROM limosa_journal WHERE event LIKE 'run-%' ORDER BY id");
        rows.into_iter().flatten().collect()
    }

    pub fn counter(&self) -> String {
        self.db.value("SELECT n FROM counter")
    }

    /// The first migration is applied, the second is interrupted, and the output says so.
    pub fn is_interrupted_in_the_second(&self, output: &Output) {
        assert_eq!(output.code, 130, "{output}");
        assert_eq!(self.counter(), "1", "the second is rolled back\n{output}");
        assert_eq!(self.runs(), ["run-started", "run-interrupted"], "{output}");
    }

    /// The next run goes on, and the end is that of an undisturbed run.
    pub fn goes_on(&self) {
        self.db.execute("DELETE FROM slow");
        let output = self.limosa(&["up"]).run();
        assert_eq!(output.code, 0, "{output}");
        assert_eq!(self.counter(), "111", "{output}");
        let status = self.limosa(&["status", "--check"]).run();
        assert_eq!(status.code, 0, "{status}");
        assert_eq!(
            self.db.value("SELECT count(*) FROM limosa_history"),
            "2",
            "{output}"
        );
    }
}

/// One test for each kind of database, from functions that take a [`Shop`].
#[macro_export]
macro_rules! on_every_shop {
    ($($name:ident),* $(,)?) => {
        mod postgres { $(#[test] fn $name() { $crate::shop::Shop::on(limosa_testkit::Kind::Postgres).into_iter().for_each(super::$name); })* }
        mod mariadb { $(#[test] fn $name() { $crate::shop::Shop::on(limosa_testkit::Kind::MariaDb).into_iter().for_each(super::$name); })* }
        mod sqlite { $(#[test] fn $name() { $crate::shop::Shop::on(limosa_testkit::Kind::Sqlite).into_iter().for_each(super::$name); })* }
    };
}

/// The same for what only servers have.
#[macro_export]
macro_rules! on_every_server {
    ($($name:ident),* $(,)?) => {
        mod postgres_server { $(#[test] fn $name() { $crate::shop::Shop::on(limosa_testkit::Kind::Postgres).into_iter().for_each(super::$name); })* }
        mod mariadb_server { $(#[test] fn $name() { $crate::shop::Shop::on(limosa_testkit::Kind::MariaDb).into_iter().for_each(super::$name); })* }
    };
}

/// Waits until something holds.
#[track_caller]
pub fn until(what: &str, holds: impl Fn() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < SOON, "{what} does not come true");
        std::thread::park_timeout(Duration::from_millis(20));
    }
}
