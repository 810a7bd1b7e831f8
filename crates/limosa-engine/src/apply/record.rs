//! What the history keeps of a step, and steps that only change the history.

use std::time::Duration;

use limosa_core::history::{Direction, EMPTY_SHA256, Origin, StoredScript, TEXT_LIMIT};
use limosa_core::plan::Action;
use limosa_core::{Script, ScriptError, Step};
use limosa_db::store::{Entry, Recorded, Reverted, Stage, Stores, UnitKind, UnitStart};
use limosa_sql::Dialect;

use super::unit::{Position, commit};
use super::{Applier, StepError};
use crate::other::known_to;

/// What the history will keep of both scripts of a step up.
#[derive(Default)]
pub(crate) struct Kept {
    pub up: StoredScript,
    pub down: StoredScript,
    /// The checksum that the other tool keeps of the script up.
    pub checksum: Option<Vec<u8>>,
}

impl Kept {
    /// Reads the scripts. Nothing is kept of a step down.
    pub(crate) fn of(step: &Step, dialect: Dialect, stores: &Stores) -> Result<Self, ScriptError> {
        let mut kept = Self::before(step, dialect, stores)?;
        if let (Direction::Up, Some(up)) = (step.direction, &step.record.up) {
            kept.up = with_checksums(kept.up, up, dialect)?;
        }
        Ok(kept)
    }

    /// Like [`Kept::of`], but without the checksums of the script up: those are made while it runs.
    pub(crate) fn before(
        step: &Step,
        dialect: Dialect,
        stores: &Stores,
    ) -> Result<Self, ScriptError> {
        let mut kept = Self::default();
        if step.direction == Direction::Down {
            return Ok(kept);
        }
        kept.up = match &step.record.up {
            Some(up) => with_text(up)?,
            None => StoredScript {
                sha256: Some(EMPTY_SHA256.to_owned()),
                ..StoredScript::default()
            },
        };
        if let (Some(foreign), Some(up)) = (stores.foreign(), &step.record.up) {
            kept.checksum = foreign.checksum(up)?;
        }
        if let Some(down) = &step.record.down {
            kept.down = with_checksums(with_text(down)?, down, dialect)?;
        }
        Ok(kept)
    }
}

/// What the journal calls the end of a step up.
pub(crate) fn event_of(origin: Origin) -> &'static str {
    match origin {
        Origin::Applied => "applied",
        Origin::Baseline => "baselined",
        Origin::Adopted => "adopted",
    }
}

fn with_text(script: &Script) -> Result<StoredScript, ScriptError> {
    let text = script.text(TEXT_LIMIT)?;
    Ok(StoredScript {
        text_stored: text.is_some(),
        text,
        options: script.options.clone(),
        ..StoredScript::default()
    })
}

fn with_checksums(
    stored: StoredScript,
    script: &Script,
    dialect: Dialect,
) -> Result<StoredScript, ScriptError> {
    let checksums = script.checksums(dialect)?;
    Ok(StoredScript {
        sha256: Some(checksums.raw.to_string()),
        tokens: Some(checksums.tokens),
        ..stored
    })
}

/// What the history keeps of two scripts, up and down.
pub(crate) fn kept_scripts(
    up: Option<&Script>,
    down: Option<&Script>,
    dialect: Dialect,
) -> Result<(StoredScript, StoredScript), ScriptError> {
    let kept = |script: Option<&Script>| match script {
        Some(script) => with_checksums(with_text(script)?, script, dialect),
        None => Ok(StoredScript::default()),
    };
    Ok((kept(up)?, kept(down)?))
}

impl Applier<'_> {
    /// A step without statements: its record is all there is.
    pub(super) fn record_only(
        &mut self,
        step: &Step,
        position: &Position<'_>,
    ) -> Result<(), StepError> {
        self.in_own_transaction(Some(UnitKind::Transaction), |applier| {
            applier.records(step, position)
        })
    }

    /// The records of a step without statements, in the transaction that is open.
    pub(super) fn records(
        &mut self,
        step: &Step,
        position: &Position<'_>,
    ) -> Result<(), StepError> {
        let backend = self.locked.server().backend.clone();
        let start = UnitStart {
            entry: Entry {
                unit: Some(0),
                ..self.entry(step, position, "unit-started", &backend)
            },
            recorded: &position.place.recorded,
            sequence: position.place.sequence,
            newest_entry: position.place.newest_entry,
            ends: None,
        };
        if !self.store.unit_started(self.locked, &start, None)? {
            return Err(StepError::Guard);
        }
        self.finish(step, position, UnitKind::Transaction)
    }

    /// Writes records in a transaction that has nothing else in it, and again when another session is in its way.
    pub(super) fn in_own_transaction(
        &mut self,
        ended: Option<UnitKind>,
        mut records: impl FnMut(&mut Self) -> Result<(), StepError>,
    ) -> Result<(), StepError> {
        const ATTEMPTS: u32 = 10;
        let mut attempt = 1;
        loop {
            let begun = self.begin_with("", ended, &mut records);
            let result = begun.and_then(|()| commit(self.locked));
            let Err(error) = result else {
                return Ok(());
            };
            // The first error is the one to report; the connection is cleaned by the caller.
            let _ = self.locked.run("ROLLBACK");
            if attempt == ATTEMPTS || !error.is_conflict() {
                return Err(error);
            }
            self.pause(Duration::from_millis(50) * attempt);
            attempt += 1;
        }
    }

    /// The last record of a step: the history's row and the journal's entry.
    pub(super) fn finish(
        &mut self,
        step: &Step,
        position: &Position<'_>,
        kind: UnitKind,
    ) -> Result<(), StepError> {
        let settings = self.settings;
        let origin = match step.action {
            Action::Record(origin) => origin,
            Action::Run { .. } => Origin::Applied,
        };
        let change = position.change(step, Stage::Done);
        let (recorded, event) = match step.direction {
            Direction::Up => {
                let row = Recorded {
                    sequence: position.place.sequence,
                    attempt: position.attempt,
                    version: step.version.text(),
                    name: &step.name,
                    layout: step.record.layout,
                    origin: origin.name(),
                    up: &position.kept.up,
                    down: &position.kept.down,
                    irreversible: step.record.irreversible.as_deref(),
                    release: settings.release.as_deref(),
                    min_release: step.record.min_release.as_deref(),
                    statements: step.statements(),
                    duration_ms: (position.knows_duration)
                        .then(|| position.started.elapsed().as_millis()),
                    applied_at: None,
                    actor: &settings.actor,
                    tool_version: &settings.tool_version,
                };
                let event = event_of(origin);
                (self.store.record(self.locked, &row, &change, kind), event)
            }
            Direction::Down => {
                let row = Reverted {
                    attempt: position.attempt,
                    recorded: &position.place.recorded,
                };
                (
                    self.store.unrecord(self.locked, &row, &change, kind),
                    "reverted",
                )
            }
        };
        let recorded = recorded.map_err(|error| StepError::at_record(error, kind))?;
        if !recorded {
            return Err(StepError::Guard);
        }
        let backend = self.locked.server().backend.clone();
        let mut entry = self.entry(step, position, event, &backend);
        // What ran is journalled as a hash, not as text.
        entry.digest = step.script().map(|script| script.sha256.to_string());
        entry.detail = self.store.foreign().map(|foreign| known_to(foreign.tool()));
        let written = self.store.journal_entry(self.locked, &entry)?;
        if written {
            Ok(())
        } else {
            Err(StepError::Guard)
        }
    }
}

impl<'a> Applier<'a> {
    /// The beginning of an entry about a step. Borrows nothing of the applier itself.
    pub(super) fn entry<'e>(
        &self,
        step: &'e Step,
        position: &'e Position<'_>,
        event: &'e str,
        backend: &'e limosa_db::Backend,
    ) -> Entry<'e>
    where
        'a: 'e,
    {
        Entry {
            run: self.run,
            event,
            attempt: Some(position.attempt),
            version: Some(step.version.text()),
            name: Some(&step.name),
            direction: Some(step.direction),
            backend: Some((backend.id, &backend.started)),
            actor: &self.settings.actor,
            ..Entry::default()
        }
    }
}
