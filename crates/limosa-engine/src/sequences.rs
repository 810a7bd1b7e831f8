//! The order in which migrations were applied, and the place of a step in it.

use std::time::Duration;

use limosa_core::history::{Direction, History};
use limosa_core::{Step, Version};
use limosa_db::store::{Change, Stage};

/// Where a step is in the history: what its records need to know about the others.
#[derive(Debug, Clone)]
pub(crate) struct HistoryPlace {
    /// The version's text as the history has it.
    pub recorded: String,
    /// The highest sequence.
    pub sequence: i64,
    /// The highest version that is applied before the step.
    pub before: Option<Version>,
    /// The highest version that is applied after it.
    pub after: Option<Version>,
}

impl HistoryPlace {
    /// What the table of another tool has to say about a step there.
    pub fn change<'e>(&'e self, step: &'e Step, stage: Stage) -> Change<'e> {
        self.change_of((step.direction, &step.version, &step.name), stage)
    }

    /// The same of an attempt.
    pub fn change_of<'e>(
        &'e self,
        (direction, version, name): (Direction, &'e Version, &'e str),
        stage: Stage,
    ) -> Change<'e> {
        Change {
            direction,
            stage,
            version,
            name,
            before: self.before.as_ref(),
            after: self.after.as_ref(),
            checksum: None,
            duration: Duration::ZERO,
        }
    }
}

/// The order of application, kept while steps are done.
pub(crate) struct Sequences {
    rows: Vec<(Version, i64)>,
}

impl Sequences {
    /// Those of a history.
    pub fn of(history: &History) -> Self {
        let rows = history.applied.iter();
        Self {
            rows: rows
                .map(|row| (row.version.clone(), row.sequence))
                .collect(),
        }
    }

    fn highest(&self) -> i64 {
        self.rows
            .iter()
            .map(|(_, sequence)| *sequence)
            .max()
            .unwrap_or(0)
    }

    /// Where a step is among them.
    pub fn place(&self, step: &Step) -> HistoryPlace {
        self.place_of(step.direction, &step.version)
    }

    /// Where a version is among them, on its way.
    pub fn place_of(&self, direction: Direction, version: &Version) -> HistoryPlace {
        let versions = || self.rows.iter().map(|(version, _)| version);
        let others = versions().filter(|one| *one != version).max();
        let after = match direction {
            Direction::Up => others.max(Some(version)),
            Direction::Down => others,
        };
        HistoryPlace {
            recorded: self.recorded(version),
            sequence: self.highest(),
            before: versions().max().cloned(),
            after: after.cloned(),
        }
    }

    /// The version's text as the history has it: a file's padding may differ by now.
    fn recorded(&self, version: &Version) -> String {
        let row = self.rows.iter().find(|(one, _)| one == version);
        row.map_or(version, |(one, _)| one).text().to_owned()
    }

    /// Counts a step that was done.
    pub fn after(&mut self, step: &Step) {
        match step.direction {
            Direction::Up => {
                let next = self.highest() + 1;
                self.rows.push((step.version.clone(), next));
            }
            Direction::Down => self.rows.retain(|(version, _)| *version != step.version),
        }
    }
}
