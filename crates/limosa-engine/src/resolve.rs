//! A person's answer about a statement of which nobody recorded how it ended.

use std::time::Duration;

use limosa_core::event::Observer;
use limosa_core::foreign::{ForeignError, Unfinished};
use limosa_core::history::{Attempt, Direction, History};
use limosa_core::{Class, Diagnostic, Layout, MigrationSet, Version};
use limosa_db::store::{Change, Entry, Stage, Texts};

use crate::run::lock;
use crate::sequences::Sequences;
use crate::{Database, Problem, identity};

/// What the person saw in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolution {
    /// The statement took effect.
    Applied,
    /// It did not.
    NotApplied,
}

/// What an answer was about.
#[derive(Debug)]
pub enum Resolved {
    /// A statement of ours.
    Statement(Box<Attempt>),
    /// A migration that another tool began.
    OtherTool {
        /// The tool, named by its layout.
        tool: Layout,
        /// The highest version that its table says is applied now.
        applied: Option<Version>,
    },
}

/// Records the answer, so that `up` (or `down`) can go on. Returns what was in doubt. `statement` is the number of
/// the one that the answer is about. What another tool began and did not finish is asked about, too.
///
/// # Errors
/// When nothing is in doubt, or another statement than that one, the session that began the statement is still there, or the lock is held.
pub fn resolve(
    mut database: Database,
    set: &MigrationSet,
    version: &Version,
    statement: Option<u64>,
    resolution: Resolution,
    observer: &mut dyn Observer,
) -> Result<Resolved, Problem> {
    if let Err(Problem::Foreign(error)) = database.current(set, Texts::Without)
        && matches!(*error, ForeignError::Unfinished { .. })
    {
        return settle(database, set, version, resolution, observer);
    }
    let in_doubt = |attempts| asked_about(attempts, version, statement);
    in_doubt(database.history(Texts::Without)?.attempts)?;
    let (mut locked, store, settings) = lock(database, None, &|| false, observer)?;
    let history = store.history(&mut *locked, Texts::Without)?;
    let place = Sequences::of(&history);
    let attempt = in_doubt(history.attempts)?;
    let Some(doubt) = &attempt.in_doubt else {
        return Ok(Resolved::Statement(Box::new(attempt)));
    };
    if store.is_there(&mut *locked, doubt)? {
        let message = format!(
            "the session {} that began the statement is still there, so it may still run",
            doubt.backend.0
        );
        return Err(Problem::report(
            Diagnostic::error("session-still-there", Class::Blocked, message)
                .with_note("nothing was changed")
                .with_help("wait for its end, or end it on the server"),
        ));
    }
    let unit = usize::try_from(doubt.unit).unwrap_or_default();
    let entry = Entry {
        run: &identity::fresh(),
        event: match resolution {
            Resolution::Applied => "unit-done",
            Resolution::NotApplied => "unit-failed",
        },
        attempt: Some(&attempt.id),
        version: Some(attempt.version.text()),
        name: Some(&attempt.name),
        direction: Some(attempt.direction),
        unit: Some(unit),
        digest: Some(doubt.digest.clone()),
        statement: u64::try_from(doubt.statement).ok(),
        actor: &settings.actor,
        detail: Some(serde_json::json!({ "resolved": "by a person" }).to_string()),
        ..Entry::default()
    };
    let place = place.place_of(attempt.direction, &attempt.version);
    let of = (attempt.direction, &attempt.version, attempt.name.as_str());
    let nothing_done = resolution == Resolution::NotApplied && unit == 0;
    let change = nothing_done.then(|| place.change_of(of, Stage::TakenBack));
    if !store.journal_with(&mut locked, &[entry], change.as_ref())? {
        let message = "the lock was lost before the answer was recorded";
        return Err(Problem::report(Diagnostic::error(
            "guard-refused",
            Class::Failed,
            message,
        )));
    }
    Ok(Resolved::Statement(Box::new(attempt)))
}

/// Writes a person's answer about a migration that the other tool began into its table.
fn settle(
    database: Database,
    set: &MigrationSet,
    version: &Version,
    resolution: Resolution,
    observer: &mut dyn Observer,
) -> Result<Resolved, Problem> {
    let has_tables = database.tables().is_some();
    let (mut locked, stores, _) = lock(database, None, &|| false, observer)?;
    let ours = if has_tables {
        stores.history(&mut locked, Texts::Without)?
    } else {
        History::default()
    };
    let Some(foreign) = stores.foreign() else {
        return Err(nothing_of(version));
    };
    let Some(Unfinished { version: marked }) = foreign.read(&mut locked)?.unfinished else {
        return Err(nothing_of(version));
    };
    let known = || {
        let here = set.migrations.iter().map(|one| &one.version);
        here.chain(ours.applied.iter().map(|row| &row.version))
    };
    let below = known().filter(|one| *one < version).max();
    // The mark names the migration itself or, on its way down, the one below.
    if marked.as_ref() != Some(version) && marked.as_ref() != below {
        return Err(nothing_of(version));
    }
    let applied = resolution == Resolution::Applied;
    let migration = set.get(version);
    let up = migration.and_then(|one| one.up.as_ref());
    let checksum = up
        .map(|up| foreign.checksum(up))
        .transpose()
        .map_err(|error| {
            Problem::report(Diagnostic::error(
                "unreadable-file",
                Class::Usage,
                error.to_string(),
            ))
        })?
        .flatten();
    let after = if applied { Some(version) } else { below };
    let change = Change {
        direction: Direction::Up,
        stage: Stage::Settled { applied },
        version,
        name: migration.map_or("", |one| one.name.as_str()),
        before: None,
        after,
        checksum: checksum.as_deref(),
        duration: Duration::ZERO,
    };
    if !stores.correct(&mut locked, &[change], &[])? {
        return Err(nothing_of(version));
    }
    Ok(Resolved::OtherTool {
        tool: foreign.tool(),
        applied: after.cloned(),
    })
}

fn nothing_of(version: &Version) -> Problem {
    nothing(
        format!("nothing of {version} is in doubt"),
        "`limosa status` shows what is interrupted".to_owned(),
    )
}

fn nothing(message: String, help: String) -> Problem {
    let diagnostic = Diagnostic::error("nothing-in-doubt", Class::Usage, message);
    Problem::report(diagnostic.with_note("nothing was changed").with_help(help))
}

/// The attempt that the answer is about.
fn asked_about(
    attempts: Vec<Attempt>,
    version: &Version,
    statement: Option<u64>,
) -> Result<Attempt, Problem> {
    let found = attempts.into_iter().find_map(|one| {
        let number = one
            .in_doubt
            .as_ref()
            .filter(|_| one.version == *version)?
            .statement;
        Some((one, number))
    });
    let Some((attempt, number)) = found else {
        return Err(nothing_of(version));
    };
    match statement {
        Some(asked) if i64::try_from(asked) != Ok(number) => {
            let message =
                format!("statement {asked} of {version} is not in doubt; statement {number} is");
            let help = format!(
                "look at that one, then say what you saw:\nlimosa resolve {version} --statement {number} --as applied|not-applied"
            );
            Err(nothing(message, help))
        }
        _ => Ok(attempt),
    }
}
