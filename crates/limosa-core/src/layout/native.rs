//! Limosa's own layout: `<version>_<name>.sql` with sections, or a pair `….up.sql`, `….down.sql`.
//!
//! Sections begin with `-- limosa: up` and `-- limosa: down`; a file without them is all up. All
//! other directives stand in a head: before the first statement of the file or of a section.

mod sections;

use std::path::Path;

use super::directive::{PREFIX, is_directive, is_near_miss};
use super::file_text::FileText;
use super::folder::{Entry, Folder};
use super::group::{Group, Part, bad_version, by_version, down_without_up, unparsable};
use super::load::Found;
use super::new_files::{NewFile, Shape};
use super::rules::{Name, Rules};
use crate::history::Direction;
use crate::script::Notation;
use crate::{Layout, Migration, Version};

const PATTERN: &str = "`<digits>_<name>.sql`, `….up.sql` or `….down.sql`";

/// The version, the name and the direction of a file name; `None` when it is not a migration.
pub(super) fn parse(name: &str) -> Option<(&str, &str, Option<Direction>)> {
    let stem = name.strip_suffix(".sql")?;
    let (stem, direction) = if let Some(stem) = stem.strip_suffix(".up") {
        (stem, Some(Direction::Up))
    } else if let Some(stem) = stem.strip_suffix(".down") {
        (stem, Some(Direction::Down))
    } else {
        (stem, None)
    };
    let digits = stem.bytes().take_while(u8::is_ascii_digit).count();
    let (version, rest) = stem.split_at(digits);
    let name = if rest.is_empty() {
        rest
    } else {
        rest.strip_prefix('_')?
    };
    (digits > 0).then_some((version, name, direction))
}

/// The layout.
pub(super) struct Native;

impl Rules for Native {
    fn read(&self, folder: &Folder) -> Found {
        read(folder)
    }

    fn name_of<'e>(&self, entry: &'e Entry, _within: &Path) -> Option<Name<'e>> {
        let (version, title, _) = parse(&entry.name)?;
        Some(Name::new(version, title))
    }

    fn new_files(&self, stem: &str, shape: Shape) -> Option<Vec<NewFile>> {
        let (up, down) = ("-- limosa: up\n\n", "-- limosa: down\n\n");
        Some(match shape {
            Shape::One => vec![NewFile::new(
                format!("{stem}.sql"),
                &format!("{up}\n{down}"),
            )],
            // The markers say that the pair is native.
            Shape::Pair => NewFile::pair(stem, up, down),
        })
    }

    fn refuses(&self, entry: &Entry) -> bool {
        entry.extension() == "sql"
    }

    fn notation(&self) -> &'static Notation {
        &Notation {
            directives: Some(PREFIX),
            ..Notation::NONE
        }
    }

    fn is_plain_sql(&self) -> bool {
        true
    }

    fn knows_line(&self, line: &[u8]) -> bool {
        is_directive(line) || is_near_miss(line)
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
                    direction,
                }),
                Err(error) => found.problems.push(bad_version(entry, &error)),
            },
            None if entry.extension() == "sql" => {
                found
                    .problems
                    .push(unparsable(Layout::Native, entry, PATTERN));
            }
            None => {}
        }
    }
    let (groups, spare) = by_version(parts, &mut found.problems);
    for part in spare {
        let mut other = Migration::new(part.version.clone(), part.name);
        read_file(folder, part.entry, part.direction, &mut other, &mut found);
    }
    found.each(groups, |group, found| {
        let (first, files) = match group {
            Group::Whole(whole) => (whole, vec![whole]),
            Group::Pair(Some(up), down) => (up, std::iter::once(up).chain(down).collect()),
            Group::Pair(None, Some(down)) => {
                found.problems.push(down_without_up(down.entry));
                (down, vec![down])
            }
            Group::Pair(None, None) => return,
        };
        let mut migration = Migration::new(first.version.clone(), first.name);
        for part in files {
            migration.files.push(part.entry.shown.clone());
            read_file(folder, part.entry, part.direction, &mut migration, found);
        }
        found.migrations.push(migration);
    });
    found
}

fn read_file(
    folder: &Folder,
    entry: &Entry,
    direction: Option<Direction>,
    migration: &mut Migration,
    found: &mut Found,
) {
    match FileText::open(entry) {
        Ok(text) => sections::read(
            folder.dialect,
            &text,
            direction,
            migration,
            &mut found.problems,
        ),
        Err(problem) => found.problems.push(problem),
    }
}

#[cfg(test)]
mod tests;
