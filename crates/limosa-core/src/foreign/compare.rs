//! What the other tool did since both histories agreed.

use std::collections::BTreeSet;

use super::{ForeignHistory, Mark, Marks, TakenOver, Unfinished};
use crate::history::History;
use crate::{MigrationSet, Version};

/// What the other tool did.
#[derive(Debug, Clone, Default)]
pub struct Moved {
    /// What it applied, in its order.
    pub ahead: Vec<TakenOver>,
    /// What it undid: what our history has, the last application first.
    pub back: Vec<Version>,
}

impl Moved {
    /// Whether both histories agree.
    pub fn is_nothing(&self) -> bool {
        self.ahead.is_empty() && self.back.is_empty()
    }

    /// Whether the other tool only went on, or only back, and not over something that we are in the middle of.
    fn is_plain(&self, ours: &History) -> bool {
        let begun = |version: &Version| ours.attempt(version).is_some();
        let emptied = self.back.len() > 1 && self.back.len() == ours.applied.len();
        (self.ahead.is_empty() || self.back.is_empty())
            && !emptied
            && !self.ahead.iter().any(|taken| begun(&taken.row.version))
            && !self.back.iter().any(begun)
    }

    /// Our history as it will be when that is taken over.
    #[must_use]
    pub fn onto(&self, ours: &History) -> History {
        let mut history = ours.clone();
        history
            .applied
            .retain(|row| !self.back.contains(&row.version));
        // A sequence is never used again, so what was undone counts.
        let last = ours.applied.iter().map(|row| row.sequence).max();
        for (taken, sequence) in self.ahead.iter().zip(last.unwrap_or(0) + 1..) {
            let mut row = taken.row.clone();
            row.sequence = sequence;
            history.applied.push(row);
        }
        history
    }
}

/// Why nobody can tell what the other tool did.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ForeignError {
    /// The other tool began a migration and did not write down that it ended.
    #[error("{tool} began {} and did not finish", .version.as_deref().unwrap_or("to undo the first migration"))]
    Unfinished {
        /// The tool.
        tool: &'static str,
        /// Its table.
        table: String,
        /// The version in it; `None` is below the first.
        version: Option<String>,
        /// The version below it here.
        before: Option<String>,
        /// The version above it here.
        after: Option<String>,
    },
    /// The histories differ in a way that is neither a step ahead nor a step back.
    #[error("the history of {tool} differs from that of Limosa")]
    Differs {
        /// The tool.
        tool: &'static str,
        /// Its table.
        table: String,
        /// What only the other tool has.
        only_theirs: Vec<String>,
        /// What only our history has.
        only_ours: Vec<String>,
    },
    /// A file cannot be read to compare it.
    #[error(transparent)]
    File(#[from] crate::ScriptError),
}

/// What the other tool did since both agreed.
///
/// Where the tool keeps only the highest version, what lies below ours is not judged: a migration that
/// our history does not have was not applied, whatever that number implies.
///
/// # Errors
/// When the other tool stopped in the middle of a migration, or when the difference is not plain.
pub fn compare(
    set: &MigrationSet,
    ours: &History,
    theirs: &ForeignHistory,
) -> Result<Moved, ForeignError> {
    let moved = difference(set, ours, theirs)?;
    if moved.is_plain(ours) {
        return Ok(moved);
    }
    Err(ForeignError::Differs {
        tool: theirs.tool.name(),
        table: theirs.table.clone(),
        only_theirs: texts(moved.ahead.iter().map(|taken| &taken.row.version)),
        only_ours: texts(moved.back.iter()),
    })
}

/// Everything in which both histories differ, as if the other tool had done it.
///
/// # Errors
/// When the other tool stopped in the middle of a migration.
pub fn difference(
    set: &MigrationSet,
    ours: &History,
    theirs: &ForeignHistory,
) -> Result<Moved, ForeignError> {
    if let Some(Unfinished { version }) = &theirs.unfinished {
        let ours_too = |version: &Version| ours.attempt(version).is_some();
        if version.as_ref().is_some_and(ours_too) {
            // We are in the middle of it ourselves, and say so in the other table, too.
            return Ok(Moved::default());
        }
        return Err(unfinished(set, theirs, version.as_ref()));
    }
    let (ahead, back) = match &theirs.marks {
        Marks::Each(marks) => each(ours, marks),
        Marks::UpTo(version) => up_to(set, ours, version.as_ref()),
        Marks::Numbers(numbers) => up_to(set, ours, reached(set, ours, numbers).as_ref()),
    };
    let ahead = ahead
        .iter()
        .map(|mark| TakenOver::of(mark, set.get(&mark.version), set, theirs))
        .collect::<Result<_, _>>()?;
    Ok(Moved { ahead, back })
}

/// What only one of both has, where the tool has a row for each migration.
fn each(ours: &History, marks: &[Mark]) -> (Vec<Mark>, Vec<Version>) {
    let theirs: BTreeSet<&Version> = marks.iter().map(|mark| &mark.version).collect();
    let known: BTreeSet<&Version> = ours.applied.iter().map(|row| &row.version).collect();
    let ahead = marks.iter().filter(|mark| !known.contains(&mark.version));
    let back = newest_first(ours).filter(|version| !theirs.contains(version));
    (ahead.cloned().collect(), back.cloned().collect())
}

/// The same where the tool keeps the highest version.
fn up_to(
    set: &MigrationSet,
    ours: &History,
    theirs: Option<&Version>,
) -> (Vec<Mark>, Vec<Version>) {
    let top = ours.highest();
    let back = newest_first(ours).filter(|version| theirs.is_none_or(|theirs| *version > theirs));
    let back: Vec<Version> = back.cloned().collect();
    let Some(theirs) = theirs else {
        return (vec![], back);
    };
    let mut ahead: Vec<Version> = set
        .migrations
        .iter()
        .map(|one| &one.version)
        .filter(|version| *version <= theirs && top.is_none_or(|top| *version > top))
        .cloned()
        .collect();
    let known = |version: &Version| set.get(version).is_some() || ours.get(version).is_some();
    // A tool that goes back by writing the number before the one that it undid names no migration.
    let names_one = known(theirs) || !theirs.next().is_some_and(|next| known(&next));
    if top.is_none_or(|top| theirs > top) && names_one && ahead.last() != Some(theirs) {
        ahead.push(theirs.clone());
    }
    (ahead.into_iter().map(Mark::new).collect(), back)
}

/// The highest version that a log of numbers leaves.
///
/// A tool that goes back by writing the number before the one that it undid may name no migration with it. Then it is
/// the last one that it applied and that it has not undone, as far as the log goes back.
fn reached(set: &MigrationSet, ours: &History, numbers: &[Version]) -> Option<Version> {
    let last = numbers.last()?;
    let mut applied: Vec<&Version> = Vec::new();
    let mut goes_back = false;
    for (at, number) in numbers.iter().enumerate() {
        goes_back = at > 0 && *number < numbers[at - 1];
        applied.retain(|one| *one <= number);
        if !goes_back {
            applied.push(number);
        }
    }
    let is_known = set.get(last).is_some() || ours.get(last).is_some();
    let top = applied.last().filter(|_| goes_back && !is_known);
    let reached = top.map_or(last, |top| *top);
    (reached.as_i64() != Some(0)).then(|| reached.clone())
}

fn newest_first(ours: &History) -> impl Iterator<Item = &Version> {
    let mut rows: Vec<_> = ours.applied.iter().collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.sequence));
    rows.into_iter().map(|row| &row.version)
}

fn unfinished(
    set: &MigrationSet,
    theirs: &ForeignHistory,
    version: Option<&Version>,
) -> ForeignError {
    let here = || set.migrations.iter().map(|one| &one.version);
    let (before, after) = match version {
        Some(version) => (
            here().filter(|one| *one < version).max(),
            here().filter(|one| *one > version).min(),
        ),
        None => (None, here().min()),
    };
    let text = |version: Option<&Version>| version.map(|one| one.text().to_owned());
    ForeignError::Unfinished {
        tool: theirs.tool.name(),
        table: theirs.table.clone(),
        version: text(version.map(|version| set.get(version).map_or(version, |one| &one.version))),
        before: text(before),
        after: text(after),
    }
}

fn texts<'a>(versions: impl Iterator<Item = &'a Version>) -> Vec<String> {
    versions.map(|version| version.text().to_owned()).collect()
}
