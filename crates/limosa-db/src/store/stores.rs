//! The stores that a run keeps: ours, another tool's, or both in the same transaction.

use std::sync::{Mutex, PoisonError};

use limosa_core::history::{History, InDoubt};
use limosa_sql::Dialect;

use super::foreign::{Change, Foreign};
use super::transaction::in_transaction;
use super::{
    Entry, Limosa, Recorded, Reverted, StoreError, Tables, Taken, Texts, UnitKind, UnitStart,
};
use crate::{Locked, Session};

/// Ours, another tool's, or both.
#[derive(Debug)]
pub struct Stores {
    own: Limosa,
    /// False where only the other tool's table is kept: then nothing of ours is written.
    keeps_own: bool,
    foreign: Option<Foreign>,
    /// The transaction in which the unit at work began, where nothing but this process knows it.
    transaction: Mutex<Option<String>>,
}

impl Stores {
    /// Ours, and the table of another tool beside it where there is one to be kept.
    pub fn with_own(own: Limosa, foreign: Option<Foreign>) -> Self {
        Self {
            own,
            keeps_own: true,
            foreign,
            transaction: Mutex::default(),
        }
    }

    /// Only the table of another tool. `own` says what the lock is about.
    pub fn foreign_only(own: Limosa, foreign: Foreign) -> Self {
        Self {
            own,
            keeps_own: false,
            foreign: Some(foreign),
            transaction: Mutex::default(),
        }
    }

    /// Our own store, where it is kept.
    pub fn own(&self) -> Option<&Limosa> {
        self.keeps_own.then_some(&self.own)
    }

    /// The store of another tool, where it is kept.
    pub fn foreign(&self) -> Option<&Foreign> {
        self.foreign.as_ref()
    }

    /// Looks for the other tool's table again where it was not there, under the lock.
    ///
    /// # Errors
    /// As [`Foreign::look_again`].
    pub fn look_again(&mut self, session: &mut dyn Session) -> Result<(), StoreError> {
        match self.foreign.as_mut().filter(|foreign| !foreign.exists()) {
            Some(foreign) => foreign.look_again(session),
            None => Ok(()),
        }
    }

    /// Where our tables are, or would be.
    pub fn tables(&self) -> &Tables {
        self.own.tables()
    }

    /// What our history says; nothing where it is not kept.
    ///
    /// # Errors
    /// When the tables cannot be read.
    pub fn history(&self, session: &mut dyn Session, texts: Texts) -> Result<History, StoreError> {
        match self.own() {
            Some(own) => own.history(session, texts),
            None => Ok(History::default()),
        }
    }

    /// Creates our tables, where they are kept.
    ///
    /// # Errors
    /// What the server answers.
    pub fn create(&self, session: &mut Locked) -> Result<(), StoreError> {
        self.own().map_or(Ok(()), |own| own.create(session))
    }

    /// Creates the table of the other tool, with what is applied already, and writes entries of our journal about
    /// that. False when it is not what was just made, or the lock is lost.
    ///
    /// # Errors
    /// What the server answers.
    pub fn create_foreign(
        &mut self,
        session: &mut Locked,
        applied: &[Change<'_>],
        entries: &[Entry<'_>],
    ) -> Result<bool, StoreError> {
        let own = self.keeps_own.then_some(&self.own);
        let Some(foreign) = &mut self.foreign else {
            return Ok(true);
        };
        let stays = !session.server().capabilities.transactional_ddl;
        let made = in_transaction(session, "creating the table of another tool", |session| {
            // Where definitions commit, the table may be there from the attempt before.
            let is_made = stays && foreign.exists();
            if !is_made && !foreign.create(session, applied)? {
                return Ok(None);
            }
            write_entries(own, session, entries)
        })?;
        Ok(made.is_some())
    }

    /// As [`Limosa::has_ended`]. Without our journal nobody knows.
    ///
    /// # Errors
    /// When the table cannot be read.
    pub fn has_ended(&self, session: &mut dyn Session, attempt: &str) -> Result<bool, StoreError> {
        self.own()
            .map_or(Ok(false), |own| own.has_ended(session, attempt))
    }

    /// As [`Limosa::has_begun`]. Without our journal nobody knows.
    ///
    /// # Errors
    /// When the table cannot be read.
    pub fn has_begun(
        &self,
        session: &mut dyn Session,
        attempt: &str,
        unit: usize,
    ) -> Result<bool, StoreError> {
        self.own()
            .map_or(Ok(false), |own| own.has_begun(session, attempt, unit))
    }

    /// As [`Limosa::has_noted`].
    ///
    /// # Errors
    /// When the table cannot be read.
    pub fn has_noted(
        &self,
        session: &mut dyn Session,
        run: &str,
        event: &str,
    ) -> Result<bool, StoreError> {
        self.own()
            .map_or(Ok(false), |own| own.has_noted(session, run, event))
    }

    /// As [`Limosa::is_there`].
    ///
    /// # Errors
    /// What the server answers.
    pub fn is_there(&self, session: &mut dyn Session, doubt: &InDoubt) -> Result<bool, StoreError> {
        self.own.is_there(session, doubt)
    }

    /// As [`Limosa::journal_entry`]; true where there is no journal.
    ///
    /// # Errors
    /// What the server answers.
    pub fn journal_entry(
        &self,
        session: &mut Locked,
        entry: &Entry<'_>,
    ) -> Result<bool, StoreError> {
        self.own()
            .map_or(Ok(true), |own| own.journal_entry(session, entry))
    }

    /// Writes entries of the journal, and with them what the table of the other tool has to say then. False when the
    /// lock is lost, or an entry ends a unit that is not begun.
    ///
    /// # Errors
    /// What the server answers.
    pub fn journal_with(
        &self,
        session: &mut Locked,
        entries: &[Entry<'_>],
        change: Option<&Change<'_>>,
    ) -> Result<bool, StoreError> {
        let (Some(foreign), Some(change)) = (&self.foreign, change) else {
            return Ok(write_entries(self.own(), session, entries)?.is_some());
        };
        let written = in_transaction(session, "writing the journal", |session| {
            let written = write_entries(self.own(), session, entries)?;
            if written.is_some() {
                // Where the other tool was at work meanwhile, the next look at both tables tells.
                foreign.write(session, change)?;
            }
            Ok(written)
        })?;
        Ok(written.is_some())
    }

    /// Begins a unit: the guard. `change` is the one that it is the first unit of. False when it must not run.
    ///
    /// # Errors
    /// What the server answers.
    pub fn unit_started(
        &self,
        session: &mut Locked,
        start: &UnitStart<'_>,
        change: Option<&Change<'_>>,
    ) -> Result<bool, StoreError> {
        let begun = match self.own() {
            Some(own) => own.unit_started(session, start)?,
            None => self.begin_without_journal(session)?,
        };
        if !begun {
            return Ok(false);
        }
        match (&self.foreign, change) {
            (Some(foreign), Some(change)) => foreign.write(session, change),
            _ => Ok(true),
        }
    }

    /// Records a migration as applied. False when the guard says no.
    ///
    /// # Errors
    /// What the server answers.
    pub fn record(
        &self,
        session: &mut Locked,
        row: &Recorded<'_>,
        change: &Change<'_>,
        kind: UnitKind,
    ) -> Result<bool, StoreError> {
        let recorded = match self.own() {
            Some(own) => own.record(session, row, kind)?,
            None => self.is_same_transaction(session, kind)?,
        };
        Ok(recorded && self.write_foreign(session, change)?)
    }

    /// Takes a migration out of the history. False when the guard says no.
    ///
    /// # Errors
    /// What the server answers.
    pub fn unrecord(
        &self,
        session: &mut Locked,
        row: &Reverted<'_>,
        change: &Change<'_>,
        kind: UnitKind,
    ) -> Result<bool, StoreError> {
        let unrecorded = match self.own() {
            Some(own) => own.unrecord(session, row, kind)?,
            None => self.is_same_transaction(session, kind)?,
        };
        Ok(unrecorded && self.write_foreign(session, change)?)
    }

    /// Writes a stage of a change into the table of the other tool alone, where it is kept. False when that
    /// table is not what it should be.
    ///
    /// # Errors
    /// What the server answers.
    pub fn write_foreign(
        &self,
        session: &mut Locked,
        change: &Change<'_>,
    ) -> Result<bool, StoreError> {
        match &self.foreign {
            Some(foreign) => foreign.write(session, change),
            None => Ok(true),
        }
    }

    /// Takes over what the other tool did, in one transaction of its own. False when the lock is lost, or
    /// our history is another one meanwhile.
    ///
    /// # Errors
    /// What the server answers.
    pub fn take_over(&self, session: &mut Locked, taken: &Taken<'_>) -> Result<bool, StoreError> {
        let Some(own) = self.own() else {
            return Ok(true);
        };
        let doing = "taking over what another tool did";
        let taken = in_transaction(session, doing, |session| {
            Ok(own.take_over(session, taken)?.then_some(()))
        })?;
        Ok(taken.is_some())
    }

    /// Removes what our tables have of this set, and the tables when nothing else is in them. `None` when the lock
    /// is lost; else whether the tables are gone.
    ///
    /// # Errors
    /// What the server answers.
    pub fn remove_own(&self, session: &mut Locked) -> Result<Option<bool>, StoreError> {
        match self.own() {
            Some(own) => in_transaction(session, "removing the history of Limosa", |session| {
                own.remove(session)
            }),
            None => Ok(Some(false)),
        }
    }

    /// Writes several changes into the table of the other tool alone, and entries of our journal about them, in one
    /// transaction. False when it is not what they were planned for, or the lock is lost; then nothing is written.
    ///
    /// # Errors
    /// What the server answers.
    pub fn correct(
        &self,
        session: &mut Locked,
        changes: &[Change<'_>],
        entries: &[Entry<'_>],
    ) -> Result<bool, StoreError> {
        let Some(foreign) = &self.foreign else {
            return Ok(true);
        };
        let doing = "correcting the table of another tool";
        let corrected = in_transaction(session, doing, |session| {
            for change in changes {
                if !foreign.write(session, change)? {
                    return Ok(None);
                }
            }
            write_entries(self.own(), session, entries)
        })?;
        Ok(corrected.is_some())
    }

    /// Whether one of the tables that are kept is in that schema.
    pub fn is_in(&self, schema: &str) -> bool {
        let own = self.own().map(|own| own.tables().schema());
        let foreign = self.foreign().map(Foreign::schema);
        own.into_iter().chain(foreign).any(|one| one == schema)
    }

    /// Copies the tables aside, until the transaction that is open now ends.
    ///
    /// # Errors
    /// What the server answers.
    pub fn set_aside(&self, session: &mut Locked) -> Result<(), StoreError> {
        if let Some(own) = self.own() {
            own.set_aside(session)?;
        }
        self.foreign()
            .map_or(Ok(()), |foreign| foreign.set_aside(session))
    }

    /// Makes the tables again from the copies, if they are gone and their schema is there.
    ///
    /// # Errors
    /// What the server answers.
    pub fn put_back(&self, session: &mut Locked) -> Result<(), StoreError> {
        if let Some(own) = self.own() {
            own.put_back(session)?;
        }
        self.foreign()
            .map_or(Ok(()), |foreign| foreign.put_back(session))
    }

    /// Without our journal, whoever holds the lock may begin.
    fn begin_without_journal(&self, session: &mut Locked) -> Result<bool, StoreError> {
        let doing = "beginning a unit";
        let transaction = match session.dialect() {
            Dialect::Postgres => "pg_catalog.txid_current()::text",
            Dialect::Mysql | Dialect::Sqlite => "1",
        };
        let sql = format!("SELECT {transaction} WHERE {}", session.guard());
        let rows = session
            .query(&sql, &[])
            .map_err(|cause| StoreError::Db { doing, cause })?;
        let found = rows.first().and_then(|row| row.text(0));
        let begun = found.is_some();
        *self
            .transaction
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = found;
        Ok(begun)
    }

    /// Whether the lock is held still, and the transaction is the one in which the unit began.
    fn is_same_transaction(
        &self,
        session: &mut Locked,
        kind: UnitKind,
    ) -> Result<bool, StoreError> {
        let before = self
            .transaction
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let begun = self.begin_without_journal(session)?;
        let now = self
            .transaction
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        Ok(begun && (kind == UnitKind::Alone || before == now))
    }
}

/// Writes entries of our journal, where it is kept; nothing is the answer when the lock is lost, or one ends a unit
/// that is not begun.
fn write_entries(
    own: Option<&Limosa>,
    session: &mut Locked,
    entries: &[Entry<'_>],
) -> Result<Option<()>, StoreError> {
    for entry in entries {
        if let Some(own) = own
            && !own.journal_entry(session, entry)?
        {
            return Ok(None);
        }
    }
    Ok(Some(()))
}
