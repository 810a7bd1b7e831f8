//! Replays migrations in a shadow: what the files say a database is.

use limosa_core::script::Environment;
use limosa_core::{Class, Diagnostic, Migration, MigrationSet, Script, Version};

use super::play::{NotPlayed, Player, Ready, Within};
use crate::Problem;
use crate::shadow::ShadowDatabase;

/// Applies the migrations up to a version (all of them where there is none) to a shadow, without a history.
///
/// # Errors
/// When one cannot be run or fails. The shadow is then of no use.
pub fn replay(
    database: &mut ShadowDatabase,
    set: &MigrationSet,
    up_to: Option<&Version>,
    environment: Environment<'_>,
    interrupted: &(dyn Fn() -> bool + Sync),
) -> Result<(), Problem> {
    let wanted = |one: &&Migration| up_to.is_none_or(|last| one.version <= *last);
    let scripts = set.migrations.iter().filter(wanted);
    for up in scripts.filter_map(|one| one.up.as_ref()) {
        database.admit(up, environment)?;
    }
    for migration in set.migrations.iter().filter(wanted) {
        if let Some(why) = &migration.opaque {
            return Err(Problem::report(opaque(migration, why)));
        }
        let Some(up) = &migration.up else { continue };
        let name = migration.full_name();
        play(database, &name, up, environment, interrupted)?;
    }
    Ok(())
}

/// Applies the up of a migration of that name to a shadow, without a history.
///
/// # Errors
/// When it cannot be run or fails. The shadow is then of no use.
pub fn replay_script(
    database: &mut ShadowDatabase,
    name: &str,
    up: &Script,
    environment: Environment<'_>,
    interrupted: &(dyn Fn() -> bool + Sync),
) -> Result<(), Problem> {
    database.admit(up, environment)?;
    play(database, name, up, environment, interrupted)
}

/// The same of one that was looked at already.
fn play(
    database: &mut ShadowDatabase,
    name: &str,
    up: &Script,
    environment: Environment<'_>,
    interrupted: &(dyn Fn() -> bool + Sync),
) -> Result<(), Problem> {
    let player = Player {
        environment,
        interrupted,
    };
    let ready = Ready::new(up, &database.session().server().target, environment)?;
    match player.play(database.session(), &ready, Within::Its) {
        Ok(()) => Ok(()),
        Err(NotPlayed::Interrupted) => Err(stopped()),
        Err(NotPlayed::Problem(problem)) => Err(*problem),
        Err(NotPlayed::Failed(failed)) => {
            Err(Problem::report(does_not_apply(name, failed.diagnostic)))
        }
    }
}

/// A code migration, which nobody but its own program can run.
pub(super) fn opaque(migration: &Migration, why: &str) -> Diagnostic {
    let message = format!("{} cannot be run in a shadow: {why}", migration.full_name());
    let diagnostic = Diagnostic::error("not-proved", Class::Finding, message)
        .with_note("what comes after it needs it, and is not proved either")
        .with_help(
            "put the migrations up to it into one file, from a database that has them\nlimosa squash --to VERSION --from-database URL",
        );
    match migration.files.first() {
        Some(file) => diagnostic.in_file(file.clone()),
        None => diagnostic,
    }
}

/// A migration that fails on the state that those before it make.
pub(super) fn does_not_apply(name: &str, diagnostic: Diagnostic) -> Diagnostic {
    let message = format!(
        "{name} cannot be applied to a fresh database: {}",
        diagnostic.message
    );
    Diagnostic {
        name: "up-fails",
        message,
        ..diagnostic
    }
    .with_help("what has to be there before the migrations (tables of a host, roles, extensions) can be said in limosa.toml, as `shadow-prelude`")
}

/// The person asked to stop.
pub(super) fn stopped() -> Problem {
    let message = "stopped before the proof was complete";
    Problem::report(
        Diagnostic::error("interrupted", Class::Interrupted, message)
            .with_note("only the shadow was worked on, and it is removed"),
    )
}
