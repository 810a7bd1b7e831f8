//! Whether converted migrations are what they were.

use limosa_sql::{Dialect, Target};

use super::refused;
use crate::plan::{PlanError, UnitMode, outline};
use crate::{Diagnostic, Digest, Migration, MigrationSet, Script, ScriptReader};

/// Holds converted migrations against those that they were made of: everything in which they differ, so that either
/// something else would run, or what is applied would count as changed.
pub fn check(old: &MigrationSet, new: &MigrationSet, dialect: Dialect) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    for one in &old.migrations {
        let found = new.get(&one.version);
        if let Some(reason) = difference(one, found, dialect) {
            problems.push(refused(one, reason));
        }
    }
    for one in &new.migrations {
        if old.get(&one.version).is_none() {
            problems.push(refused(one, "nothing like it was there"));
        }
    }
    problems
}

fn difference(old: &Migration, new: Option<&Migration>, dialect: Dialect) -> Option<&'static str> {
    let Some(new) = new else {
        return Some("the native layout does not read its name");
    };
    if (old.version.text(), &old.name) != (new.version.text(), &new.name) {
        return Some("the native layout reads its name in another way");
    }
    let old_down = old.down.as_ref().filter(|_| !old.is_baseline());
    let says_more = new.irreversible != old.irreversible
        || new.replaces() != old.replaces()
        || new.min_release.is_some()
        || !new.allows.is_empty()
        || !new.accepted_losses.is_empty();
    if says_more {
        return Some("a comment in it is a directive of the native layout");
    }
    if old_down.is_some() != new.down.is_some() {
        return Some("the native layout reads its sections in another way");
    }
    let pairs = [
        (old.up.as_ref(), new.up.as_ref()),
        (old_down, new.down.as_ref()),
    ];
    pairs.into_iter().find_map(|(old, new)| match (old, new) {
        (Some(old), Some(new)) => differs(old, new, dialect),
        (None, Some(new)) => (new.length > 0).then_some("it has statements that were not there"),
        (None, None) => None,
        (Some(_), None) => Some("the native layout reads its sections in another way"),
    })
}

fn differs(old: &Script, new: &Script, dialect: Dialect) -> Option<&'static str> {
    if leaves_out(old, dialect) {
        return Some("its last statement has no semicolon, and is not run");
    }
    let timeouts = |script: &Script| {
        (
            script.options.lock_timeout,
            script.options.statement_timeout,
        )
    };
    if timeouts(old) != timeouts(new) {
        return Some("a comment in it is a directive of the native layout");
    }
    if !has_same_statements(old, new, dialect) {
        return Some("the native layout would find other statements in it");
    }
    if !runs_alike(old, new, dialect) {
        return Some("the native layout would commit its statements in another way");
    }
    let is_same = old.sha256 == new.sha256 || {
        let tokens = |script: &Script| Some(script.checksums(dialect).ok()?.tokens);
        let (old, new) = (tokens(old), tokens(new));
        old.is_some() && old == new
    };
    (!is_same).then_some("it would count as changed where it is applied")
}

/// Whether there is a statement at the end that its layout does not run.
fn leaves_out(script: &Script, dialect: Dialect) -> bool {
    let Ok(mut reader) = ScriptReader::open(script, dialect, &|_| None) else {
        return false;
    };
    while reader.next().is_some() {}
    reader.left_out().is_some()
}

fn has_same_statements(old: &Script, new: &Script, dialect: Dialect) -> bool {
    let open = |script| ScriptReader::open(script, dialect, &|_| None);
    let (Ok(mut old), Ok(mut new)) = (open(old), open(new)) else {
        return false;
    };
    loop {
        match (old.next(), new.next()) {
            (None, None) => return true,
            (Some(Ok(old)), Some(Ok(new))) if old.sql == new.sql => {}
            // What cannot be read is not run.
            (Some(Err(_)), Some(Err(_))) => return true,
            _ => return false,
        }
    }
}

/// Whether a script makes the same units as another one, on servers old and new.
pub(super) fn runs_alike(old: &Script, new: &Script, dialect: Dialect) -> bool {
    targets(dialect).all(|target| units(old, &target) == units(new, &target))
}

/// Servers that differ in what they let a transaction do.
fn targets(dialect: Dialect) -> impl Iterator<Item = Target> {
    let newest = Target::newest(dialect);
    let older = match dialect {
        Dialect::Postgres => vec![((9, 6), false), ((11, 0), false)],
        Dialect::Mysql => vec![((5, 7), false), ((8, 4), false), ((10, 3), true)],
        Dialect::Sqlite => vec![((3, 24), false)],
    };
    let older = older.into_iter().map(move |(version, mariadb)| Target {
        version,
        mariadb,
        dialect,
    });
    std::iter::once(newest).chain(older)
}

type Units = Vec<(UnitMode, std::ops::Range<u64>, Digest)>;

/// The units of a script, or why there are none.
fn units(script: &Script, target: &Target) -> Result<Units, &'static str> {
    match outline(script, target, &|_| None, &[]) {
        Ok(outline) => {
            let units = outline.units.into_iter();
            Ok(units
                .map(|one| (one.mode, one.statements, one.digest))
                .collect())
        }
        Err(PlanError::Unsupported { reason, .. }) => Err(reason),
        Err(_) => Err("it cannot be read"),
    }
}
