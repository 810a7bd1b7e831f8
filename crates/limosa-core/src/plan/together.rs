//! How steps are put into transactions.

use limosa_sql::Dialect;

use super::{Action, Named, PlanError, Step, UnitMode};

/// How migrations are put into transactions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Transactions {
    /// One each, but on an empty database several in one where nobody can tell afterwards.
    #[default]
    Auto,
    /// One each.
    Each,
    /// All in one, or nothing is done.
    All,
}

/// What a transaction has room for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// The locks that the server can hold for all sessions together; `None` where there is no such limit.
    pub locks: Option<u32>,
}

impl Room {
    /// How many steps share a transaction at most.
    const STEPS: usize = 500;

    /// How many of the first steps may share a transaction such that nobody can tell afterwards; 0 when the first
    /// one may not. They take a quarter of the server's locks at most: others need some, too.
    pub fn together(self, steps: &[Step]) -> usize {
        let limit = self.locks.map_or(u32::MAX, |all| all / 4);
        let mut locks = 0_u32;
        (steps.iter().take(Self::STEPS))
            .take_while(|step| {
                step.shared_locks().is_some_and(|more| {
                    locks = locks.saturating_add(more);
                    locks <= limit
                })
            })
            .count()
    }
}

impl Step {
    /// Whether it is one transaction from its beginning to its end, its records included.
    pub fn fits_one_transaction(&self) -> bool {
        let is_unit = match self.units.as_slice() {
            [] => matches!(self.action, Action::Record(_)),
            [unit] => matches!(unit.mode, UnitMode::Transaction { .. }),
            _ => false,
        };
        is_unit && self.done == 0 && self.in_doubt.is_none()
    }

    /// As [`super::Unit::shared_locks`], of a step that is one transaction without timeouts of its own.
    fn shared_locks(&self) -> Option<u32> {
        let options = &self.script()?.options;
        let plain = options.lock_timeout.is_none() && options.statement_timeout.is_none();
        match self.units.as_slice() {
            [unit] if plain && self.fits_one_transaction() => unit.shared_locks,
            _ => None,
        }
    }
}

/// Refuses steps that cannot all be in one transaction.
///
/// # Errors
/// [`PlanError::NotTogether`] for the first of them.
pub fn together(steps: &[Step], dialect: Dialect) -> Result<(), PlanError> {
    let reason = |step: &Step| -> Option<(u64, &'static str)> {
        let unit = step.units.first();
        let line = unit.map_or(1, |unit| unit.line);
        if step.done > 0 || step.in_doubt.is_some() {
            return Some((line, "a part of it is applied already"));
        }
        let alone = step.units.iter().find(|unit| unit.mode == UnitMode::Alone);
        if let Some(unit) = alone {
            let reason = match dialect {
                Dialect::Mysql => "the server commits this statement by itself",
                _ => "this statement runs outside of transactions",
            };
            return Some((unit.line, reason));
        }
        if let [_, second, ..] = step.units.as_slice() {
            return Some((
                second.line,
                "it is in several transactions, and the next one begins here",
            ));
        }
        if unit.is_some_and(|unit| !unit.mode.modes().is_empty()) {
            return Some((line, "it asks for a transaction of a certain kind"));
        }
        match dialect {
            // Half of their statements commit, and the others are undone in part where tables have no transactions.
            Dialect::Mysql => Some((line, "each has transactions of its own on this server")),
            Dialect::Sqlite if unit.is_some_and(|unit| unit.sets) => {
                Some((line, "a setting has no effect inside of a transaction"))
            }
            _ => None,
        }
    };
    let refused = (steps.iter()).find_map(|step| reason(step).map(|why| (step, why)));
    match refused {
        None => Ok(()),
        Some((step, (line, reason))) => Err(PlanError::NotTogether {
            migration: Named {
                version: step.version.text().to_owned(),
                name: step.name.clone(),
                file: step.script().map(|script| script.file.clone()),
            },
            line,
            reason,
        }),
    }
}
