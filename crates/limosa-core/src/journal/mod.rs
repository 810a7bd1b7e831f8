//! The journal as evidence: what each run did, from the entries that it wrote.

mod runs;

use serde::{Serialize, Serializer};

pub use runs::{Happening, Kind, Outcome, Reconnection, Run, Seen, Work, runs};

/// An entry of the journal.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct JournalEntry {
    /// Its number.
    pub id: i64,
    /// When, RFC 3339 in UTC.
    pub at: String,
    /// The run it belongs to.
    pub run: String,
    /// What happened: `run-started`, `unit-started`, `unit-done`, `unit-failed`, `unit-undone`,
    /// `unit-in-doubt`, `applied`, `reverted`, `baselined`, `adopted`, `mirrored`, `reconnected`, `run-finished`, `run-failed`,
    /// `run-interrupted`.
    pub event: String,
    /// The work on one migration in one direction.
    pub attempt: Option<String>,
    /// The version, where it is about one.
    pub version: Option<String>,
    /// The name of the migration.
    pub name: Option<String>,
    /// `up` or `down`.
    pub direction: Option<String>,
    /// The unit's index, from 0.
    pub unit: Option<i64>,
    /// The number of the statement, from 1.
    pub statement: Option<i64>,
    /// Our side of the session on the server: process or connection id.
    pub backend: Option<i64>,
    /// When that session began, as the server writes it.
    pub backend_start: Option<String>,
    /// Who, as `user@host`.
    pub actor: String,
    /// More, as JSON.
    #[serde(serialize_with = "as_value")]
    pub detail: Option<String>,
}

impl JournalEntry {
    /// A part of the detail.
    fn part(&self, name: &str) -> serde_json::Value {
        let detail = self.detail.as_deref().unwrap_or_default();
        let detail = serde_json::from_str::<serde_json::Value>(detail);
        detail.map_or(serde_json::Value::Null, |mut detail| detail[name].take())
    }

    fn text(&self, name: &str) -> Option<String> {
        self.part(name).as_str().map(str::to_owned)
    }

    fn number(&self, name: &str) -> Option<u64> {
        self.part(name).as_u64()
    }
}

/// The detail is JSON already; a text of somebody else stays a text.
#[expect(clippy::ref_option, reason = "serde gives the field as it is")]
fn as_value<S: Serializer>(detail: &Option<String>, serializer: S) -> Result<S::Ok, S::Error> {
    let value = detail
        .as_deref()
        .map(|text| serde_json::from_str(text).unwrap_or_else(|_| serde_json::Value::from(text)));
    value.serialize(serializer)
}
