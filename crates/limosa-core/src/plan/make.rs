//! Makes plans.

use std::collections::BTreeMap;

use limosa_sql::Target;

use super::{
    Action, Goal, Named, Order, Outline, Plan, PlanError, PlanOptions, Record, ScriptFrom, Step,
    outline, release,
};
use crate::history::{Applied, Attempt, Direction, EMPTY_SHA256, History, Origin, State, Status};
use crate::script::Environment;
use crate::{Diagnostic, Layout, Migration, MigrationSet, Script, Version, full_name};

/// Plans how to reach a goal. Reads the scripts of the migrations that it concerns, and nothing else.
///
/// # Errors
/// When the goal cannot be reached as asked; nothing was changed.
pub fn plan(
    set: &MigrationSet,
    history: &History,
    goal: &Goal,
    options: &PlanOptions,
    target: &Target,
    environment: Environment<'_>,
) -> Result<Plan, PlanError> {
    plan_again(&[], set, history, goal, options, target, environment)
}

/// Like [`plan`], after it was done before: scripts whose bytes are still the same are not split again.
///
/// # Errors
/// As for [`plan`].
pub fn plan_again(
    shown: &[Step],
    set: &MigrationSet,
    history: &History,
    goal: &Goal,
    options: &PlanOptions,
    target: &Target,
    environment: Environment<'_>,
) -> Result<Plan, PlanError> {
    let mut planner = Planner {
        shown: shown
            .iter()
            .map(|step| ((&step.version, step.direction), step))
            .collect(),
        set,
        history,
        options,
        target,
        environment,
        steps: vec![],
        remarks: vec![],
    };
    match goal {
        Goal::Up { to, limit } => {
            if let Some(to) = to {
                planner.known(to)?;
            }
            planner.unfinished(Direction::Down)?;
            planner.up(to.as_ref(), *limit, &history.applied)?;
        }
        Goal::Down { limit, to } => {
            planner.unfinished(Direction::Up)?;
            let mut rows = planner.newest_first();
            if let Some(to) = to {
                let row = history.get(to).ok_or_else(|| planner.unknown(to))?;
                rows.retain(|one| one.sequence > row.sequence);
            } else if let Some(limit) = limit {
                rows.truncate(*limit);
            }
            planner.down(&rows)?;
        }
        Goal::Goto(to) => planner.goto(to.as_ref())?,
        Goal::Redo => {
            planner.unfinished(Direction::Up)?;
            if let Some(row) = planner.newest_first().first() {
                let named = || named_row(row, None);
                let migration = set
                    .get(&row.version)
                    .ok_or_else(|| PlanError::Missing(vec![named()]))?;
                planner.down(&[row])?;
                let step = planner.step_up(migration, None)?;
                planner.steps.push(step);
            }
        }
        Goal::Baseline(version) => planner.baseline(version)?,
    }
    Ok(Plan {
        steps: planner.steps,
        remarks: planner.remarks,
    })
}

struct Planner<'a> {
    shown: BTreeMap<(&'a Version, Direction), &'a Step>,
    set: &'a MigrationSet,
    history: &'a History,
    options: &'a PlanOptions,
    target: &'a Target,
    environment: Environment<'a>,
    steps: Vec<Step>,
    remarks: Vec<Diagnostic>,
}

impl<'a> Planner<'a> {
    /// What is applied, the last application first.
    fn newest_first(&self) -> Vec<&'a Applied> {
        let mut rows: Vec<_> = self.history.applied.iter().collect();
        rows.sort_by_key(|row| std::cmp::Reverse(row.sequence));
        // What was interrupted on its way down is finished first.
        rows.sort_by_key(|row| self.history.attempt(&row.version).is_none());
        rows
    }

    /// Refuses while a migration in the other direction is unfinished.
    fn unfinished(&self, direction: Direction) -> Result<(), PlanError> {
        match self
            .history
            .attempts
            .iter()
            .find(|attempt| attempt.direction == direction)
        {
            None => Ok(()),
            Some(attempt) => Err(PlanError::Unfinished {
                migration: Named {
                    version: attempt.version.text().to_owned(),
                    name: attempt.name.clone(),
                    file: self
                        .set
                        .get(&attempt.version)
                        .and_then(|one| one.files.first().cloned()),
                },
                direction,
            }),
        }
    }

    fn known(&self, version: &Version) -> Result<(), PlanError> {
        if self.set.get(version).is_some() || self.history.get(version).is_some() {
            return Ok(());
        }
        Err(self.unknown(version))
    }

    fn unknown(&self, version: &Version) -> PlanError {
        let all = self.set.migrations.iter().map(|one| one.version.text());
        let nearest = all
            .map(|text| (strsim::damerau_levenshtein(text, version.text()), text))
            .min()
            .filter(|(distance, text)| *distance * 3 <= text.len())
            .map(|(_, text)| text.to_owned());
        PlanError::UnknownVersion {
            version: version.text().to_owned(),
            nearest,
        }
    }

    /// Applies what is pending, given what will be applied before.
    fn up(
        &mut self,
        to: Option<&Version>,
        limit: Option<usize>,
        applied: &[Applied],
    ) -> Result<(), PlanError> {
        let status =
            Status::new(self.set, self.history, self.target.dialect).map_err(PlanError::Script)?;
        let wrong = |state: State| -> Vec<Named> {
            status
                .in_state(state)
                .map(|one| Named {
                    version: one.version.text().to_owned(),
                    name: one.name.to_owned(),
                    file: one
                        .migration
                        .and_then(|migration| migration.files.first().cloned()),
                })
                .collect()
        };
        let (changed, missing) = (wrong(State::Changed), wrong(State::Missing));
        if !changed.is_empty() {
            return Err(PlanError::Changed(changed));
        }
        if !missing.is_empty() {
            return Err(PlanError::Missing(missing));
        }
        self.newer(&status)?;
        let is_applied = |version: &Version| applied.iter().any(|row| row.version == *version);
        let highest = applied.iter().map(|row| &row.version).max();
        let pending: Vec<_> = self
            .set
            .migrations
            .iter()
            .filter(|one| to.is_none_or(|to| one.version <= *to) && !is_applied(&one.version))
            .take(limit.unwrap_or(usize::MAX))
            .collect();
        if let (Order::Strict, Some(highest)) = (self.options.order, highest) {
            let below: Vec<_> = pending
                .iter()
                .filter(|one| {
                    one.version < *highest && self.history.attempt(&one.version).is_none()
                })
                .map(|one| named(one))
                .collect();
            if !below.is_empty() {
                return Err(PlanError::OutOfOrder {
                    pending: below,
                    highest: highest.text().to_owned(),
                });
            }
        }
        for migration in pending {
            let attempt = self.history.attempt(&migration.version);
            let step = self.step_up(migration, attempt)?;
            self.steps.push(step);
        }
        Ok(())
    }

    /// Says what a newer release did, and refuses where that shuts this release out.
    fn newer(&mut self, status: &Status<'_>) -> Result<(), PlanError> {
        let newer: Vec<_> = status.in_state(State::Newer).collect();
        for one in &newer {
            let wanted = one.applied.and_then(|row| row.min_release.as_deref());
            if let (Some(wanted), Some(ours)) = (wanted, self.options.release.as_deref())
                && release::is_below(ours, wanted)
            {
                return Err(PlanError::ReleaseTooOld {
                    migration: Named {
                        version: one.version.text().to_owned(),
                        name: one.name.to_owned(),
                        file: None,
                    },
                    min_release: wanted.to_owned(),
                    release: ours.to_owned(),
                });
            }
        }
        if let Some(last) = newer.last() {
            let name = full_name(last.version.text(), last.name);
            let message = match newer.len() {
                1 => format!("{name} was applied by a newer release and is not known here"),
                n => format!(
                    "{n} migrations up to {name} were applied by a newer release and are not known here"
                ),
            };
            self.remarks.push(Diagnostic::note("newer", message));
        }
        Ok(())
    }

    fn goto(&mut self, to: Option<&Version>) -> Result<(), PlanError> {
        if let Some(to) = to {
            self.known(to)?;
        }
        let above = |version: &Version| to.is_none_or(|to| version > to);
        let (undone, kept): (Vec<&Applied>, Vec<&Applied>) = self
            .newest_first()
            .into_iter()
            .partition(|row| above(&row.version));
        if undone.is_empty() {
            self.unfinished(Direction::Down)?;
        } else {
            self.unfinished(Direction::Up)?;
            self.down(&undone)?;
        }
        if let Some(to) = to {
            let kept: Vec<Applied> = kept.into_iter().cloned().collect();
            let pending = self.set.migrations.iter().any(|one| {
                one.version <= *to && !kept.iter().any(|row| row.version == one.version)
            });
            if pending {
                self.up(Some(to), None, &kept)?;
            }
        }
        Ok(())
    }

    fn baseline(&mut self, version: &Version) -> Result<(), PlanError> {
        if self.set.get(version).is_none() {
            return Err(self.unknown(version));
        }
        if !self.history.applied.is_empty() || !self.history.attempts.is_empty() {
            return Err(PlanError::BaselineOnHistory {
                applied: self.history.applied.len(),
            });
        }
        for migration in self
            .set
            .migrations
            .iter()
            .filter(|one| one.version <= *version)
        {
            self.steps.push(Step {
                version: migration.version.clone(),
                name: migration.name.clone(),
                direction: Direction::Up,
                action: Action::Record(Origin::Baseline),
                record: self.record(migration),
                units: vec![],
                done: 0,
                attempt: None,
                losses: vec![],
            });
        }
        Ok(())
    }

    fn record(&self, migration: &Migration) -> Record {
        Record {
            up: migration.up.clone(),
            down: migration.down.clone(),
            layout: self.set.layout.name().to_owned(),
            irreversible: migration.irreversible.clone(),
            min_release: migration.min_release.clone(),
        }
    }

    fn step_up(&self, migration: &Migration, attempt: Option<&Attempt>) -> Result<Step, PlanError> {
        if let Some(reason) = &migration.opaque {
            return Err(PlanError::Opaque {
                migration: named(migration),
                reason: reason.clone(),
            });
        }
        let (version, name) = (migration.version.clone(), migration.name.clone());
        let script = migration
            .up
            .clone()
            .map(|script| (script, ScriptFrom::File));
        let record = self.record(migration);
        self.step(
            named(migration),
            version,
            name,
            Direction::Up,
            script,
            record,
            attempt,
        )
    }

    fn down(&mut self, rows: &[&Applied]) -> Result<(), PlanError> {
        for row in rows {
            let migration = self.set.get(&row.version);
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
        Ok(())
    }

    /// The down of the file when it is the one that was stored, else the stored one.
    fn down_script(
        &mut self,
        row: &Applied,
        migration: Option<&Migration>,
        named: &Named,
    ) -> Result<(Script, ScriptFrom), PlanError> {
        let file = migration.and_then(|migration| migration.down.as_ref());
        let stored = row
            .down
            .sha256
            .as_deref()
            .filter(|sha256| *sha256 != EMPTY_SHA256);
        let Some(stored) = stored else {
            // Nothing was stored: there was no down then, or it was recorded without one.
            return match (file, migration.and_then(|one| one.opaque.as_ref())) {
                (Some(script), _) => Ok((script.clone(), ScriptFrom::File)),
                (None, Some(reason)) => Err(PlanError::Opaque {
                    migration: named.clone(),
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
            if file.sha256 == stored || row.down.tokens == Some(tokens()?.tokens) {
                return Ok((file.clone(), ScriptFrom::File));
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
        Ok((script, ScriptFrom::History))
    }

    /// The outline of a script as it was shown, if its bytes are still the same.
    fn outlined(
        &self,
        version: &Version,
        direction: Direction,
        script: &Script,
    ) -> Option<Outline> {
        let step = self.shown.get(&(version, direction))?;
        let same = step.script()?.sha256 == script.sha256;
        // A file that cannot be read any more is reported by reading it again.
        (same && script.is_unchanged().unwrap_or(false)).then(|| Outline {
            units: step.units.clone(),
            losses: step.losses.clone(),
        })
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "one place that puts a step together"
    )]
    fn step(
        &self,
        named: Named,
        version: Version,
        name: String,
        direction: Direction,
        script: Option<(Script, ScriptFrom)>,
        record: Record,
        attempt: Option<&Attempt>,
    ) -> Result<Step, PlanError> {
        let (action, units, losses) = match script {
            Some((script, from)) => {
                let outline = match self.outlined(&version, direction, &script) {
                    Some(outline) => outline,
                    None => outline(&script, self.target, self.environment)?,
                };
                (Action::Run { script, from }, outline.units, outline.losses)
            }
            None => (Action::Record(Origin::Applied), vec![], vec![]),
        };
        let done = attempt.map_or(0, |attempt| attempt.done.len());
        if let Some(attempt) = attempt {
            let differs = attempt
                .done
                .iter()
                .enumerate()
                .find(|(at, digest)| units.get(*at).is_none_or(|unit| unit.digest != **digest));
            if let Some((at, _)) = differs {
                let line = units.get(at).or(units.last()).map_or(1, |unit| unit.line);
                return Err(PlanError::AppliedPartChanged {
                    migration: named,
                    line,
                });
            }
            if attempt.in_doubt.is_some() {
                let line = units.get(done).map(|unit| unit.line);
                let attempt = Box::new(attempt.clone());
                return Err(PlanError::InDoubt {
                    migration: named,
                    attempt,
                    line,
                });
            }
        }
        let attempt = attempt.map(|attempt| attempt.id.clone());
        Ok(Step {
            version,
            name,
            direction,
            action,
            record,
            units,
            done,
            attempt,
            losses,
        })
    }
}

fn named(migration: &Migration) -> Named {
    Named {
        version: migration.version.text().to_owned(),
        name: migration.name.clone(),
        file: migration.files.first().cloned(),
    }
}

fn named_row(row: &Applied, migration: Option<&Migration>) -> Named {
    Named {
        version: row.version.text().to_owned(),
        name: row.name.clone(),
        file: migration.and_then(|migration| migration.files.first().cloned()),
    }
}

#[cfg(test)]
mod tests;
