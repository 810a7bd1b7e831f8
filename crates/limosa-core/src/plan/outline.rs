//! What a script will do: its units and losses, from one reading of it.

use std::collections::HashSet;

use limosa_sql::facts::Control;
use limosa_sql::{Facts, Modes, Target};

use super::units::{Part, UnitBuilder};
use super::{PlanError, StepLoss, Unit};
use crate::script::{Environment, Script, ScriptError, ScriptReader, StatementText};

/// What a script will do.
#[derive(Debug, Clone)]
pub struct Outline {
    /// Its units, at least one.
    pub units: Vec<Unit>,
    /// What destroys data: each thing once, however many statements do it.
    pub losses: Vec<StepLoss>,
}

/// Reads a script and makes its units. `done` are the digests of those that an earlier attempt has done.
///
/// # Errors
/// When it cannot be read, or asks for something that cannot be recorded exactly once.
pub fn outline(
    script: &Script,
    target: &Target,
    environment: Environment<'_>,
    done: &[String],
) -> Result<Outline, PlanError> {
    let unreadable = |error: ScriptError| PlanError::Script(Box::new(error.diagnostic(script)));
    let mut reader = ScriptReader::open(script, target.dialect, environment).map_err(unreadable)?;
    let mut builder = UnitBuilder::new(target.dialect, script.grouping(target.dialect), done);
    let mut losses = Vec::new();
    let mut known = HashSet::new();
    let mut last_begin = None;
    let refused =
        |text: &StatementText<'_>, refusal: super::units::Refusal| PlanError::Unsupported {
            file: script.file.clone(),
            line: text.line,
            column: text.column,
            sql: text.written.to_owned(),
            reason: refusal.reason,
            help: refusal.help,
        };
    while let Some(text) = reader.next() {
        let text = text.map_err(unreadable)?;
        let facts = text.facts(target);
        let inside = builder.is_inside() && matches!(facts.control, Some(Control::Begin { .. }));
        if Part::of(&facts, false) == Part::Control && !inside {
            last_begin = Some((text.line, text.column, text.written.to_owned()));
        }
        builder
            .push(&text, &facts)
            .map_err(|refusal| refused(&text, refusal))?;
        let number = builder.sent();
        for loss in &facts.destroys {
            let what = format!("{} {}", loss.object, loss.name);
            if known.contains(&what) {
                continue;
            }
            known.insert(what.clone());
            losses.push(StepLoss {
                number,
                line: text.line,
                what,
                loss: loss.name.clone(),
            });
        }
    }
    let units = builder.finish().map_err(|refusal| {
        let (line, column, sql) = last_begin.unwrap_or((1, 1, String::new()));
        refused(
            &StatementText {
                index: 0,
                sql: &sql,
                written: &sql,
                line,
                column,
                modes: Modes::of(target.dialect),
                texts_before: 0,
            },
            refusal,
        )
    })?;
    Ok(Outline { units, losses })
}

/// A statement of a plan, as it is shown.
#[derive(Debug)]
pub struct Planned<'a> {
    /// The index of its unit.
    pub unit: usize,
    /// Its number among the statements that are sent, from 1.
    pub number: u64,
    /// Its place and text, the latter as it stands in the file.
    pub text: StatementText<'a>,
    /// What it does.
    pub facts: Facts,
}

/// The statements that the units of a script send, read again one by one.
pub struct Statements<'s> {
    units: &'s [Unit],
    target: Target,
    reader: ScriptReader,
    /// The index of the unit that is read.
    unit: usize,
    /// How many statements were read.
    number: u64,
    /// Whether the unit has no statement before this one.
    first: bool,
}

impl<'s> Statements<'s> {
    /// Those of these units.
    ///
    /// # Errors
    /// When the script cannot be opened.
    pub fn open(
        script: &Script,
        units: &'s [Unit],
        target: &Target,
        environment: Environment<'_>,
    ) -> Result<Self, ScriptError> {
        Ok(Self {
            units,
            target: *target,
            reader: ScriptReader::open(script, target.dialect, environment)?,
            unit: 0,
            number: 0,
            first: true,
        })
    }

    /// What `show` makes of the next one.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn next<T>(
        &mut self,
        show: impl FnOnce(Planned<'_>) -> T,
    ) -> Result<Option<T>, ScriptError> {
        while let Some(text) = self.reader.next() {
            let text = text?;
            let is_over = |one: &Unit| one.statements.end <= text.index;
            while self.units.get(self.unit).is_some_and(is_over) {
                self.unit += 1;
                self.first = true;
            }
            let Some(current) = self.units.get(self.unit) else {
                break;
            };
            if text.index < current.statements.start {
                continue;
            }
            let facts = text.facts(&self.target);
            let part = Part::of(&facts, self.first);
            if part == Part::Control {
                continue;
            }
            self.first &= part != Part::Statement;
            self.number += 1;
            let sql = text.written;
            return Ok(Some(show(Planned {
                unit: self.unit,
                number: self.number,
                text: StatementText { sql, ..text },
                facts,
            })));
        }
        Ok(None)
    }
}

/// Reads a script again and tells about each statement that its units send.
///
/// # Errors
/// When it cannot be read.
pub fn statements(
    script: &Script,
    units: &[Unit],
    target: &Target,
    environment: Environment<'_>,
    tell: &mut dyn FnMut(Planned<'_>),
) -> Result<(), PlanError> {
    let unreadable = |error: ScriptError| PlanError::Script(Box::new(error.diagnostic(script)));
    let all = Statements::open(script, units, target, environment);
    let mut all = all.map_err(unreadable)?;
    while all.next(&mut *tell).map_err(unreadable)?.is_some() {}
    Ok(())
}
