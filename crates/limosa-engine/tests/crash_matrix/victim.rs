//! The process that dies: this test binary again, doing one run of the engine.
//!
//! It kills itself with SIGKILL at the event that it is told, so that positions are exact without a hook in the
//! product. How its run ended is one line of JSON on its standard output.

use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use limosa_core::config::HistoryKind;
use limosa_core::event::{Event, Observer};
use limosa_core::layout::{Place, load};
use limosa_core::plan::{Goal, PlanOptions};
use limosa_core::{DatabaseUrl, Layout, MigrationSet};
use limosa_db::{ConnectOptions, SessionSettings};
use limosa_engine::{Answer, Database, OtherTool, Request, Settings};
use serde::{Deserialize, Serialize};

use crate::scenario::Way;

/// Holds the order for a victim.
const VARIABLE: &str = "LIMOSA_TEST_VICTIM";
/// A run that says nothing for this long hangs.
const PATIENCE: Duration = Duration::from_secs(120);

/// What a victim is to do.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Order {
    pub url: String,
    pub folder: String,
    /// The name of the files' layout.
    pub layout: String,
    pub way: Way,
    /// For how long it reconnects.
    pub retry_for: Duration,
    /// The event, from 1, at which it dies.
    pub die_at: Option<usize>,
}

/// How a run ended.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Ended {
    /// How many events it had.
    pub events: usize,
    /// Why it failed, where it did.
    pub failure: Option<Failure>,
}

/// Why a run failed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Failure {
    /// The name of the diagnostic.
    pub name: String,
    /// The exit code of its class.
    pub code: u8,
    pub message: String,
}

/// In the victim: does what it was told. `None` in the process of the tests.
pub fn play_dead() -> Option<()> {
    let order = std::env::var(VARIABLE).ok()?;
    let order: Order = serde_json::from_str(&order).expect("the tests wrote it");
    let mut count = Count {
        events: 0,
        die_at: order.die_at,
    };
    let failure = run(&order, &mut count).err();
    let ended = Ended {
        events: count.events,
        failure,
    };
    #[expect(clippy::print_stdout, reason = "this is how the tests learn of it")]
    {
        println!(
            "{}",
            serde_json::to_string(&ended).expect("it is plain data")
        );
    }
    Some(())
}

struct Count {
    events: usize,
    die_at: Option<usize>,
}

impl Observer for Count {
    fn observe(&mut self, _event: &Event<'_>) {
        self.events += 1;
        if self.die_at == Some(self.events) {
            limosa_testkit::kill_this_process();
        }
    }
}

fn run(order: &Order, count: &mut Count) -> Result<(), Failure> {
    let url = DatabaseUrl::parse(&order.url).expect("the tests made it");
    let failed = |problem: &limosa_engine::Problem| {
        let diagnostic = problem.diagnostic();
        Failure {
            name: diagnostic.name.to_owned(),
            code: diagnostic.class.exit_code(),
            message: diagnostic.message,
        }
    };
    let database = open(&url, order).map_err(|problem| failed(&problem))?;
    let set = migrations(order, &url);
    let goal = match order.way {
        Way::Up => Goal::Up {
            to: None,
            limit: None,
        },
        Way::Down => Goal::Down {
            to: None,
            limit: None,
        },
    };
    let request = Request {
        set: &set,
        goal,
        options: PlanOptions::default(),
        environment: &|_| None,
        confirm: &mut |_, _| Answer::Go,
        interrupted: &|| false,
    };
    match limosa_engine::run(database, request, count) {
        Ok(_) => Ok(()),
        Err(failure) => Err(failed(&failure.problem)),
    }
}

/// Connects as the program does.
pub fn open(url: &DatabaseUrl, order: &Order) -> Result<Database, limosa_engine::Problem> {
    let connect = ConnectOptions {
        settings: SessionSettings {
            lock_timeout: Some(Duration::from_secs(2)),
            statement_timeout: None,
            init: vec![],
        },
        wait: order.retry_for,
        ..ConnectOptions::default()
    };
    let settings = Settings {
        set: "main".to_owned(),
        schema: None,
        lock_wait: Duration::from_secs(60),
        other_locks: vec![],
        other: other(order),
        lock_budget: Duration::from_secs(60),
        retry_for: order.retry_for,
        release: None,
        actor: "victim@here".to_owned(),
        tool_version: "0.0.0-test".to_owned(),
    };
    Database::open(url, &connect, &settings)
}

/// The tool whose history is kept, too.
fn other(order: &Order) -> Option<OtherTool> {
    let tool = Some(layout(order)).filter(|tool| *tool != Layout::Native)?;
    Some(OtherTool {
        history: Some(HistoryKind::Mirror),
        tool: Some(tool),
        ..OtherTool::default()
    })
}

fn layout(order: &Order) -> Layout {
    Layout::from_name(&order.layout).expect("the tests wrote it")
}

/// The migrations of a folder.
pub fn migrations(order: &Order, url: &DatabaseUrl) -> MigrationSet {
    let set = load(&Place {
        directory: Path::new(&order.folder),
        shown: "migrations",
        layout: Some(layout(order)),
        dialect: url.dialect(),
    });
    set.unwrap_or_else(|wrong| panic!("{wrong:#?}"))
}

/// In the tests: one victim, to its end. `None` when it was killed.
///
/// # Panics
/// When it hangs, or ends without a word.
pub fn send(order: &Order) -> Option<Ended> {
    let program = std::env::current_exe().expect("this process has a program");
    let mut child = Command::new(program)
        .env(
            VARIABLE,
            serde_json::to_string(order).expect("it is plain data"),
        )
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("this program can be started again");
    let (told, hear) = mpsc::channel();
    let mut stdout = child.stdout.take().expect("it is piped");
    let mut stderr = child.stderr.take().expect("it is piped");
    let errors = thread::spawn(move || {
        let mut text = String::new();
        // What is not text is not worth showing.
        let _ = stderr.read_to_string(&mut text);
        text
    });
    thread::spawn(move || {
        let mut text = String::new();
        let read = stdout.read_to_string(&mut text);
        told.send(read.map(|_| text))
    });
    let Ok(said) = hear.recv_timeout(PATIENCE) else {
        child.kill().expect("our own child can be killed");
        panic!("the victim hangs: {order:?}");
    };
    let status = child.wait().expect("our own child can be waited for");
    let errors = errors.join().unwrap_or_default();
    if std::os::unix::process::ExitStatusExt::signal(&status) == Some(9) {
        return None;
    }
    let said = said.expect("it says text");
    let ended = serde_json::from_str(said.trim());
    Some(ended.unwrap_or_else(|_| panic!("the victim ended with {status}: {said}{errors}")))
}
