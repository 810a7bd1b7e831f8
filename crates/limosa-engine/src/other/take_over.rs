//! Making one history follow the other.

use std::collections::BTreeSet;
use std::time::Duration;

use limosa_core::foreign::{FileMatch, Moved, difference};
use limosa_core::history::{Applied, Direction, History, StoredScript};
use limosa_core::plan::Named;
use limosa_core::{Class, Diagnostic, MigrationSet, PlanError, Version};
use limosa_db::Locked;
use limosa_db::store::{Change, Entry, Stage, Stores, Tables, Taken, Texts};

use super::compared::{known_to, moved};
use crate::apply::kept_scripts;
use crate::{Problem, Settings, identity};

/// Which history is right where they differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// That of the other tool.
    Theirs,
    /// Ours.
    Ours,
}

/// Creates our tables where they are kept and not there yet.
pub(crate) fn create_own(
    stores: &Stores,
    locked: &mut Locked,
    settings: &Settings,
) -> Result<(), Problem> {
    if stores.own().is_none() {
        return Ok(());
    }
    match Tables::find(&mut *locked, settings.schema.as_deref())? {
        None => Ok(stores.create(locked)?),
        Some(tables) if tables == *stores.tables() => Ok(()),
        Some(_) => {
            let message = "the tables of Limosa were created in another schema meanwhile";
            Err(Problem::report(
                Diagnostic::error("plan-changed", Class::Blocked, message)
                    .with_help("run the command again"),
            ))
        }
    }
}

/// Writes down in our history what the other tool did, and makes its table where there is none. The lock is held.
/// `keep` says which one is right where they differ in a way that is not plain.
pub(crate) fn take_over(
    stores: &mut Stores,
    locked: &mut Locked,
    set: &MigrationSet,
    settings: &Settings,
    run: &str,
    keep: Option<Keep>,
) -> Result<Moved, Problem> {
    stores.look_again(locked)?;
    let Some(foreign) = stores.foreign() else {
        return Ok(Moved::default());
    };
    if !foreign.exists() {
        let by = By {
            run,
            actor: &settings.actor,
        };
        let made = make_table(stores, locked, set, &by)?;
        // To the other tool it is news; ours says nothing new.
        let told = keep == Some(Keep::Ours);
        return Ok(if told { made } else { Moved::default() });
    }
    let tool = foreign.tool();
    if stores.own().is_none() {
        return Ok(Moved::default());
    }
    let ours = stores.history(&mut *locked, Texts::Without)?;
    let theirs = foreign.read(&mut *locked)?;
    let moved = match keep {
        None => moved(stores, &mut *locked, set, &ours, &theirs)?,
        Some(_) => {
            difference(set, &ours, &theirs).map_err(|error| Problem::Foreign(Box::new(error)))?
        }
    };
    if moved.is_nothing() {
        return Ok(moved);
    }
    if keep == Some(Keep::Ours) {
        let by = By {
            run,
            actor: &settings.actor,
        };
        return correct(stores, locked, set, &ours, moved, &by);
    }
    let changed: Vec<Named> = (moved.ahead.iter())
        .filter(|taken| taken.file == Some(FileMatch::Differs))
        .map(|taken| Named {
            version: taken.row.version.text().to_owned(),
            name: taken.row.name.clone(),
            file: taken.up.as_ref().map(|script| script.file.clone()),
        })
        .collect();
    if !changed.is_empty() {
        // What would be kept of them is not what was applied.
        return Err(Problem::Plan(PlanError::Changed(changed)));
    }
    let dialect = locked.dialect();
    let scripts: Vec<(StoredScript, StoredScript)> = (moved.ahead.iter())
        .map(|taken| kept_scripts(taken.up.as_deref(), taken.down.as_deref(), dialect))
        .collect::<Result<_, _>>()
        .map_err(|error| unreadable(&moved, &error))?;
    let written = stores.take_over(
        locked,
        &Taken {
            run,
            actor: &settings.actor,
            tool_version: &settings.tool_version,
            tool: tool.name(),
            history: &ours,
            moved: &moved,
            scripts: &scripts,
            fresh: &identity::fresh,
        },
    )?;
    if written {
        return Ok(moved);
    }
    Err(refused(
        "the lock was lost before the history of the other tool was taken over",
    ))
}

/// Who writes to the other tool's table.
struct By<'a> {
    run: &'a str,
    actor: &'a str,
}

impl<'a> By<'a> {
    /// What our journal says about changes to that table.
    fn entries(&self, stores: &Stores, changes: &[Change<'a>]) -> Vec<Entry<'a>> {
        let detail = stores.foreign().map(|foreign| known_to(foreign.tool()));
        let entry = |change: &Change<'a>| Entry {
            run: self.run,
            event: "mirrored",
            version: Some(change.version.text()),
            name: Some(change.name),
            direction: Some(change.direction),
            actor: self.actor,
            detail: detail.clone(),
            ..Entry::default()
        };
        changes.iter().map(entry).collect()
    }
}

/// Makes the table of the other tool say what ours says.
fn correct(
    stores: &Stores,
    locked: &mut Locked,
    set: &MigrationSet,
    ours: &History,
    moved: Moved,
    by: &By<'_>,
) -> Result<Moved, Problem> {
    let mut theirs: BTreeSet<&Version> = (ours.applied.iter())
        .map(|row| &row.version)
        .filter(|version| !moved.back.contains(version))
        .chain(moved.ahead.iter().map(|taken| &taken.row.version))
        .collect();
    let mut wrong: Vec<&Applied> = moved.ahead.iter().map(|taken| &taken.row).collect();
    wrong.sort_by(|a, b| b.version.cmp(&a.version));
    let mut absent: Vec<&Applied> = moved.back.iter().filter_map(|one| ours.get(one)).collect();
    absent.sort_by_key(|row| row.sequence);
    let downs = wrong.into_iter().map(|row| (Direction::Down, row));
    let ups = absent.into_iter().map(|row| (Direction::Up, row));
    let rows: Vec<(Direction, &Applied)> = downs.chain(ups).collect();
    let checksums = rows
        .iter()
        .map(|(_, row)| checksum(stores, set, row))
        .collect::<Result<Vec<_>, _>>()?;
    let mut changes = Vec::new();
    for ((direction, row), checksum) in rows.into_iter().zip(&checksums) {
        let before = theirs.last().copied();
        match direction {
            Direction::Up => theirs.insert(&row.version),
            Direction::Down => theirs.remove(&row.version),
        };
        let after = theirs.last().copied();
        changes.push(change(direction, row, before, after, checksum.as_deref()));
    }
    if stores.correct(locked, &changes, &by.entries(stores, &changes))? {
        return Ok(moved);
    }
    Err(refused("the table of the other tool was changed meanwhile"))
}

/// What the table of the other tool has to say about a row of ours.
fn change<'a>(
    direction: Direction,
    row: &'a Applied,
    before: Option<&'a Version>,
    after: Option<&'a Version>,
    checksum: Option<&'a [u8]>,
) -> Change<'a> {
    Change {
        direction,
        stage: Stage::Done,
        version: &row.version,
        name: &row.name,
        before,
        after,
        checksum,
        duration: Duration::from_millis(u64::try_from(row.duration_ms).unwrap_or_default()),
    }
}

/// The checksum that the other tool keeps of the file of a row.
fn checksum(
    stores: &Stores,
    set: &MigrationSet,
    row: &Applied,
) -> Result<Option<Vec<u8>>, Problem> {
    let up = set.get(&row.version).and_then(|one| one.up.as_ref());
    match (stores.foreign(), up) {
        (Some(foreign), Some(up)) => foreign
            .checksum(up)
            .map_err(|error| Problem::report(error.diagnostic(up))),
        _ => Ok(None),
    }
}

/// Creates the table of the other tool, which then says what ours says.
fn make_table(
    stores: &mut Stores,
    locked: &mut Locked,
    set: &MigrationSet,
    by: &By<'_>,
) -> Result<Moved, Problem> {
    let mut rows = stores.history(&mut *locked, Texts::Without)?.applied;
    rows.sort_by_key(|row| row.sequence);
    let checksums = rows
        .iter()
        .map(|row| checksum(stores, set, row))
        .collect::<Result<Vec<_>, _>>()?;
    let mut highest = None;
    let mut changes = Vec::new();
    for (row, checksum) in rows.iter().zip(&checksums) {
        let before = highest;
        highest = highest.max(Some(&row.version));
        changes.push(change(
            Direction::Up,
            row,
            before,
            highest,
            checksum.as_deref(),
        ));
    }
    let entries = by.entries(stores, &changes);
    if stores.create_foreign(locked, &changes, &entries)? {
        let back = rows.iter().map(|row| row.version.clone()).collect();
        return Ok(Moved {
            ahead: Vec::new(),
            back,
        });
    }
    Err(refused(
        "the table of the other tool is not what Limosa just made it",
    ))
}

fn refused(message: &str) -> Problem {
    Problem::report(
        Diagnostic::error("guard-refused", Class::Failed, message)
            .with_help("run the command again"),
    )
}

fn unreadable(moved: &Moved, error: &limosa_core::ScriptError) -> Problem {
    let script = moved.ahead.iter().find_map(|taken| taken.up.as_ref());
    match script {
        Some(script) => Problem::report(error.diagnostic(script)),
        None => Problem::report(Diagnostic::error(
            "unreadable-file",
            Class::Usage,
            error.to_string(),
        )),
    }
}
