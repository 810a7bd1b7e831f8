//! Runs, from the entries that they wrote.

use std::collections::HashMap;

use serde::Serialize;

use super::JournalEntry;

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It reached its goal.
    Finished,
    /// It failed.
    Failed,
    /// A person or a supervisor stopped it.
    Interrupted,
    /// It is the answer of a person about a statement in doubt.
    Answered,
    /// No end is recorded, and the server still has its session.
    AtWork,
    /// No end is recorded: its process or connection died. Where the server cannot say whether its session is
    /// there, it may be at work as well.
    NoEnd,
}

/// What one process did for one command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Run {
    /// Its name in the journal.
    pub run: String,
    /// How it ended.
    pub outcome: Outcome,
    /// When it began to change something, RFC 3339 in UTC.
    pub started_at: String,
    /// When it ended; without an end, its last entry.
    pub last_at: String,
    /// From the one to the other.
    pub duration_ms: Option<u64>,
    /// Who, as `user@host`.
    pub actor: String,
    /// The id of the process on that host.
    pub process: Option<u64>,
    /// What the server saw of it.
    pub seen: Seen,
    /// Which Limosa.
    pub tool_version: Option<String>,
    /// The release of the application.
    pub release: Option<String>,
    /// What it was going to do (`up 1_customers`), as far as the journal lists it.
    pub steps: Vec<String>,
    /// How many migrations that were.
    pub planned: Option<u64>,
    /// The name of the problem that ended it.
    pub problem: Option<String>,
    /// What the problem said.
    pub message: Option<String>,
    /// Connections that were lost and replaced.
    pub reconnections: Vec<Reconnection>,
    /// What it did with each migration, in the order of the first entries.
    pub migrations: Vec<Work>,
    /// Its entries as they are in the journal.
    pub entries: Vec<JournalEntry>,
}

/// What the server sees of a session.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Seen {
    /// The user that is logged in.
    pub user: Option<String>,
    /// Where the connection comes from.
    pub address: Option<String>,
    /// The id of the session's process or connection.
    pub backend: Option<i64>,
}

/// A connection that was lost and replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reconnection {
    /// When the new one was there.
    pub at: String,
    /// How the old one was lost.
    pub after: Option<String>,
    /// How long there was none.
    pub waited_ms: Option<u64>,
}

/// What a run did with one migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Work {
    /// The version.
    pub version: String,
    /// The name.
    pub name: String,
    /// `up` or `down`.
    pub direction: String,
    /// Names the work on this migration over all runs.
    pub attempt: Option<String>,
    /// `applied`, `reverted`, `baselined` or `adopted`; none when this run did not end it.
    pub ended: Option<String>,
    /// The first entry.
    pub started_at: String,
    /// From the first entry to the last.
    pub duration_ms: Option<u64>,
    /// What happened to its units.
    pub happenings: Vec<Happening>,
}

/// What happened to a unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Happening {
    /// When.
    pub at: String,
    /// The unit, from 0.
    pub unit: i64,
    /// The first statement of the unit; of a failure, the one that failed, from 1.
    pub statement: Option<i64>,
    /// What.
    pub what: Kind,
    /// How long it took, where it ended.
    pub duration_ms: Option<u64>,
    /// What the server said.
    pub message: Option<String>,
    /// The server's code.
    pub code: Option<String>,
    /// What recovery found of a unit in doubt: `present`, `absent`, `leftover`.
    pub found: Option<String>,
    /// What recovery took away.
    pub cleaned: Vec<String>,
    /// Whether a person decided it.
    pub answered: bool,
}

/// What happened to a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// It began, and this run recorded no end.
    Started,
    /// It took effect.
    Done,
    /// It failed and left nothing, or did not take effect.
    Failed,
    /// Its transaction failed and was rolled back.
    Undone,
    /// It failed, and something of it may have stayed.
    InDoubt,
}

/// Where the work of each attempt is in a run.
type Places = HashMap<Option<String>, usize>;

/// The runs of these entries, in the order of their first ones. The entries of a run may stand between those of
/// another, and each comes in the order in which it was written.
pub fn runs(entries: Vec<JournalEntry>) -> Vec<Run> {
    let mut runs: Vec<(Run, Places)> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for entry in entries {
        let at = match known.get(&entry.run) {
            Some(at) => *at,
            None => {
                known.insert(entry.run.clone(), runs.len());
                runs.push((begun(&entry), Places::new()));
                runs.len() - 1
            }
        };
        let (run, places) = &mut runs[at];
        run.take(entry, places);
    }
    runs.into_iter().map(|(run, _)| run).collect()
}

fn begun(entry: &JournalEntry) -> Run {
    Run {
        run: entry.run.clone(),
        outcome: Outcome::NoEnd,
        started_at: entry.at.clone(),
        last_at: entry.at.clone(),
        duration_ms: None,
        actor: entry.actor.clone(),
        process: None,
        seen: Seen::default(),
        tool_version: None,
        release: None,
        steps: Vec::new(),
        planned: None,
        problem: None,
        message: None,
        reconnections: Vec::new(),
        migrations: Vec::new(),
        entries: Vec::new(),
    }
}

impl Run {
    /// The session that a run without an end may still have: its id, its beginning, and when it wrote last.
    pub fn last_session(&self) -> Option<(i64, &str, &str)> {
        if self.outcome != Outcome::NoEnd {
            return None;
        }
        let last =
            (self.entries.iter().rev()).find(|entry| entry.backend.is_some_and(|id| id != 0))?;
        Some((last.backend?, last.backend_start.as_deref()?, &last.at))
    }

    fn take(&mut self, entry: JournalEntry, places: &mut Places) {
        self.last_at.clone_from(&entry.at);
        self.duration_ms = between(&self.started_at, &entry.at);
        if entry.backend.is_some_and(|backend| backend != 0) {
            self.seen.backend = entry.backend;
        }
        match entry.event.as_str() {
            "run-started" => {
                // What it took over before is not its end.
                self.outcome = Outcome::NoEnd;
                self.process = entry.number("process");
                self.seen.user = entry.text("user");
                self.seen.address = entry.text("address");
                self.tool_version = entry.text("tool_version");
                self.release = entry.text("release");
                self.planned = entry.number("count");
                let steps = entry.part("steps");
                let steps = steps.as_array().into_iter().flatten();
                self.steps = steps
                    .filter_map(|step| step.as_str().map(str::to_owned))
                    .collect();
            }
            "run-finished" => self.outcome = Outcome::Finished,
            event @ ("run-failed" | "run-interrupted") => {
                self.outcome = if event == "run-failed" {
                    Outcome::Failed
                } else {
                    Outcome::Interrupted
                };
                self.problem = entry.text("problem");
                self.message = entry.text("message");
            }
            "reconnected" => self.reconnections.push(Reconnection {
                at: entry.at.clone(),
                after: entry.text("after"),
                waited_ms: entry.number("waited_ms"),
            }),
            _ if entry.version.is_some() => {
                if !entry.part("resolved").is_null() {
                    self.outcome = Outcome::Answered;
                }
                // Taking over what another tool did is all that `adopt` does.
                if self.outcome == Outcome::NoEnd
                    && self.started_nothing()
                    && entry.text("by").is_some()
                {
                    self.outcome = Outcome::Finished;
                }
                self.work(&entry, places).take(&entry);
            }
            // What a newer program wrote is among the entries.
            _ => {}
        }
        self.entries.push(entry);
    }

    fn started_nothing(&self) -> bool {
        self.entries
            .iter()
            .all(|entry| entry.event != "run-started")
    }

    /// The work that an entry is about.
    fn work(&mut self, entry: &JournalEntry, places: &mut Places) -> &mut Work {
        let at = *places.entry(entry.attempt.clone()).or_insert_with(|| {
            self.migrations.push(Work {
                version: entry.version.clone().unwrap_or_default(),
                name: entry.name.clone().unwrap_or_default(),
                direction: entry.direction.clone().unwrap_or_default(),
                attempt: entry.attempt.clone(),
                ended: None,
                started_at: entry.at.clone(),
                duration_ms: None,
                happenings: Vec::new(),
            });
            self.migrations.len() - 1
        });
        &mut self.migrations[at]
    }
}

impl Work {
    fn take(&mut self, entry: &JournalEntry) {
        self.duration_ms = between(&self.started_at, &entry.at);
        let what = match entry.event.as_str() {
            "unit-started" => Kind::Started,
            "unit-done" => Kind::Done,
            "unit-failed" => Kind::Failed,
            "unit-undone" => Kind::Undone,
            "unit-in-doubt" => Kind::InDoubt,
            "applied" | "reverted" | "baselined" | "adopted" => {
                // A step without statements has only this to say.
                self.happenings.retain(|one| one.what != Kind::Started);
                self.ended = Some(entry.event.clone());
                return;
            }
            _ => return,
        };
        let unit = entry.unit.unwrap_or_default();
        let (mut duration_ms, mut statement) = (None, entry.statement);
        if what != Kind::Started {
            // Its beginning is told by its end.
            let begun = (self.happenings.iter())
                .rposition(|one| one.unit == unit && one.what == Kind::Started);
            if let Some(begun) = begun.map(|at| self.happenings.remove(at)) {
                duration_ms = between(&begun.at, &entry.at);
                statement = statement.or(begun.statement);
            }
        }
        let recovered = entry.part("recovered");
        let cleaned = recovered["cleaned"].as_array().into_iter().flatten();
        self.happenings.push(Happening {
            at: entry.at.clone(),
            unit,
            statement,
            what,
            duration_ms,
            message: entry.text("message"),
            code: entry.text("code"),
            found: recovered["found"].as_str().map(str::to_owned),
            cleaned: cleaned
                .filter_map(|one| one.as_str().map(str::to_owned))
                .collect(),
            answered: !entry.part("resolved").is_null(),
        });
    }
}

/// Milliseconds between two times of one journal.
fn between(from: &str, to: &str) -> Option<u64> {
    u64::try_from(milliseconds(to)? - milliseconds(from)?).ok()
}

/// Milliseconds since the first day of year 0 of a time like `2026-11-20T15:02:10.123Z`.
fn milliseconds(at: &str) -> Option<i64> {
    let number = |range: std::ops::Range<usize>| at.get(range)?.parse::<i64>().ok();
    let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
    let (hour, minute, second) = (number(11..13)?, number(14..16)?, number(17..19)?);
    let fraction = number(20..23).unwrap_or_default();
    // A year that begins in March has its leap day at the end.
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1;
    Some((((days * 24 + hour) * 60 + minute) * 60 + second) * 1000 + fraction)
}

#[cfg(test)]
mod tests;
