//! The layout of liamstask/goose and its forks: files as in [`super::goose`], but sections stand
//! in any order and may come again, sub-folders are read too, and nothing but sections and
//! statement blocks can be annotated.
//!
//! Text outside of a section and a last statement without a semicolon are not run there, and
//! so they are not here; both are said.

use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use limosa_sql::Dialect;

use super::file_text::{CommentLine, FileText};
use super::folder::{Entry, EntryKind, Folder};
use super::goose::{malformed_annotation, no_section, statement_before, unclosed};
use super::goose_name::{self, GooseName, NotGoose, PATTERN};
use super::group::{bad_version, in_order, passed_over};
use super::load::Found;
use super::new_files::{NewFile, Shape};
use super::rules::{Name, Rules};
use crate::history::Direction;
use crate::script::annotation::{self, Annotation, Malformed};
use crate::script::{Notation, Segment, Tail, unreadable};
use crate::{Class, Diagnostic, Layout, Migration, Script, ScriptOptions, ScriptReader, Severity};

const LAYOUT: Layout = Layout::LiamstaskGoose;

/// The layout.
pub(super) struct LiamstaskGoose;

impl Rules for LiamstaskGoose {
    fn read(&self, folder: &Folder) -> Found {
        read(folder)
    }

    fn name_of<'e>(&self, entry: &'e Entry, _within: &Path) -> Option<Name<'e>> {
        goose_name::split(&entry.name)
    }

    fn new_files(&self, stem: &str, shape: Shape) -> Option<Vec<NewFile>> {
        goose_name::new_files(stem, shape)
    }

    fn width(&self) -> usize {
        goose_name::WIDTH
    }

    fn knows_in_folder<'e>(&self, _name: &str, below: &'e Folder) -> Option<&'e Entry> {
        let mut files = below.entries.iter();
        files.find(|entry| {
            let is_sql = goose_name::parse(entry).is_ok_and(|name| !name.code);
            let text = entry.beginning().ok().filter(|_| is_sql);
            let lines = text
                .iter()
                .flat_map(|text| text.split(|byte| *byte == b'\n'));
            lines
                .into_iter()
                .any(|line| Annotation::parse(Layout::Goose, line).is_some())
        })
    }

    fn notation(&self) -> &'static Notation {
        &Notation {
            lines: Some(annotation::liamstask),
            tail: Tail::LeftOut,
            ..Notation::NONE
        }
    }

    fn reads_below(&self, _name: &str, _within: &Path) -> bool {
        true
    }
}

/// Reads the migrations of a folder and of the folders below it.
fn read(folder: &Folder) -> Found {
    let mut found = Found::default();
    let mut below = Vec::new();
    folders_below(folder, &mut below, &mut found.problems);
    let folders = std::iter::once(folder).chain(&below);
    let mut migrations = Vec::new();
    for entry in folders.flat_map(|folder| &folder.entries) {
        let GooseName {
            version,
            name,
            code,
        } = match goose_name::parse(entry) {
            Ok(parsed) => parsed,
            Err(NotGoose::BadVersion(error)) => {
                found.problems.push(bad_version(entry, &error));
                continue;
            }
            Err(NotGoose::NoVersion) if entry.extension() == "sql" => {
                found.problems.push(passed_over(LAYOUT, entry, PATTERN));
                continue;
            }
            Err(NotGoose::NoVersion | NotGoose::OtherFile) => continue,
        };
        let mut migration = Migration::new(version, name);
        migration.files.push(entry.shown.clone());
        if code {
            migration.opaque = Some(goose_name::code_reason());
        } else if let Err(problem) =
            read_file(folder.dialect, entry, &mut migration, &mut found.problems)
        {
            found.problems.push(problem);
        }
        migrations.push((migration, entry));
    }
    found.migrations = in_order(migrations, &mut found.problems);
    found
}

/// All folders below one. Links to folders are not followed, as goose does not.
fn folders_below(folder: &Folder, below: &mut Vec<Folder>, problems: &mut Vec<Diagnostic>) {
    for entry in &folder.entries {
        if entry.kind == EntryKind::Directory && !entry.path.is_symlink() {
            // A folder with the name of a migration is reported where its entry is read.
            if goose_name::parse(entry).is_ok() {
                continue;
            }
            match folder.below(&entry.name) {
                Ok(found) => {
                    folders_below(&found, below, problems);
                    below.push(found);
                }
                Err(cause) => problems.push(unreadable(&entry.shown, &cause)),
            }
        }
    }
}

fn read_file(
    dialect: Dialect,
    entry: &Entry,
    migration: &mut Migration,
    problems: &mut Vec<Diagnostic>,
) -> Result<(), Diagnostic> {
    let text = FileText::open(entry)?;
    let mut sections: Vec<(Direction, Segment)> = Vec::new();
    let mut open_block = None;
    let mut first = text.length;
    for line in text.comment_lines_with("+goose")? {
        let annotation = match Annotation::parse(LAYOUT, &line.text) {
            Some(Ok(annotation)) => annotation,
            Some(Err(malformed)) => {
                problems.push(not_read(&text, &line, &malformed));
                continue;
            }
            None => {
                problems.extend(meant(&text, &line));
                continue;
            }
        };
        let direction = match annotation {
            Annotation::StatementBegin if !sections.is_empty() => {
                open_block.get_or_insert(line.line);
                continue;
            }
            Annotation::StatementEnd => {
                open_block = None;
                continue;
            }
            Annotation::Up => Direction::Up,
            Annotation::Down => Direction::Down,
            _ => continue,
        };
        if let Some(line) = open_block.take() {
            problems.push(unclosed(&text, line));
        }
        match sections.last_mut() {
            Some((_, open)) => open.end = line.offset,
            None => first = line.offset,
        }
        let segment = Segment {
            start: line.offset,
            end: text.length,
            line: line.line,
        };
        sections.push((direction, segment));
    }
    if let Some(line) = open_block {
        problems.push(unclosed(&text, line));
    }
    if sections.is_empty() {
        return Err(no_section(&text, "`-- +goose Up` and no `-- +goose Down`"));
    }
    if let Some(line) = statement_before(&text, first)? {
        problems.push(
            Diagnostic::warning(
                "text-before-section",
                "there is text before the first section",
            )
            .at(text.label(line, 1, ""))
            .with_note("as in goose, it is not run"),
        );
    }
    for direction in [Direction::Up, Direction::Down] {
        let segments: Vec<Segment> = sections
            .iter()
            .filter(|(of, _)| *of == direction)
            .map(|(_, segment)| *segment)
            .collect();
        let Some(last) = segments.last().copied() else {
            continue;
        };
        let script = text.script(LAYOUT, segments, ScriptOptions::default())?;
        if let Some(line) = left_out(dialect, &script, last) {
            problems.push(
                Diagnostic::warning("no-semicolon", "the last statement has no semicolon")
                    .at(text.label(line, 1, ""))
                    .with_note("as in goose, it is not run")
                    .with_help("end it with `;`"),
            );
        }
        match direction {
            Direction::Up => migration.up = Some(Arc::new(script)),
            Direction::Down => migration.down = Some(Arc::new(script)),
        }
    }
    Ok(())
}

/// The line of a last statement that is not run. Only a text whose end looks like it is
/// split to find out.
fn left_out(dialect: Dialect, script: &Script, last: Segment) -> Option<u64> {
    if ends_with_semicolon(script, last).unwrap_or(false) {
        return None;
    }
    let mut reader = ScriptReader::open(script, dialect, &|_| None).ok()?;
    while let Some(statement) = reader.next() {
        // What is wrong with it is said where it is run.
        statement.ok()?;
    }
    reader.left_out()
}

/// Whether the last line of a segment that is no comment ends with a semicolon.
fn ends_with_semicolon(script: &Script, last: Segment) -> io::Result<bool> {
    let from = last.end.saturating_sub(4096).max(last.start);
    let mut tail = Vec::new();
    let mut input = script.source.open_at(from)?.take(last.end - from);
    input.read_to_end(&mut tail)?;
    Ok(tail
        .split(|byte| *byte == b'\n')
        .map(<[u8]>::trim_ascii)
        .rfind(|line| !line.is_empty() && !line.starts_with(b"--"))
        .is_some_and(|line| {
            let words = line.split(u8::is_ascii_whitespace);
            let code = words.take_while(|word| !word.starts_with(b"--"));
            code.last().is_some_and(|word| word.ends_with(b";"))
        }))
}

/// A line that goose passes over though it begins like an annotation.
fn not_read(text: &FileText<'_>, line: &CommentLine, malformed: &Malformed) -> Diagnostic {
    Diagnostic {
        severity: Severity::Warning,
        class: Class::Finding,
        ..malformed_annotation(text, line, malformed, LAYOUT)
    }
    .with_note("as in goose, the line is passed over")
}

/// A line that pressly/goose would read, but this goose does not.
fn meant(text: &FileText<'_>, line: &CommentLine) -> Option<Diagnostic> {
    let found = Annotation::parse(Layout::Goose, &line.text);
    found.is_some().then(|| {
        Diagnostic::warning(
            "unknown-directive",
            "this line is not read as an annotation",
        )
        .at(text.label(line.line, 1, ""))
        .with_note("as in goose, the line is passed over")
        .with_help("an annotation begins with `-- +goose ` at the beginning of its line")
    })
}

#[cfg(test)]
mod tests;
