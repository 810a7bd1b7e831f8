//! Whether the journal tells a consistent story.
//!
//! 0. The tables were made once: their format is the first entry.
//! 1. A run begins with `run-started`, has one end at most, and says nothing after it but that the answer to its end
//!    was lost (`reconnected`).
//! 2. A unit is begun only when those before it are done and it is neither begun nor done itself.
//! 3. A unit is done once, and only when it was begun; failed, undone or in doubt it is not done.
//! 4. An attempt ends (`applied`, `reverted`) once, with every unit that it began done, and is silent then.
//! 5. All attempts have ended.
//! 6. A version is applied and reverted in turn, and the history has those that were applied last, by that attempt.

use std::collections::BTreeMap;

use crate::Database;

/// An entry of the journal.
#[derive(Debug, Clone, Default)]
struct Entry {
    run: String,
    event: String,
    attempt: String,
    version: String,
    unit: i64,
    detail: String,
}

/// An attempt, as far as it was told.
#[derive(Debug, Default)]
struct Attempt {
    done: i64,
    open: bool,
    ended: bool,
}

/// What contradicts the rules, in a database whose tables of Limosa are where it is looked for tables first. Nobody
/// may be at work.
///
/// # Panics
/// When the server does not answer.
#[track_caller]
pub fn contradictions(db: &Database) -> Vec<String> {
    let mut client = db.open();
    let Ok(rows) = client.try_query(include_str!("story/journal.sql")) else {
        return vec!["there is no journal".to_owned()];
    };
    let entries: Vec<Entry> = rows.iter().map(|row| entry(row)).collect();
    let history = client.query(include_str!("story/history.sql"));
    of(&entries, &history)
}

fn entry(row: &[String]) -> Entry {
    let text = |at: usize| row.get(at).cloned().unwrap_or_default();
    Entry {
        run: text(0),
        event: text(1),
        attempt: text(2),
        version: text(3),
        unit: text(4).parse().unwrap_or(-1),
        detail: text(5),
    }
}

fn of(entries: &[Entry], history: &[Vec<String>]) -> Vec<String> {
    let mut wrong = Vec::new();
    let (format, entries) = entries.split_at(entries.len().min(1));
    let is_format = |entry: &Entry| entry.event == "format";
    if !format.iter().all(is_format) || entries.iter().any(is_format) {
        wrong.push("the format is not written once, and first".to_owned());
    }
    wrong.extend(of_runs(entries));
    wrong.extend(of_attempts(entries));
    wrong.extend(of_versions(entries, history));
    wrong
}

fn of_runs(entries: &[Entry]) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut runs: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for entry in entries {
        // A person's answer is no run.
        if !entry.detail.contains("\"resolved\"") {
            runs.entry(&entry.run).or_default().push(&entry.event);
        }
    }
    for (run, mut events) in runs {
        while events.last() == Some(&"reconnected") {
            events.pop();
        }
        let is_end =
            |event: &&&str| ["run-finished", "run-failed", "run-interrupted"].contains(*event);
        if events.first() != Some(&"run-started") {
            wrong.push(format!("run {run} begins with {:?}", events.first()));
        }
        let started = events
            .iter()
            .filter(|event| **event == "run-started")
            .count();
        let ends = events.iter().filter(is_end).count();
        if started > 1 || ends > 1 || (ends == 1 && !events.last().iter().any(is_end)) {
            wrong.push(format!("run {run} is {events:?}"));
        }
    }
    wrong
}

fn of_attempts(entries: &[Entry]) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut attempts: BTreeMap<&str, Attempt> = BTreeMap::new();
    for entry in entries.iter().filter(|entry| !entry.attempt.is_empty()) {
        let attempt = attempts.entry(&entry.attempt).or_default();
        let fits = match entry.event.as_str() {
            _ if attempt.ended => false,
            "unit-started" => {
                let fits = !attempt.open && entry.unit == attempt.done;
                attempt.open = true;
                fits
            }
            "unit-done" => {
                let fits = attempt.open && entry.unit == attempt.done;
                attempt.open = false;
                attempt.done += 1;
                fits
            }
            "unit-failed" => {
                let fits = attempt.open && entry.unit == attempt.done;
                attempt.open = false;
                fits
            }
            // What a transaction began is undone with it.
            "unit-undone" => !attempt.open && entry.unit == attempt.done,
            "unit-in-doubt" => attempt.open && entry.unit == attempt.done,
            "applied" | "reverted" => {
                attempt.ended = true;
                !attempt.open
            }
            _ => false,
        };
        if !fits {
            wrong.push(format!(
                "{} of unit {} of {} finds {attempt:?}",
                entry.event, entry.unit, entry.version
            ));
        }
    }
    for (id, attempt) in attempts {
        // An attempt whose only unit was undone has left nothing.
        if !attempt.ended && (attempt.open || attempt.done > 0) {
            wrong.push(format!("the attempt {id} has not ended: {attempt:?}"));
        }
    }
    wrong
}

fn of_versions(entries: &[Entry], history: &[Vec<String>]) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut applied: BTreeMap<&str, &str> = BTreeMap::new();
    for entry in entries {
        let (version, attempt) = (entry.version.as_str(), entry.attempt.as_str());
        let fits = match entry.event.as_str() {
            "applied" => applied.insert(version, attempt).is_none(),
            "reverted" => applied.remove(version).is_some(),
            _ => true,
        };
        if !fits {
            wrong.push(format!("{} is {} twice", version, entry.event));
        }
    }
    let recorded: BTreeMap<&str, &str> = history
        .iter()
        .map(|row| (row[0].as_str(), row[1].as_str()))
        .collect();
    if recorded != applied {
        wrong.push(format!(
            "the history has {recorded:?}, the journal {applied:?}"
        ));
    }
    wrong
}

#[cfg(test)]
mod tests;
