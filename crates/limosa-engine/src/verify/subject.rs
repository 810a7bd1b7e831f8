//! What is tried together: one migration, or those of one logical change.

use std::collections::BTreeSet;

use limosa_core::migration::AcceptedLoss;
use limosa_core::script::Environment;
use limosa_core::{Class, Diagnostic, Migration, MigrationSet, Version};
use limosa_sql::Target;

use super::play::Ready;
use crate::Problem;

/// Which migrations are tried. Those before them are only applied, those after the last of them are left alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// All of them, each by itself.
    All,
    /// This one and those after it.
    From(Version),
    /// These.
    Only(BTreeSet<Version>),
    /// From the first to the second one, as one change.
    Range(Version, Version),
}

impl Which {
    /// Whether a migration is tried.
    pub fn has(&self, version: &Version) -> bool {
        match self {
            Self::All => true,
            Self::From(first) => version >= first,
            Self::Only(these) => these.contains(version),
            Self::Range(first, last) => version >= first && version <= last,
        }
    }
}

/// Migrations that are tried together.
pub(super) struct Subject<'m> {
    /// In their order; at least one.
    pub migrations: Vec<&'m Migration>,
    /// Whether they are tried, or only applied.
    pub is_tried: bool,
}

impl<'m> Subject<'m> {
    /// What there is to try, and to apply before.
    pub(super) fn all(set: &'m MigrationSet, which: &Which) -> Result<Vec<Self>, Problem> {
        check(set, which)?;
        let mut subjects: Vec<Self> = Vec::new();
        let last = (set.migrations.iter()).rposition(|one| which.has(&one.version));
        let until = last.map_or(0, |last| last + 1);
        for migration in &set.migrations[..until] {
            let is_tried = which.has(&migration.version);
            match (which, subjects.last_mut()) {
                (Which::Range(..), Some(subject)) if is_tried && subject.is_tried => {
                    subject.migrations.push(migration);
                }
                _ => subjects.push(Self {
                    migrations: vec![migration],
                    is_tried,
                }),
            }
        }
        Ok(subjects)
    }

    /// The last migration, which findings are about.
    pub(super) fn last(&self) -> &'m Migration {
        self.migrations.last().expect("a subject has a migration")
    }

    /// What its authors accept to be lost.
    pub(super) fn accepted(&self) -> Vec<AcceptedLoss> {
        let all = self.migrations.iter();
        all.flat_map(|one| one.accepted_losses.iter().cloned())
            .collect()
    }

    /// Why it cannot be undone, when an author says so.
    pub(super) fn irreversible(&self) -> Option<&'m str> {
        (self.migrations.iter()).find_map(|one| one.irreversible.as_deref())
    }
}

/// The scripts of a subject.
pub(super) struct Scripts<'m> {
    /// In the order in which they are played.
    pub ups: Vec<Ready<'m>>,
    /// In the order in which they are played: the last migration's first.
    pub downs: Vec<Ready<'m>>,
    /// Migrations that do something, and have no down that does anything.
    pub without_down: Vec<&'m Migration>,
}

impl<'m> Scripts<'m> {
    pub(super) fn of(
        subject: &Subject<'m>,
        target: &Target,
        environment: Environment<'_>,
    ) -> Result<Self, Problem> {
        let ready = |script: &'m limosa_core::Script| Ready::new(script, target, environment);
        let mut scripts = Self {
            ups: Vec::new(),
            downs: Vec::new(),
            without_down: Vec::new(),
        };
        for migration in &subject.migrations {
            let up = migration.up.as_deref().map(ready).transpose()?;
            let down = migration.down.as_deref().map(ready).transpose()?;
            let sends =
                |one: &Option<Ready<'_>>| one.as_ref().is_some_and(|one| one.statements > 0);
            if sends(&up) && !sends(&down) && migration.irreversible.is_none() {
                scripts.without_down.push(migration);
            }
            scripts.ups.extend(up);
            scripts.downs.extend(down);
        }
        scripts.downs.reverse();
        Ok(scripts)
    }

    /// Whether a transaction of ours can be around all of them.
    pub(super) fn can_be_enclosed(&self) -> bool {
        (self.ups.iter().chain(&self.downs)).all(|one| one.can_be_enclosed)
    }
}

/// That the versions which are asked for are there.
fn check(set: &MigrationSet, which: &Which) -> Result<(), Problem> {
    let named = match which {
        Which::All | Which::Only(_) => vec![],
        Which::From(first) => vec![first],
        Which::Range(first, last) => vec![first, last],
    };
    if let Some(missing) = named.into_iter().find(|one| set.get(one).is_none()) {
        let message = format!("there is no migration {missing}");
        let problem = Diagnostic::error("unknown-version", Class::Usage, message);
        return Err(Problem::report(
            problem.with_help("all of them are listed by\nlimosa status -v"),
        ));
    }
    match which {
        Which::Range(first, last) if first > last => {
            let message = format!("{first} comes after {last}: the range is empty");
            let problem = Diagnostic::error("usage", Class::Usage, message);
            Err(Problem::report(problem))
        }
        _ => Ok(()),
    }
}
