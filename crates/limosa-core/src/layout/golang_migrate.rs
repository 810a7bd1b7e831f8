//! The layout of golang-migrate: `<version>_<title>.up.<ext>` and `<version>_<title>.down.<ext>`.
//!
//! A version may have only one direction; the other one does nothing but move the version. Names
//! that do not fit are passed over. Nothing in a file is a directive.

use std::path::Path;
use std::sync::Arc;

use super::file_text::FileText;
use super::folder::{Entry, Folder};
use super::group::{Group, Part, bad_version, by_version, down_without_up, passed_over};
use super::load::Found;
use super::new_files::{NewFile, Shape};
use super::rules::{Name, Rules};
use crate::history::Direction;
use crate::{Class, Diagnostic, Layout, Migration, Script, ScriptOptions, Severity, Version};

const PATTERN: &str = "`<digits>_<title>.up.sql` or `<digits>_<title>.down.sql`";

/// The version, the title and the direction of a name.
pub(super) fn parse(name: &str) -> Option<(&str, &str, Direction)> {
    let digits = name.bytes().take_while(u8::is_ascii_digit).count();
    let rest = name[digits..].strip_prefix('_').filter(|_| digits > 0)?;
    // The last direction counts, as it does for a greedy pattern.
    let up = rest.rfind(".up.").map(|at| (at, Direction::Up));
    let down = rest.rfind(".down.").map(|at| (at, Direction::Down));
    let (at, direction) = up.into_iter().chain(down).max_by_key(|(at, _)| *at)?;
    Some((&name[..digits], &rest[..at], direction))
}

/// The layout.
pub(super) struct GolangMigrate;

impl Rules for GolangMigrate {
    fn read(&self, folder: &Folder) -> Found {
        read(folder)
    }

    fn name_of<'e>(&self, entry: &'e Entry, _within: &Path) -> Option<Name<'e>> {
        let (version, title, _) = parse(&entry.name)?;
        Some(Name::new(version, title))
    }

    fn new_files(&self, stem: &str, _shape: Shape) -> Option<Vec<NewFile>> {
        Some(NewFile::pair(stem, "", ""))
    }

    fn width(&self) -> usize {
        6
    }

    fn is_plain_sql(&self) -> bool {
        true
    }
}

fn read(folder: &Folder) -> Found {
    let mut found = Found::default();
    let mut parts = Vec::new();
    for entry in &folder.entries {
        match parse(&entry.name) {
            Some((version, name, direction)) => match Version::number(version) {
                Ok(version) => parts.push(Part {
                    version,
                    name,
                    entry,
                    direction: Some(direction),
                }),
                Err(error) => found.problems.push(bad_version(entry, &error)),
            },
            None if entry.extension() == "sql" => {
                let note = passed_over(Layout::GolangMigrate, entry, PATTERN);
                found.problems.push(note);
            }
            None => {}
        }
    }
    let (groups, spare) = by_version(parts, &mut found.problems);
    let spare = spare
        .iter()
        .map(|part| whole_file(Layout::GolangMigrate, part.entry));
    found.problems.extend(spare.filter_map(Result::err));
    found.each(groups, |group, found| {
        let Group::Pair(up, down) = group else {
            return;
        };
        if let (None, Some(down)) = (up, down) {
            let warning = Diagnostic {
                severity: Severity::Warning,
                class: Class::Finding,
                ..down_without_up(down.entry)
            };
            found.problems.push(
                warning.with_note("as in golang-migrate, applying it only records its version"),
            );
        }
        let Some(first) = up.as_ref().or(down.as_ref()) else {
            return;
        };
        let mut migration = Migration::new(first.version.clone(), first.name);
        for (part, script) in [(up, &mut migration.up), (down, &mut migration.down)] {
            let Some(part) = part else { continue };
            migration.files.push(part.entry.shown.clone());
            match whole_file(Layout::GolangMigrate, part.entry) {
                Ok(whole) => *script = Some(Arc::new(whole)),
                Err(problem) => found.problems.push(problem),
            }
        }
        found.migrations.push(migration);
    });
    found
}

/// A script that is a whole file.
pub(super) fn whole_file(layout: Layout, entry: &Entry) -> Result<Script, Diagnostic> {
    let text = FileText::open(entry)?;
    text.script(layout, vec![text.whole()], ScriptOptions::default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_parsed_as_golang_migrate_does() {
        assert_eq!(parse("1_x.up.sql"), Some(("1", "x", Direction::Up)));
        assert_eq!(parse("001_.down.sql"), Some(("001", "", Direction::Down)));
        assert_eq!(
            parse("7_a.up.b.down.json"),
            Some(("7", "a.up.b", Direction::Down))
        );
        assert_eq!(parse("7_a_b.up.sql.bak"), Some(("7", "a_b", Direction::Up)));
        assert_eq!(parse("x_1.up.sql"), None);
        assert_eq!(parse("_1.up.sql"), None);
        assert_eq!(parse("1-x.up.sql"), None);
        assert_eq!(parse("1_x.sql"), None);
        assert_eq!(parse("1_x.up"), None);
    }
}
