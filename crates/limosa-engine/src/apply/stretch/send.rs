//! What is sent for a stretch.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use limosa_core::ScriptReader;
use limosa_core::plan::{Action, Part};
use limosa_db::DbError;
use limosa_db::store::UnitKind;
use limosa_sql::Dialect;

use super::answers::{Awaited, What};
use super::{Framing, Halt, Member, Stretch, Why};
use crate::apply::feed::Feed;
use crate::apply::held::Held;
use crate::apply::kept_rows::Beginning;
use crate::apply::patience::Patience;
use crate::apply::record::Kept;
use crate::apply::tables::Attempt;
use crate::apply::unit::{CHECK_DEFERRED, Position, UnitRun, begin_text, finish_reading, problem};
use crate::apply::{Applier, StepError, variables};

/// So many requests have no answer at most.
const REQUESTS: usize = 256;
/// So many bytes were sent for them at most.
const BYTES: usize = 256 * 1024;
/// How long a statement that is sent ahead waits for a lock: as short as can be, 1 ms. A step that has to wait is done
/// by itself.
const HASTE: &str = "SET LOCAL lock_timeout = 1";

impl Stretch<'_> {
    pub(super) fn send_all(&mut self, applier: &mut Applier<'_>) -> Result<(), Halt> {
        for at in 0..self.members.len() {
            if (applier.interrupted)() {
                return Err(Halt {
                    member: at,
                    why: Why::Apart(None),
                });
            }
            self.member(applier, at)?;
        }
        if self.framing != Framing::Each {
            let last = self.members.len().saturating_sub(1);
            self.text(applier, last, "COMMIT", What::End)?;
            applier.locked.prove(false);
        }
        applier.locked.close();
        Ok(())
    }

    /// Sends one step.
    fn member(&mut self, applier: &mut Applier<'_>, at: usize) -> Result<(), Halt> {
        let members = self.members;
        let Member {
            step,
            attempt,
            place,
        } = &members[at];
        let dialect = applier.locked.dialect();
        let unit = step.units.first();
        if self.awaited.is_empty() {
            self.story.begin(at, applier.observer);
        }
        let kept = Kept::before(step, dialect, applier.store);
        let kept = kept.map_err(|error| self.failed(at, error.into()))?;
        let violations = applier.foreign_keys_before(step);
        self.positions.push_back(Position {
            attempt,
            place,
            started: Instant::now(),
            knows_duration: !applier.locked.sends_ahead(),
            kept,
            settings: Vec::new(),
            live: 0,
            violations: violations.map_err(|error| self.failed(at, error))?,
            beginning: Beginning::WithWork,
            lost: variables::Lost::new(),
            unrecorded: None,
            made: BTreeSet::new(),
        });
        if self.framing == Framing::Each || at == 0 {
            let modes = unit.map_or("", |unit| unit.mode.modes());
            self.text(applier, at, &begin_text(dialect, modes), What::Own)?;
        }
        match (&step.action, unit) {
            (Action::Run { script, .. }, Some(unit)) => {
                let run = UnitRun {
                    step,
                    unit,
                    index: 0,
                    last: true,
                    options: &script.options,
                };
                let reader = ScriptReader::hashing(script, dialect, applier.environment);
                let reader = reader.map_err(|error| self.failed(at, error.into()))?;
                self.unit(applier, at, &run, &mut Some(reader))?;
            }
            _ => self.own(applier, at, What::Last, |applier, position| {
                applier.records(step, position)
            })?,
        }
        if self.framing == Framing::Each {
            self.text(applier, at, "COMMIT", What::End)?;
            applier.locked.prove(false);
        }
        // The texts are with the server now.
        if let Some(position) = self.positions.back_mut() {
            position.kept = Kept::default();
        }
        if unit.is_none_or(|unit| applier.is_plain(unit)) {
            return Ok(());
        }
        self.pause(applier)?;
        let cleaned = match self.framing {
            Framing::Each => applier.locked.reset_session(),
            Framing::Shared | Framing::Whole { .. } => applier.locked.clear_session(),
        };
        cleaned.map_err(|cause| self.failed(at, StepError::Cleaning { cause }))
    }

    /// Sends the unit that is all of a step.
    fn unit(
        &mut self,
        applier: &mut Applier<'_>,
        at: usize,
        run: &UnitRun<'_>,
        reader: &mut Option<ScriptReader>,
    ) -> Result<(), Halt> {
        let first = run.unit.numbers.start;
        self.own(applier, at, What::Own, |applier, position| {
            applier.guard(run, position, first, None)
        })?;
        // The guard has seen the lock, and what defines objects gives none back.
        let proved = applier.is_plain(run.unit);
        applier.locked.prove(proved);
        let timeout = applier.lock_timeout(run);
        let statement = run.options.statement_timeout;
        let statement = statement.or(applier.locked.settings().statement_timeout);
        let own_timeouts =
            run.options.lock_timeout.is_some() || run.options.statement_timeout.is_some();
        if own_timeouts {
            let sent = applier.locked.send_timeouts(timeout, statement);
            self.sent(applier, at, sent, What::Own)?;
        }
        let dialect = applier.locked.dialect();
        let patience = Patience::new(applier.settings.lock_budget, timeout, dialect);
        applier.waiting.before = Duration::ZERO;
        applier.waiting.attempt = patience.first();
        let mut in_haste = dialect == Dialect::Postgres
            && self.framing == Framing::Each
            && applier.waiting.attempt == Attempt::NoWait;
        let mut hasty = false;
        let mut feed = Feed::new(run);
        while let Some(held) = self.read(applier, at, run, &mut feed, reader)? {
            let ahead = held.ahead && !held.drops_our_schema;
            if held.sets {
                // What the author says about waiting counts from here on.
                in_haste = false;
            }
            if hasty && (held.sets || !ahead) {
                hasty = false;
                let sent = applier.locked.send_timeouts(timeout, statement);
                self.sent(applier, at, sent, What::Own)?;
            }
            if ahead {
                if in_haste && !hasty && !feed.not_created(&held.locks).is_empty() {
                    self.text(applier, at, HASTE, What::Own)?;
                    hasty = true;
                }
                self.statement(applier, at, &mut feed, held, reader.as_ref())?;
                continue;
            }
            self.pause(applier)?;
            self.in_turn(applier, at, run, &mut feed, &held, reader)?;
        }
        if !applier.is_plain(run.unit) {
            self.end_of_work(applier, at, run)?;
        }
        if own_timeouts {
            let settings = applier.locked.settings();
            let (lock, statement) = (settings.lock_timeout, settings.statement_timeout);
            let sent = applier.locked.send_timeouts(lock, statement);
            self.sent(applier, at, sent, What::Own)?;
        }
        if feed.aside {
            self.pause(applier)?;
            let put_back = applier.store.put_back(applier.locked);
            put_back.map_err(|error| {
                self.failed(at, StepError::at_record(error, UnitKind::Transaction))
            })?;
        }
        if (applier.store.foreign()).is_some_and(limosa_db::store::Foreign::keeps_durations) {
            self.take_all(applier, 0)?;
            self.positions
                .back_mut()
                .expect("the step was begun")
                .knows_duration = true;
        }
        let position = self.positions.back_mut().expect("the step was begun");
        let read = finish_reading(run.step, reader, position);
        read.map_err(|error| self.failed(at, error))?;
        self.own(applier, at, What::Last, |applier, position| {
            applier.done(run, position, UnitKind::Transaction, None)
        })
    }

    /// Sends what has to be right before the record: [`Applier::end_of_work`].
    fn end_of_work(
        &mut self,
        applier: &mut Applier<'_>,
        at: usize,
        run: &UnitRun<'_>,
    ) -> Result<(), Halt> {
        if applier.locked.dialect() != Dialect::Postgres {
            self.pause(applier)?;
            let ended = applier.end_of_work(run, self.position(at));
            return ended.map_err(|error| self.failed(at, error));
        }
        self.text(applier, at, CHECK_DEFERRED, What::Deferred)?;
        let sent = applier.locked.send_reset_settings();
        self.sent(applier, at, sent, What::Own)
    }

    fn read(
        &mut self,
        applier: &mut Applier<'_>,
        at: usize,
        run: &UnitRun<'_>,
        feed: &mut Feed,
        reader: &mut Option<ScriptReader>,
    ) -> Result<Option<Held>, Halt> {
        let position = self.positions.back_mut().expect("the step was begun");
        let read = feed.read(applier, run, reader, position);
        read.map_err(|error| self.failed(at, error))
    }

    /// Sends a statement of the step.
    fn statement(
        &mut self,
        applier: &mut Applier<'_>,
        at: usize,
        feed: &mut Feed,
        held: Held,
        reader: Option<&ScriptReader>,
    ) -> Result<(), Halt> {
        let number = feed.number;
        let told = self.awaited.is_empty();
        if told {
            self.begin_statement(applier, at, number, &held);
        }
        feed.sent(&held);
        if held.part == Part::Setting {
            let position = self.positions.back_mut().expect("the step was begun");
            position.settings.push(held.sql.clone());
        }
        let sent = applier.locked.send(&held.sql);
        let values = reader.into_iter().flat_map(ScriptReader::values);
        let what = What::Statement {
            number,
            secrets: values.map(str::to_owned).collect(),
            held: Box::new(held),
            told,
        };
        self.sent(applier, at, sent, what)
    }

    /// Does a statement that cannot be sent ahead, when all before it is done.
    fn in_turn(
        &mut self,
        applier: &mut Applier<'_>,
        at: usize,
        run: &UnitRun<'_>,
        feed: &mut Feed,
        held: &Held,
        reader: &mut Option<ScriptReader>,
    ) -> Result<(), Halt> {
        self.story.begin(at, applier.observer);
        let position = self.positions.back_mut().expect("the step was begun");
        let done = feed.send(applier, run, reader, position, held);
        self.answered = Instant::now();
        done.map_err(|error| {
            if error.is_in_the_way() {
                self.apart(at, error)
            } else {
                self.failed(at, error)
            }
        })
    }

    /// Sends records of ours; `last` is what the last of them is.
    fn own(
        &mut self,
        applier: &mut Applier<'_>,
        at: usize,
        last: What,
        records: impl FnOnce(&mut Applier<'_>, &Position<'_>) -> Result<(), StepError>,
    ) -> Result<(), Halt> {
        applier.locked.begin_series();
        let before = applier.locked.outstanding().requests;
        let sent = records(applier, self.position(at));
        let after = applier.locked.outstanding().requests;
        for _ in before + 1..after {
            self.awaited.push_back(Awaited::new(at, What::Own));
        }
        if before < after {
            self.awaited.push_back(Awaited::new(at, last));
        }
        sent.map_err(|error| self.failed(at, error))?;
        self.make_room(applier)
    }

    /// Sends a text of ours.
    fn text(
        &mut self,
        applier: &mut Applier<'_>,
        at: usize,
        sql: &str,
        what: What,
    ) -> Result<(), Halt> {
        let sent = applier.locked.send(sql);
        self.sent(applier, at, sent, what)
    }

    fn sent(
        &mut self,
        applier: &mut Applier<'_>,
        at: usize,
        sent: Result<(), DbError>,
        what: What,
    ) -> Result<(), Halt> {
        sent.map_err(|cause| self.failed(at, problem("sending a statement", cause)))?;
        self.awaited.push_back(Awaited::new(at, what));
        self.make_room(applier)
    }

    /// Takes answers while too much has none: then half of it, so that the rest goes together.
    fn make_room(&mut self, applier: &mut Applier<'_>) -> Result<(), Halt> {
        if !applier.locked.sends_ahead() {
            return self.take_all(applier, 0);
        }
        let outstanding = applier.locked.outstanding();
        if outstanding.requests < REQUESTS && outstanding.bytes < BYTES {
            return Ok(());
        }
        self.take_all(applier, outstanding.requests / 2)
    }

    /// Waits until everything is done that was sent. Then the session is used as ever.
    fn pause(&mut self, applier: &mut Applier<'_>) -> Result<(), Halt> {
        self.take_all(applier, 0)?;
        let settled = applier.locked.settle();
        let last = (self.gone + self.positions.len()).saturating_sub(1);
        settled.map_err(|cause| self.failed(last, problem("ending a series of requests", cause)))
    }
}
