//! The order in which migrations were applied, and the place of a step in it.

use std::collections::{BTreeMap, BTreeSet};
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
    /// The newest entry of the journal that the plan knew of.
    pub newest_entry: i64,
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
#[derive(Clone)]
pub(crate) struct Sequences {
    by_version: BTreeMap<Version, (String, i64)>,
    numbers: BTreeSet<i64>,
    newest_entry: i64,
}

impl Sequences {
    /// Those of a history.
    pub fn of(history: &History) -> Self {
        let mut sequences = Self {
            by_version: BTreeMap::new(),
            numbers: BTreeSet::new(),
            newest_entry: history.newest_entry,
        };
        for row in &history.applied {
            sequences.add(&row.version, row.sequence);
        }
        sequences
    }

    fn add(&mut self, version: &Version, number: i64) {
        let text = version.text().to_owned();
        self.by_version.insert(version.clone(), (text, number));
        self.numbers.insert(number);
    }

    fn highest(&self) -> i64 {
        self.numbers.last().copied().unwrap_or(0)
    }

    /// Where a step is among them.
    pub fn place(&self, step: &Step) -> HistoryPlace {
        self.place_of(step.direction, &step.version)
    }

    /// Where a version is among them, on its way.
    pub fn place_of(&self, direction: Direction, version: &Version) -> HistoryPlace {
        let versions = || self.by_version.keys().rev();
        let others = versions().find(|one| *one != version);
        let after = match direction {
            Direction::Up => others.max(Some(version)),
            Direction::Down => others,
        };
        HistoryPlace {
            recorded: self.recorded(version),
            sequence: self.highest(),
            newest_entry: self.newest_entry,
            before: versions().next().cloned(),
            after: after.cloned(),
        }
    }

    /// The version's text as the history has it: a file's padding may differ by now.
    fn recorded(&self, version: &Version) -> String {
        let row = self.by_version.get(version);
        row.map_or_else(|| version.text().to_owned(), |(text, _)| text.clone())
    }

    /// Counts a step that was done.
    pub fn after(&mut self, step: &Step) {
        match step.direction {
            Direction::Up => self.add(&step.version, self.highest() + 1),
            Direction::Down => {
                if let Some((_, number)) = self.by_version.remove(&step.version) {
                    self.numbers.remove(&number);
                }
            }
        }
    }
}
