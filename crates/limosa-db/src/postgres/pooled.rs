//! Behind a pooler: every transaction may be in another session of the server, which other clients have before and
//! after it. What Limosa sets ends with the transaction, and what a migration set for longer is put back in it.

use futures_util::future::{join, join3, join4};

use super::settings::Scope;
use super::wire::Wire;
use crate::boundary::Boundary;
use crate::{DbError, Outcome, Row, SessionSettings, Value};

const BEFORE: &str = include_str!("pooled_before.sql");
const PIN: &str = include_str!("pooled_pin.sql");
const RESTORE: &str = include_str!("pooled_restore.sql");
const LEAVE: &str = include_str!("pooled_leave.sql");

/// What is known about the sessions behind a pooler.
pub(super) struct Pooled {
    /// Search path and role of the first transaction.
    pub(super) pins: [Value; 2],
    /// The transaction that is open now.
    pub(super) open: Option<Open>,
}

/// A transaction behind a pooler.
pub(super) struct Open {
    /// What the session of the server was like before.
    before: [Value; 3],
    /// The process of the server.
    process: i64,
}

impl Pooled {
    /// The process of the server that is ours for the time of the transaction; 0 outside of one.
    pub(super) fn process(&self) -> i64 {
        self.open.as_ref().map_or(0, |open| open.process)
    }

    /// Runs text; what begins a transaction makes it ours, and what ends it gives the session back as it was.
    pub(super) async fn run(
        &mut self,
        wire: &Wire,
        settings: &SessionSettings,
        check_interval: bool,
        sql: &str,
    ) -> Result<Outcome, DbError> {
        match (Boundary::of(sql), &self.open) {
            (Some(Boundary::Begin), _) => {
                let (begun, before, pinned, applied) = join4(
                    wire.run(sql),
                    wire.query(BEFORE, &[]),
                    wire.query(PIN, &self.pins),
                    wire.apply(settings, check_interval, Scope::Transaction),
                )
                .await;
                let begun = begun?;
                self.open = Some(Open::of(&before?));
                pinned.and(applied).map(|()| begun)
            }
            (Some(Boundary::Commit), Some(open)) => {
                // After an error of the first two the third rolls back.
                let (restored, left, committed) =
                    join3(restore(wire, open), wire.run(LEAVE), wire.run(sql)).await;
                self.open = None;
                restored.and(left).and(committed)
            }
            (Some(Boundary::Rollback), _) => {
                self.open = None;
                wire.run(sql).await
            }
            _ => wire.run(sql).await,
        }
    }

    /// A question outside of a transaction, under the statements that the configuration has for every session.
    pub(super) async fn query(
        &mut self,
        wire: &Wire,
        settings: &SessionSettings,
        check_interval: bool,
        sql: &str,
        parameters: &[Value],
    ) -> Result<Vec<Row>, DbError> {
        if self.open.is_some() || settings.init.is_empty() {
            return wire.query(sql, parameters).await;
        }
        self.run(wire, settings, check_interval, "BEGIN").await?;
        let rows = wire.query(sql, parameters).await;
        let end = if rows.is_ok() { "COMMIT" } else { "ROLLBACK" };
        let ended = self.run(wire, settings, check_interval, end).await;
        let rows = rows?;
        ended.map(|_| rows)
    }

    /// Makes the settings those that the transaction began with.
    pub(super) async fn reset(
        &mut self,
        wire: &Wire,
        settings: &SessionSettings,
        check_interval: bool,
    ) -> Result<(), DbError> {
        let Some(open) = &self.open else {
            return Ok(());
        };
        let (restored, pinned, applied) = join3(
            restore(wire, open),
            wire.query(PIN, &self.pins),
            wire.apply(settings, check_interval, Scope::Transaction),
        )
        .await;
        restored.and(pinned).and(applied)
    }
}

/// Takes away what was set for the session, and puts back what was there before.
async fn restore(wire: &Wire, open: &Open) -> Result<(), DbError> {
    // Sent together, in this order.
    let (reset, restored) = join(wire.run("RESET ALL"), wire.query(RESTORE, &open.before)).await;
    reset.and(restored).map(drop)
}

impl Open {
    fn of(rows: &[Row]) -> Self {
        let row = rows.first();
        let text = |at| Value::from(row.and_then(|row| row.text(at)));
        Self {
            before: [text(0), text(1), text(2)],
            process: row.and_then(|row| row.int(3)).unwrap_or_default(),
        }
    }
}
