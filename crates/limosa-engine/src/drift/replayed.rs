//! What the history says was applied, as scripts that can be played again.

use std::collections::BTreeSet;
use std::sync::Arc;

use limosa_core::history::{Applied, EMPTY_SHA256, History, State, Status};
use limosa_core::{Class, Diagnostic, Layout, Migration, MigrationSet, Script, Version, full_name};
use limosa_db::Session;
use limosa_db::store::{Limosa, Texts};
use limosa_sql::Dialect;

use crate::{Problem, stored};

/// At most so many names stand in a remark.
const NAMED: usize = 5;

/// A migration that is played again.
pub(super) struct Replayed {
    /// Its name for people.
    pub name: String,
    /// What was applied.
    pub script: Arc<Script>,
    at: String,
}

/// All that is played, in its order, and what is to be said about it.
pub(super) struct Plays {
    pub all: Vec<Replayed>,
    pub remarks: Vec<Diagnostic>,
}

/// What was applied of this set: its files, in the order of application, and what is stored of those that have none.
pub(super) fn of_set(
    set: &MigrationSet,
    history: &History,
    dialect: Dialect,
) -> Result<Plays, Problem> {
    let status = Status::new(set, history, dialect).map_err(Problem::Reported)?;
    let applied: BTreeSet<&Version> = history.applied.iter().map(|row| &row.version).collect();
    let (mut all, mut stored) = (Vec::new(), Vec::new());
    let mut played: BTreeSet<&Version> = BTreeSet::new();
    for row in in_order(history) {
        let file = set.get(&row.version).or_else(|| {
            let mut baselines = set.migrations.iter().filter(|one| one.is_baseline());
            baselines.find(|one| {
                one.replaces().contains(&row.version)
                    && one.replaces().iter().all(|each| applied.contains(each))
            })
        });
        match file {
            Some(file) if !played.insert(&file.version) => {}
            Some(file) => all.extend(from_file(file, row)?),
            None => {
                let script = from_history(row, None)?;
                stored.push(full_name(row.version.text(), &row.name));
                all.extend(script);
            }
        }
    }
    let mut remarks = Vec::new();
    if !stored.is_empty() {
        let message = format!("{} no file here, and come from the database", few(&stored));
        remarks.push(Diagnostic::note("stored-up", message));
    }
    let names = |state| -> Vec<String> {
        let those = status.in_state(state);
        those
            .map(|one| full_name(one.version.text(), one.name))
            .collect()
    };
    let changed = names(State::Changed);
    if !changed.is_empty() {
        let message = format!(
            "the database is held against {} as the files are now, which is not what was applied",
            listed(&changed)
        );
        remarks.push(Diagnostic::warning("not-as-applied", message));
    }
    let interrupted = names(State::Interrupted);
    if !interrupted.is_empty() {
        let message = format!(
            "of {} a part may be done, which shows as a difference",
            listed(&interrupted)
        );
        let remark = Diagnostic::warning("unfinished", message);
        remarks.push(remark.with_help("finish it first\nlimosa up"));
    }
    Ok(Plays { all, remarks })
}

/// What was applied of other sets in the same database, of which there are no files here.
pub(super) fn of_other_sets(
    session: &mut dyn Session,
    own: &Limosa,
    name: &str,
) -> Result<Vec<Vec<Replayed>>, Problem> {
    let mut others = Vec::new();
    for set in own.sets(session)?.iter().filter(|set| *set != name) {
        let history = Limosa::new(own.tables().clone(), set).history(session, Texts::Ups)?;
        let rows = in_order(&history);
        let scripts = rows.map(|row| from_history(row, Some(set)));
        let scripts = scripts.collect::<Result<Vec<_>, _>>()?;
        others.push(scripts.into_iter().flatten().collect());
    }
    Ok(others)
}

/// Refuses texts that another role may have planted. Returns what is to be said where that cannot be known.
pub(super) fn trusted(
    session: &mut dyn Session,
    own: &Limosa,
    all: &[Replayed],
) -> Result<Option<Diagnostic>, Problem> {
    let mut stored = (all.iter()).filter(|one| one.script.file.starts_with(STORED));
    match stored.next() {
        Some(one) => stored::check(session, own.tables(), &one.script),
        None => Ok(None),
    }
}

/// Several sets as one sequence: each in its order, and by time where that leaves a choice.
pub(super) fn merged(sets: Vec<Vec<Replayed>>) -> Vec<Replayed> {
    let mut queues: Vec<_> = (sets.into_iter())
        .map(|set| set.into_iter().peekable())
        .collect();
    let mut all = Vec::new();
    loop {
        let heads = queues.iter_mut().enumerate();
        let next = heads.filter_map(|(at, queue)| Some((queue.peek()?.at.clone(), at)));
        let Some((_, at)) = next.min() else {
            return all;
        };
        all.extend(queues[at].next());
    }
}

fn in_order(history: &History) -> impl Iterator<Item = &Applied> {
    let mut rows: Vec<&Applied> = history.applied.iter().collect();
    rows.sort_by_key(|row| row.sequence);
    rows.into_iter()
}

fn from_file(file: &Migration, row: &Applied) -> Result<Option<Replayed>, Problem> {
    if let Some(why) = &file.opaque {
        let diagnostic = not_replayable(&file.full_name(), why);
        return Err(Problem::report(match file.files.first() {
            Some(path) => diagnostic.in_file(path.clone()),
            None => diagnostic,
        }));
    }
    Ok(file.up.as_ref().map(|up| Replayed {
        name: file.full_name(),
        script: Arc::clone(up),
        at: row.applied_at.clone(),
    }))
}

/// How the scripts are called that have no file.
const STORED: &str = "the stored up of ";

fn from_history(row: &Applied, set: Option<&String>) -> Result<Option<Replayed>, Problem> {
    let mut name = full_name(row.version.text(), &row.name);
    if let Some(set) = set {
        name = format!("{name} of the set {set}");
    }
    if row.up.sha256.as_deref() == Some(EMPTY_SHA256) {
        return Ok(None);
    }
    let (Some(text), Some(layout)) = (&row.up.text, Layout::from_name(&row.layout)) else {
        let why = "there is no file of it here, and its text is not stored in the database";
        return Err(Problem::report(not_replayable(&name, why)));
    };
    let label = format!("{STORED}{name}");
    let script = Script::from_text(layout, label, text.as_str(), row.up.options.clone());
    Ok(Some(Replayed {
        name,
        script: Arc::new(script),
        at: row.applied_at.clone(),
    }))
}

fn not_replayable(name: &str, why: &str) -> Diagnostic {
    let message = format!("{name} was applied, and cannot be played again: {why}");
    Diagnostic::error("not-replayable", Class::Usage, message)
        .with_note("without it nobody knows what the migrations make of a database")
        .with_help("run the command from a checkout that has the file")
        .with_help("or put the migrations up to it into one file, from a database that has them\nlimosa squash --to VERSION --from-database URL")
}

/// `1_a, 2_b and 3 more have`.
fn few(names: &[String]) -> String {
    let verb = if names.len() == 1 { "has" } else { "have" };
    format!("{} {verb}", listed(names))
}

fn listed(names: &[String]) -> String {
    let shown = names.iter().take(NAMED).cloned().collect::<Vec<_>>();
    match names.len().saturating_sub(NAMED) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
