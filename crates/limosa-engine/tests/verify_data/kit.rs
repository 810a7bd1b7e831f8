//! Databases that are filled, changed and looked at.

use std::time::Duration;

use limosa_core::DatabaseUrl;
use limosa_core::migration::AcceptedLoss;
use limosa_db::{ConnectOptions, DbError, LockWait, Locked, Locks, connect};
use limosa_engine::verify::content::{self, Content, DataFinding, Passage, findings};
use limosa_engine::verify::rows::{Filled, fill};
use limosa_schema::Schema;
use limosa_testkit::{Database, Kind};

/// A fresh database with a session that may write; `None` where the server may be missing, which is printed.
pub struct Bench {
    pub db: Database,
    pub session: Locked,
}

impl Bench {
    pub fn on(kind: Kind) -> Option<Self> {
        match kind.try_database() {
            Ok(db) => Some(Self::with(db)),
            Err(reason) => {
                limosa_testkit::skip_or_panic(reason);
                None
            }
        }
    }

    pub fn with(db: Database) -> Self {
        let url = DatabaseUrl::parse(&db.url()).unwrap();
        let session = connect(&url, &ConnectOptions::default()).unwrap();
        let locks = Locks {
            schema: "public".to_owned(),
            table: "limosa_history".to_owned(),
            others: Vec::new(),
        };
        let mut wait = LockWait {
            limit: Duration::from_secs(10),
            lost: None,
            waiting: &mut |_, _| {},
            interrupted: &|| false,
        };
        let session = session.lock(&locks, &mut wait).unwrap();
        Self { db, session }
    }

    #[track_caller]
    pub fn run(&mut self, sql: &str) {
        if let Err(error) = self.session.run(sql) {
            panic!("{error} {:?}\n{sql}", error.failure());
        }
    }

    pub fn schema(&mut self) -> Schema {
        limosa_db::schema::read(&mut self.session, &[]).unwrap()
    }

    pub fn fill(&mut self) -> Filled {
        let schema = self.schema();
        fill(&mut self.session, &schema).unwrap()
    }

    /// Fills all tables; each of them takes rows.
    #[track_caller]
    pub fn fill_all(&mut self) -> Filled {
        let filled = self.fill();
        assert_eq!(filled.unproved, [], "every table takes rows");
        filled
    }

    pub fn content(&mut self) -> Content {
        let schema = self.schema();
        content::read(&mut self.session, &schema).unwrap()
    }

    pub fn count(&mut self, table: &str) -> i64 {
        self.number(&format!("SELECT count(*) FROM {table}"))
    }

    #[track_caller]
    pub fn number(&mut self, sql: &str) -> i64 {
        let rows = self.session.query(sql, &[]);
        let rows = rows.unwrap_or_else(|error| panic!("{error}\n{sql}"));
        rows[0].int(0).unwrap()
    }

    /// What a failing statement says.
    #[track_caller]
    pub fn fails(&mut self, sql: &str) -> DbError {
        self.session.run(sql).unwrap_err()
    }
}

/// A migration between two states with rows.
#[derive(Default)]
pub struct Play<'p> {
    /// The schema before, and what rows are there beside those that are made.
    pub before: &'p str,
    pub up: &'p str,
    /// `None`: it cannot be undone.
    pub down: Option<&'p str>,
    pub accepts: &'p [&'p str],
}

impl Play<'_> {
    /// Plays it and gives what is found: `name object kind`.
    #[track_caller]
    pub fn on(&self, bench: &mut Bench) -> Vec<DataFinding> {
        if !self.before.is_empty() {
            bench.run(self.before);
        }
        bench.fill_all();
        self.go(bench)
    }

    #[track_caller]
    pub fn go(&self, bench: &mut Bench) -> Vec<DataFinding> {
        let before = bench.content();
        bench.run(self.up);
        let up = bench.content();
        let down = self.down.map(|down| {
            if !down.is_empty() {
                bench.run(down);
            }
            bench.content()
        });
        let accepted: Vec<AcceptedLoss> = (self.accepts.iter())
            .map(|object| AcceptedLoss {
                object: (*object).to_owned(),
                reason: "it is not needed".to_owned(),
                direction: None,
            })
            .collect();
        findings(&Passage {
            before: &before,
            up: &up,
            down: down.as_ref(),
            accepted: &accepted,
        })
    }
}

/// Findings in short: `data-lost users.legacy column_lost`.
pub fn short(found: &[DataFinding]) -> Vec<String> {
    let one =
        |one: &DataFinding| format!("{} {} {}", one.name, one.object.dotted(), one.kind.name());
    found.iter().map(one).collect()
}

/// One test for each kind of database, from functions that take a [`Bench`].
#[macro_export]
macro_rules! on_every_bench {
    ($($name:ident),* $(,)?) => {
        mod postgres { $(#[test] fn $name() { $crate::kit::Bench::on(limosa_testkit::Kind::Postgres).into_iter().for_each(super::$name); })* }
        mod mariadb { $(#[test] fn $name() { $crate::kit::Bench::on(limosa_testkit::Kind::MariaDb).into_iter().for_each(super::$name); })* }
        mod sqlite { $(#[test] fn $name() { $crate::kit::Bench::on(limosa_testkit::Kind::Sqlite).into_iter().for_each(super::$name); })* }
    };
}
