//! The sections and heads of one file.

use std::io::{self, BufRead};
use std::sync::Arc;

use limosa_sql::{Dialect, Lexer, PieceKind, Splitter, TokenKind};

use crate::history::Direction;
use crate::layout::directive::{Directive, PREFIX, is_directive, is_near_miss};
use crate::layout::file_text::{CommentLine, FileText};
use crate::migration::{AcceptedLoss, Allowance};
use crate::script::Segment;
use crate::{Class, Diagnostic, Layout, Migration, ScriptOptions};

/// A section while it is found.
struct Section {
    /// `None`: the part of the file before its first marker.
    direction: Option<Direction>,
    segment: Segment,
    options: ScriptOptions,
    /// The line and the column of its first statement.
    statement: Option<(u64, u64)>,
    directives: usize,
}

impl Section {
    fn new(direction: Option<Direction>, start: u64, line: u64) -> Self {
        Self {
            direction,
            segment: Segment {
                start,
                end: start,
                line,
            },
            options: ScriptOptions::default(),
            statement: None,
            directives: 0,
        }
    }
}

/// What is found in the text, in order.
enum Event {
    Statement {
        line: u64,
        column: u64,
    },
    Directive(CommentLine),
    /// A comment that is meant to be a directive.
    NearMiss(CommentLine),
}

/// Reads a file into a migration. `of_file` is what its name says about the direction.
pub(super) fn read(
    dialect: Dialect,
    text: &FileText<'_>,
    of_file: Option<Direction>,
    migration: &mut Migration,
    problems: &mut Vec<Diagnostic>,
) {
    let events = match events(dialect, text) {
        Ok(events) => events,
        Err(problem) => {
            problems.push(problem);
            return;
        }
    };
    let mut reading = Reading {
        text,
        of_file,
        migration,
        problems,
    };
    let sections = reading.sections(events);
    reading.scripts(sections);
}

struct Reading<'r, 'f> {
    text: &'r FileText<'f>,
    of_file: Option<Direction>,
    migration: &'r mut Migration,
    problems: &'r mut Vec<Diagnostic>,
}

impl Reading<'_, '_> {
    fn sections(&mut self, events: Vec<Event>) -> Vec<Section> {
        let mut sections = vec![Section::new(None, 0, 1)];
        for event in events {
            let Some(section) = sections.last_mut() else {
                break;
            };
            match event {
                Event::Statement { line, column } => {
                    section.statement.get_or_insert((line, column));
                }
                Event::NearMiss(line) => self.problem(
                    "unknown-directive",
                    &line,
                    "this line is not read as a directive".to_owned(),
                    format!("a directive begins with `{PREFIX}` at the beginning of its line"),
                ),
                Event::Directive(line) => {
                    let written = String::from_utf8_lossy(&line.text[PREFIX.len()..]).into_owned();
                    match Directive::parse(&written) {
                        Ok(Directive::Up) => {
                            section.segment.end = line.offset;
                            sections.push(Section::new(
                                Some(Direction::Up),
                                line.offset,
                                line.line,
                            ));
                            self.check_marker(Direction::Up, &line, &sections);
                        }
                        Ok(Directive::Down) => {
                            section.segment.end = line.offset;
                            sections.push(Section::new(
                                Some(Direction::Down),
                                line.offset,
                                line.line,
                            ));
                            self.check_marker(Direction::Down, &line, &sections);
                        }
                        Ok(_) if section.statement.is_some() => self.problem(
                            "misplaced-directive",
                            &line,
                            "a directive stands behind a statement".to_owned(),
                            "move it to the head: before the first statement of the file or of \
                             its section"
                                .to_owned(),
                        ),
                        Ok(Directive::Replaces(_))
                            if section.direction.or(self.of_file) == Some(Direction::Down) =>
                        {
                            self.problem(
                                "misplaced-directive",
                                &line,
                                "`replaces` stands with the statements that undo".to_owned(),
                                "move it to the head of the file, or of the section `up`"
                                    .to_owned(),
                            );
                        }
                        Ok(directive) => {
                            section.directives += 1;
                            let direction = section.direction.or(self.of_file);
                            take(directive, section, direction, self.migration);
                        }
                        Err(error) => {
                            let help = error.help();
                            self.problem("unknown-directive", &line, error.to_string(), help);
                        }
                    }
                }
            }
        }
        if let Some(last) = sections.last_mut() {
            last.segment.end = self.text.length;
        }
        sections
    }

    fn check_marker(&mut self, direction: Direction, line: &CommentLine, sections: &[Section]) {
        let name = direction.name();
        let same = |section: &&Section| section.direction == Some(direction);
        if self.of_file.is_some_and(|of_file| of_file != direction) {
            self.problem(
                "misplaced-directive",
                line,
                format!("a section `{name}` stands in a file for the other direction"),
                "a pair has one file for each direction; put each section into its own".to_owned(),
            );
        } else if sections.iter().filter(same).count() > 1 {
            self.problem(
                "duplicate-section",
                line,
                format!("there is a second section `{name}`"),
                "put the statements of both into one section".to_owned(),
            );
        }
    }

    fn problem(&mut self, name: &'static str, line: &CommentLine, message: String, help: String) {
        let indent = line.text.len() - line.text.trim_ascii_start().len();
        self.problems.push(
            Diagnostic::error(name, Class::Usage, message)
                .at(self.text.label(line.line, indent as u64 + 1, ""))
                .with_help(help),
        );
    }

    fn scripts(&mut self, mut sections: Vec<Section>) {
        let head = sections.remove(0);
        if sections.is_empty() {
            self.script(&[&head], self.of_file.unwrap_or(Direction::Up));
            return;
        }
        if let Some((line, column)) = head.statement {
            self.problems.push(
                Diagnostic::error(
                    "text-before-section",
                    Class::Usage,
                    "there is a statement before the first section",
                )
                .at(self.text.label(line, column, ""))
                .with_help(format!("put `{PREFIX} up` before it")),
            );
        }
        for direction in [Direction::Up, Direction::Down] {
            let Some(section) = sections.iter().find(|one| one.direction == Some(direction)) else {
                continue;
            };
            if direction == Direction::Down && section.statement.is_none() {
                self.problems.push(
                    Diagnostic::warning("empty-down", "the section `down` has no statement")
                        .at(self.text.label(section.segment.line, 1, ""))
                        .with_note("undoing the migration would do nothing but record it")
                        .with_help(format!(
                            "write how it is undone, or `{PREFIX} irreversible: reason`"
                        )),
                );
            }
            // The head belongs to both directions. Without directives it is only a comment.
            if head.directives > 0 {
                self.script(&[&head, section], direction);
            } else {
                self.script(&[section], direction);
            }
        }
        if self.of_file.is_none()
            && !sections
                .iter()
                .any(|one| one.direction == Some(Direction::Up))
        {
            self.problems.push(
                Diagnostic::error("down-without-up", Class::Usage, "there is no section `up`")
                    .at(self.text.label(sections[0].segment.line, 1, ""))
                    .with_help(format!(
                        "begin the statements that apply it with `{PREFIX} up`"
                    )),
            );
        }
    }

    fn script(&mut self, sections: &[&Section], direction: Direction) {
        let segments = sections.iter().map(|section| section.segment).collect();
        let mut options = ScriptOptions::default();
        for section in sections {
            let of_section = &section.options;
            options.no_transaction |= of_section.no_transaction;
            options.lock_timeout = of_section.lock_timeout.or(options.lock_timeout);
            options.statement_timeout = of_section.statement_timeout.or(options.statement_timeout);
            if direction == Direction::Up {
                options.replaces.extend(of_section.replaces.clone());
            }
        }
        let slot = match direction {
            Direction::Up => &mut self.migration.up,
            Direction::Down => &mut self.migration.down,
        };
        match self.text.script(Layout::Native, segments, options) {
            Ok(script) => *slot = Some(Arc::new(script)),
            Err(problem) => self.problems.push(problem),
        }
    }
}

/// Notes what a directive of a head says.
fn take(
    directive: Directive,
    section: &mut Section,
    direction: Option<Direction>,
    migration: &mut Migration,
) {
    match directive {
        // The caller has dealt with markers.
        Directive::Up | Directive::Down => {}
        Directive::NoTransaction => section.options.no_transaction = true,
        Directive::LockTimeout(time) => section.options.lock_timeout = Some(time),
        Directive::StatementTimeout(time) => section.options.statement_timeout = Some(time),
        Directive::Irreversible(reason) => migration.irreversible = Some(reason),
        Directive::Replaces(versions) => section.options.replaces.extend(versions),
        Directive::MinRelease(release) => migration.min_release = Some(release),
        Directive::Allow { rule, reason } => migration.allows.push(Allowance { rule, reason }),
        Directive::AcceptsLoss { object, reason } => migration.accepted_losses.push(AcceptedLoss {
            object,
            reason,
            direction,
        }),
    }
}

/// Finds the directives. Only a text that may contain one is split.
fn events(dialect: Dialect, text: &FileText<'_>) -> Result<Vec<Event>, Diagnostic> {
    let mut candidates = text.comment_lines_with("limosa")?;
    candidates.retain(|line| is_directive(&line.text) || is_near_miss(&line.text));
    if candidates.is_empty() {
        return Ok(Vec::new());
    }
    let mut reader = text.reader().map_err(|cause| text.unreadable(&cause))?;
    let mark = skip_byte_order_mark(&mut reader).map_err(|cause| text.unreadable(&cause))?;
    let mut splitter = Splitter::new(dialect, reader).directives(PREFIX);
    let mut events = Vec::new();
    let mut candidates = candidates.into_iter().peekable();
    let mut in_section = false;
    loop {
        match splitter.next() {
            Some(Ok(piece)) => {
                let end = mark + piece.offset + piece.text.len() as u64;
                match piece.kind {
                    // Only the first statement of a section matters.
                    PieceKind::Statement { .. } if !in_section => {
                        in_section = true;
                        events.push(Event::Statement {
                            line: piece.line,
                            column: piece.column,
                        });
                    }
                    _ => {}
                }
                while let Some(line) = candidates.next_if(|line| line.offset < end) {
                    if piece.kind == PieceKind::Directive {
                        in_section = false;
                        events.push(Event::Directive(line));
                    } else if is_near_miss(&line.text) && in_comment(dialect, &piece, &line) {
                        events.push(Event::NearMiss(line));
                    }
                }
                // Behind the first statement of the last section nothing can be found any more, so
                // the rest of a large file is not split.
                if in_section && candidates.peek().is_none() {
                    return Ok(events);
                }
            }
            // What cannot be split is reported where it is read; the lines behind it are taken as
            // they are, so that the rest of the file keeps its meaning.
            Some(Err(_)) => {
                events.extend(
                    candidates
                        .by_ref()
                        .filter(|line| is_directive(&line.text))
                        .map(Event::Directive),
                );
                return Ok(events);
            }
            None => return Ok(events),
        }
    }
}

/// Takes the byte order mark, where there is one, and says how long it was.
fn skip_byte_order_mark(reader: &mut dyn BufRead) -> io::Result<u64> {
    let marked = reader.fill_buf()?.starts_with(&[0xEF, 0xBB, 0xBF]);
    reader.consume(if marked { 3 } else { 0 });
    Ok(if marked { 3 } else { 0 })
}

/// Whether a line in a piece is a comment there, and not a part of a string.
fn in_comment(dialect: Dialect, piece: &limosa_sql::Piece<'_>, line: &CommentLine) -> bool {
    let indent = (line.text.len() - line.text.trim_ascii_start().len()) as u64;
    let Some(at) = (line.offset + indent).checked_sub(piece.offset) else {
        return false;
    };
    Lexer::new(dialect, piece.text)
        .any(|token| token.kind == TokenKind::Comment && token.offset as u64 == at)
}
