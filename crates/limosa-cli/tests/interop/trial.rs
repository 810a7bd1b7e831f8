//! One case that was tried, and what happened.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use crate::options::Extent;
use crate::scenarios::{Case, Skip};

/// A case, and what happened.
#[derive(Clone)]
pub struct Trial {
    pub case: Case,
    pub outcome: Outcome,
    pub took: Duration,
}

/// What happened.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// All was as it should be; in a few words.
    Good(String),
    /// It was not.
    Failed(String),
    /// It cannot be tried by its nature.
    Skipped(String),
    /// A program or a folder is missing on this machine.
    Missing(String),
}

thread_local! {
    static LAST_PANIC: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Keeps what a panic says, with its place, instead of printing it.
pub fn listen_to_panics() {
    std::panic::set_hook(Box::new(|panic| {
        LAST_PANIC.with_borrow_mut(|last| *last = panic.to_string());
    }));
}

impl Trial {
    pub fn of(case: &Case, extent: Extent) -> Self {
        let began = Instant::now();
        let outcome = match missing(case) {
            Some(reason) => in_ci_it_fails(reason),
            None => match catch_unwind(AssertUnwindSafe(|| (case.run)(case, extent))) {
                Ok(Ok(words)) => Outcome::Good(words),
                Ok(Err(Skip::ByNature(reason))) => Outcome::Skipped(reason),
                Ok(Err(Skip::Missing(reason))) => in_ci_it_fails(reason),
                Err(_) => Outcome::Failed(LAST_PANIC.take()),
            },
        };
        Self {
            case: case.clone(),
            outcome,
            took: began.elapsed(),
        }
    }

    /// As it is told while it runs.
    pub fn line(&self) -> String {
        let (name, took) = (self.case.name(), self.took.as_secs_f64());
        match &self.outcome {
            Outcome::Good(words) => format!("{name}: {words} ({took:.1} s)\n"),
            Outcome::Skipped(reason) => format!("{name}: not promised: {reason}\n"),
            Outcome::Missing(reason) => format!("{name}: skipped: {reason}\n"),
            Outcome::Failed(words) => format!("FAILED {name}\n{words}\n"),
        }
    }
}

/// What is not on this machine: a program of the tool, or the server.
fn missing(case: &Case) -> Option<String> {
    let own = case.original.tool(case.kind);
    let mut tools = [Some(own), case.needs].into_iter().flatten();
    let missing = tools.find_map(|tool| tool.installed().err());
    missing.or_else(|| case.kind.try_database().err().map(ToString::to_string))
}

fn in_ci_it_fails(reason: String) -> Outcome {
    if std::env::var_os("CI").is_some_and(|value| !value.is_empty()) {
        Outcome::Failed(reason)
    } else {
        Outcome::Missing(reason)
    }
}
