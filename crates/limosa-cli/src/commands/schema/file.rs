//! Files that are written from a schema, and checked against it.

use std::io::{self, Write};
use std::path::Path;

use limosa_core::{Class, Diagnostic};
use tempfile::NamedTempFile;

use crate::commands::{Context, Outcome};
use crate::exit;
use crate::report::line_diff;
use crate::stop::Stop;
use crate::terminal::clean_line;

/// The most lines of a difference that are shown.
const LINES: usize = 20;

/// Where a text goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum To<'a> {
    /// To stdout.
    Out,
    /// Into a file.
    File(&'a Path),
}

impl<'a> To<'a> {
    /// `-` is stdout.
    pub fn of(path: &'a Path) -> Self {
        if path == Path::new("-") {
            Self::Out
        } else {
            Self::File(path)
        }
    }
}

/// Writes a text: all of it or nothing, and not at all where the file has it already.
pub fn put(text: &str, to: To<'_>, context: &Context) -> Outcome {
    let To::File(path) = to else {
        context.terminal.out_as_it_is(text);
        return Ok(exit::DONE);
    };
    let shown = shown(path);
    if std::fs::read(path).is_ok_and(|found| found == text.as_bytes()) {
        context.terminal.story(&format!("{shown} is up to date\n"));
        return Ok(exit::DONE);
    }
    written(text, path).map_err(|error| {
        let message = format!("{shown} cannot be written: {error}");
        let problem = Diagnostic::error("file-not-written", Class::Usage, message);
        Stop::from(problem.with_note("it is as it was before"))
    })?;
    context.terminal.story(&format!("Wrote {shown}\n"));
    Ok(exit::DONE)
}

/// Says whether a file is what would be written.
pub fn check(text: &str, path: &Path, renew: &str, context: &Context) -> Outcome {
    let shown = shown(path);
    let found = match std::fs::read(path) {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let message = format!("{shown} is not there");
            return Err(stale(message, renew).into());
        }
        Err(error) => {
            let message = format!("{shown} cannot be read: {error}");
            return Err(Diagnostic::error("unreadable-file", Class::Usage, message).into());
        }
    };
    let found = String::from_utf8_lossy(&found);
    // A checkout with other line ends is the same page.
    let found = found.replace("\r\n", "\n");
    if found == text {
        context.terminal.story(&format!("{shown} is up to date\n"));
        return Ok(exit::DONE);
    }
    context.terminal.out(&line_diff(&found, text, LINES));
    let message = format!("{shown} is not what the schema is now");
    Err(stale(message, renew).into())
}

fn stale(message: String, renew: &str) -> Diagnostic {
    Diagnostic::error("stale-file", Class::Finding, message)
        .with_help(format!("write it again\n{renew}"))
}

fn written(text: &str, path: &Path) -> io::Result<()> {
    let folder = match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    std::fs::create_dir_all(folder)?;
    // What the name leads to is replaced, and not the link.
    let path = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = path
        .parent()
        .filter(|one| *one != Path::new(""))
        .unwrap_or(folder);
    let mut file = NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    readable(&file, &path)?;
    file.persist(&path)?;
    Ok(())
}

/// A temporary file is its owner's alone; this one is read by others, as the one before was.
#[cfg(unix)]
fn readable(file: &NamedTempFile, before: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = match std::fs::metadata(before) {
        Ok(before) => before.permissions(),
        Err(_) => std::fs::Permissions::from_mode(0o644),
    };
    file.as_file().set_permissions(mode)
}

/// A temporary file is as every other.
#[cfg(not(unix))]
fn readable(_file: &NamedTempFile, _before: &Path) -> io::Result<()> {
    Ok(())
}

/// A word of a command that can be typed.
pub fn quoted(word: &str) -> String {
    let is_plain = |letter: char| letter.is_alphanumeric() || "/._-@:+=,".contains(letter);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", clean_line(word).replace('\'', "'\\''"))
}

fn shown(path: &Path) -> String {
    clean_line(&path.to_string_lossy())
}
