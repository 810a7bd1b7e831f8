//! Undoing what is applied.

use std::collections::HashSet;
use std::sync::Arc;

use super::{Planner, named_row};
use crate::history::{Applied, Direction, EMPTY_SHA256, InEffect, Standing};
use crate::plan::{Named, PlanError, Record, ScriptFrom};
use crate::{Diagnostic, Layout, Migration, Script, Version, full_name};

impl Planner<'_> {
    /// Undoes these, in this order.
    pub(super) fn down(&mut self, rows: &[&Applied]) -> Result<(), PlanError> {
        for row in rows {
            let migration = self.set.get(&row.version).filter(|one| row.is_of(one));
            let named = named_row(row, migration);
            let irreversible = match migration {
                Some(migration) => migration.irreversible.as_ref(),
                None => row.irreversible.as_ref(),
            };
            if let Some(reason) = irreversible {
                let reason = reason.clone();
                return Err(PlanError::Irreversible {
                    migration: named,
                    reason,
                });
            }
            let script = self.down_script(row, migration, &named)?;
            let attempt = self.history.attempt(&row.version);
            let (version, name) = (row.version.clone(), row.name.clone());
            let step = self.step(
                named,
                version,
                name,
                Direction::Down,
                Some(script),
                Record::default(),
                attempt,
            )?;
            self.steps.push(step);
        }
        self.parts_left(rows);
        Ok(())
    }

    /// Says where only a part stays of what a baseline here stands for: the rest of it has no file here.
    fn parts_left(&mut self, undone: &[&Applied]) {
        let before = InEffect::new(&self.history.applied);
        let undone: HashSet<&Version> = undone.iter().map(|one| &one.version).collect();
        let is_kept = |row: &&Applied| !undone.contains(&row.version);
        let after = InEffect::new(self.history.applied.iter().filter(is_kept));
        for migration in self.set.migrations.iter().filter(|one| one.is_baseline()) {
            let partial = matches!(after.standing(migration), Standing::Partial(_));
            if partial && before.standing(migration) == Standing::Applied {
                let name = migration.full_name();
                let message = format!(
                    "{name} stands for {} migrations as a whole: those that are undone can only be applied again with the files that it replaced",
                    migration.replaces().len()
                );
                self.remarks
                    .push(Diagnostic::note("partial-baseline", message));
            }
        }
    }

    /// The down of the file when it is the one that was stored, else the stored one.
    fn down_script(
        &mut self,
        row: &Applied,
        migration: Option<&Migration>,
        named: &Named,
    ) -> Result<(Arc<Script>, ScriptFrom), PlanError> {
        let file = migration.and_then(|migration| migration.down.as_ref());
        let stored = row
            .down
            .sha256
            .as_deref()
            .filter(|sha256| *sha256 != EMPTY_SHA256);
        let Some(stored) = stored else {
            // Nothing was stored: there was no down then, or it was recorded without one.
            return match (file, migration.and_then(|one| one.opaque.as_ref())) {
                (Some(script), _) => Ok((Arc::clone(script), ScriptFrom::File)),
                (None, Some(reason)) => Err(PlanError::Opaque {
                    migration: named.clone(),
                    direction: Direction::Down,
                    reason: reason.clone(),
                }),
                (None, None) => Err(PlanError::NoDown {
                    migration: named.clone(),
                }),
            };
        };
        if let Some(file) = file {
            let tokens = || {
                file.checksums(self.target.dialect)
                    .map_err(|error| PlanError::Script(Box::new(error.diagnostic(file))))
            };
            if file.sha256.is(stored) || row.down.tokens == Some(tokens()?.tokens) {
                return Ok((Arc::clone(file), ScriptFrom::File));
            }
        }
        let (Some(text), Some(layout)) = (&row.down.text, Layout::from_name(&row.layout)) else {
            return Err(PlanError::DownNeedsFile {
                migration: named.clone(),
            });
        };
        let name = full_name(row.version.text(), &row.name);
        let why = if file.is_some() {
            "is another one now"
        } else {
            "is not here"
        };
        self.remarks.push(Diagnostic::note(
            "stored-down",
            format!("the down of {name} comes from the database, because its file {why}"),
        ));
        let label = format!("the stored down of {name}");
        let script = Script::from_text(layout, &label, text.as_str(), row.down.options.clone());
        Ok((Arc::new(script), ScriptFrom::History))
    }
}
