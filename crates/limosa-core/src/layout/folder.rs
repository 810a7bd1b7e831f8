//! A directory of migrations as a list of names, before any layout has looked at them.

use std::borrow::Cow;
use std::fs;
use std::io::{self, Read};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use limosa_sql::Dialect;

use super::threads::in_parts;
use super::{Place, cases};
use crate::{Class, Diagnostic};

/// A directory of migrations.
#[derive(Debug)]
pub(super) struct Folder {
    pub(super) path: PathBuf,
    /// The directory that no link may leave.
    root: PathBuf,
    pub(super) shown: String,
    pub(super) dialect: Dialect,
    /// Sorted by name. Hidden entries are left out.
    pub(super) entries: Vec<Entry>,
    /// The tests that stand beside migrations. No layout sees them.
    pub(super) cases: Vec<Entry>,
}

/// An entry of a directory.
#[derive(Debug)]
pub(super) struct Entry {
    /// Its name, with what is not UTF-8 replaced.
    pub(super) name: String,
    /// Its name as people know it.
    pub(super) shown: String,
    pub(super) path: PathBuf,
    pub(super) kind: EntryKind,
    /// Its text, where it was read ahead: a part of that of many.
    text: Option<(Arc<Vec<u8>>, Range<usize>)>,
}

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EntryKind {
    File,
    Directory,
    /// A link whose target is outside of the folder.
    LeavingLink,
    /// A link to nothing, a socket, a device.
    Other,
}

/// How much of a file is its beginning. Files that are not longer are read ahead.
const LOOKED_AT: usize = 64 << 10;
/// How much text is read ahead: enough for ten thousand usual files, whatever their number is.
const AHEAD: usize = 16 << 20;
/// Longer names are cut in messages.
const SHOWN_CHARACTERS: usize = 120;

/// A name as it may be shown: control characters are escaped, long names are cut.
pub fn show_name(name: &str) -> String {
    let mut shown = String::new();
    for (index, c) in name.chars().enumerate() {
        if index == SHOWN_CHARACTERS {
            shown.push('…');
            break;
        }
        if c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    shown
}

impl Folder {
    /// Lists a directory.
    pub(super) fn open(place: &Place<'_>) -> Result<Self, Diagnostic> {
        let mut folder = Self {
            path: place.directory.to_owned(),
            root: place.directory.to_owned(),
            shown: place.shown.trim_end_matches('/').to_owned(),
            dialect: place.dialect,
            entries: Vec::new(),
            cases: Vec::new(),
        };
        if folder.shown == "." {
            folder.shown.clear();
        }
        match folder.list() {
            Ok(()) => {
                folder.read_ahead();
                Ok(folder)
            }
            Err(cause) => Err(cannot_open(place, &cause)),
        }
    }

    /// Reads the small files, once for everybody who looks at them.
    fn read_ahead(&mut self) {
        let entries = &self.entries;
        let is_read =
            |at: &usize| entries[*at].kind == EntryKind::File && entries[*at].may_be_read();
        let files: Vec<usize> = (0..entries.len()).filter(is_read).collect();
        // Each thread has its share, however many there are.
        let share = |part: &[usize]| AHEAD * part.len() / files.len().max(1);
        let parts = in_parts(&files, |part| Ahead::read(entries, part, share(part)));
        for Ahead { text, files } in parts {
            let text = Arc::new(text);
            for (at, range) in files {
                self.entries[at].text = Some((Arc::clone(&text), range));
            }
        }
    }

    /// A folder below this one; its entries are known by their path from here.
    pub(super) fn below(&self, name: &str) -> io::Result<Self> {
        let mut folder = Self {
            path: self.path.join(name),
            root: self.root.clone(),
            shown: self.show(name),
            dialect: self.dialect,
            entries: Vec::new(),
            cases: Vec::new(),
        };
        folder.list()?;
        Ok(folder)
    }

    /// How the path of a file is shown.
    pub(super) fn show(&self, name: &str) -> String {
        if self.shown.is_empty() {
            show_name(name)
        } else {
            format!("{}/{}", self.shown, show_name(name))
        }
    }

    /// The entry of a name.
    pub(super) fn get(&self, name: &str) -> Option<&Entry> {
        self.entries
            .binary_search_by(|entry| entry.name.as_str().cmp(name))
            .ok()
            .map(|at| &self.entries[at])
    }

    fn list(&mut self) -> io::Result<()> {
        let mut whole = None;
        for entry in fs::read_dir(&self.path)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with('.') {
                continue;
            }
            let path = entry.path();
            let kind = entry.file_type()?;
            let kind = if kind.is_file() {
                EntryKind::File
            } else if kind.is_dir() {
                EntryKind::Directory
            } else if kind.is_symlink() {
                if whole.is_none() {
                    whole = Some(fs::canonicalize(&self.root)?);
                }
                whole
                    .as_deref()
                    .map_or(EntryKind::Other, |whole| linked(&path, whole))
            } else {
                EntryKind::Other
            };
            let shown = self.show(&name);
            let is_case = kind != EntryKind::Directory && cases::is_case(&name);
            let list = if is_case {
                &mut self.cases
            } else {
                &mut self.entries
            };
            list.push(Entry {
                name,
                shown,
                path,
                kind,
                text: None,
            });
        }
        self.entries.sort_by(|a, b| a.name.cmp(&b.name));
        self.cases.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(())
    }
}

/// Small files that were read one after the other.
struct Ahead {
    text: Vec<u8>,
    /// Which they are, and where their text is.
    files: Vec<(usize, Range<usize>)>,
}

impl Ahead {
    /// Reads small files until there is so much of them. What cannot be read is reported by who needs it.
    fn read(entries: &[Entry], files: &[usize], most: usize) -> Self {
        let mut ahead = Self {
            text: Vec::new(),
            files: Vec::with_capacity(files.len()),
        };
        let mut buffer = vec![0; LOOKED_AT + 1];
        for at in files {
            let Ok(length) = read_into(&entries[*at].path, &mut buffer) else {
                continue;
            };
            if length > LOOKED_AT {
                continue;
            }
            let begin = ahead.text.len();
            if begin + length > most {
                break;
            }
            ahead.text.extend_from_slice(&buffer[..length]);
            ahead.files.push((*at, begin..begin + length));
        }
        ahead
    }
}

/// Fills the buffer from a file, as far as it goes.
fn read_into(path: &Path, buffer: &mut [u8]) -> io::Result<usize> {
    let mut file = fs::File::open(path)?;
    let mut length = 0;
    while length < buffer.len() {
        match file.read(&mut buffer[length..]) {
            Ok(0) => break,
            Ok(more) => length += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(length)
}

/// What a link leads to.
fn linked(path: &Path, folder: &Path) -> EntryKind {
    let Ok(target) = fs::canonicalize(path) else {
        return EntryKind::Other;
    };
    if !target.starts_with(folder) {
        EntryKind::LeavingLink
    } else if target.is_file() {
        EntryKind::File
    } else if target.is_dir() {
        EntryKind::Directory
    } else {
        EntryKind::Other
    }
}

impl Entry {
    /// What stands behind the last dot of its name, in lower case.
    pub(super) fn extension(&self) -> String {
        let found = self.name.rsplit_once('.');
        found.map_or_else(String::new, |(_, extension)| extension.to_ascii_lowercase())
    }

    /// Whether it is code in Go, and no test.
    pub(super) fn is_go(&self) -> bool {
        self.name
            .strip_suffix(".go")
            .is_some_and(|stem| !stem.ends_with("_test"))
    }

    /// Whether it is SQL or code by its name.
    pub(super) fn may_be_read(&self) -> bool {
        self.extension() == "sql" || self.is_go()
    }

    /// Its text, where it is a small file that was read ahead.
    pub(super) fn text(&self) -> Option<&[u8]> {
        let (text, range) = self.text.as_ref()?;
        text.get(range.clone())
    }

    /// How a file begins, which mostly tells who wrote it. Of anything else there is nothing.
    pub(super) fn beginning(&self) -> io::Result<Cow<'_, [u8]>> {
        if let Some(text) = self.text() {
            return Ok(Cow::Borrowed(text));
        }
        let mut text = Vec::new();
        if self.kind == EntryKind::File {
            let file = fs::File::open(&self.path)?;
            file.take(LOOKED_AT as u64).read_to_end(&mut text)?;
        }
        Ok(Cow::Owned(text))
    }

    /// Why an entry with the name of a migration cannot be one; `None` when it is a file.
    pub(super) fn problem(&self) -> Option<Diagnostic> {
        let shown = &self.shown;
        let error = |name, message: String| Diagnostic::error(name, Class::Usage, message);
        let problem = match self.kind {
            EntryKind::File => return None,
            EntryKind::Directory => error(
                "not-a-file",
                format!("{shown} has the name of a migration but is a directory"),
            )
            .with_help("rename or remove it"),
            EntryKind::LeavingLink => error(
                "link-leaves-folder",
                format!("{shown} is a link that leaves the folder of the migrations"),
            )
            .with_help("put the file itself into the folder"),
            EntryKind::Other => error(
                "not-a-file",
                format!("{shown} has the name of a migration but is no file that can be read"),
            )
            .with_help("rename or remove it; if it is a link, its target is missing"),
        };
        Some(problem.in_file(shown))
    }
}

fn cannot_open(place: &Place<'_>, cause: &io::Error) -> Diagnostic {
    let shown = show_name(place.shown);
    match cause.kind() {
        io::ErrorKind::NotFound => Diagnostic::error(
            "no-directory",
            Class::Usage,
            format!("the directory {shown} does not exist"),
        )
        .with_help("name the directory of the migrations with `--dir`, or start a new one:")
        .with_help("limosa init"),
        io::ErrorKind::NotADirectory => Diagnostic::error(
            "not-a-directory",
            Class::Usage,
            format!("{shown} is not a directory"),
        )
        .with_help("`--dir` names the directory that contains the migrations, not one of them"),
        _ => Diagnostic::error(
            "unreadable-directory",
            Class::Usage,
            format!("the directory {shown} cannot be read: {cause}"),
        ),
    }
}
