//! The layout of db-migrate with SQL files: `<stamp>-<title>.js` loads `sqls/<stamp>-<title>-up.sql`
//! and `-down.sql`.
//!
//! The loader that db-migrate generates is recognised and bypassed. Any other code is opaque.
//! Where there are only SQL files and no code at all, the pairs themselves are the migrations.

mod loader;

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use self::loader::{Loader, recognise};
use super::folder::{Entry, EntryKind, Folder};
use super::golang_migrate::whole_file;
use super::group::{in_order, passed_over};
use super::load::Found;
use super::new_files::{NewFile, Shape};
use super::rules::{Name, Rules};
use crate::history::Direction;
use crate::script::unreadable;
use crate::{Class, Diagnostic, Layout, Migration, Version};

const LAYOUT: Layout = Layout::DbMigrate;
const PATTERN: &str = "`<14 digits>-<title>.js`";
/// Loaders are much smaller; what is larger is code.
const LARGEST_LOADER: u64 = 64 << 10;

/// The part of a name that db-migrate records: 14 digits, a dash, and what follows up to a dot.
pub(super) fn recorded_name(name: &str) -> Option<&str> {
    let bytes = name.as_bytes();
    let at = bytes
        .windows(15)
        .position(|window| window[..14].iter().all(u8::is_ascii_digit) && window[14] == b'-')?;
    let found = &name[at..];
    let found = &found[..found.find('.').unwrap_or(found.len())];
    (found.len() > 15).then_some(found)
}

/// Whether an entry is a migration in code.
pub(super) fn is_code(entry: &Entry) -> bool {
    entry.kind != EntryKind::Directory && matches!(entry.extension().as_str(), "js" | "coffee")
}

/// Name, direction of an SQL file.
pub(super) fn sql_name(entry: &Entry) -> Option<(&str, Direction)> {
    let (name, direction) = if let Some(name) = entry.name.strip_suffix("-up.sql") {
        (name, Direction::Up)
    } else {
        (entry.name.strip_suffix("-down.sql")?, Direction::Down)
    };
    (recorded_name(name) == Some(name)).then_some((name, direction))
}

/// The layout.
pub(super) struct DbMigrate;

impl Rules for DbMigrate {
    fn read(&self, folder: &Folder) -> Found {
        read(folder)
    }

    fn name_of<'e>(&self, entry: &'e Entry, within: &Path) -> Option<Name<'e>> {
        let recorded = if within.as_os_str().is_empty() {
            recorded_name(&entry.name).filter(|_| is_code(entry))
        } else {
            sql_name(entry).map(|(name, _)| name)
        }?;
        let (version, title) = recorded.split_once('-')?;
        Some(Name {
            version_at: entry.name.find(recorded)?,
            ..Name::new(version, title)
        })
    }

    fn new_files(&self, stem: &str, shape: Shape) -> Option<Vec<NewFile>> {
        let loader = include_str!("db_migrate/new_loader.js").replace("NAME", stem);
        (shape == Shape::One).then(|| {
            vec![
                NewFile::new(format!("{stem}.js"), &loader),
                NewFile::new(format!("sqls/{stem}-up.sql"), ""),
                NewFile::new(format!("sqls/{stem}-down.sql"), ""),
            ]
        })
    }

    fn separator(&self) -> char {
        '-'
    }

    fn knows_in_folder<'e>(&self, name: &str, below: &'e Folder) -> Option<&'e Entry> {
        let mut files = below.entries.iter().filter(|_| name == "sqls");
        files.find(|entry| sql_name(entry).is_some())
    }

    fn reads_below(&self, name: &str, within: &Path) -> bool {
        within.as_os_str().is_empty() && name == "sqls"
    }

    fn knows_file(&self, entry: &Entry, _beginning: &[u8]) -> bool {
        is_code(entry) && recorded_name(&entry.name).is_some()
    }
}

fn read(folder: &Folder) -> Found {
    let mut found = Found::default();
    let sqls = match folder.get("sqls") {
        Some(entry) if entry.kind == EntryKind::Directory => match folder.below("sqls") {
            Ok(sqls) => Some(sqls),
            Err(cause) => {
                found.problems.push(unreadable(&entry.shown, &cause));
                None
            }
        },
        Some(entry) => {
            found.problems.extend(entry.problem());
            None
        }
        None => None,
    };
    found.problems.extend(scopes(folder));
    let code: Vec<&Entry> = folder
        .entries
        .iter()
        .filter(|entry| is_code(entry))
        .collect();
    if let (true, Some(sqls)) = (code.is_empty(), &sqls) {
        read_pairs(sqls, &mut found);
        return found;
    }
    let mut loaded = BTreeSet::new();
    let mut migrations = Vec::new();
    for entry in code {
        let migration = recorded_name(&entry.name).and_then(|name| Some((name, migration(name)?)));
        let Some((name, mut migration)) = migration else {
            found.problems.push(passed_over(LAYOUT, entry, PATTERN));
            continue;
        };
        migration.files.push(entry.shown.clone());
        loaded.insert(name);
        match load(entry) {
            Ok(Some(loader)) => {
                sql(
                    sqls.as_ref(),
                    entry,
                    &loader,
                    &mut migration,
                    &mut found.problems,
                );
            }
            Ok(None) => {
                migration.opaque = Some(
                    "its code does more than load its SQL files; only db-migrate can run it"
                        .to_owned(),
                );
            }
            Err(problem) => found.problems.push(problem),
        }
        migrations.push((migration, entry));
    }
    if let Some(sqls) = &sqls {
        without_loader(sqls, &loaded, &mut found.problems);
    }
    found.migrations = in_order(migrations, &mut found.problems);
    found
}

/// Folders with migrations that db-migrate only runs when their scope is named.
fn scopes(folder: &Folder) -> impl Iterator<Item = Diagnostic> {
    let folders = folder.entries.iter();
    folders.filter_map(|entry| {
        let is_scope = entry.kind == EntryKind::Directory && entry.name != "sqls";
        let below = folder.below(&entry.name).ok().filter(|_| is_scope)?;
        let mut files = below.entries.iter();
        let example = files.find(|file| is_code(file) && recorded_name(&file.name).is_some())?;
        let name = super::show_name(&entry.name);
        Some(
            Diagnostic::note(
                "scope-not-read",
                format!(
                    "the migrations in {} are not read: they are a scope",
                    entry.shown
                ),
            )
            .in_file(&example.shown)
            .with_note(format!(
                "`db-migrate up:{name}` runs them, `db-migrate up` does not"
            )),
        )
    })
}

fn migration(name: &str) -> Option<Migration> {
    let (stamp, title) = name.split_once('-')?;
    Some(Migration::new(Version::number(stamp).ok()?, title))
}

fn load(entry: &Entry) -> Result<Option<Loader>, Diagnostic> {
    if let Some(problem) = entry.problem() {
        return Err(problem);
    }
    let read = || -> io::Result<Option<Loader>> {
        let file = File::open(&entry.path)?;
        let mut code = Vec::new();
        file.take(LARGEST_LOADER + 1).read_to_end(&mut code)?;
        if code.len() as u64 > LARGEST_LOADER {
            return Ok(None);
        }
        Ok(std::str::from_utf8(&code).ok().and_then(recognise))
    };
    read().map_err(|cause| unreadable(&entry.shown, &cause))
}

/// Finds the SQL files that a loader names.
fn sql(
    sqls: Option<&Folder>,
    code: &Entry,
    loader: &Loader,
    migration: &mut Migration,
    problems: &mut Vec<Diagnostic>,
) {
    for (name, slot, direction) in [
        (&loader.up, &mut migration.up, Direction::Up),
        (&loader.down, &mut migration.down, Direction::Down),
    ] {
        let Some(entry) = sqls.and_then(|sqls| sqls.get(name)) else {
            let shown = super::show_name(name);
            let message = format!("{} loads sqls/{shown}, which is missing", code.shown);
            problems.push(match direction {
                Direction::Up => Diagnostic::error("missing-file", Class::Usage, message)
                    .in_file(&code.shown)
                    .with_help("restore the file, or remove the migration"),
                Direction::Down => Diagnostic::warning("missing-file", message)
                    .in_file(&code.shown)
                    .with_note("the migration cannot be undone"),
            });
            continue;
        };
        migration.files.push(entry.shown.clone());
        match whole_file(LAYOUT, entry) {
            Ok(script) => *slot = Some(Arc::new(script)),
            Err(problem) => problems.push(problem),
        }
    }
}

/// Reads SQL files without any loader.
fn read_pairs(sqls: &Folder, found: &mut Found) {
    let mut migrations: Vec<(Migration, &Entry)> = Vec::new();
    let mut last = None;
    for entry in &sqls.entries {
        let Some((name, direction)) = sql_name(entry) else {
            if entry.extension() == "sql" {
                let pattern = "`<14 digits>-<title>-up.sql` or `…-down.sql`";
                found.problems.push(passed_over(LAYOUT, entry, pattern));
            }
            continue;
        };
        if last != Some(name) {
            last = Some(name);
            migrations.extend(migration(name).map(|migration| (migration, entry)));
        }
        let Some((migration, _)) = migrations.last_mut() else {
            continue;
        };
        migration.files.push(entry.shown.clone());
        match (whole_file(LAYOUT, entry), direction) {
            (Ok(script), Direction::Up) => migration.up = Some(Arc::new(script)),
            (Ok(script), Direction::Down) => migration.down = Some(Arc::new(script)),
            (Err(problem), _) => found.problems.push(problem),
        }
    }
    for (migration, entry) in &migrations {
        let has_up = migration.files.iter().any(|file| file.ends_with("-up.sql"));
        if !has_up {
            found.problems.push(super::group::down_without_up(entry));
        }
    }
    if !migrations.is_empty() {
        found.problems.push(
            Diagnostic::note(
                "no-loader",
                "there is no code beside sqls; the SQL files are read without it",
            )
            .in_file(&sqls.shown)
            .with_note("db-migrate itself needs a loader for each migration"),
        );
    }
    found.migrations = in_order(migrations, &mut found.problems);
}

/// Reports SQL files whose loader is missing, while others have theirs.
fn without_loader(sqls: &Folder, loaded: &BTreeSet<&str>, problems: &mut Vec<Diagnostic>) {
    let mut missing: Vec<&str> = sqls
        .entries
        .iter()
        .filter_map(|entry| Some(sql_name(entry)?.0))
        .filter(|name| !loaded.contains(name))
        .collect();
    missing.dedup();
    for name in missing {
        let shown = super::show_name(name);
        problems.push(
            Diagnostic::warning(
                "no-loader",
                format!("the SQL files of {shown} are passed over: there is no {shown}.js"),
            )
            .in_file(&sqls.shown)
            .with_note("as db-migrate does, which finds migrations by their code"),
        );
    }
}

#[cfg(test)]
mod tests;
#[cfg(test)]
pub(super) use tests::loader_for_tests;
