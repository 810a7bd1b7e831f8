//! A person's answer about a statement of which nobody recorded how it ended.

use limosa_core::event::Observer;
use limosa_core::history::Attempt;
use limosa_core::{Class, Diagnostic, Version};
use limosa_db::store::{Entry, Texts};

use crate::run::lock;
use crate::{Database, Problem, identity};

/// What the person saw in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolution {
    /// The statement took effect.
    Applied,
    /// It did not.
    NotApplied,
}

/// Records the answer, so that `up` (or `down`) can go on. Returns what was in doubt. `statement` is the number of
/// the one that the answer is about.
///
/// # Errors
/// When nothing is in doubt, or another statement than that one, the session that began the statement is still there, or the lock is held.
pub fn resolve(
    mut database: Database,
    version: &Version,
    statement: Option<u64>,
    resolution: Resolution,
    observer: &mut dyn Observer,
) -> Result<Attempt, Problem> {
    let in_doubt = |attempts| asked_about(attempts, version, statement);
    in_doubt(database.history(Texts::Without)?.attempts)?;
    let (mut locked, store, settings) = lock(database, None, &|| false, observer)?;
    let attempt = in_doubt(store.history(&mut *locked, Texts::Without)?.attempts)?;
    let Some(doubt) = &attempt.in_doubt else {
        return Ok(attempt);
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
        digest: Some(&doubt.digest),
        statement: u64::try_from(doubt.statement).ok(),
        actor: &settings.actor,
        detail: Some(serde_json::json!({ "resolved": "by a person" }).to_string()),
        ..Entry::default()
    };
    if !store.journal_entry(&mut locked, &entry)? {
        let message = "the lock was lost before the answer was recorded";
        return Err(Problem::report(Diagnostic::error(
            "guard-refused",
            Class::Failed,
            message,
        )));
    }
    Ok(attempt)
}

/// The attempt that the answer is about.
fn asked_about(
    attempts: Vec<Attempt>,
    version: &Version,
    statement: Option<u64>,
) -> Result<Attempt, Problem> {
    let nothing = |message, help| {
        let diagnostic = Diagnostic::error("nothing-in-doubt", Class::Usage, message);
        Problem::report(diagnostic.with_note("nothing was changed").with_help(help))
    };
    let found = attempts.into_iter().find_map(|one| {
        let number = one
            .in_doubt
            .as_ref()
            .filter(|_| one.version == *version)?
            .statement;
        Some((one, number))
    });
    let Some((attempt, number)) = found else {
        let message = format!("nothing of {version} is in doubt");
        return Err(nothing(
            message,
            "`limosa status` shows what is interrupted".to_owned(),
        ));
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
