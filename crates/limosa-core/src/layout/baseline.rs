//! Baselines among the files: the head that says so in the layouts of other tools, and what must hold of all of them.
//!
//! To another tool `-- limosa: replaces(1..14)` is a comment. It counts where it stands among the lines at the very
//! beginning of the file that begin with `--` or are blank, so that no text within a statement can be meant.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read as _};
use std::sync::Arc;

use super::directive::{Directive, PREFIX, is_directive};
use super::folder::{Entry, Folder};
use super::load::Found;
use crate::{Class, Diagnostic, Label, Layout, Migration, Replaces, Source, full_name};

/// A longer line is none of a head.
const LINE: usize = 4 << 10;

/// Reads the heads where the layout is another tool's, and checks what the baselines say.
pub(super) fn read(layout: Layout, folder: &Folder, found: &mut Found) {
    if layout != Layout::Native {
        for migration in &mut found.migrations {
            if let Some(problem) = read_head(folder, migration) {
                found.problems.push(problem);
            }
        }
    }
    if !found.migrations.iter().any(Migration::is_baseline) {
        return;
    }
    check(layout, found);
    for migration in &mut found.migrations {
        if migration.is_baseline() && migration.irreversible.is_none() {
            let reason = match migration.replaces().len() {
                1 => "it replaces a migration".to_owned(),
                n => format!("it replaces {n} migrations"),
            };
            migration.irreversible = Some(reason);
        }
    }
}

fn read_head(folder: &Folder, migration: &mut Migration) -> Option<Diagnostic> {
    let up = migration.up.as_mut()?;
    let Source::File(path) = &up.source else {
        return None;
    };
    let name = path.file_name().and_then(|name| name.to_str());
    let entry = name
        .and_then(|name| folder.get(name))
        .filter(|entry| entry.path == *path);
    let lines = match entry.and_then(Entry::text) {
        Some(text) => head(text),
        None => File::open(path).and_then(|file| head(BufReader::with_capacity(LINE, file))),
    };
    // A file that cannot be read is reported where it is read.
    let lines = lines.ok()?;
    for (number, line) in (1..).zip(lines) {
        let Some(Ok(written)) =
            is_directive(&line).then(|| std::str::from_utf8(&line[PREFIX.len()..]))
        else {
            continue;
        };
        // Other directives mean nothing in the layouts of other tools.
        if !written.trim_start().starts_with("replaces") {
            continue;
        }
        match Directive::parse(written) {
            Ok(Directive::Replaces(versions)) => {
                Arc::make_mut(up).options.replaces.extend(versions);
            }
            Ok(_) => {}
            Err(error) => {
                let at = Label {
                    file: up.file.clone(),
                    line: number,
                    column: 1,
                    text: String::new(),
                    excerpt: None,
                };
                return Some(
                    Diagnostic::error("unknown-directive", Class::Usage, error.to_string())
                        .at(at)
                        .with_help(error.help()),
                );
            }
        }
    }
    None
}

/// The lines at the beginning that are comments or blank.
fn head(mut input: impl BufRead) -> io::Result<Vec<Vec<u8>>> {
    let mut lines = Vec::new();
    loop {
        let mut line = Vec::new();
        input
            .by_ref()
            .take(LINE as u64)
            .read_until(b'\n', &mut line)?;
        if lines.is_empty() && line.starts_with(&[0xEF, 0xBB, 0xBF]) {
            line.drain(..3);
        }
        let is_head = line.starts_with(b"--") || line.trim_ascii().is_empty();
        if line.is_empty() || !is_head {
            return Ok(lines);
        }
        lines.push(line);
    }
}

fn check(layout: Layout, found: &mut Found) {
    let mut problems = Vec::new();
    for migration in found.migrations.iter().filter(|one| one.is_baseline()) {
        let name = migration.full_name();
        let wrong = |message: String| {
            let problem = Diagnostic::error("bad-baseline", Class::Usage, message);
            match migration.files.first() {
                Some(file) => problem.in_file(file),
                None => problem,
            }
        };
        let replaces = migration.replaces();
        if replaces.last() != Some(&migration.version) {
            problems.push(
                wrong(format!(
                    "{name} replaces migrations up to {}, which is not its own version",
                    replaces.last().map_or("", |last| last.text())
                ))
                .with_help("a baseline has the version of the last migration that it stands for"),
            );
        }
        // In the layouts of other tools a down may be there for the tool, which must not take it for undone.
        if layout == Layout::Native && migration.down.is_some() {
            problems.push(
                wrong(format!("{name} replaces others and has a down")).with_help(
                    "take out the down: a database without it is made again, not undone",
                ),
            );
        }
        for other in &found.migrations {
            let is_other = other.version != migration.version;
            if is_other && replaces.contains(&other.version) {
                problems.push(still_here(migration, other));
            }
        }
        problems.extend(overlap(migration, &found.migrations).map(|shared| {
            wrong(format!(
                "{name} and another baseline both stand for {shared}"
            ))
            .with_help("a migration is replaced once; remove the older baseline")
        }));
    }
    found.problems.extend(problems);
}

fn still_here(baseline: &Migration, other: &Migration) -> Diagnostic {
    let message = format!(
        "{} is here, and {} stands for it",
        full_name(other.version.text(), &other.name),
        baseline.full_name(),
    );
    let problem = Diagnostic::error("bad-baseline", Class::Usage, message);
    let problem = match other.files.first() {
        Some(file) => problem.in_file(file),
        None => problem,
    };
    problem
        .with_help("remove the file that was replaced")
        .with_help("if it is a new migration, give it the next free version:")
        .with_help(format!("limosa renumber {}", other.version))
}

/// The versions that a later baseline stands for, too.
fn overlap(baseline: &Migration, all: &[Migration]) -> Option<Replaces> {
    let later = all.iter().filter(|one| one.version > baseline.version);
    let shared: Replaces = later
        .flat_map(|one| one.replaces().iter())
        .filter(|version| baseline.replaces().contains(version))
        .cloned()
        .collect();
    // That the older one is still here is said of its own version.
    (!shared.is_empty() && !shared.contains(&baseline.version)).then_some(shared)
}

#[cfg(test)]
mod tests;
