//! Writing the history and the journal, under the guards.

use limosa_core::history::Direction;
use limosa_sql::Dialect;

use super::{Limosa, StoreError};
use crate::{Expect, Locked, Value};

/// How the unit that is recorded was run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnitKind {
    /// In the transaction that is open now.
    Transaction,
    /// By itself, before.
    Alone,
}

/// An entry of the journal.
#[derive(Debug, Clone, Default)]
pub struct Entry<'a> {
    /// The run.
    pub run: &'a str,
    /// What happened.
    pub event: &'a str,
    /// The attempt, for entries about a migration.
    pub attempt: Option<&'a str>,
    /// The version.
    pub version: Option<&'a str>,
    /// The name.
    pub name: Option<&'a str>,
    /// The direction.
    pub direction: Option<Direction>,
    /// The unit's index, from 0.
    pub unit: Option<usize>,
    /// The unit's digest, or the checksum of the script.
    pub digest: Option<String>,
    /// The number of a statement, from 1.
    pub statement: Option<u64>,
    /// Our side of the session on the server.
    pub backend: Option<(i64, &'a str)>,
    /// Who, as `user@host`.
    pub actor: &'a str,
    /// More.
    pub detail: Option<String>,
}

/// The beginning of a unit.
#[derive(Debug, Clone)]
pub struct UnitStart<'a> {
    /// Its entry: everything but the event.
    pub entry: Entry<'a>,
    /// The version's text as the history has it, or would.
    pub recorded: &'a str,
    /// The highest sequence that the history must have now.
    pub sequence: i64,
    /// The newest entry of the journal that the plan knew of.
    pub newest_entry: i64,
    /// The digest of the unit before, where that it is done is to be written with it (`MySQL` and `MariaDB`).
    pub ends: Option<String>,
}

/// A row of the history.
#[derive(Debug, Clone)]
pub struct Recorded<'a> {
    /// The highest sequence before it.
    pub sequence: i64,
    /// The attempt.
    pub attempt: &'a str,
    /// The version.
    pub version: &'a str,
    /// The name.
    pub name: &'a str,
    /// The name of the layout.
    pub layout: &'a str,
    /// `applied` or `baseline`.
    pub origin: &'a str,
    /// What is kept of the script that was run.
    pub up: &'a limosa_core::history::StoredScript,
    /// What is kept of the script that undoes it.
    pub down: &'a limosa_core::history::StoredScript,
    /// Why it cannot be undone.
    pub irreversible: Option<&'a str>,
    /// The release that applies it.
    pub release: Option<&'a str>,
    /// Releases below this cannot work with the schema after it.
    pub min_release: Option<&'a str>,
    /// How many statements it has.
    pub statements: u64,
    /// How long they took, in milliseconds; `None` where only the server knows, because it is recorded before its
    /// answers came.
    pub duration_ms: Option<u128>,
    /// When, as RFC 3339 in UTC, where that was not now.
    pub applied_at: Option<&'a str>,
    /// Who.
    pub actor: &'a str,
    /// The version of the program.
    pub tool_version: &'a str,
}

/// A row that is taken out of the history.
#[derive(Debug, Clone, Copy)]
pub struct Reverted<'a> {
    /// The attempt.
    pub attempt: &'a str,
    /// The version's text as the history has it.
    pub recorded: &'a str,
}

/// True while the history is the one that the plan was made for.
const UNMOVED: &str = "CAST(:sequence AS {integer}) = \
    (SELECT coalesce(max(h.sequence), 0) FROM {history} h WHERE h.set_name = :set)";

impl Limosa {
    /// Writes an entry of the journal. False when the lock is not held, or when it ends a unit that is not begun.
    ///
    /// # Errors
    /// What the server answers.
    pub fn journal_entry(
        &self,
        session: &mut Locked,
        entry: &Entry<'_>,
    ) -> Result<bool, StoreError> {
        let file = include_str!("sql/journal_insert.sql");
        let guard = match entry.event {
            "unit-done" | "unit-failed" => include_str!("sql/unit_is_open.sql"),
            _ => "",
        };
        self.write(
            session,
            "writing the journal",
            &format!("{file}\n{guard}"),
            "",
            &entry_values(&self.set, entry),
        )
    }

    /// Begins a unit: the guard. False when it must not run.
    ///
    /// # Errors
    /// What the server answers.
    pub fn unit_started(
        &self,
        session: &mut Locked,
        start: &UnitStart<'_>,
    ) -> Result<bool, StoreError> {
        let mut values = entry_values(&self.set, &start.entry);
        values.push(("recorded", start.recorded.into()));
        values.push(("sequence", start.sequence.into()));
        values.push(("newest_entry", start.newest_entry.into()));
        values.push(("ended", start.ends.clone().into()));
        let guard = include_str!("sql/unit_may_begin.sql");
        let doing = "beginning a unit";
        if start.ends.is_none() {
            let nobody_began = match session.dialect() {
                Dialect::Sqlite => include_str!("sql/nobody_began_sqlite.sql"),
                // Who holds the lock is alone.
                Dialect::Postgres | Dialect::Mysql => "",
            };
            let started = include_str!("sql/unit_started.sql");
            let file = format!("{started}\n{guard}\n{nobody_began}");
            return self.write(session, doing, &file, "", &values);
        }
        let file = format!("{}\n{guard}", include_str!("sql/unit_follows_mysql.sql"));
        let lock = session.guard().to_owned();
        let context = self.context(session.dialect(), &lock, "");
        let statement = context.prepare(&file, &values);
        let written = session.execute(&statement.sql, &statement.parameters);
        let written = written.map_err(|cause| StoreError::Db { doing, cause })?;
        Ok(written == 2)
    }

    /// Records a migration as applied. False when the guard says no.
    ///
    /// # Errors
    /// What the server answers.
    pub fn record(
        &self,
        session: &mut Locked,
        row: &Recorded<'_>,
        kind: UnitKind,
    ) -> Result<bool, StoreError> {
        let all = record_values(&self.set, row);
        let guard = format!("{UNMOVED} AND {}", same_transaction(session, kind, self));
        let file = include_str!("sql/history_insert.sql");
        self.write(session, "writing the history", file, &guard, &all)
    }

    /// Takes a migration out of the history. False when the guard says no.
    ///
    /// # Errors
    /// What the server answers.
    pub fn unrecord(
        &self,
        session: &mut Locked,
        row: &Reverted<'_>,
        kind: UnitKind,
    ) -> Result<bool, StoreError> {
        let values = [
            ("attempt", row.attempt.into()),
            ("set", self.set.as_str().into()),
            ("recorded", row.recorded.into()),
        ];
        let guard = same_transaction(session, kind, self);
        let file = include_str!("sql/history_delete.sql");
        self.write(session, "writing the history", file, &guard, &values)
    }

    fn write(
        &self,
        session: &mut Locked,
        doing: &'static str,
        file: &str,
        guard: &str,
        values: &[(&str, Value)],
    ) -> Result<bool, StoreError> {
        let lock = session.guard().to_owned();
        let context = self.context(session.dialect(), &lock, guard);
        let statement = context.prepare(file, values);
        session
            .change(&statement.sql, &statement.parameters, Expect::OneRow)
            .map_err(|cause| StoreError::Db { doing, cause })
    }
}

/// The expression that is true only in the transaction in which the unit was started, so that a
/// COMMIT hidden in the unit's own work cannot separate the work from its record.
fn same_transaction(session: &Locked, kind: UnitKind, store: &Limosa) -> String {
    let dialect = session.dialect();
    match (kind, dialect) {
        (UnitKind::Transaction, Dialect::Postgres) => format!(
            "EXISTS (SELECT FROM {} t WHERE t.attempt = :attempt AND t.event = 'unit-started' \
             AND t.transaction_id = pg_catalog.txid_current()::text)",
            store.tables().quoted(dialect, super::Tables::JOURNAL)
        ),
        (UnitKind::Transaction, Dialect::Mysql) if session.server().target.mariadb => {
            "@@in_transaction = 1".to_owned()
        }
        _ => "1 = 1".to_owned(),
    }
}

fn integer(value: impl TryInto<i64>) -> Value {
    Value::Int(value.try_into().unwrap_or(i64::MAX))
}

/// The parameters of a row of the history.
pub(super) fn record_values<'a>(set: &str, row: &Recorded<'_>) -> Vec<(&'a str, Value)> {
    let options = |script: &limosa_core::history::StoredScript| -> Value {
        serde_json::to_string(&script.options)
            .unwrap_or_else(|_| "{}".to_owned())
            .into()
    };
    vec![
        ("set", set.into()),
        ("sequence", row.sequence.into()),
        ("attempt", row.attempt.into()),
        ("version", row.version.into()),
        ("name", row.name.into()),
        ("layout", row.layout.into()),
        ("origin", row.origin.into()),
        ("up_sha256", row.up.sha256.clone().into()),
        ("up_tokens", row.up.tokens.clone().into()),
        ("up_text", row.up.text.clone().into()),
        ("up_options", options(row.up)),
        ("down_sha256", row.down.sha256.clone().into()),
        ("down_tokens", row.down.tokens.clone().into()),
        ("down_text", row.down.text.clone().into()),
        ("down_options", options(row.down)),
        ("irreversible", row.irreversible.into()),
        ("app_release", row.release.into()),
        ("min_release", row.min_release.into()),
        ("statements", integer(row.statements)),
        ("duration_ms", row.duration_ms.map_or(Value::Null, integer)),
        ("applied_at", row.applied_at.into()),
        ("actor", row.actor.into()),
        ("tool_version", row.tool_version.into()),
    ]
}

/// The parameters that every entry of the journal has.
pub(super) fn entry_values<'a>(set: &str, entry: &Entry<'_>) -> Vec<(&'a str, Value)> {
    let unit = entry.unit.map(|unit| integer(unit as u64));
    vec![
        ("set", set.into()),
        ("run", entry.run.into()),
        ("event", entry.event.into()),
        ("attempt", entry.attempt.into()),
        ("version", entry.version.into()),
        ("name", entry.name.into()),
        ("direction", entry.direction.map(Direction::name).into()),
        ("unit", unit.unwrap_or(Value::Null)),
        ("digest", entry.digest.clone().into()),
        ("statement", entry.statement.map_or(Value::Null, integer)),
        (
            "backend",
            entry.backend.map_or(Value::Null, |(id, _)| id.into()),
        ),
        (
            "backend_start",
            entry.backend.map(|(_, start)| start).into(),
        ),
        ("actor", entry.actor.into()),
        ("detail", entry.detail.clone().into()),
    ]
}
