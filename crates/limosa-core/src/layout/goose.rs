//! The layout of pressly/goose: one file with an `-- +goose Up` section and then, where there is
//! one, a `-- +goose Down` section.
//!
//! Annotations are recognised line by line, as goose does, wherever they stand. Only the files of
//! the folder itself are read. `NO TRANSACTION` counts for the whole file, and so does what
//! `ENVSUB` switches: its state goes on from Up to Down.

use std::io::{BufRead, Read};
use std::path::Path;
use std::sync::Arc;

use super::file_text::{CommentLine, FileText};
use super::folder::{Entry, Folder};
use super::goose_name::{self, GooseName, NotGoose, PATTERN};
use super::group::{bad_version, in_order, unparsable};
use super::load::Found;
use super::new_files::{NewFile, Shape};
use super::rules::{Name, Rules, mentions};
use crate::script::annotation::{self, Annotation, Malformed};
use crate::script::{Notation, Segment, Tail};
use crate::{Class, Diagnostic, Layout, Migration, ScriptOptions};

/// The layout.
pub(super) struct Goose;

impl Rules for Goose {
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

    fn notation(&self) -> &'static Notation {
        &Notation {
            lines: Some(annotation::pressly),
            tail: Tail::Refused,
            expands: true,
            ..Notation::NONE
        }
    }

    fn refuses(&self, entry: &Entry) -> bool {
        entry.extension() == "sql"
    }

    /// Lines of the other goose are among them: what tells the two apart is looked at later.
    fn knows_line(&self, line: &[u8]) -> bool {
        Annotation::parse(Layout::Goose, line).is_some()
    }

    fn knows_file(&self, entry: &Entry, beginning: &[u8]) -> bool {
        entry.is_go()
            && entry.name.split_once('_').is_some_and(|(version, _)| {
                !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit())
            })
            && (mentions(beginning, "goose") || mentions(beginning, "func Up_"))
    }
}

fn read(folder: &Folder) -> Found {
    let mut found = Found::default();
    let mut migrations = Vec::new();
    for entry in &folder.entries {
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
                found
                    .problems
                    .push(unparsable(Layout::Goose, entry, PATTERN));
                continue;
            }
            Err(NotGoose::NoVersion | NotGoose::OtherFile) => continue,
        };
        let mut migration = Migration::new(version, name);
        migration.files.push(entry.shown.clone());
        if code {
            migration.opaque = Some(goose_name::code_reason());
        } else if let Err(problem) = read_file(entry, &mut migration, &mut found.problems) {
            found.problems.push(problem);
        }
        migrations.push((migration, entry));
    }
    found.migrations = in_order(migrations, &mut found.problems);
    found
}

/// Where the parser of goose is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Start,
    Up,
    Down,
}

fn read_file(
    entry: &Entry,
    migration: &mut Migration,
    problems: &mut Vec<Diagnostic>,
) -> Result<(), Diagnostic> {
    let text = FileText::open(entry)?;
    let lines = text.comment_lines_with("+goose")?;
    let mut reading = Reading {
        text: &text,
        problems,
        state: State::Start,
        open_block: None,
        options: ScriptOptions::default(),
        head: false,
        envsub: None,
        up: None,
        down: None,
        down_envsub: None,
    };
    for line in &lines {
        match Annotation::parse(Layout::Goose, &line.text) {
            Some(Ok(annotation)) => reading.annotation(annotation, line),
            Some(Err(malformed)) => {
                let problem = malformed_annotation(&text, line, &malformed, Layout::Goose);
                reading.problems.push(problem);
            }
            None => {}
        }
    }
    reading.scripts(migration)
}

struct Reading<'r, 'f> {
    text: &'r FileText<'f>,
    problems: &'r mut Vec<Diagnostic>,
    state: State,
    /// The line of a `StatementBegin` without its end.
    open_block: Option<u64>,
    options: ScriptOptions,
    /// Whether there are annotations before the Up.
    head: bool,
    /// The line that switched the expansion on, while it is.
    envsub: Option<Segment>,
    up: Option<(u64, u64)>,
    down: Option<(u64, u64)>,
    /// `envsub` where the Down begins.
    down_envsub: Option<Segment>,
}

impl Reading<'_, '_> {
    fn annotation(&mut self, annotation: Annotation, line: &CommentLine) {
        match annotation {
            Annotation::Up if self.state == State::Start => {
                self.state = State::Up;
                self.up = Some((line.offset, line.line));
            }
            Annotation::Up => self.error(
                "duplicate-section",
                line,
                "there is a second `-- +goose Up`",
                "put all of it into one section; if the files are those of liamstask/goose, read \
                 them with `--layout liamstask-goose`",
            ),
            Annotation::Down if self.open_block.is_some() => self.error(
                "unclosed-statement",
                line,
                "`-- +goose Down` stands between StatementBegin and StatementEnd",
                "write `-- +goose StatementEnd` behind the statement",
            ),
            Annotation::Down if self.state == State::Up => {
                self.state = State::Down;
                self.down = Some((line.offset, line.line));
                self.down_envsub = self.envsub;
            }
            Annotation::Down if self.state == State::Start => self.error(
                "down-without-up",
                line,
                "`-- +goose Down` stands before `-- +goose Up`",
                "put the Up first; if the files are those of liamstask/goose, read them with \
                 `--layout liamstask-goose`",
            ),
            Annotation::Down => self.error(
                "duplicate-section",
                line,
                "there is a second `-- +goose Down`",
                "put all of it into one section",
            ),
            Annotation::StatementBegin if self.open_block.is_none() => {
                if self.state == State::Start {
                    self.before_up(line);
                }
                self.open_block = Some(line.line);
            }
            Annotation::StatementBegin => self.error(
                "unclosed-statement",
                line,
                "a second StatementBegin stands before the StatementEnd of the first",
                "write `-- +goose StatementEnd` behind each statement",
            ),
            Annotation::StatementEnd => {
                if self.open_block.take().is_none() {
                    self.error(
                        "unclosed-statement",
                        line,
                        "StatementEnd without StatementBegin",
                        "write `-- +goose StatementBegin` before the statement",
                    );
                }
            }
            Annotation::NoTransaction => {
                self.options.no_transaction = true;
                self.head |= self.state == State::Start;
            }
            Annotation::EnvsubOn => {
                self.envsub = Some(Segment {
                    start: line.offset,
                    end: line.end,
                    line: line.line,
                });
                self.head |= self.state == State::Start;
            }
            Annotation::EnvsubOff => self.envsub = None,
            Annotation::Split => {}
        }
    }

    fn before_up(&mut self, line: &CommentLine) {
        self.error(
            "text-before-section",
            line,
            "a statement begins before `-- +goose Up`",
            "write `-- +goose Up` at the beginning of the file",
        );
    }

    fn error(&mut self, name: &'static str, line: &CommentLine, message: &str, help: &str) {
        self.problems.push(
            Diagnostic::error(name, Class::Usage, message)
                .at(self.text.label(line.line, 1, ""))
                .with_help(help),
        );
    }

    fn scripts(self, migration: &mut Migration) -> Result<(), Diagnostic> {
        if let Some(line) = self.open_block {
            self.problems.push(unclosed(self.text, line));
        }
        let end = self.text.length;
        let first = self.up.or(self.down).map_or(end, |(at, _)| at);
        if let Some(line) = statement_before(self.text, first)? {
            self.problems.push(
                Diagnostic::error(
                    "text-before-section",
                    Class::Usage,
                    "there is text before `-- +goose Up`",
                )
                .at(self.text.label(line, 1, ""))
                .with_help("write `-- +goose Up` before the statements that apply it"),
            );
        } else if self.up.is_none() && self.down.is_none() {
            self.problems.push(no_section(self.text, "`-- +goose Up`"));
        }
        if let Some((start, line)) = self.up {
            let mut segments = Vec::new();
            if self.head {
                segments.push(Segment {
                    start: 0,
                    end: start,
                    line: 1,
                });
            }
            let end = self.down.map_or(end, |(at, _)| at);
            segments.push(Segment { start, end, line });
            let script = self
                .text
                .script(Layout::Goose, segments, self.options.clone())?;
            migration.up = Some(Arc::new(script));
        }
        if let Some((start, line)) = self.down {
            let mut segments: Vec<Segment> = self.down_envsub.into_iter().collect();
            segments.push(Segment { start, end, line });
            let script = self.text.script(Layout::Goose, segments, self.options)?;
            migration.down = Some(Arc::new(script));
        }
        Ok(())
    }
}

/// The first line before an offset that is neither blank nor a comment line.
pub(super) fn statement_before(
    text: &FileText<'_>,
    offset: u64,
) -> Result<Option<u64>, Diagnostic> {
    let look = || -> std::io::Result<Option<u64>> {
        let mut input = text.reader()?.take(offset);
        let mut beginning = Vec::new();
        for number in 1.. {
            beginning.clear();
            if input
                .by_ref()
                .take(4096)
                .read_until(b'\n', &mut beginning)?
                == 0
            {
                break;
            }
            if !beginning.ends_with(b"\n") {
                input.skip_until(b'\n')?;
            }
            let line = beginning
                .strip_prefix(b"\xef\xbb\xbf")
                .unwrap_or(&beginning);
            let line = line.trim_ascii();
            if !line.is_empty() && !line.starts_with(b"--") {
                return Ok(Some(number));
            }
        }
        Ok(None)
    };
    look().map_err(|cause| text.unreadable(&cause))
}

/// A line that is meant to be an annotation and is none.
pub(super) fn malformed_annotation(
    text: &FileText<'_>,
    line: &CommentLine,
    malformed: &Malformed,
    layout: Layout,
) -> Diagnostic {
    let (message, help) = match malformed {
        Malformed::Indented => (
            "there are blanks before a `+goose` line".to_owned(),
            "begin the line with `-- +goose`".to_owned(),
        ),
        Malformed::Empty => (
            "there is nothing behind `+goose`".to_owned(),
            annotations(layout),
        ),
        Malformed::Unknown(said) => (
            format!("`{}` is not an annotation of goose", super::show_name(said)),
            Annotation::written(layout)
                .map(|name| {
                    (
                        strsim::jaro_winkler(&name.to_lowercase(), &said.to_lowercase()),
                        name,
                    )
                })
                .filter(|(likeness, _)| *likeness > 0.8)
                .max_by(|(a, _), (b, _)| a.total_cmp(b))
                .map_or_else(
                    || annotations(layout),
                    |(_, name)| format!("did you mean `{name}`?"),
                ),
        ),
    };
    Diagnostic::error("unknown-directive", Class::Usage, message)
        .at(text.label(line.line, 1, ""))
        .with_help(help)
}

fn annotations(layout: Layout) -> String {
    let names: Vec<&str> = Annotation::written(layout).collect();
    format!("there are: {}", names.join(", "))
}

/// A `StatementBegin` without its `StatementEnd`.
pub(super) fn unclosed(text: &FileText<'_>, line: u64) -> Diagnostic {
    Diagnostic::error(
        "unclosed-statement",
        Class::Usage,
        "StatementBegin without StatementEnd",
    )
    .at(text.label(line, 1, ""))
    .with_help("write `-- +goose StatementEnd` behind the statement")
}

/// A file without any section.
pub(super) fn no_section(text: &FileText<'_>, wanted: &str) -> Diagnostic {
    Diagnostic::error(
        "no-section",
        Class::Usage,
        format!("there is no {wanted} in the file"),
    )
    .at(text.label(1, 1, ""))
    .with_help("write `-- +goose Up` before the statements that apply it")
}

#[cfg(test)]
mod tests;
