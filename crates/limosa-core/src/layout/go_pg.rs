//! The layout of go-pg/migrations, which is for `PostgreSQL`: `<version>_<title>.up.sql` and
//! `….down.sql`, in a transaction where they end with `.tx.up.sql` and `.tx.down.sql`. A line
//! `--gopg:split` cuts a file into texts that are sent one after the other; without `tx` each of them
//! is committed by itself.
//!
//! Go files that register migrations are opaque.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use limosa_sql::Dialect;

use super::file_text::FileText;
use super::folder::{Entry, EntryKind, Folder};
use super::group::{Group, Part, bad_version, by_version, down_without_up, unparsable};
use super::load::Found;
use super::new_files::{NewFile, Shape};
use super::rules::{Name, Rules, mentions};
use crate::history::Direction;
use crate::script::annotation::{Annotation, Malformed};
use crate::script::{Notation, unreadable};
use crate::{Class, Diagnostic, Layout, Migration, Script, ScriptOptions, Version};

const LAYOUT: Layout = Layout::GoPg;
const PATTERN: &str =
    "`<digits>_<title>.up.sql`, `….tx.up.sql`, or the same with `down`, and a version above 0";
/// No code that is written by hand is larger.
const LARGEST_CODE: u64 = 1 << 20;

/// The layout.
pub(super) struct GoPg;

impl Rules for GoPg {
    fn read(&self, folder: &Folder) -> Found {
        read(folder)
    }

    fn name_of<'e>(&self, entry: &'e Entry, _within: &Path) -> Option<Name<'e>> {
        let (version, title) = match parse(&entry.name) {
            Some(sql) => (sql.version, sql.title),
            None => code_name(entry)?,
        };
        Some(Name::new(version, title))
    }

    fn new_files(&self, stem: &str, _shape: Shape) -> Option<Vec<NewFile>> {
        Some(NewFile::pair(&format!("{stem}.tx"), "", ""))
    }

    fn refuses(&self, entry: &Entry) -> bool {
        is_sql(entry)
    }

    fn dialects(&self) -> &'static [Dialect] {
        &[Dialect::Postgres]
    }

    fn notation(&self) -> &'static Notation {
        &Notation {
            lines: Some(parse_line),
            messages: &[Dialect::Postgres],
            ..Notation::NONE
        }
    }

    fn is_plain_sql(&self) -> bool {
        true
    }

    fn knows_line(&self, line: &[u8]) -> bool {
        line.starts_with(b"--gopg:")
    }

    fn knows_file(&self, entry: &Entry, beginning: &[u8]) -> bool {
        parse(&entry.name).is_some_and(|sql| sql.transaction)
            || (entry.is_go() && mentions(beginning, "go-pg/migrations"))
    }
}

/// What the name of an SQL file says.
struct SqlName<'n> {
    version: &'n str,
    title: &'n str,
    direction: Direction,
    transaction: bool,
}

fn parse(name: &str) -> Option<SqlName<'_>> {
    let (stem, direction) = if let Some(stem) = name.strip_suffix(".up.sql") {
        (stem, Direction::Up)
    } else {
        (name.strip_suffix(".down.sql")?, Direction::Down)
    };
    let without = stem.strip_suffix(".tx");
    let (version, title) = without.unwrap_or(stem).split_once('_')?;
    let found = SqlName {
        version,
        title,
        direction,
        transaction: without.is_some(),
    };
    is_version(version).then_some(found)
}

/// Version and title of a migration in Go.
fn code_name(entry: &Entry) -> Option<(&str, &str)> {
    let stem = entry.name.strip_suffix(".go").filter(|_| entry.is_go())?;
    stem.split_once('_')
        .filter(|(version, _)| is_version(version))
}

/// Whether go-pg takes a file for a migration; in capitals the ending is none.
fn is_sql(entry: &Entry) -> bool {
    entry.name.strip_suffix(".sql").is_some()
}

/// Versions begin above 0: that is where go-pg is before the first one.
fn is_version(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit()) && text.bytes().any(|byte| byte != b'0')
}

fn read(folder: &Folder) -> Found {
    let mut found = Found::default();
    let mut parts = Vec::new();
    for entry in &folder.entries {
        let (version, name, direction) = if let Some(sql) = parse(&entry.name) {
            (sql.version, sql.title, Some(sql.direction))
        } else if let Some((version, title)) = code_name(entry) {
            match registers(entry) {
                Ok(true) => (version, title, None),
                Ok(false) => continue,
                Err(problem) => {
                    found.problems.push(problem);
                    continue;
                }
            }
        } else {
            if is_sql(entry) && entry.kind != EntryKind::Directory {
                found.problems.push(unparsable(LAYOUT, entry, PATTERN));
            }
            continue;
        };
        match Version::number(version) {
            Ok(version) => parts.push(Part {
                version,
                name,
                entry,
                direction,
            }),
            Err(error) => found.problems.push(bad_version(entry, &error)),
        }
    }
    let (groups, spare) = by_version(parts, &mut found.problems);
    for part in spare.iter().filter(|part| part.direction.is_some()) {
        let script = script(part.entry, &mut found.problems);
        found.script(script);
    }
    for group in groups {
        let (up, down) = match group {
            Group::Whole(code) => {
                let mut migration = Migration::new(code.version, code.name);
                migration.files.push(code.entry.shown.clone());
                migration.opaque = Some(
                    "it is written in Go, which only the program around it can run".to_owned(),
                );
                found.migrations.push(migration);
                continue;
            }
            Group::Pair(Some(up), down) => (up, down),
            Group::Pair(None, Some(down)) => {
                found.problems.push(down_without_up(down.entry));
                continue;
            }
            Group::Pair(None, None) => continue,
        };
        let mut migration = Migration::new(up.version, up.name);
        for (entry, slot) in std::iter::once((up.entry, &mut migration.up))
            .chain(down.map(|down| (down.entry, &mut migration.down)))
        {
            migration.files.push(entry.shown.clone());
            let script = script(entry, &mut found.problems);
            *slot = found.script(script);
        }
        found.migrations.push(migration);
    }
    found
}

/// Whether code registers a migration. That is only possible from the file itself, since go-pg
/// takes the version from the name of the file that makes the call.
fn registers(entry: &Entry) -> Result<bool, Diagnostic> {
    if entry.kind == EntryKind::Directory {
        return Ok(false);
    }
    if let Some(problem) = entry.problem() {
        return Err(problem);
    }
    let mut code = Vec::new();
    let read =
        File::open(&entry.path).and_then(|file| file.take(LARGEST_CODE).read_to_end(&mut code));
    match read {
        Ok(_) => Ok(mentions(&code, "Register(") || mentions(&code, "RegisterTx(")),
        Err(cause) => Err(unreadable(&entry.shown, &cause)),
    }
}

/// A whole file.
fn script(entry: &Entry, problems: &mut Vec<Diagnostic>) -> Result<Script, Diagnostic> {
    let text = FileText::open(entry)?;
    directives(&text, problems)?;
    let options = ScriptOptions {
        no_transaction: !parse(&entry.name).is_some_and(|name| name.transaction),
        ..ScriptOptions::default()
    };
    text.script(LAYOUT, vec![text.whole()], options)
}

/// The line begins with exactly `--gopg:`, and nothing stands behind the word but its end.
fn parse_line(line: &str) -> Option<Result<Annotation, Malformed>> {
    let said = line.strip_prefix("--gopg:")?;
    let said = said.strip_suffix('\n').unwrap_or(said);
    Some(match said.strip_suffix('\r').unwrap_or(said) {
        "split" => Ok(Annotation::Split),
        "" => Err(Malformed::Empty),
        said => Err(Malformed::Unknown(said.to_owned())),
    })
}

/// Checks the lines that begin with `--gopg:`.
fn directives(text: &FileText<'_>, problems: &mut Vec<Diagnostic>) -> Result<(), Diagnostic> {
    for line in text.comment_lines_with("gopg:")? {
        let problem = match Annotation::parse(LAYOUT, &line.text) {
            Some(Ok(_)) => continue,
            Some(Err(malformed)) => {
                let said = match malformed {
                    Malformed::Unknown(said) => super::show_name(&said),
                    Malformed::Empty | Malformed::Indented => String::new(),
                };
                Diagnostic::error(
                    "unknown-directive",
                    Class::Usage,
                    format!("`--gopg:{said}` is not a directive of go-pg"),
                )
                .with_help("there is one: `--gopg:split`, alone in its line")
            }
            None if is_meant(&line.text) => Diagnostic::warning(
                "unknown-directive",
                "this line is not read as a directive of go-pg",
            )
            .with_note("as in go-pg, the line is passed over")
            .with_help("a directive begins with `--gopg:` at the beginning of its line"),
            None => continue,
        };
        problems.push(problem.at(text.label(line.line, 1, "")));
    }
    Ok(())
}

/// A comment like `-- gopg:split`.
fn is_meant(line: &[u8]) -> bool {
    let said = line.trim_ascii_start().strip_prefix(b"--");
    said.is_some_and(|said| said.trim_ascii_start().starts_with(b"gopg:"))
}

#[cfg(test)]
mod tests;
