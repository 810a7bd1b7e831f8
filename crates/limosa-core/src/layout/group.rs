//! Files that make up migrations together: by version, in pairs.

use super::folder::{Entry, show_name};
use crate::history::Direction;
use crate::{Class, Diagnostic, Layout, Migration, Version, VersionError};

/// A file that belongs to a version.
#[derive(Debug)]
pub(super) struct Part<'f> {
    pub(super) version: Version,
    pub(super) name: &'f str,
    pub(super) entry: &'f Entry,
    /// `None`: both directions are in the file.
    pub(super) direction: Option<Direction>,
}

/// The files of one version.
#[derive(Debug)]
pub(super) enum Group<'f> {
    /// One file with both directions.
    Whole(Part<'f>),
    /// A file for each direction, where there is one.
    Pair(Option<Part<'f>>, Option<Part<'f>>),
}

/// Sorts files to their versions; reports versions that occur twice. The second list has the files
/// that found no place, which are only to be looked through.
pub(super) fn by_version<'f>(
    mut parts: Vec<Part<'f>>,
    problems: &mut Vec<Diagnostic>,
) -> (Vec<Group<'f>>, Vec<Part<'f>>) {
    parts.sort_by(|a, b| a.version.cmp(&b.version));
    let mut sorted = parts.into_iter().peekable();
    let mut groups = Vec::new();
    let mut spare = Vec::new();
    while let Some(first) = sorted.next() {
        let version = first.version.clone();
        let mut parts = vec![first];
        while let Some(part) = sorted.next_if(|part| part.version == version) {
            parts.push(part);
        }
        let of = |direction| {
            parts
                .iter()
                .filter(|part| part.direction == direction)
                .count()
        };
        let (whole, up, down) = (of(None), of(Some(Direction::Up)), of(Some(Direction::Down)));
        if whole + up > 1 || whole + down > 1 {
            problems.push(duplicate(&version, parts.iter().map(|part| part.entry)));
        }
        let mut pair = (None, None);
        let mut whole = None;
        for part in parts {
            let slot = match part.direction {
                None => &mut whole,
                Some(Direction::Up) => &mut pair.0,
                Some(Direction::Down) => &mut pair.1,
            };
            if slot.is_none() {
                *slot = Some(part);
            } else {
                spare.push(part);
            }
        }
        groups.push(match whole {
            Some(whole) => {
                spare.extend(pair.0.into_iter().chain(pair.1));
                Group::Whole(whole)
            }
            None => {
                if let (Some(up), Some(down)) = (&pair.0, &pair.1)
                    && up.name != down.name
                {
                    problems.push(two_titles(up, down));
                }
                Group::Pair(pair.0, pair.1)
            }
        });
    }
    (groups, spare)
}

/// Puts migrations that are one file each in order; reports versions that occur twice.
pub(super) fn in_order(
    mut migrations: Vec<(Migration, &Entry)>,
    problems: &mut Vec<Diagnostic>,
) -> Vec<Migration> {
    migrations.sort_by(|(a, _), (b, _)| a.version.cmp(&b.version));
    for same in migrations.chunk_by(|(a, _), (b, _)| a.version == b.version) {
        if same.len() > 1 {
            let entries = same.iter().map(|(_, entry)| *entry);
            problems.push(duplicate(&same[0].0.version, entries));
        }
    }
    migrations.dedup_by(|(a, _), (b, _)| a.version == b.version);
    migrations
        .into_iter()
        .map(|(migration, _)| migration)
        .collect()
}

fn duplicate<'f>(version: &Version, entries: impl Iterator<Item = &'f Entry>) -> Diagnostic {
    let mut problem = Diagnostic::error(
        "duplicate-version",
        Class::Usage,
        format!("the version {version} occurs more than once"),
    );
    for entry in entries {
        problem = problem.in_file(&entry.shown);
    }
    problem
        .with_help("give the newer one the next free version:")
        .with_help(format!("limosa renumber {version}"))
}

fn two_titles(up: &Part<'_>, down: &Part<'_>) -> Diagnostic {
    Diagnostic::note(
        "two-titles",
        format!(
            "the up and the down of {} have different titles: {} and {}",
            up.version,
            show_name(up.name),
            show_name(down.name)
        ),
    )
    .in_file(&up.entry.shown)
    .in_file(&down.entry.shown)
}

/// A down without an up.
pub(super) fn down_without_up(entry: &Entry) -> Diagnostic {
    Diagnostic::error(
        "down-without-up",
        Class::Usage,
        format!("{} has a down but no up", entry.shown),
    )
    .in_file(&entry.shown)
}

/// A name that should be that of a migration and is not.
pub(super) fn unparsable(layout: Layout, entry: &Entry, pattern: &str) -> Diagnostic {
    Diagnostic::error(
        "unparsable-name",
        Class::Usage,
        format!("{} does not have the name of a migration", entry.shown),
    )
    .in_file(&entry.shown)
    .with_note(format!("a file of the {layout} layout is named {pattern}"))
    .with_help("rename it, or move it out of the folder")
}

/// A file that the layout passes over, though it looks as if it should be read.
pub(super) fn passed_over(layout: Layout, entry: &Entry, pattern: &str) -> Diagnostic {
    Diagnostic::note(
        "unparsable-name",
        format!(
            "{} is passed over: it does not have the name of a migration",
            entry.shown
        ),
    )
    .in_file(&entry.shown)
    .with_note(format!("a file of the {layout} layout is named {pattern}"))
}

/// A version that cannot be used.
pub(super) fn bad_version(entry: &Entry, error: &VersionError) -> Diagnostic {
    let message = match error {
        VersionError::TooLarge(text) => format!(
            "the version {} is above 9223372036854775807, the highest version there can be",
            show_name(text)
        ),
        VersionError::NotANumber(text) => format!("`{}` is not a version", show_name(text)),
    };
    let name = match error {
        VersionError::TooLarge(_) => "version-too-large",
        VersionError::NotANumber(_) => "unparsable-name",
    };
    Diagnostic::error(name, Class::Usage, message).in_file(&entry.shown)
}
