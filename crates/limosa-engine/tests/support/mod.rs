//! A folder of migrations beside a real database.

#![expect(dead_code, reason = "each test file uses its part of it")]
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

pub mod corpora;

use std::path::PathBuf;
use std::time::Duration;

use limosa_core::event::{Event, Observer, Silent};
use limosa_core::history::{History, State, Status};
use limosa_core::layout::{Place, load};
use limosa_core::plan::{Goal, Order, PlanOptions, UnitMode};
use limosa_core::{DatabaseUrl, Diagnostic, Layout, MigrationSet, Plan, Version};
use limosa_db::{ConnectOptions, OtherKey, OtherLock, SessionSettings, Waits};
use limosa_engine::{
    Answer, Database, JournalEntry, OtherTool, Request, Resolution, Resolved, RunFailure,
    RunReport, Settings, Texts,
};
use limosa_testkit::Kind;
use tempfile::TempDir;

/// Everything that is pending.
pub const UP: Goal = Goal::Up {
    to: None,
    limit: None,
};

/// What a run gives.
pub type Ran = Result<RunReport, Box<RunFailure>>;

/// A folder of migrations beside a real database.
pub struct Lab {
    pub db: limosa_testkit::Database,
    folder: TempDir,
    pub layout: Option<Layout>,
    pub options: PlanOptions,
    pub set: String,
    pub schema: Option<String>,
    pub lock_wait: Duration,
    pub other_locks: Vec<OtherLock>,
    pub other: Option<OtherTool>,
    pub lock_budget: Duration,
    pub retry_for: Duration,
    pub init: Vec<String>,
    pub lock_timeout: Duration,
    /// Another URL than the superuser's.
    pub url: Option<String>,
    /// Variables of the environment, for layouts that expand them.
    pub variables: Vec<(&'static str, &'static str)>,
}

impl Lab {
    /// On a fresh database; `None` where the server may be missing, which is printed.
    pub fn on(kind: Kind) -> Option<Self> {
        match kind.try_database() {
            Ok(db) => Some(Self::with(db)),
            Err(reason) => {
                limosa_testkit::skip_or_panic(reason);
                None
            }
        }
    }

    pub fn with(db: limosa_testkit::Database) -> Self {
        Self {
            db,
            folder: TempDir::new().expect("a temporary folder can be made"),
            layout: Some(Layout::Native),
            options: PlanOptions::default(),
            set: "main".to_owned(),
            schema: None,
            lock_wait: Duration::from_secs(30),
            other_locks: vec![],
            other: None,
            lock_budget: Duration::from_secs(60),
            retry_for: Duration::from_secs(30),
            init: vec![],
            lock_timeout: Duration::from_secs(2),
            url: None,
            variables: vec![],
        }
    }

    pub fn kind(&self) -> Kind {
        self.db.kind()
    }

    pub fn folder(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    pub fn file(&self, name: &str, text: &str) -> &Self {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("it is in the folder")).unwrap();
        std::fs::write(path, text).unwrap();
        self
    }

    pub fn remove(&self, name: &str) {
        std::fs::remove_file(self.folder.path().join(name)).unwrap();
    }

    /// Copies the files of another folder.
    pub fn copy_from(&self, folder: &std::path::Path) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_file() {
                std::fs::copy(entry.path(), self.folder.path().join(entry.file_name())).unwrap();
            }
        }
    }

    pub fn migrations(&self) -> Result<MigrationSet, Vec<Diagnostic>> {
        let url = DatabaseUrl::parse(&self.db.url()).unwrap();
        load(&Place {
            directory: self.folder.path(),
            shown: "migrations",
            layout: self.layout,
            dialect: url.dialect(),
        })
    }

    pub fn open(&self) -> Database {
        self.try_open()
            .unwrap_or_else(|problem| panic!("{problem}: {:?}", problem.diagnostic()))
    }

    pub fn try_open(&self) -> Result<Database, limosa_engine::Problem> {
        let url = self.url.clone().unwrap_or_else(|| self.db.url());
        let url = DatabaseUrl::parse(&url).unwrap();
        let connect = ConnectOptions {
            settings: SessionSettings {
                lock_timeout: Some(self.lock_timeout),
                statement_timeout: None,
                init: self.init.clone(),
            },
            ..ConnectOptions::default()
        };
        let settings = Settings {
            set: self.set.clone(),
            schema: self.schema.clone(),
            lock_wait: self.lock_wait,
            other_locks: self.other_locks.clone(),
            other: self.other.clone(),
            lock_budget: self.lock_budget,
            retry_for: self.retry_for,
            release: self.options.release.clone(),
            actor: "test@here".to_owned(),
            tool_version: "0.0.0-test".to_owned(),
        };
        Database::open(&url, &connect, &settings)
    }

    pub fn run(&self, goal: Goal) -> Ran {
        self.run_with(goal, &mut |_, _| Answer::Go, &|| false)
    }

    pub fn run_with(
        &self,
        goal: Goal,
        confirm: &mut dyn FnMut(&mut Database, &Plan) -> Answer,
        interrupted: &(dyn Fn() -> bool + Sync),
    ) -> Ran {
        self.run_observed(goal, confirm, interrupted, &mut Silent)
    }

    pub fn run_observed(
        &self,
        goal: Goal,
        confirm: &mut dyn FnMut(&mut Database, &Plan) -> Answer,
        interrupted: &(dyn Fn() -> bool + Sync),
        observer: &mut dyn Observer,
    ) -> Ran {
        let set = self
            .migrations()
            .unwrap_or_else(|wrong| panic!("{wrong:#?}"));
        let request = Request {
            set: &set,
            goal,
            options: self.options.clone(),
            environment: &|name| {
                let found = self.variables.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| (*value).to_owned())
            },
            confirm,
            interrupted,
        };
        limosa_engine::run(self.open(), request, observer)
    }

    /// Applies what is pending, before the eyes of an observer.
    pub fn up_observed(&self, observer: &mut dyn Observer) -> Ran {
        self.run_observed(UP, &mut |_, _| Answer::Go, &|| false, observer)
    }

    /// A person's answer about a statement.
    pub fn resolve(
        &self,
        version: &Version,
        statement: Option<u64>,
        answer: Resolution,
    ) -> Result<Resolved, limosa_engine::Problem> {
        let set = self.migrations().unwrap();
        limosa_engine::resolve(self.open(), &set, version, statement, answer, &mut Silent)
    }

    pub fn up(&self) -> RunReport {
        Self::done(self.run(Goal::Up {
            to: None,
            limit: None,
        }))
    }

    pub fn down(&self, limit: usize) -> RunReport {
        Self::done(self.run(Goal::Down {
            limit: Some(limit),
            to: None,
        }))
    }

    pub fn done(ran: Ran) -> RunReport {
        ran.unwrap_or_else(|failure| panic!("{:#?}", failure.problem.diagnostic()))
    }

    pub fn up_fails(&self) -> Box<RunFailure> {
        match self.run(Goal::Up {
            to: None,
            limit: None,
        }) {
            Ok(report) => panic!("it should fail, but it did {:?}", report.done),
            Err(failure) => failure,
        }
    }

    /// The units of the plan: `t` in a transaction, `a` alone, with the number of statements.
    pub fn units(&self) -> Vec<String> {
        let mut shape = Vec::new();
        let goal = Goal::Up {
            to: None,
            limit: None,
        };
        let ran = self.run_with(
            goal,
            &mut |_, plan| {
                for unit in plan.steps().iter().flat_map(|step| &step.units) {
                    let alone = unit.mode == UnitMode::Alone;
                    let kind = if alone { "a" } else { "t" };
                    shape.push(format!("{kind}{}", unit.numbers.end - unit.numbers.start));
                }
                Answer::Stop
            },
            &|| false,
        );
        Self::done(ran);
        shape
    }

    pub fn out_of_order(mut self) -> Self {
        self.options.order = Order::OutOfOrder;
        self
    }

    pub fn history(&self) -> History {
        self.open().history(Texts::Downs).unwrap()
    }

    pub fn applied(&self) -> Vec<String> {
        self.history()
            .applied
            .iter()
            .map(|row| row.version.text().to_owned())
            .collect()
    }

    pub fn journal(&self) -> Vec<JournalEntry> {
        self.open().journal(10_000).unwrap()
    }

    pub fn events(&self) -> Vec<String> {
        self.journal()
            .into_iter()
            .map(|entry| entry.event)
            .collect()
    }

    pub fn states(&self) -> Vec<(String, State)> {
        let set = self.migrations().unwrap();
        let mut database = self.open();
        let history = database.history(Texts::Without).unwrap();
        let status = Status::new(&set, &history, database.server().target.dialect).unwrap();
        status
            .migrations
            .iter()
            .map(|one| (one.version.text().to_owned(), one.state))
            .collect()
    }

    /// Whether a table of that name is there.
    pub fn has_table(&self, name: &str) -> bool {
        let sql = match self.kind() {
            Kind::Postgres => {
                format!("select count(*) from pg_class where relname = '{name}' and relkind = 'r'")
            }
            Kind::MariaDb => format!(
                "select count(*) from information_schema.tables where table_schema = database() and table_name = '{name}'"
            ),
            Kind::Sqlite => format!(
                "select count(*) from sqlite_master where type = 'table' and name = '{name}'"
            ),
        };
        self.db.value(&sql) != "0"
    }
}

/// A version of digits.
pub fn version(text: &str) -> Version {
    Version::number(text).unwrap()
}

/// One test for each kind of database, from functions that take a [`Lab`].
#[macro_export]
macro_rules! on_every_database {
    ($($name:ident),* $(,)?) => {
        mod postgres { $(#[test] fn $name() { $crate::support::Lab::on(limosa_testkit::Kind::Postgres).into_iter().for_each(super::$name); })* }
        mod mariadb { $(#[test] fn $name() { $crate::support::Lab::on(limosa_testkit::Kind::MariaDb).into_iter().for_each(super::$name); })* }
        mod sqlite { $(#[test] fn $name() { $crate::support::Lab::on(limosa_testkit::Kind::Sqlite).into_iter().for_each(super::$name); })* }
    };
}

/// Two locks of one tool.
pub fn two_locks(key: impl Fn(u8) -> OtherKey) -> Vec<OtherLock> {
    let lock = |number| OtherLock {
        tool: "that-tool",
        key: key(number),
        waits: Waits::InServer,
    };
    [1, 2].map(lock).to_vec()
}

/// What was remarked.
#[derive(Default)]
pub struct Remarks(pub Vec<String>);

impl Observer for Remarks {
    fn observe(&mut self, event: &Event<'_>) {
        if let Event::Remark(remark) = event {
            self.0.push(remark.message.clone());
        }
    }
}
