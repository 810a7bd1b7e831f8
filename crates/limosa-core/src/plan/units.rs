//! Statements to units: what is applied atomically together with its record.
//!
//! A script whose statements may all run in a transaction is one unit. Otherwise it is a sequence:
//! runs of transactional statements, and single statements that run alone. The file's own
//! transactions delimit units, too, and so do the texts of a layout that sends them one by one. Settings of the session go with the unit that follows them.

use limosa_sql::facts::Control;
use limosa_sql::{Dialect, Facts, facts::InTransaction};
use sha2::{Digest as _, Sha256};

use super::{Unit, UnitMode, sharing};
use crate::Digest;
use crate::script::{Grouping, StatementText};

/// What is done with a statement of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// It controls the transaction, which is ours: it is not sent.
    Control,
    /// It changes a setting of the session; units after this one need it, too.
    Setting,
    /// It is sent.
    Statement,
}

impl Part {
    /// The part of a statement. `first` says that no other statement of the unit was sent yet:
    /// then `SET TRANSACTION` belongs to the beginning of our transaction.
    pub fn of(facts: &Facts, first: bool) -> Self {
        match &facts.control {
            Some(Control::Begin { .. } | Control::Commit { .. } | Control::Autocommit) => {
                Self::Control
            }
            Some(Control::SetTransaction { .. }) if first => Self::Control,
            Some(_) => Self::Statement,
            None if facts.session_setting => Self::Setting,
            None => Self::Statement,
        }
    }
}

/// Why statements cannot be made into units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Refusal {
    pub reason: &'static str,
    pub help: &'static str,
}

/// Makes units from statements, one after the other.
pub(super) struct UnitBuilder<'a> {
    dialect: Dialect,
    grouping: Grouping,
    /// The text of the script that is being read.
    text: u64,
    units: Vec<Unit>,
    open: Option<Open>,
    sent: u64,
    /// The digests of the units that an earlier attempt has done: they end where they ended then, whatever has become
    /// of the statements behind them.
    done: &'a [String],
}

/// The unit that is being collected.
struct Open {
    kind: OpenKind,
    start: u64,
    end: u64,
    line: u64,
    numbers: std::ops::Range<u64>,
    /// Whether it has more than settings.
    filled: bool,
    /// Whether one of its settings is kept in the database and not only in the session.
    lasting: bool,
    /// Whether it is a single statement so far that no transaction may be around, if it can be.
    bare: bool,
    /// Whether `COMMIT AND CHAIN` began it, which is not a statement of its own.
    chained: bool,
    shared_locks: Option<u32>,
    sets: bool,
    modes: String,
    digest: Sha256,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum OpenKind {
    /// Our own transaction.
    Implicit,
    /// Between the file's BEGIN and COMMIT.
    Explicit,
    /// Between LOCK TABLES and UNLOCK TABLES.
    Locked,
}

impl<'a> UnitBuilder<'a> {
    pub(super) fn new(dialect: Dialect, grouping: Grouping, done: &'a [String]) -> Self {
        Self {
            done,
            dialect,
            grouping,
            text: 0,
            units: Vec::new(),
            open: None,
            sent: 0,
        }
    }

    /// Takes the next statement.
    pub(super) fn push(&mut self, text: &StatementText<'_>, facts: &Facts) -> Result<(), Refusal> {
        self.take(text, facts)?;
        if let (Some(open), Some(done)) = (&self.open, self.done.get(self.units.len()))
            && open.kind == OpenKind::Implicit
            && open.filled
            && Digest::from(open.digest.clone()).is(done)
        {
            self.close();
        }
        Ok(())
    }

    fn take(&mut self, text: &StatementText<'_>, facts: &Facts) -> Result<(), Refusal> {
        let refused = matches!(
            facts.control,
            Some(Control::Rollback { .. } | Control::TwoPhase)
        );
        if self.grouping == Grouping::EachText && text.texts_before != self.text {
            self.text = text.texts_before;
            if self.open_is(OpenKind::Implicit) {
                self.close_filled();
            }
        }
        if self.open_is(OpenKind::Locked) && !refused {
            self.add(text, facts);
            if facts.control == Some(Control::UnlockTables) {
                self.close();
            }
            return Ok(());
        }
        match &facts.control {
            Some(control) => self.control(text, facts, control),
            None if facts.session_setting => {
                if facts.transaction == InTransaction::CommitsImplicitly {
                    return Err(Refusal {
                        reason: "this commits, and sets something else in the same statement",
                        help: "set autocommit in a statement of its own",
                    });
                }
                self.setting(text, facts);
                Ok(())
            }
            None => self.statement(text, facts),
        }
    }

    /// How many statements are sent so far.
    pub(super) fn sent(&self) -> u64 {
        self.sent
    }

    /// Whether the file's own transaction is open.
    pub(super) fn is_inside(&self) -> bool {
        self.open_is(OpenKind::Explicit)
    }

    /// The units; at least one.
    pub(super) fn finish(mut self) -> Result<Vec<Unit>, Refusal> {
        if self.open_is(OpenKind::Explicit) {
            return Err(Refusal {
                reason: "the transaction that begins here is never committed",
                help: "end it with COMMIT, or leave BEGIN out: a migration runs in a transaction anyway",
            });
        }
        // Settings at the very end have no effect: sessions are cleaned after each migration.
        let counts = |open: &Open| open.filled || open.lasting;
        if self.open.as_ref().is_some_and(counts) || self.units.is_empty() {
            self.close();
        }
        if self.units.is_empty() {
            self.units.push(Unit {
                mode: UnitMode::Transaction {
                    modes: String::new(),
                },
                statements: 0..0,
                numbers: 1..1,
                line: 1,
                digest: Sha256::new().into(),
                shared_locks: Some(0),
                sets: false,
            });
        }
        // Most scripts are one unit, and there is room for four.
        self.units.shrink_to_fit();
        Ok(self.units)
    }

    fn control(
        &mut self,
        text: &StatementText<'_>,
        facts: &Facts,
        control: &Control,
    ) -> Result<(), Refusal> {
        match control {
            Control::Begin { modes } => {
                refuse_read_only(modes)?;
                if self.open_is(OpenKind::Explicit) {
                    if self.dialect == Dialect::Postgres {
                        // PostgreSQL answers with a warning and goes on in the same transaction.
                        self.add(text, facts);
                        return Ok(());
                    }
                    return Err(Refusal {
                        reason: "a transaction cannot begin inside a transaction",
                        help: "commit the first one before this",
                    });
                }
                self.close_filled();
                self.add(text, facts);
                if let Some(open) = &mut self.open {
                    open.kind = OpenKind::Explicit;
                    if self.dialect == Dialect::Mysql {
                        // SET TRANSACTION is about the transaction that begins after it.
                        hoist(&mut open.modes, modes);
                    } else {
                        open.modes.clone_from(modes);
                    }
                }
            }
            Control::Commit { chain } => {
                let explicit = self.open_is(OpenKind::Explicit);
                if self.open.is_some() {
                    self.add(text, facts);
                    let modes = self.open.as_ref().map(|open| open.modes.clone());
                    self.close();
                    if explicit && *chain {
                        self.open = Some(Open {
                            kind: OpenKind::Explicit,
                            modes: modes.unwrap_or_default(),
                            chained: true,
                            ..self.opened(text.index + 1, text.line)
                        });
                    }
                }
            }
            Control::Rollback { .. } => {
                return Err(Refusal {
                    reason: "a migration that rolls itself back cannot be recorded as applied",
                    help: "take out ROLLBACK; `ROLLBACK TO SAVEPOINT` is fine",
                });
            }
            Control::TwoPhase => {
                return Err(Refusal {
                    reason: "two-phase transactions outlive the migration and cannot be recorded with it",
                    help: "use BEGIN and COMMIT",
                });
            }
            Control::SetTransaction { modes } => {
                refuse_read_only(modes)?;
                let next =
                    self.grouping == Grouping::EachStatement || self.dialect == Dialect::Mysql;
                if next && !self.open_is(OpenKind::Explicit) {
                    self.close_filled();
                }
                let first = self.open.as_ref().is_none_or(|open| !open.filled);
                self.add(text, facts);
                if first && let Some(open) = &mut self.open {
                    hoist(&mut open.modes, modes);
                }
            }
            Control::Savepoint => self.add(text, facts),
            Control::LockTables => {
                self.close_filled();
                self.add(text, facts);
                if let Some(open) = &mut self.open {
                    open.kind = OpenKind::Locked;
                }
            }
            // Whether it is on or off, each unit has a transaction of ours; switching it on commits.
            Control::Autocommit => {
                if !self.open_is(OpenKind::Explicit) {
                    self.close_filled();
                }
                self.add(text, facts);
            }
            // Without LOCK TABLES before it there is nothing to unlock, nor a transaction that it ends.
            Control::UnlockTables => self.add(text, facts),
        }
        Ok(())
    }

    fn setting(&mut self, text: &StatementText<'_>, facts: &Facts) {
        // SQLite ignores `PRAGMA foreign_keys` inside a transaction, so outside of the file's own
        // transaction it separates units and goes before the next one.
        if self.dialect == Dialect::Sqlite && !self.open_is(OpenKind::Explicit) {
            self.close_filled();
        }
        self.add(text, facts);
        if self.dialect == Dialect::Sqlite
            && is_lasting(text.sql)
            && let Some(open) = &mut self.open
        {
            open.lasting = true;
        }
    }

    fn statement(&mut self, text: &StatementText<'_>, facts: &Facts) -> Result<(), Refusal> {
        let explicit = self.open_is(OpenKind::Explicit);
        let each = self.grouping != Grouping::Together && !explicit;
        let wants_none = match facts.transaction {
            InTransaction::Forbidden if explicit => {
                return Err(Refusal {
                    reason: "the server does not run this statement inside a transaction",
                    help: "move it out of BEGIN … COMMIT, or into a migration of its own",
                });
            }
            InTransaction::Forbidden | InTransaction::CommitsImplicitly => true,
            // A procedure may commit by itself on MySQL; elsewhere only outside of a transaction.
            InTransaction::MayControl => self.dialect == Dialect::Mysql || each,
            // On a partitioned table the server refuses the last two, which is not in their text.
            InTransaction::Allowed => {
                each && matches!(facts.kind, "unknown" | "reindex" | "cluster")
            }
        };
        // Whether the text has another statement is not known yet.
        let may_have_company = self.grouping == Grouping::EachText
            && !matches!(
                facts.transaction,
                InTransaction::Forbidden | InTransaction::CommitsImplicitly
            );
        if wants_none && !may_have_company {
            self.close_filled();
            self.add(text, facts);
            self.close_as(UnitMode::Alone);
            return Ok(());
        }
        if each && self.grouping == Grouping::EachStatement {
            self.close_filled();
        }
        let first = self.open.as_ref().is_none_or(|open| !open.filled);
        self.add(text, facts);
        if let Some(open) = &mut self.open {
            open.bare = wants_none && first;
        }
        Ok(())
    }

    fn open_is(&self, kind: OpenKind) -> bool {
        self.open.as_ref().is_some_and(|open| open.kind == kind)
    }

    /// Adds a statement to the open unit, or opens one.
    fn add(&mut self, text: &StatementText<'_>, facts: &Facts) {
        let mut open = match self.open.take() {
            Some(open) => open,
            None => self.opened(text.index, text.line),
        };
        if std::mem::take(&mut open.chained) {
            open.line = text.line;
        }
        let part = Part::of(facts, !open.filled);
        if part != Part::Control {
            self.sent += 1;
            open.numbers.end = self.sent + 1;
            open.shared_locks = (open.shared_locks)
                .zip(sharing::locks(text.sql, facts, self.dialect))
                .map(|(all, one)| all.saturating_add(one));
        }
        open.filled |= part == Part::Statement;
        open.sets |= part == Part::Setting;
        open.bare = false;
        open.end = text.index + 1;
        // As written: a hash of what a variable became would let whoever reads the journal try guesses.
        open.digest
            .update((text.written.len() as u64).to_le_bytes());
        open.digest.update(text.written);
        self.open = Some(open);
    }

    fn opened(&self, start: u64, line: u64) -> Open {
        Open {
            kind: OpenKind::Implicit,
            start,
            end: start,
            line,
            numbers: self.sent + 1..self.sent + 1,
            filled: false,
            lasting: false,
            bare: false,
            chained: false,
            shared_locks: Some(0),
            sets: false,
            modes: String::new(),
            digest: Sha256::new(),
        }
    }

    /// Closes the open unit if it has more than settings, which then go with the next one.
    fn close_filled(&mut self) {
        if self.open.as_ref().is_some_and(|open| open.filled) {
            self.close();
        }
    }

    fn close(&mut self) {
        let Some(open) = &self.open else { return };
        let mode = match open.kind {
            OpenKind::Locked => UnitMode::Alone,
            OpenKind::Implicit if open.bare => UnitMode::Alone,
            _ => UnitMode::Transaction {
                modes: open.modes.clone(),
            },
        };
        self.close_as(mode);
    }

    fn close_as(&mut self, mode: UnitMode) {
        if let Some(open) = self.open.take() {
            let plain = mode != UnitMode::Alone && mode.modes().is_empty();
            self.units.push(Unit {
                mode,
                statements: open.start..open.end,
                numbers: open.numbers,
                line: open.line,
                digest: open.digest.into(),
                shared_locks: open.shared_locks.filter(|_| plain),
                sets: open.sets,
            });
        }
    }
}

/// Takes over the modes of `SET TRANSACTION`. The level of isolation is what matters in them: it is kept
/// until another one is asked for.
fn hoist(modes: &mut String, wanted: &str) {
    const LEVEL: &str = "ISOLATION LEVEL";
    if wanted.contains(LEVEL) || !modes.contains(LEVEL) {
        wanted.clone_into(modes);
    }
}

/// Whether a pragma of `SQLite` is kept in the file. It counts at the end of a script, too.
fn is_lasting(sql: &str) -> bool {
    sql.to_ascii_lowercase().contains("journal_mode")
}

fn refuse_read_only(modes: &str) -> Result<(), Refusal> {
    if modes.contains("READ ONLY") {
        return Err(Refusal {
            reason: "a read-only transaction cannot record what it did",
            help: "leave out READ ONLY",
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests;
