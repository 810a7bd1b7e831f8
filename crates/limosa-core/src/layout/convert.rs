//! Migrations of another layout as native files that do the same.
//!
//! A file that is one direction stays as it is, byte for byte, so that every checksum of it stays true. Where the
//! layout divides a file by lines of its own, native ones take their place. What cannot be said in the native layout
//! is refused; [`check`] holds the files that were written against those that they come from.

mod check;
mod sections;

pub use check::check;

use limosa_sql::{Dialect, Splitter};

use super::cases::is_case;
use super::directive::PREFIX;
use super::native;
use super::new_files::NewFile;
use crate::history::Direction;
use crate::script::annotation::Annotation;
use crate::{Class, Diagnostic, Layout, Migration, Script, ScriptError, ScriptOptions};

/// Why a migration has no native form.
pub(super) enum Cannot {
    /// In words.
    Because(&'static str),
    /// Its text cannot be read.
    Unreadable(Diagnostic),
}

/// The native files of a migration that was read in a layout.
///
/// # Errors
/// When there are none that would do the same, or its own files cannot be read.
pub fn convert(
    migration: &Migration,
    layout: Layout,
    dialect: Dialect,
) -> Result<Vec<NewFile>, Diagnostic> {
    // The down of a baseline is there to stop another tool from taking it for undone.
    let without_down;
    let migration = if migration.is_baseline() {
        without_down = Migration {
            down: None,
            ..migration.clone()
        };
        &without_down
    } else {
        migration
    };
    let converted = match &migration.opaque {
        Some(_) => Err(Cannot::Because(
            "it is code, which only its own tool can run",
        )),
        None if matches!(layout, Layout::Goose | Layout::LiamstaskGoose) => {
            sections::convert(migration, layout, dialect)
        }
        None => files(migration, layout, dialect),
    };
    converted.map_err(|cannot| match cannot {
        Cannot::Because(reason) => refused(migration, reason),
        Cannot::Unreadable(problem) => problem,
    })
}

/// A migration that stays what it is.
fn refused(migration: &Migration, reason: &str) -> Diagnostic {
    let name = super::show_name(&migration.full_name());
    let message = format!("{name} cannot be a native migration: {reason}");
    let problem = Diagnostic::error("not-convertible", Class::Usage, message);
    (migration.files.iter()).fold(problem, Diagnostic::in_file)
}

fn unreadable(script: &Script) -> impl Fn(ScriptError) -> Cannot + '_ {
    |error| Cannot::Unreadable(error.diagnostic(script))
}

/// A file for each direction.
fn files(migration: &Migration, layout: Layout, dialect: Dialect) -> Result<Vec<NewFile>, Cannot> {
    let stem = migration.full_name();
    let single = format!("{stem}.sql");
    let is_single = migration.down.is_none()
        && !(migration.files.iter()).any(|file| file.ends_with(".up.sql"))
        && layout == Layout::Sqlx
        && is_name_of(&single, migration);
    let name = |direction: Direction| {
        if is_single {
            single.clone()
        } else {
            format!("{stem}.{}.sql", direction.name())
        }
    };
    // Without an up, applying it only records it, which an empty file does as well.
    let up = match &migration.up {
        Some(script) => whole(script, dialect)?,
        None => String::new(),
    };
    let mut files = vec![NewFile::new(name(Direction::Up), &up)];
    if let Some(script) = &migration.down {
        let text = whole(script, dialect)?;
        files.push(NewFile::new(name(Direction::Down), &text));
    }
    Ok(files)
}

/// Whether the native layout reads nothing else in the name of a single file.
fn is_name_of(file: &str, migration: &Migration) -> bool {
    let wanted = Some((migration.version.text(), migration.name.as_str(), None));
    native::parse(file) == wanted && !is_case(file)
}

/// The text of a whole file.
fn whole(script: &Script, dialect: Dialect) -> Result<String, Cannot> {
    let text = text(script)?;
    let body = without_annotations(script.layout, &text, dialect);
    if !script.options.no_transaction {
        return Ok(body);
    }
    let (mark, rest) = split_mark(&body);
    let directive = format!("{mark}{PREFIX} no-transaction{}{rest}", line_end(&body));
    let mut candidates = [(directive, true), (body, false)];
    if script.layout == Layout::Sqlx {
        // Another file than it was has another checksum for sqlx.
        candidates.reverse();
    }
    let does_the_same = |(text, no_transaction): &(String, bool)| {
        let options = ScriptOptions {
            no_transaction: *no_transaction,
            ..ScriptOptions::default()
        };
        let native = Script::from_text(Layout::Native, &script.file, text.as_str(), options);
        check::runs_alike(script, &native, dialect)
    };
    let found = candidates.into_iter().find(does_the_same);
    found.map(|(text, _)| text).ok_or(Cannot::Because(
        "some of its statements are committed together and others by themselves, which the native layout does not \
         have in one file",
    ))
}

fn text(script: &Script) -> Result<String, Cannot> {
    let text = script.text(u64::MAX).map_err(unreadable(script))?;
    Ok(text.unwrap_or_default())
}

/// A text without the lines by which its layout divides it. A statement that only such a line ended gets a
/// semicolon. A text without such lines stays as it is.
fn without_annotations(layout: Layout, text: &str, dialect: Dialect) -> String {
    let is_boundary = |line: &&str| annotation(layout, line).is_some_and(Annotation::is_boundary);
    if !text.split_inclusive('\n').any(|line| is_boundary(&line)) {
        return text.to_owned();
    }
    let mut body = String::with_capacity(text.len());
    let mut chunk = String::new();
    for line in text.split_inclusive('\n') {
        match annotation(layout, line) {
            None => chunk.push_str(line),
            Some(annotation) if annotation.is_boundary() => {
                body.push_str(&terminated(&chunk, dialect));
                chunk.clear();
            }
            Some(_) => {}
        }
    }
    body.push_str(&terminated(&chunk, dialect));
    body
}

fn annotation(layout: Layout, line: &str) -> Option<Annotation> {
    let begins = line.starts_with('-');
    let parsed = Annotation::parse(layout, line.as_bytes()).filter(|_| begins)?;
    parsed.ok()
}

/// A text whose last statement ends with a semicolon.
fn terminated(text: &str, dialect: Dialect) -> String {
    use limosa_sql::PieceKind::Statement;
    let mut splitter = Splitter::new(dialect, text.as_bytes());
    let mut open = None;
    while let Some(Ok(piece)) = splitter.next() {
        if let Statement { terminated } = piece.kind {
            let end = piece.offset + piece.sql().len() as u64;
            open = (!terminated).then_some(end);
        }
    }
    let at = open.and_then(|at| usize::try_from(at).ok());
    match at.and_then(|at| text.split_at_checked(at)) {
        Some((statement, behind)) => format!("{statement};{behind}"),
        None => text.to_owned(),
    }
}

/// The byte order mark of a text, and what follows it.
fn split_mark(text: &str) -> (&str, &str) {
    match text.strip_prefix('\u{feff}') {
        Some(rest) => ("\u{feff}", rest),
        None => ("", text),
    }
}

/// How the lines of a text end.
fn line_end(text: &str) -> &'static str {
    match text.find('\n') {
        Some(at) if text[..at].ends_with('\r') => "\r\n",
        _ => "\n",
    }
}

#[cfg(test)]
mod tests;
