//! `limosa.event/1`: a line for each event of a run, while it happens.

use limosa_core::Diagnostic;
use limosa_core::event::{Event, Observer};
use serde_json::{Map, Value, json};

use super::{Blocker, Problem};
use crate::terminal::{Terminal, head};

/// SQL above this many bytes is cut.
const SQL_LIMIT: usize = 64 << 10;

/// Writes lines on stdout.
pub struct Events {
    database: String,
    terminal: Terminal,
}

impl Events {
    /// For a database.
    pub fn new(database: &str, terminal: Terminal) -> Self {
        Self {
            database: database.to_owned(),
            terminal,
        }
    }
}

impl Observer for Events {
    fn observe(&mut self, event: &Event<'_>) {
        if let Some((name, fields)) = describe(event) {
            self.terminal.out(&line(name, Some(&self.database), fields));
        }
    }
}

/// Why the run of a database ended before its goal.
pub fn failed(database: &str, diagnostic: &Diagnostic) -> String {
    let problem = Problem::from(diagnostic);
    line("failed", Some(database), json!({ "problem": problem }))
}

/// The last line of a run.
pub fn finished(problems: &[Diagnostic], exit_code: u8) -> String {
    let problems: Vec<Problem> = problems.iter().map(Problem::from).collect();
    line(
        "run-finished",
        None,
        json!({ "problems": problems, "exit_code": exit_code }),
    )
}

fn line(event: &str, database: Option<&str>, fields: Value) -> String {
    let mut object = Map::new();
    object.insert("document".into(), "limosa.event/1".into());
    object.insert("event".into(), event.into());
    if let Some(database) = database {
        object.insert("database".into(), database.into());
    }
    if let Value::Object(fields) = fields {
        object.extend(fields);
    }
    format!("{}\n", Value::Object(object))
}

fn describe(event: &Event<'_>) -> Option<(&'static str, Value)> {
    let ms =
        |duration: &std::time::Duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    Some(match event {
        Event::LockWaiting {
            tool,
            holder,
            held_for,
            waited,
        } => (
            "lock-waiting",
            json!({ "tool": tool, "holder": holder, "held_for_ms": held_for.as_ref().map(ms), "waited_ms": ms(waited) }),
        ),
        Event::ConnectionLost { message, retry_for } => (
            "connection-lost",
            json!({ "message": message, "retry_for_ms": ms(retry_for) }),
        ),
        Event::Reconnected { waited } => ("reconnected", json!({ "waited_ms": ms(waited) })),
        Event::Started { plan } => (
            "run-started",
            json!({ "migrations": plan.steps().len(), "statements": plan.statements() }),
        ),
        Event::StepStarted { step } => {
            let resume_at = step
                .units
                .get(step.done)
                .map_or(1, |unit| unit.numbers.start);
            (
                "migration-started",
                json!({
                    "version": step.version.text(), "name": step.name, "direction": step.direction.name(),
                    "statements": step.statements(), "resume_at": resume_at,
                }),
            )
        }
        Event::StatementStarted { step, number, sql } => {
            let shown = head(sql, SQL_LIMIT);
            (
                "statement-started",
                json!({
                    "version": step.version.text(), "statement": number,
                    "sql": shown, "sql_truncated": shown.len() < sql.len(),
                }),
            )
        }
        Event::StatementFinished {
            step,
            number,
            duration,
            rows,
        } => (
            "statement-finished",
            json!({ "version": step.version.text(), "statement": number, "duration_ms": ms(duration), "rows": rows }),
        ),
        Event::Notice { severity, message } => (
            "notice",
            json!({ "severity": severity, "message": message }),
        ),
        Event::TableWaiting {
            step,
            number,
            blockers,
            waited,
        } => (
            "table-waiting",
            json!({
                "version": step.version.text(), "statement": number, "waited_ms": ms(waited),
                "blockers": Blocker::all(blockers),
            }),
        ),
        Event::LockRetry {
            step,
            number,
            message,
            blockers,
            pause,
        } => (
            "lock-retry",
            json!({
                "version": step.version.text(), "statement": number, "message": message, "pause_ms": ms(pause),
                "blockers": Blocker::all(blockers),
            }),
        ),
        Event::StepFinished { step, duration } => (
            "migration-finished",
            json!({
                "version": step.version.text(), "name": step.name, "direction": step.direction.name(),
                "duration_ms": ms(duration), "statements": step.statements(),
            }),
        ),
        Event::StepYielded { step } => (
            "migration-yielded",
            json!({ "version": step.version.text(), "name": step.name, "direction": step.direction.name() }),
        ),
        Event::StepFailed {
            step,
            number,
            duration,
        } => (
            "migration-failed",
            json!({
                "version": step.version.text(), "name": step.name, "direction": step.direction.name(),
                "statement": number, "duration_ms": ms(duration),
            }),
        ),
        Event::Remark(diagnostic) => ("remark", json!({ "problem": Problem::from(*diagnostic) })),
        _ => return None,
    })
}
