//! Running one unit: its guard, its statements, its record.

use std::collections::BTreeSet;
use std::time::Instant;

use limosa_core::history::Direction;
use limosa_core::mask;
use limosa_core::plan::{Part, Unit, UnitMode};
use limosa_core::{Layout, ScriptOptions, ScriptReader, Step};
use limosa_db::probe::Snapshot;
use limosa_db::store::{Change, Entry, Stage, StoreError, UnitKind, UnitStart};
use limosa_db::{DbError, Locked};
use limosa_sql::{Dialect, Target};

use super::failure::{StatementFailure, is_conflict};
use super::feed::Feed;
use super::kept_rows::Beginning;
use super::place::Place;
use super::record::Kept;
use super::recover::{Before, Recovered};
use super::trace::{self, Rollback};
use super::variables::{self, Lost};
use super::{Applier, StepError, attached};
use crate::Problem;
use crate::sequences::HistoryPlace;

/// Where a step is.
pub(super) struct Position<'a> {
    pub attempt: &'a str,
    /// Where the step is in the history.
    pub place: &'a HistoryPlace,
    pub started: Instant,
    /// Whether its answers come before its record is written, so that it is known here how long it takes.
    pub knows_duration: bool,
    pub kept: Kept,
    /// The settings of the session that earlier units made: each unit begins in a clean session.
    pub settings: Vec<String>,
    /// How many of them this very session has made.
    pub live: usize,
    /// Rows that violated foreign keys before the step (`SQLite`).
    pub violations: Option<BTreeSet<Violation>>,
    /// When the entry that begins the unit is written.
    pub beginning: Beginning,
    /// Variables that an earlier session has set and that cannot be set again.
    pub lost: Lost,
    /// The unit before, where it has run alone and its end is not written yet.
    pub unrecorded: Option<usize>,
    /// Tables that units which ran alone have made, with their databases, in lower case.
    pub made: BTreeSet<String>,
}

/// A row that refers to a row that is not there: table, rowid, parent, number of the key.
pub(super) type Violation = (String, Option<i64>, String, i64);

/// How much of a file's settings was known, and in force, at some place of it.
#[derive(Clone, Copy)]
pub(super) struct Mark {
    settings: usize,
    live: usize,
}

impl Position<'_> {
    /// What the table of another tool has to say about a step.
    pub(super) fn change<'e>(&'e self, step: &'e Step, stage: Stage) -> Change<'e> {
        Change {
            checksum: self.kept.checksum.as_deref(),
            duration: self.started.elapsed(),
            ..self.place.change(step, stage)
        }
    }

    pub(super) fn mark(&self) -> Mark {
        Mark {
            settings: self.settings.len(),
            live: self.live,
        }
    }

    pub(super) fn return_to(&mut self, mark: Mark) {
        self.settings.truncate(mark.settings);
        self.live = mark.live;
    }
}

/// One unit of a step.
pub(super) struct UnitRun<'a> {
    pub step: &'a Step,
    pub unit: &'a Unit,
    pub index: usize,
    pub last: bool,
    pub options: &'a ScriptOptions,
}

impl UnitRun<'_> {
    /// Reads over a unit that an earlier attempt has done, keeping its settings.
    pub(super) fn skip(
        &self,
        reader: &mut ScriptReader,
        position: &mut Position<'_>,
        target: &Target,
    ) -> Result<(), StepError> {
        while let Some(text) = reader.next() {
            let text = text?;
            let facts = text.facts(target);
            let repeatable = variables::skip(text.sql, target, &mut position.lost);
            if repeatable && Part::of(&facts, false) == Part::Setting {
                position.settings.push(text.sql.to_owned());
            }
            if text.index + 1 >= self.unit.statements.end {
                break;
            }
        }
        Ok(())
    }

    pub(super) fn is_alone(&self) -> bool {
        self.unit.mode == UnitMode::Alone
    }
}

impl Applier<'_> {
    pub(super) fn unit(
        &mut self,
        run: &UnitRun<'_>,
        reader: &mut Option<ScriptReader>,
        position: &mut Position<'_>,
    ) -> Result<(), StepError> {
        self.take_others(run)?;
        let result = match &run.unit.mode {
            UnitMode::Transaction { modes } => self.in_transaction(run, modes, reader, position),
            UnitMode::Alone => self.alone(run, reader, position),
        };
        result.map_err(|mut error| {
            if trace::rolls_back_all(self.locked) == Rollback::Partial {
                error.not_undone();
            }
            error
        })
    }

    fn in_transaction(
        &mut self,
        run: &UnitRun<'_>,
        modes: &str,
        reader: &mut Option<ScriptReader>,
        position: &mut Position<'_>,
    ) -> Result<(), StepError> {
        let mut feed = Feed::new(run);
        if self.locked.dialect() == Dialect::Sqlite {
            // Pragmas have no effect inside a transaction, so those at its head come before it.
            self.replay(position)?;
            feed.until_statement(self, run, reader, position)?;
        }
        let first = run.unit.numbers.start;
        let guard = |applier: &mut Self| applier.guard(run, position, first, None);
        if position.beginning == Beginning::Before {
            self.begin_with("", None, guard)?;
            commit(self.locked)?;
            begin(self.locked, modes)?;
        } else {
            self.begin_with(modes, None, guard)?;
        }
        self.timeouts(run)?;
        if self.locked.dialect() != Dialect::Sqlite {
            self.replay(position)?;
        }
        feed.finish(self, run, reader, position)?;
        self.end_of_work(run, position)?;
        if feed.aside {
            self.store
                .put_back(self.locked)
                .map_err(|error| StepError::at_record(error, UnitKind::Transaction))?;
        }
        if run.last {
            finish_reading(run.step, reader, position)?;
        }
        self.done(run, position, UnitKind::Transaction, None)?;
        commit(self.locked)
    }

    /// Begins a transaction with records of ours, in one message where the server takes several statements in one.
    /// `ended` is how the unit was run that they end, if they end one.
    pub(super) fn begin_with(
        &mut self,
        modes: &str,
        ended: Option<UnitKind>,
        records: impl FnOnce(&mut Self) -> Result<(), StepError>,
    ) -> Result<(), StepError> {
        if self.store.foreign().is_some() {
            // Which of the tables refuses has to be known.
            begin(self.locked, modes)?;
            return records(self);
        }
        let begin = begin_texts(self.locked.dialect(), modes);
        self.locked
            .gather(&begin)
            .map_err(|cause| problem(BEGINNING, cause))?;
        if let Err(error) = records(self) {
            self.locked.drop_gathered();
            return Err(error);
        }
        match self.locked.send_gathered() {
            Ok(true) => Ok(()),
            Ok(false) => Err(StepError::Guard),
            Err(cause) => {
                let doing = "writing the journal";
                let error = StoreError::Db { doing, cause };
                Err(match ended {
                    Some(kind) => StepError::at_record(error, kind),
                    None => error.into(),
                })
            }
        }
    }

    /// Sets the timeouts that the script asks for instead of the configured ones.
    pub(super) fn timeouts(&mut self, run: &UnitRun<'_>) -> Result<(), StepError> {
        let ScriptOptions {
            lock_timeout,
            statement_timeout,
            ..
        } = run.options;
        if lock_timeout.is_none() && statement_timeout.is_none() {
            return Ok(());
        }
        let configured = self.locked.settings();
        let lock = lock_timeout.or(configured.lock_timeout);
        let statement = statement_timeout.or(configured.statement_timeout);
        self.locked
            .set_timeouts(lock, statement)
            .map_err(|cause| problem("setting the timeouts", cause))
    }

    /// Writes that the unit begins, if it may. `first` is its first statement that matters.
    pub(super) fn guard(
        &mut self,
        run: &UnitRun<'_>,
        position: &Position<'_>,
        first: u64,
        before: Option<&Snapshot>,
    ) -> Result<(), StepError> {
        let detail = before.map(Before::to_json);
        let backend = self.locked.server().backend.clone();
        let start = UnitStart {
            entry: Entry {
                unit: Some(run.index),
                digest: Some(run.unit.digest.to_string()),
                statement: Some(first),
                detail,
                ..self.entry(run.step, position, "unit-started", &backend)
            },
            recorded: &position.place.recorded,
            sequence: position.place.sequence,
            newest_entry: position.place.newest_entry,
            ends: (position.unrecorded).map(|index| run.step.units[index].digest.to_string()),
        };
        let in_units =
            !super::is_one_transaction(run.step) || position.beginning == Beginning::Before;
        let stage = Stage::Begins { in_units };
        let change = (run.index == 0).then(|| position.change(run.step, stage));
        if (self.store).unit_started(self.locked, &start, change.as_ref())? {
            Ok(())
        } else {
            Err(StepError::Guard)
        }
    }

    /// Writes that the unit is done, and with the last one that the migration is.
    pub(super) fn done(
        &mut self,
        run: &UnitRun<'_>,
        position: &Position<'_>,
        kind: UnitKind,
        recovered: Option<&Recovered>,
    ) -> Result<(), StepError> {
        let backend = self.locked.server().backend.clone();
        let entry = Entry {
            unit: Some(run.index),
            digest: Some(run.unit.digest.to_string()),
            detail: recovered.map(Recovered::to_detail),
            ..self.entry(run.step, position, "unit-done", &backend)
        };
        let written = self
            .store
            .journal_entry(self.locked, &entry)
            .map_err(|error| StepError::at_record(error, kind))?;
        if !written {
            return Err(StepError::Guard);
        }
        if run.last {
            self.finish(run.step, position, kind)
        } else {
            Ok(())
        }
    }

    /// What has to be right before a transaction's record is written: deferred constraints hold, and
    /// the session is ours again.
    pub(super) fn end_of_work(
        &mut self,
        run: &UnitRun<'_>,
        position: &Position<'_>,
    ) -> Result<(), StepError> {
        match self.locked.dialect() {
            Dialect::Postgres => {
                // Before the settings are reset: the user's deferred triggers need their search path.
                let Self {
                    locked,
                    watch,
                    interrupted,
                    ..
                } = &mut *self;
                watch
                    .statement(*interrupted, || locked.run(CHECK_DEFERRED))
                    .map_err(|cause| {
                        let number = run.unit.numbers.end.saturating_sub(1).max(1);
                        self.failure(run, position, number, run.unit.line, 1, "", cause)
                    })?;
            }
            Dialect::Mysql => {}
            Dialect::Sqlite => self.foreign_keys_after(run, position)?,
        }
        self.locked
            .reset_settings()
            .map_err(|cause| problem("cleaning the session", cause))
    }

    pub(super) fn replay(&mut self, position: &mut Position<'_>) -> Result<(), StepError> {
        let target = self.locked.server().target;
        let gone = |(at, setting): &(usize, &String)| {
            let stays = attached::stays(setting, &target) || variables::stays(setting, &target);
            *at >= position.live || !stays
        };
        let again: Vec<&str> = (position.settings.iter().enumerate())
            .filter(gone)
            .map(|(_, setting)| setting.as_str())
            .collect();
        // A dump file has settings and several units for each table: one round trip for all of them.
        let batches = match target.dialect {
            Dialect::Mysql if !again.is_empty() => vec![again.join("\n;")],
            _ => again.into_iter().map(str::to_owned).collect(),
        };
        for batch in &batches {
            self.locked
                .run(batch)
                .map_err(|cause| problem("repeating a setting of the session", cause))?;
        }
        position.live = position.settings.len();
        Ok(())
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "the one place that puts a failure together"
    )]
    pub(super) fn failure(
        &self,
        run: &UnitRun<'_>,
        position: &Position<'_>,
        number: u64,
        line: u64,
        column: u64,
        sql: &str,
        cause: DbError,
    ) -> StepError {
        let is_conflict = is_conflict(&cause);
        StepError::Statement(Box::new(StatementFailure {
            attempt: position.attempt.to_owned(),
            unit: run.index,
            number,
            place: Place {
                file: run
                    .step
                    .script()
                    .map(|script| script.file.clone())
                    .unwrap_or_default(),
                line,
                column,
                shown: mask::masked(self.locked.dialect(), sql).into_owned(),
            },
            cause,
            alone: run.is_alone() || position.beginning == Beginning::Before,
            interrupted: self.watch.has_stopped(),
            undone: true,
            tables: None,
            blockers: if is_conflict {
                self.waiting.seen.clone()
            } else {
                vec![]
            },
            recovered: None,
            not_cleaned: None,
            committed: 1..run.unit.numbers.start,
            is_recorded: self.store.own().is_some(),
        }))
    }

    /// Rows that violate foreign keys already, so that only new ones count. Only the native layout
    /// promises the check; the other tools do not make it.
    pub(super) fn foreign_keys_before(
        &mut self,
        step: &Step,
    ) -> Result<Option<BTreeSet<Violation>>, StepError> {
        let native = step
            .script()
            .is_some_and(|script| script.layout == Layout::Native);
        // Definitions that may share a transaction break none.
        let may_break = (step.units.iter()).any(|unit| unit.shared_locks.is_none());
        if self.locked.dialect() != Dialect::Sqlite || !native || !may_break {
            return Ok(None);
        }
        self.violations().map(Some)
    }

    fn foreign_keys_after(
        &mut self,
        run: &UnitRun<'_>,
        position: &Position<'_>,
    ) -> Result<(), StepError> {
        let Some(before) = &position.violations else {
            return Ok(());
        };
        let after = self.violations()?;
        let new: Vec<_> = after.difference(before).collect();
        let Some((table, _, parent, _)) = new.first() else {
            return Ok(());
        };
        Err(StepError::ForeignKeys {
            table: table.clone(),
            parent: parent.clone(),
            count: new.len(),
            file: run
                .step
                .script()
                .map(|script| script.file.clone())
                .unwrap_or_default(),
        })
    }

    fn violations(&mut self) -> Result<BTreeSet<Violation>, StepError> {
        let rows = self
            .locked
            .query(
                "SELECT \"table\", rowid, parent, fkid FROM pragma_foreign_key_check",
                &[],
            )
            .map_err(|cause| problem("checking the foreign keys", cause))?;
        let violation = |row: &limosa_db::Row| {
            let text = |at| row.text(at).unwrap_or_default();
            (text(0), row.int(1), text(2), row.int(3).unwrap_or_default())
        };
        Ok(rows.iter().map(violation).collect())
    }
}

/// Begins the transaction of a unit.
pub(super) fn begin(session: &mut Locked, modes: &str) -> Result<(), StepError> {
    for sql in begin_texts(session.dialect(), modes) {
        (session.run(&sql)).map_err(|cause| problem(BEGINNING, cause))?;
    }
    Ok(())
}

const BEGINNING: &str = "beginning a transaction";

/// Looks at once at what a migration deferred to the end of its transaction (`PostgreSQL`).
pub(super) const CHECK_DEFERRED: &str = "SET CONSTRAINTS ALL IMMEDIATE";

const ISOLATION: &str = "ISOLATION LEVEL";

/// The statement that begins the transaction of a unit.
pub(super) fn begin_text(dialect: Dialect, modes: &str) -> String {
    match dialect {
        Dialect::Postgres if modes.contains(ISOLATION) => format!("BEGIN {modes}"),
        Dialect::Postgres => format!("BEGIN {ISOLATION} READ COMMITTED READ WRITE {modes}"),
        Dialect::Mysql => "START TRANSACTION".to_owned(),
        Dialect::Sqlite => "BEGIN IMMEDIATE".to_owned(),
    }
}

/// The same where its modes are a statement of their own.
fn begin_texts(dialect: Dialect, modes: &str) -> Vec<String> {
    let modes_first = dialect == Dialect::Mysql && modes.contains(ISOLATION);
    let mut texts = vec![begin_text(dialect, modes)];
    if modes_first {
        texts.insert(0, format!("SET TRANSACTION {modes}"));
    }
    texts
}

/// Commits the transaction of a unit.
pub(super) fn commit(session: &mut Locked) -> Result<(), StepError> {
    session
        .run("COMMIT")
        .map(drop)
        .map_err(|cause| problem("committing", cause))
}

pub(super) fn problem(doing: &'static str, cause: DbError) -> StepError {
    StepError::Problem(Box::new(Problem::Db { doing, cause }))
}

/// Reads the rest of the script, and compares its bytes with those of the plan. What was read is what the
/// history keeps the checksums of.
pub(super) fn finish_reading(
    step: &Step,
    reader: &mut Option<ScriptReader>,
    position: &mut Position<'_>,
) -> Result<(), StepError> {
    let (Some(reader), Some(script)) = (reader.take(), step.script()) else {
        return Ok(());
    };
    let checksums = reader.finish()?;
    if checksums.raw != script.sha256 {
        return Err(StepError::FileChanged {
            file: script.file.clone(),
        });
    }
    if step.direction == Direction::Up {
        position.kept.up.sha256 = Some(checksums.raw.to_string());
        position.kept.up.tokens = Some(checksums.tokens);
    }
    Ok(())
}
