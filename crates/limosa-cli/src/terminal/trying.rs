//! Draws what is tried in a shadow: a live line on a terminal, and nothing elsewhere.

use indicatif::ProgressBar;

use super::progress::live_line;
use super::{Terminal, clean_line};

/// A live line that counts migrations.
pub struct Trying {
    bar: Option<ProgressBar>,
}

impl Trying {
    /// For a terminal.
    pub fn new(terminal: Terminal) -> Self {
        let bar = terminal.live.then(live_line);
        if let Some(bar) = &bar {
            bar.set_prefix("Starting");
            bar.set_message("a shadow");
        }
        Self { bar }
    }

    /// So many were tried, of so many, this one last.
    pub fn tried(&self, done: usize, of: usize, migration: &str) {
        if let Some(bar) = &self.bar {
            bar.set_prefix("Trying");
            bar.set_message(format!("{done}/{of} {}", clean_line(migration)));
        }
    }

    /// Prints something while the line is away.
    pub fn aside(&self, print: impl FnOnce()) {
        match &self.bar {
            Some(bar) => bar.suspend(print),
            None => print(),
        }
    }

    /// Takes the line away.
    pub fn clear(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}
