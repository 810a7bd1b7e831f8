//! Draws a run: one line for each finished thing, and a live line on a terminal.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use limosa_core::Step;
use limosa_core::event::{Event, Observer};
use limosa_core::history::Direction;

use super::{
    DIM, ERROR, GOOD, NAME, NOTE, Terminal, WARNING, clean, clean_line, count, duration, fit, head,
    one_line, pad, paint,
};
use crate::report;

/// Draws events on stderr.
pub struct Progress {
    terminal: Terminal,
    bar: Option<ProgressBar>,
    widest: usize,
    /// The lock that was told to be waited for, since anything else happened.
    waiting_for: Option<String>,
    /// The session that was told to be in the way of a statement, before all others.
    in_the_way: Option<String>,
    total: u64,
}

/// A line on stderr that changes.
pub(super) fn live_line() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("{prefix:>12.green.bold} {wide_msg} {elapsed}")
        .unwrap_or_else(|_| ProgressStyle::default_spinner());
    bar.set_style(style);
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

/// How many sessions are named that are in the way.
const NAMED: usize = 5;

/// The column in which verbs end.
const VERB: usize = 12;

impl Progress {
    /// For a terminal.
    pub fn new(terminal: Terminal) -> Self {
        Self {
            terminal,
            bar: None,
            widest: 0,
            waiting_for: None,
            in_the_way: None,
            total: 0,
        }
    }

    /// Takes the live line away.
    pub fn clear(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }

    fn line(&self, text: &str) {
        let text = format!("{text}\n");
        match &self.bar {
            Some(bar) => bar.suspend(|| self.terminal.story(&text)),
            None => self.terminal.story(&text),
        }
    }

    fn live(&mut self, verb: &str, rest: &str) {
        if !self.terminal.live {
            return;
        }
        let bar = self.bar.get_or_insert_with(live_line);
        bar.set_prefix(verb.to_owned());
        bar.set_message(clean_line(rest));
    }

    /// `     Applied 20261120143112_order_status       2 statements       41ms`
    fn done(&self, verb: (anstyle::Style, &str), step: &Step, middle: &str, took: Duration) {
        let verb = paint(verb.0, format!("{:>VERB$}", verb.1));
        let name = paint(NAME, pad(&clean_line(&step.full_name()), self.widest));
        self.line(&format!(
            "{verb} {name}  {}  {:>8}",
            pad(middle, 14),
            duration(took)
        ));
    }
}

/// What is done to a migration in that direction, when it is over.
fn verb_done(step: &Step) -> &'static str {
    match (step.script().is_some(), step.direction) {
        (true, Direction::Up) => "Applied",
        (true, Direction::Down) => "Reverted",
        (false, Direction::Up) => "Recorded",
        (false, Direction::Down) => "Unrecorded",
    }
}

fn lock_of(tool: &str) -> String {
    format!("the lock of {tool}")
}

/// That a lock is held: ours or that of another tool, by whom and for how long as far as that is known.
fn held(tool: Option<&str>, holder: Option<&str>, held_for: Option<Duration>) -> String {
    let since = held_for.map_or_else(String::new, |time| format!(" for {}", duration(time)));
    match (tool, holder) {
        (Some(tool), Some(holder)) => format!("{} is held{since}: {holder}", lock_of(tool)),
        (Some(tool), None) => format!("{} is held", lock_of(tool)),
        (None, Some(holder)) => format!("another migrator holds the lock{since}: {holder}"),
        (None, None) => "another process is at work in the database".to_owned(),
    }
}

impl Observer for Progress {
    fn observe(&mut self, event: &Event<'_>) {
        match event {
            Event::LockWaiting {
                tool,
                holder,
                held_for,
                waited,
            } => {
                let holder = holder.map(clean_line);
                let lock = tool.map_or_else(|| "the lock".to_owned(), lock_of);
                if self.waiting_for.as_ref() != Some(&lock) {
                    let text = held(*tool, holder.as_deref(), *held_for);
                    self.line(&format!(
                        "{} {text}",
                        paint(WARNING, format!("{:>VERB$}", "Waiting"))
                    ));
                    self.waiting_for = Some(lock.clone());
                }
                let holder = holder.as_deref().unwrap_or("another process");
                self.live(
                    "Waiting",
                    &format!("{} for {lock}: {holder}", duration(*waited)),
                );
            }
            Event::ConnectionLost { message, retry_for } => {
                let verb = paint(WARNING, format!("{:>VERB$}", "Reconnecting"));
                self.line(&format!(
                    "{verb} for up to {}: {}",
                    duration(*retry_for),
                    clean_line(message)
                ));
            }
            Event::Reconnected { waited } => {
                let verb = paint(NOTE, format!("{:>VERB$}", "Reconnected"));
                self.line(&format!("{verb} after {}", duration(*waited)));
                self.waiting_for = None;
            }
            Event::Started { plan } => {
                self.clear();
                let names = plan
                    .steps()
                    .iter()
                    .map(|step| step.full_name().chars().count());
                self.widest = names.max().unwrap_or(0).min(60);
            }
            Event::StepStarted { step } => {
                self.total = step.statements();
                self.in_the_way = None;
                if step.done > 0 && step.done < step.units.len() {
                    let next = step
                        .units
                        .get(step.done)
                        .map_or(self.total, |unit| unit.statements.start)
                        + 1;
                    let verb = paint(NOTE, format!("{:>VERB$}", "Resuming"));
                    self.line(&format!(
                        "{verb} {}  at {next} of {}",
                        clean_line(&step.full_name()),
                        self.total
                    ));
                }
                self.live("Running", &step.full_name());
                if let Some(bar) = &self.bar {
                    bar.reset_elapsed();
                }
            }
            Event::StatementStarted { step, number, sql } => {
                self.waiting_for = None;
                // The engine masked its passwords.
                let shown = sql;
                if self.terminal.verbose {
                    self.line(&paint(DIM, clean(&format!("{};", shown.trim_end()))));
                }
                if !self.terminal.live {
                    return;
                }
                let short = fit(&one_line(head(shown, 1024)), 60, self.terminal.unicode);
                let text = format!(
                    "{}  {} of {}  {short}",
                    step.full_name(),
                    number,
                    self.total
                );
                self.live("Running", &text);
            }
            Event::StatementFinished {
                duration: took,
                rows,
                ..
            } if self.terminal.verbose => {
                let rows =
                    rows.map_or_else(String::new, |rows| format!(", {}", count(rows, "row")));
                self.line(&paint(DIM, format!("-- {}{rows}", duration(*took))));
            }
            Event::Notice { severity, message } => {
                self.line(&format!(
                    "{} {}",
                    paint(NOTE, format!("{:>VERB$}", clean_line(severity))),
                    clean_line(message)
                ));
            }
            Event::TableWaiting {
                step,
                number,
                blockers,
                waited,
            } => {
                let oldest = blockers.first().map(|one| one.session.clone());
                let what = format!("{}  statement {number}", clean_line(&step.full_name()));
                if self.in_the_way != oldest {
                    self.in_the_way = oldest;
                    let verb = paint(WARNING, format!("{:>VERB$}", "Waiting"));
                    self.line(&format!("{verb} {what} for"));
                    for blocker in blockers.iter().take(NAMED) {
                        let text = clean_line(&blocker.to_string());
                        self.line(&format!("{:>VERB$} {text}", ""));
                    }
                    if let Some(others @ 1..) = blockers.len().checked_sub(NAMED) {
                        let text = format!("and {}", count(others, "other session"));
                        self.line(&format!("{:>VERB$} {text}", ""));
                    }
                }
                let first = blockers.first().map(ToString::to_string);
                let text = format!(
                    "{what}, {}: {}",
                    duration(*waited),
                    first.unwrap_or_default()
                );
                self.live("Waiting", &text);
            }
            Event::LockRetry {
                step,
                number,
                message,
                pause,
                ..
            } => {
                let verb = paint(WARNING, format!("{:>VERB$}", "Retrying"));
                self.line(&format!(
                    "{verb} {}  statement {} in {}: {}",
                    clean_line(&step.full_name()),
                    number,
                    duration(*pause),
                    clean_line(message)
                ));
            }
            Event::StepFinished { step, duration } => {
                let middle = match step.script() {
                    Some(_) => count(step.statements(), "statement"),
                    None => "not run".to_owned(),
                };
                self.done((GOOD, verb_done(step)), step, &middle, *duration);
            }
            Event::StepYielded { step } => {
                let verb = paint(NOTE, format!("{:>VERB$}", "Yielded"));
                let name = clean_line(&step.full_name());
                self.line(&format!("{verb} {name} to another process"));
            }
            Event::StepFailed {
                step,
                number,
                duration,
            } => {
                let middle = number.map_or_else(String::new, |number| {
                    format!("at {} of {}", number, step.statements())
                });
                self.done((ERROR, "Failed"), step, &middle, *duration);
            }
            Event::Remark(diagnostic) => {
                let text = report::render(diagnostic, &self.terminal);
                self.line(text.trim_end());
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_waits_says_whose_lock_it_is() {
        let since = Some(Duration::from_secs(2));
        let words = [
            held(None, Some("limosa (pid 8)"), since),
            held(Some("golang-migrate"), Some("app@web-3 (pid 9)"), since),
            held(Some("golang-migrate"), None, None),
            held(None, None, None),
        ];
        assert_eq!(
            words,
            [
                "another migrator holds the lock for 2.00s: limosa (pid 8)",
                "the lock of golang-migrate is held for 2.00s: app@web-3 (pid 9)",
                "the lock of golang-migrate is held",
                "another process is at work in the database",
            ]
        );
    }
}
