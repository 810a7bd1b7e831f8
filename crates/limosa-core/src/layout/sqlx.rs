//! The layout of sqlx: `<version>_<description>.sql`, or a pair `….up.sql`, `….down.sql`; both kinds
//! may stand side by side. The description that sqlx records is the name with blanks for `_`.
//!
//! A file is one direction, and nothing in it is a directive but `-- no-transaction`, as its very
//! first bytes. The driver for `MySQL` does not look for that, so it does not count there.

use std::io::{self, Read};
use std::path::Path;

use limosa_sql::Dialect;

use super::file_text::FileText;
use super::folder::{Entry, Folder};
use super::group::{
    Group, Part, bad_version, by_version, down_without_up, passed_over, unparsable,
};
use super::load::Found;
use super::new_files::{NewFile, Shape};
use super::rules::{Name, Rules};
use crate::history::Direction;
use crate::script::Notation;
use crate::{
    Class, Diagnostic, Layout, Migration, Script, ScriptOptions, Severity, Version, VersionError,
};

const LAYOUT: Layout = Layout::Sqlx;
const PATTERN: &str = "`<digits>_<description>.sql`, `….up.sql` or `….down.sql`";
const NO_TRANSACTION: &[u8] = b"-- no-transaction";

/// The layout.
pub(super) struct Sqlx;

impl Rules for Sqlx {
    fn read(&self, folder: &Folder) -> Found {
        read(folder)
    }

    fn name_of<'e>(&self, entry: &'e Entry, _within: &Path) -> Option<Name<'e>> {
        let (version, title, _) = parse(&entry.name)?;
        let is_number = !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| Name::new(version, title))
    }

    fn new_files(&self, stem: &str, shape: Shape) -> Option<Vec<NewFile>> {
        Some(match shape {
            Shape::One => vec![NewFile::new(format!("{stem}.sql"), "")],
            Shape::Pair => NewFile::pair(stem, "", ""),
        })
    }

    fn refuses(&self, entry: &Entry) -> bool {
        parse(&entry.name).is_some()
    }

    fn notation(&self) -> &'static Notation {
        &Notation {
            messages: &[Dialect::Postgres],
            ..Notation::NONE
        }
    }

    fn is_plain_sql(&self) -> bool {
        true
    }

    fn knows_file(&self, entry: &Entry, beginning: &[u8]) -> bool {
        beginning.starts_with(NO_TRANSACTION) && parse(&entry.name).is_some()
    }
}

/// What stands before the first `_`, the description as it is written, and the direction; `None`
/// when sqlx passes over the name.
fn parse(name: &str) -> Option<(&str, &str, Direction)> {
    let (version, rest) = name.split_once('_')?;
    let (suffix, direction) = [
        (".up.sql", Direction::Up),
        (".down.sql", Direction::Down),
        (".sql", Direction::Up),
    ]
    .into_iter()
    .find(|(suffix, _)| rest.ends_with(suffix))?;
    Some((version, rest.trim_end_matches(suffix), direction))
}

fn read(folder: &Folder) -> Found {
    let mut found = Found::default();
    let mut parts = Vec::new();
    for entry in &folder.entries {
        let Some((version, name, direction)) = parse(&entry.name) else {
            if entry.extension() == "sql" {
                found.problems.push(passed_over(LAYOUT, entry, PATTERN));
            }
            continue;
        };
        match Version::number(version) {
            Ok(version) => parts.push(Part {
                version,
                name,
                entry,
                direction: Some(direction),
            }),
            Err(VersionError::NotANumber(_)) => {
                found.problems.push(unparsable(LAYOUT, entry, PATTERN));
            }
            Err(error) => found.problems.push(bad_version(entry, &error)),
        }
    }
    let (groups, spare) = by_version(parts, &mut found.problems);
    for part in spare {
        let script = script(folder.dialect, part.entry, &mut found.problems);
        found.script(script);
    }
    found.each(groups, |group, found| {
        let (up, down) = match group {
            Group::Pair(Some(up), down) => (up, down),
            Group::Pair(None, Some(down)) => {
                let warning = Diagnostic {
                    severity: Severity::Warning,
                    class: Class::Finding,
                    ..down_without_up(down.entry)
                };
                let note = "as in sqlx, it is passed over";
                found.problems.push(warning.with_note(note));
                return;
            }
            _ => return,
        };
        let mut migration = Migration::new(up.version.clone(), up.name);
        for (entry, slot) in std::iter::once((up.entry, &mut migration.up))
            .chain(down.as_ref().map(|down| (down.entry, &mut migration.down)))
        {
            migration.files.push(entry.shown.clone());
            let script = script(folder.dialect, entry, &mut found.problems);
            *slot = found.script(script);
        }
        found.migrations.push(migration);
    });
    found
}

/// A whole file, with what its beginning asks for.
fn script(
    dialect: Dialect,
    entry: &Entry,
    problems: &mut Vec<Diagnostic>,
) -> Result<Script, Diagnostic> {
    let text = FileText::open(entry)?;
    let asks = asks(&text).map_err(|cause| text.unreadable(&cause))?;
    if !asks {
        problems.extend(meant(&text)?);
    }
    let options = ScriptOptions {
        no_transaction: asks && dialect != Dialect::Mysql,
        ..ScriptOptions::default()
    };
    text.script(LAYOUT, vec![text.whole()], options)
}

/// Whether the first bytes are those that ask for no transaction.
fn asks(text: &FileText<'_>) -> io::Result<bool> {
    let mut beginning = Vec::new();
    let longest = NO_TRANSACTION.len() as u64;
    text.reader()?.take(longest).read_to_end(&mut beginning)?;
    Ok(beginning == NO_TRANSACTION)
}

/// The first line that sqlx would read as a directive if it stood at the very beginning.
fn meant(text: &FileText<'_>) -> Result<Option<Diagnostic>, Diagnostic> {
    let lines = text.comment_lines_with("-- no-transaction")?;
    let line = lines
        .iter()
        .find(|line| line.text.trim_ascii_start().starts_with(NO_TRANSACTION));
    Ok(line.map(|line| {
        Diagnostic::warning(
            "misplaced-directive",
            "`-- no-transaction` does not stand at the very beginning of the file",
        )
        .at(text.label(line.line, 1, ""))
        .with_note("as in sqlx, the line is passed over: the file runs in a transaction")
        .with_help("begin the file with it, without a byte order mark")
    }))
}

#[cfg(test)]
mod tests;
