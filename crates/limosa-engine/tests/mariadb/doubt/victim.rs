//! The process that is killed in the middle of a statement: this test binary again, doing one run of the engine.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use limosa_core::event::Silent;
use limosa_core::layout::{Place, load};
use limosa_core::plan::{Goal, PlanOptions};
use limosa_core::{DatabaseUrl, Layout};
use limosa_db::{ConnectOptions, SessionSettings};
use limosa_engine::{Answer, Database, Request, Settings};

use crate::support::Lab;

/// Holds the URL and the folder.
const VARIABLE: &str = "LIMOSA_TEST_MARIADB_VICTIM";

/// Starts it. It ends with the value at the latest.
pub struct Victim(Child);

impl Victim {
    pub fn start(lab: &Lab) -> Self {
        let program = std::env::current_exe().unwrap();
        let order = serde_json::json!([lab.db.url(), lab.folder()]);
        let child = Command::new(program)
            .args(["doubt::victim::runs_in_another_process", "--exact"])
            .env(VARIABLE, order.to_string())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Self(child)
    }

    /// Ends it with SIGKILL.
    pub fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Victim {
    fn drop(&mut self) {
        // After `kill` it is gone already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Without the variable this is no test, but the other process needs a name to be called by.
#[test]
fn runs_in_another_process() {
    let Ok(order) = std::env::var(VARIABLE) else {
        return;
    };
    let (url, folder): (String, std::path::PathBuf) = serde_json::from_str(&order).unwrap();
    let url = DatabaseUrl::parse(&url).unwrap();
    let connect = ConnectOptions {
        settings: SessionSettings {
            // It waits for the table for as long as the test wants it to.
            lock_timeout: Some(Duration::from_secs(300)),
            statement_timeout: None,
            init: vec![],
        },
        ..ConnectOptions::default()
    };
    let settings = Settings {
        set: "main".to_owned(),
        schema: None,
        lock_wait: Duration::ZERO,
        other_locks: vec![],
        other: None,
        lock_budget: Duration::ZERO,
        retry_for: Duration::ZERO,
        release: None,
        actor: "victim@here".to_owned(),
        tool_version: "0.0.0-test".to_owned(),
    };
    let set = load(&Place {
        directory: &folder,
        shown: "migrations",
        layout: Some(Layout::Native),
        dialect: url.dialect(),
    })
    .unwrap();
    let request = Request {
        set: &set,
        goal: Goal::Up {
            to: None,
            limit: None,
        },
        options: PlanOptions::default(),
        environment: &|_| None,
        confirm: &mut |_, _| Answer::Go,
        interrupted: &|| false,
    };
    let database = Database::open(&url, &connect, &settings).unwrap();
    // It is killed before it comes to an end.
    let _ = limosa_engine::run(database, request, &mut Silent);
}
