//! What the other tool did since both histories agreed.

use std::collections::{BTreeSet, HashSet};

use super::{ForeignHistory, Mark, Marks, TakenOver, Unfinished};
use crate::history::{Applied, History, Origin};
use crate::{Layout, Migration, MigrationSet, Version};

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

    /// Whether the other tool only went on, or only back from where it was, and not over something that we are in the
    /// middle of.
    fn is_plain(&self, ours: &History, theirs: &ForeignHistory) -> bool {
        let begun = |version: &Version| ours.attempt(version).is_some();
        (self.ahead.is_empty() || self.back.is_empty())
            && !self.is_emptied(ours, theirs)
            && self.is_from_the_end(ours)
            && !self.ahead.iter().any(|taken| begun(&taken.row.version))
            && !self.back.iter().any(begun)
    }

    /// Whether everything is gone at once: a table that somebody emptied looks like that. One migration may as well be
    /// undone, unless the tool would have left a trace of it.
    fn is_emptied(&self, ours: &History, theirs: &ForeignHistory) -> bool {
        let keeps_traces = matches!(&theirs.marks, Marks::Numbers(numbers) if numbers.is_empty());
        let all = self.back.len() == ours.applied.len();
        all && (self.back.len() > 1 || keeps_traces && !self.back.is_empty())
    }

    /// Whether what is undone are the last ones, by their application or by their versions. No tool leaves a hole.
    fn is_from_the_end(&self, ours: &History) -> bool {
        let back: HashSet<&Version> = self.back.iter().collect();
        let undone = |version: &&Version| back.contains(version);
        let by_application = newest_first(ours).take_while(undone).count();
        let mut versions: Vec<&Version> = ours.applied.iter().map(|row| &row.version).collect();
        versions.sort_by(|a, b| b.cmp(a));
        let by_version = versions.into_iter().take_while(undone).count();
        by_application.max(by_version) == self.back.len()
    }

    /// The versions that it applied.
    pub fn versions_ahead(&self) -> impl Iterator<Item = &Version> {
        self.ahead.iter().map(|taken| &taken.row.version)
    }

    /// Our history as it will be when that is taken over.
    #[must_use]
    pub fn onto(&self, ours: &History) -> History {
        let mut history = ours.clone();
        let back: HashSet<&Version> = self.back.iter().collect();
        history.applied.retain(|row| !back.contains(&row.version));
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
    /// A tool that knows its migrations by their names has one under another name than its file has.
    #[error(
        "{tool} has {version} as `{theirs}`; here it is `{here}`, which {tool} would apply once more"
    )]
    Renamed {
        /// The tool.
        tool: &'static str,
        /// Its table.
        table: String,
        /// The version.
        version: String,
        /// Its name in the table.
        theirs: String,
        /// The name of the file.
        here: String,
    },
    /// A file cannot be read to compare it.
    #[error(transparent)]
    File(#[from] crate::ScriptError),
}

/// What the other tool did since both agreed.
///
/// Where the tool keeps only the highest version, what lies below ours is not judged: a migration that
/// our history does not have was not applied, whatever that number implies. When that tool goes back below one that it
/// implies, nobody can tell any more, and the difference is not plain.
///
/// # Errors
/// When the other tool stopped in the middle of a migration, or when the difference is not plain.
pub fn compare(
    set: &MigrationSet,
    ours: &History,
    theirs: &ForeignHistory,
) -> Result<Moved, ForeignError> {
    if theirs.tool == Layout::DbMigrate
        && let Marks::Each(marks) = &theirs.marks
    {
        same_names(set, theirs, marks)?;
    }
    let moved = difference(set, ours, theirs)?;
    if moved.is_plain(ours, theirs) {
        return Ok(moved);
    }
    Err(theirs.differs(moved.versions_ahead(), moved.back.iter()))
}

impl ForeignHistory {
    /// That both histories differ in these, and nobody can tell what happened.
    pub fn differs<'a>(
        &self,
        only_theirs: impl Iterator<Item = &'a Version>,
        only_ours: impl Iterator<Item = &'a Version>,
    ) -> ForeignError {
        ForeignError::Differs {
            tool: self.tool.name(),
            table: self.table.clone(),
            only_theirs: texts(only_theirs),
            only_ours: texts(only_ours),
        }
    }
}

/// Whether each file here has the name under which it was applied.
fn same_names(
    set: &MigrationSet,
    theirs: &ForeignHistory,
    marks: &[Mark],
) -> Result<(), ForeignError> {
    for mark in marks {
        let here = set.get(&mark.version).map(|one| &one.name);
        if let (Some(name), Some(here)) = (&mark.name, here)
            && name != here
        {
            return Err(ForeignError::Renamed {
                tool: theirs.tool.name(),
                table: theirs.table.clone(),
                version: mark.version.text().to_owned(),
                theirs: name.clone(),
                here: here.clone(),
            });
        }
    }
    Ok(())
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
    // Where we are in the middle of a migration ourselves, we say so in the other table, too.
    let ours_too = match &theirs.unfinished {
        None => None,
        Some(Unfinished {
            version: Some(version),
        }) if ours.attempt(version).is_some() => Some(version),
        Some(Unfinished { version }) => return Err(unfinished(set, theirs, version.as_ref())),
    };
    let (ahead, back) = match &theirs.marks {
        Marks::Each(marks) => each(ours, marks, ours_too),
        // The mark of what is at work stands where the version was.
        Marks::UpTo(_) | Marks::Numbers(_) if ours_too.is_some() => (vec![], vec![]),
        Marks::UpTo(version) => up_to(set, ours, theirs, version.as_ref(), version.as_slice()),
        Marks::Numbers(numbers) => {
            let (reached, named) = replay(set, ours, numbers);
            up_to(set, ours, theirs, reached.as_ref(), &named)
        }
    };
    let in_effect: HashSet<&Version> = (ours.applied.iter().map(|row| &row.version))
        .filter(|version| !back.contains(version))
        .chain(ahead.iter().map(|mark| &mark.version))
        .collect();
    let ahead = ahead
        .iter()
        .map(|mark| {
            let file = set.get(&mark.version);
            let file = file.filter(|file| !is_replaced(file, &in_effect));
            TakenOver::of(mark, file, set, theirs)
        })
        .collect::<Result<_, _>>()?;
    Ok(Moved { ahead, back })
}

/// Whether the version of a baseline was applied as the migration that had it before: others that the baseline
/// stands for have a mark of their own, which they get from no baseline.
fn is_replaced(baseline: &Migration, applied: &HashSet<&Version>) -> bool {
    let mut others = (baseline.replaces().iter()).filter(|one| **one != baseline.version);
    others.any(|version| applied.contains(version))
}

/// What only one of both has, where the tool has a row for each migration. What we are in the middle of is not judged.
fn each(ours: &History, marks: &[Mark], at_work: Option<&Version>) -> (Vec<Mark>, Vec<Version>) {
    let theirs: BTreeSet<&Version> = marks.iter().map(|mark| &mark.version).collect();
    let mut known: BTreeSet<&Version> = ours.applied.iter().map(|row| &row.version).collect();
    known.extend(at_work);
    let back =
        newest_first(ours).filter(|version| !theirs.contains(version) && Some(*version) != at_work);
    let back = back.cloned().collect();
    let ahead = marks.iter().filter(|mark| known.insert(&mark.version));
    (ahead.cloned().collect(), back)
}

/// The same where the tool keeps the highest version. `named` are those that it certainly applied.
///
/// A version without a file here says nothing about those below it: a newer release has them, and they are taken over
/// when their files are here.
fn up_to(
    set: &MigrationSet,
    ours: &History,
    tool: &ForeignHistory,
    theirs: Option<&Version>,
    named: &[Version],
) -> (Vec<Mark>, Vec<Version>) {
    let is_above = |version: &Version| theirs.is_none_or(|theirs| version > theirs);
    let back: Vec<Version> = newest_first(ours)
        .filter(|version| is_above(version))
        .cloned()
        .collect();
    let stays = ours.applied.iter().filter(|row| !is_above(&row.version));
    let top = stays
        .filter(|row| !is_stand_in(row, tool))
        .map(|row| &row.version)
        .max();
    let here = set.migrations.iter().map(|one| &one.version);
    // Where a baseline is not what was applied, the number implies each migration that it stands for.
    let ours_or_named = (ours.applied.iter().map(|row| &row.version)).chain(named);
    let known: HashSet<&Version> = ours_or_named.collect();
    let replaced = (set.migrations.iter())
        .filter(|one| is_above(&one.version) || is_replaced(one, &known))
        .flat_map(|one| one.replaces().iter());
    let ahead: BTreeSet<&Version> = here
        .chain(replaced)
        .chain(named)
        .filter(|version| !is_above(version) && top.is_none_or(|top| *version > top))
        .filter(|version| ours.get(version).is_none())
        .collect();
    let ahead = ahead.into_iter().cloned().map(Mark::new);
    (ahead.collect(), back)
}

/// Whether a row was taken over from that tool without any file of it.
fn is_stand_in(row: &Applied, tool: &ForeignHistory) -> bool {
    row.origin == Origin::Adopted
        && row.applied_by == tool.tool.name()
        && row.up.sha256.is_none()
        && row.down.sha256.is_none()
}

/// The highest version that a log of numbers leaves, and the versions that it names as applied.
///
/// A tool that goes back by writing the number before the one that it undid may name no migration with it, or one that
/// nobody applied. Then it is the last one that it applied and has not undone, as far as the log goes back, or the
/// last one that we know of.
fn replay(
    set: &MigrationSet,
    ours: &History,
    numbers: &[Version],
) -> (Option<Version>, Vec<Version>) {
    let Some(last) = numbers.last() else {
        return (None, vec![]);
    };
    let is_here = |version: &Version| set.get(version).is_some();
    let mut applied: Vec<&Version> = Vec::new();
    let mut goes_back = false;
    for (at, number) in numbers.iter().enumerate() {
        let before = at.checked_sub(1).map(|at| &numbers[at]);
        if before == Some(number) {
            continue;
        }
        goes_back = before.is_some_and(|before| number < before);
        applied.retain(|one| *one <= number);
        // The beginning of the log may be lost, and then its first number may be one that came of undoing.
        let is_undoing = goes_back
            || before.is_none()
                && !is_here(number)
                && number.next().is_some_and(|next| is_here(&next));
        if !is_undoing && number.as_i64() != Some(0) {
            applied.push(number);
        }
    }
    let known = ours.applied.iter().map(|row| &row.version);
    let known = known.filter(|version| *version <= last).max();
    // Without a history of ours the number is all there is.
    let is_said = !goes_back || is_here(last) && ours.applied.is_empty();
    let reached = match applied.last().copied().max(known) {
        Some(top) if !is_said => top,
        _ => last,
    };
    let reached = reached.clone();
    let named = applied.into_iter().cloned().collect();
    ((reached.as_i64() != Some(0)).then_some(reached), named)
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

#[cfg(test)]
mod tests;
