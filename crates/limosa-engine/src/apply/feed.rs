//! Sends the statements of a unit, one after the other, as they are read.

use std::collections::BTreeSet;
use std::time::Instant;

use limosa_core::ScriptReader;
use limosa_core::event::Event;
use limosa_core::plan::Part;
use limosa_db::DbError;
use limosa_db::blockers::Tables;
use limosa_sql::facts::{Action, InTransaction, TableLock};
use limosa_sql::{Dialect, Facts};

use super::held::Held;
use super::kept_rows::{Beginning, Target, keeps_rows};
use super::trace::{Kind, Trace};
use super::unit::{Position, UnitRun, problem};
use super::variables::lost_in;
use super::waiting::{Sent, Waiting};
use super::{Applier, StepError};

/// Sends the statements of a unit.
pub(super) struct Feed {
    /// The number of the statement that is next.
    pub number: u64,
    first: bool,
    /// Whether the file's own BEGIN was read.
    begun: bool,
    ended: bool,
    /// A statement that was read and not sent yet.
    held: Option<Held>,
    /// Whether our tables were copied aside, because the unit drops their schema.
    pub aside: bool,
    pub trace: Trace,
    /// Whether its statement runs in the transaction that records it, although it may commit.
    pub enclosed: bool,
    /// Tables that were asked for their engine.
    asked: BTreeSet<Target>,
    /// Tables that the unit has created, as it wrote their names.
    pub created: BTreeSet<String>,
    /// Tables that the unit has locked already.
    pub taken: Vec<Tables>,
}

impl Feed {
    pub(super) fn new(run: &UnitRun<'_>) -> Self {
        let ended = run.unit.statements.is_empty();
        Self {
            number: run.unit.numbers.start,
            first: true,
            begun: false,
            ended,
            held: None,
            aside: false,
            trace: Trace::default(),
            asked: BTreeSet::new(),
            enclosed: false,
            created: BTreeSet::new(),
            taken: Vec::new(),
        }
    }

    /// Sends the settings at the head of the unit and stops before its first statement.
    pub(super) fn until_statement(
        &mut self,
        applier: &mut Applier<'_>,
        run: &UnitRun<'_>,
        reader: &mut Option<ScriptReader>,
        position: &mut Position<'_>,
    ) -> Result<(), StepError> {
        while let Some(held) = self.read(applier, run, reader, position)? {
            if held.part == Part::Setting && !self.begun {
                self.send(applier, run, reader, position, &held)?;
            } else {
                self.held = Some(held);
                break;
            }
        }
        Ok(())
    }

    /// The statement that was read and not sent yet, when it is the last of its unit.
    pub(super) fn last(&self) -> Option<&str> {
        self.only().map(|held| held.sql.as_str())
    }

    /// The same, with what is known of it.
    pub(super) fn only(&self) -> Option<&Held> {
        self.held.as_ref().filter(|_| self.ended)
    }

    /// The locks on tables that the unit has not created itself: those are nobody else's yet.
    pub(super) fn not_created(&self, locks: &[TableLock]) -> Vec<TableLock> {
        let is_new = |lock: &TableLock| self.created.contains(&lock.name.join(".").to_lowercase());
        let old = locks.iter().filter(|lock| !is_new(lock));
        old.cloned().collect()
    }

    /// The same, when it may commit and our transaction is wanted around it.
    pub(super) fn may_commit(&self) -> Option<&str> {
        let may = self.only().filter(|held| held.kind == Kind::MayCommit);
        may.map(|held| held.sql.as_str())
    }

    /// Sends what is left of the unit.
    pub(super) fn finish(
        &mut self,
        applier: &mut Applier<'_>,
        run: &UnitRun<'_>,
        reader: &mut Option<ScriptReader>,
        position: &mut Position<'_>,
    ) -> Result<(), StepError> {
        while let Some(held) = match self.held.take() {
            Some(held) => Some(held),
            None => self.read(applier, run, reader, position)?,
        } {
            self.send(applier, run, reader, position, &held)?;
        }
        Ok(())
    }

    /// The failure of a statement that is not sent.
    pub(super) fn refuse(
        &self,
        applier: &Applier<'_>,
        run: &UnitRun<'_>,
        position: &Position<'_>,
        why: String,
    ) -> StepError {
        let (line, column, shown) = match &self.held {
            Some(held) => (held.line, held.column, held.shown(applier.locked.dialect())),
            None => (run.unit.line, 1, "".into()),
        };
        let cause = DbError::Client(why);
        applier.failure(run, position, self.number, line, column, &shown, cause)
    }

    /// The next statement of the unit that is sent.
    pub(super) fn read(
        &mut self,
        applier: &mut Applier<'_>,
        run: &UnitRun<'_>,
        reader: &mut Option<ScriptReader>,
        position: &mut Position<'_>,
    ) -> Result<Option<Held>, StepError> {
        let target = applier.locked.server().target;
        let Some(reader) = reader.as_mut() else {
            return Ok(None);
        };
        while !self.ended {
            let Some(text) = reader.next() else { break };
            let text = text?;
            self.ended = text.index + 1 >= run.unit.statements.end;
            if text.index < run.unit.statements.start {
                continue;
            }
            let facts = text.facts(&target);
            let part = Part::of(&facts, self.first);
            let outside = facts.transaction == InTransaction::Forbidden;
            let kind = Kind::of(&facts, text.sql, run.options.no_transaction);
            self.first &= part != Part::Statement;
            if part == Part::Control {
                self.begun = true;
                continue;
            }
            if let Some(variable) = lost_in(text.sql, &target, &mut position.lost) {
                return Err(StepError::VariableLost {
                    variable,
                    line: text.line,
                    column: text.column,
                });
            }
            return Ok(Some(Held {
                line: text.line,
                column: text.column,
                sql: text.sql.to_owned(),
                written: (text.written != text.sql).then(|| text.written.to_owned()),
                part,
                kind,
                locks: text.table_locks(&target),
                creates: facts
                    .changes
                    .iter()
                    .filter(|change| change.action == Action::Create && change.object == "table")
                    .map(|change| change.name.to_lowercase())
                    .collect(),
                copies: facts.kind == "copy_from_stdin",
                sets: part == Part::Setting || facts.kind == "set",
                ahead: may_go_ahead(&facts, target.dialect),
                drops_our_schema: target.dialect == Dialect::Postgres
                    && facts.changes.iter().any(|change| {
                        change.action == Action::Drop
                            && change.object == "schema"
                            && applier.store.is_in(&change.name)
                    }),
                concurrent: outside && facts.kind != "vacuum",
                awaits_snapshots: target.dialect == Dialect::Postgres
                    && outside
                    && ["create_index", "drop_index", "reindex", "alter_table"]
                        .contains(&facts.kind),
            }));
        }
        self.ended = true;
        Ok(None)
    }

    pub(super) fn send(
        &mut self,
        applier: &mut Applier<'_>,
        run: &UnitRun<'_>,
        reader: &mut Option<ScriptReader>,
        position: &mut Position<'_>,
        held: &Held,
    ) -> Result<(), StepError> {
        let step = run.step;
        let in_transaction = applier.locked.dialect() == Dialect::Mysql && !run.is_alone();
        if in_transaction
            && position.beginning == Beginning::WithWork
            && held.kind == Kind::Rows
            && keeps_rows(applier.locked, &held.sql, &mut self.asked)
                .map_err(|cause| problem("looking for tables without transactions", cause))?
        {
            return Err(StepError::KeepsRows);
        }
        let shown = held.shown(applier.locked.dialect());
        let number = self.number;
        applier.observer.observe(&Event::StatementStarted {
            step,
            number,
            sql: &shown,
        });
        applier.waiting.seen.clear();
        applier.waiting.locks.clone_from(&held.locks);
        applier.take_locks(self, run, position, held, number)?;
        let started = Instant::now();
        if held.concurrent && applier.locked.dialect() == Dialect::Postgres {
            // Its waits block no traffic, and a timeout would leave an invalid index behind.
            let configured = applier.locked.settings().statement_timeout;
            let statement = run.options.statement_timeout.or(configured);
            applier
                .locked
                .set_timeouts(None, statement)
                .map_err(|cause| problem("setting the timeouts", cause))?;
        }
        if held.drops_our_schema && !self.aside && !run.is_alone() {
            applier.store.set_aside(applier.locked)?;
            self.aside = true;
        }
        if run.is_alone() && applier.locked.dialect() == Dialect::Mysql {
            self.trace
                .before(applier.locked, held.kind)
                .map_err(|cause| problem("preparing to undo a failure", cause))?;
        }
        applier.notices.forget();
        let timeout = if held.concurrent && applier.locked.dialect() == Dialect::Postgres {
            None
        } else {
            applier.lock_timeout(run)
        };
        let backend = applier.locked.server().backend.clone();
        let sent = Sent {
            step,
            number,
            backend: &backend,
            locks: &held.locks,
            since: started,
        };
        let Applier {
            locked,
            watch,
            waiting,
            observer,
            interrupted,
            ..
        } = &mut *applier;
        let outcome = watch.statement(*interrupted, || match reader.as_mut() {
            Some(reader) if held.copies => {
                let mut data = reader.copy_data();
                locked.copy_in(&held.sql, &mut data)
            }
            _ => locked.run_watched(&held.sql, Waiting::first(timeout), &mut || {
                waiting.look(&sent, *observer)
            }),
        });
        applier.notices.tell(applier.observer);
        let outcome = outcome.map_err(|cause| {
            let values = reader.iter().flat_map(ScriptReader::values);
            let cause = held.discreet(applier.locked.dialect(), values, cause);
            applier.failure(run, position, number, held.line, held.column, &shown, cause)
        })?;
        if held.part == Part::Setting {
            position.settings.push(held.sql.clone());
            position.live = position.settings.len();
        }
        let duration = started.elapsed();
        let rows = outcome.rows;
        applier.observer.observe(&Event::StatementFinished {
            step,
            number,
            duration,
            rows,
        });
        self.sent(held);
        Ok(())
    }

    /// Notes that a statement was sent.
    pub(super) fn sent(&mut self, held: &Held) {
        self.trace.after(held.kind);
        self.created.extend(held.creates.iter().cloned());
        self.number += 1;
    }
}

/// Whether a statement may be sent before those before it are done. Not what may end the transaction, or take it back
/// to a savepoint; and not what is not known.
fn may_go_ahead(facts: &Facts, dialect: Dialect) -> bool {
    const DEFINES: [&str; 3] = ["create_", "alter_", "drop_"];
    const OTHERS: [&str; 16] = [
        "analyze",
        "cluster",
        "comment",
        "delete",
        "grant",
        "insert",
        "lock_table",
        "merge",
        "refresh_materialized_view",
        "reindex",
        "revoke",
        "security_label",
        "select",
        "set",
        "truncate",
        "update",
    ];
    if facts.control.is_some() || facts.transaction != InTransaction::Allowed {
        return false;
    }
    let defines = || DEFINES.iter().any(|one| facts.kind.starts_with(one));
    dialect != Dialect::Postgres || OTHERS.contains(&facts.kind) || defines()
}
