//! The tests that stand beside migrations, in every layout: `<version>.given.sql` and `<version>.expect.sql`, with a
//! title behind the version where somebody wants one.
//!
//! They are told from migrations by their names before any layout looks at the folder. Their sections are those of the
//! native layout, whatever layout the migrations have.

use super::directive::{Directive, PREFIX, is_directive};
use super::file_text::{CommentLine, FileText};
use super::folder::{Entry, Folder};
use super::rules::Name;
use crate::migration::Case;
use crate::script::Segment;
use crate::{Class, Diagnostic, Layout, Script, ScriptOptions};

const GIVEN: &str = ".given.sql";
const EXPECT: &str = ".expect.sql";

/// Whether a file is a test by its name.
pub(super) fn is_case(name: &str) -> bool {
    name.ends_with(GIVEN) || name.ends_with(EXPECT)
}

/// What the name of a test says; `None` where it does not begin with a version.
pub(super) fn name_of(name: &str) -> Option<Name<'_>> {
    let stem = name.strip_suffix(GIVEN).or(name.strip_suffix(EXPECT))?;
    let digits = stem.bytes().take_while(u8::is_ascii_digit).count();
    let (version, rest) = stem.split_at(digits);
    let title = match rest {
        "" => rest,
        rest => rest.strip_prefix(['_', '-'])?,
    };
    (digits > 0).then(|| Name::new(version, title))
}

/// The tests of a folder.
pub(super) fn of(folder: &Folder, layout: Layout) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for entry in &folder.cases {
        let version = name_of(&entry.name).and_then(|name| layout.version(name.version).ok());
        let Some(version) = version else {
            continue;
        };
        let at = match cases.iter().position(|one| one.version == version) {
            Some(at) => at,
            None => {
                cases.push(Case {
                    version,
                    files: Vec::new(),
                    given: None,
                    expect: None,
                    expect_down: None,
                    problems: Vec::new(),
                });
                cases.len() - 1
            }
        };
        let case = &mut cases[at];
        case.files.push(entry.shown.clone());
        if let Err(problem) = read(entry, case) {
            case.problems.push(problem);
        }
    }
    cases.sort_by(|a, b| a.version.cmp(&b.version));
    cases
}

fn read(entry: &Entry, case: &mut Case) -> Result<(), Diagnostic> {
    let text = FileText::open(entry)?;
    let whole = |text: &FileText<'_>| {
        text.script(Layout::Native, vec![text.whole()], ScriptOptions::default())
    };
    let is_given = entry.name.ends_with(GIVEN);
    let taken = if is_given {
        case.given.is_some()
    } else {
        case.expect.is_some() || case.expect_down.is_some()
    };
    if taken {
        return Err(Diagnostic::error(
            "duplicate-version",
            Class::Usage,
            format!(
                "there is a second test of {} of the same kind",
                case.version
            ),
        )
        .in_file(&entry.shown)
        .with_help("put both into one file"));
    }
    let lines = text.comment_lines_with("limosa")?;
    let directives = lines.iter().filter(|line| is_directive(&line.text));
    let mut sections: Vec<(Directive, &CommentLine)> = Vec::new();
    for line in directives {
        let written = String::from_utf8_lossy(&line.text[PREFIX.len()..]).into_owned();
        match Directive::parse(&written) {
            Ok(section @ (Directive::Up | Directive::Down)) if !is_given => {
                sections.push((section, line));
            }
            Ok(_) => {
                return Err(wrong(
                    &text,
                    line,
                    "a test has no directives but the sections of an expect file",
                ));
            }
            Err(error) => return Err(wrong(&text, line, &error.to_string())),
        }
    }
    if is_given {
        case.given = Some(whole(&text)?);
        return Ok(());
    }
    let Some((_, first)) = sections.first() else {
        case.expect = Some(whole(&text)?);
        return Ok(());
    };
    // What stands before the first section is of the state after going up, as a file without sections is.
    let head = Segment {
        start: 0,
        end: first.offset,
        line: 1,
    };
    let (mut up, mut down) = (vec![head], Vec::new());
    for (index, (section, line)) in sections.iter().enumerate() {
        let next = sections.get(index + 1);
        let segment = Segment {
            start: line.offset,
            end: next.map_or(text.length, |(_, next)| next.offset),
            line: line.line,
        };
        match section {
            Directive::Down => down.push(segment),
            _ => up.push(segment),
        }
    }
    let script = |segments: Vec<Segment>| -> Result<Option<Script>, Diagnostic> {
        if segments.is_empty() {
            return Ok(None);
        }
        text.script(Layout::Native, segments, ScriptOptions::default())
            .map(Some)
    };
    case.expect = script(up)?;
    case.expect_down = script(down)?;
    Ok(())
}

fn wrong(text: &FileText<'_>, line: &CommentLine, message: &str) -> Diagnostic {
    Diagnostic::error("unknown-directive", Class::Usage, message.to_owned())
        .at(text.label(line.line, 1, ""))
        .with_help(format!(
            "an expect file may have `{PREFIX} up` and `{PREFIX} down`, each before its queries"
        ))
}

#[cfg(test)]
mod tests;
