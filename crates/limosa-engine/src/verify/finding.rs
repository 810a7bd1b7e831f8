//! What is found, each with its place in the files.

use limosa_core::history::Direction;
use limosa_core::plan::statements;
use limosa_core::script::Environment;
use limosa_core::{Class, Diagnostic, Label, Migration, Severity, Version};
use limosa_schema::describe::describe;
use limosa_schema::{Change, Difference, Key};
use limosa_sql::Target;
use limosa_sql::lexer::{identifier, significant_tokens};

use super::content::DataFinding;
use super::play::Ready;
use super::round_trip::Failure;
use super::rows::Unproved;
use super::subject::Scripts;
use crate::apply::Place;

/// Something that verify found.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The migration.
    pub version: Version,
    /// Its full name.
    pub migration: String,
    /// The object that it is about.
    pub object: Option<Key>,
    /// What kind of thing it is, where its name has several: that of the difference (`lost`, `left_behind`, …), what
    /// became of data (`rows_lost`, …), or `on_data` for what works on empty tables.
    pub kind: Option<&'static str>,
    /// The report; its name is that of the finding.
    pub diagnostic: Diagnostic,
}

impl Finding {
    pub(super) fn new(migration: &Migration, diagnostic: Diagnostic) -> Self {
        Self {
            version: migration.version.clone(),
            migration: migration.full_name(),
            object: None,
            kind: None,
            diagnostic,
        }
    }
}

/// Whether an order of columns that is not restored is worth more than a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strictness {
    /// It is a note.
    Usual,
    /// It is an error, and so is what is not proved.
    Strict,
}

/// Makes findings about one subject.
pub(super) struct Reporter<'a> {
    pub migration: &'a Migration,
    pub scripts: &'a Scripts<'a>,
    pub target: Target,
    pub environment: Environment<'a>,
    pub strictness: Strictness,
}

impl Reporter<'_> {
    /// A down that fails, or an up that fails after it.
    pub(super) fn fails(&self, name: &'static str, failure: Failure) -> Finding {
        let full_name = self.migration.full_name();
        let found = failure.failed.diagnostic;
        let message = match name {
            "down-fails" => format!("the down of {full_name} fails: {}", found.message),
            _ => format!(
                "{full_name} cannot be applied again after its own down: {}",
                found.message
            ),
        };
        let diagnostic = Diagnostic {
            name,
            class: Class::Finding,
            message,
            ..found
        };
        Finding::new(self.migration, diagnostic)
    }

    /// An up that has no down.
    pub(super) fn down_empty(&self, differences: &[Difference]) -> Finding {
        let names: Vec<String> = (self.scripts.without_down.iter())
            .map(|one| one.full_name())
            .collect();
        let message = format!("{} has no down, or one that does nothing", names.join(", "));
        let mut diagnostic = Diagnostic::error("down-empty", Class::Finding, message);
        let first = self.scripts.without_down.first();
        if let Some(file) = first.and_then(|one| {
            let script = one.down.as_ref().or(one.up.as_ref());
            script.map(|script| script.file.clone())
        }) {
            diagnostic = diagnostic.in_file(file);
        }
        for line in differences.iter().flat_map(describe).take(NOTED) {
            diagnostic = diagnostic.with_note(line);
        }
        if differences.len() > NOTED {
            let more = differences.len() - NOTED;
            diagnostic = diagnostic.with_note(format!("and {more} more differences"));
        }
        if differences.is_empty() {
            diagnostic.severity = Severity::Warning;
            diagnostic =
                diagnostic.with_note("in an empty database it changes nothing of the schema");
        }
        let diagnostic = diagnostic.with_help(
            "write what takes it back; or say in the file that nothing does, and why\n-- limosa: irreversible: reason",
        );
        Finding::new(self.migration, diagnostic)
    }

    /// What is not as it was before, after going up and down.
    pub(super) fn difference(&self, difference: &Difference) -> Finding {
        let what = describe(difference);
        let full_name = self.migration.full_name();
        let message = match what.as_slice() {
            [one] => format!("the down of {full_name} does not restore: {one}"),
            _ => format!(
                "the down of {full_name} does not restore {}",
                difference.key
            ),
        };
        let diagnostic = self.about(
            "down-leaves-difference",
            message,
            &difference.key,
            Some(&difference.change),
        );
        self.with_lines(diagnostic, &what, difference)
    }

    /// What is not as it was after the first time, after going up, down and up.
    pub(super) fn difference_again(&self, difference: &Difference) -> Finding {
        let what = describe(difference);
        let message = format!(
            "{} makes something else when it is applied again after its own down: {}",
            self.migration.full_name(),
            difference.key
        );
        let diagnostic = self.about(
            "up-fails-again",
            message,
            &difference.key,
            Some(&difference.change),
        );
        self.with_lines(diagnostic, &what, difference)
    }

    /// A script that works on empty tables and fails on rows.
    pub(super) fn fails_on_rows(
        &self,
        name: &'static str,
        failure: Failure,
        row: Option<String>,
    ) -> Finding {
        let full_name = self.migration.full_name();
        let found = failure.failed.diagnostic;
        let which = match name {
            "down-fails" => format!("the down of {full_name}"),
            _ => full_name,
        };
        let message = format!("{which} fails on tables with rows: {}", found.message);
        let diagnostic = Diagnostic {
            name,
            class: Class::Finding,
            message,
            ..found
        };
        let diagnostic = match row {
            Some(row) => diagnostic.with_note(row),
            None => diagnostic,
        };
        let diagnostic = diagnostic.with_note(
            "on empty tables it works; these rows satisfy every constraint that was there",
        );
        Finding {
            kind: Some("on_data"),
            ..Finding::new(self.migration, diagnostic)
        }
    }

    /// What became of the rows.
    pub(super) fn data(&self, found: DataFinding) -> Finding {
        let message = format!("{}: {}", self.migration.full_name(), found.message);
        let mut diagnostic = Diagnostic::error(found.name, Class::Finding, message);
        let (guilty, other) = match found.direction {
            Direction::Up => (&self.scripts.ups, &self.scripts.downs),
            Direction::Down => (&self.scripts.downs, &self.scripts.ups),
        };
        let place = self.best(guilty, &found.object);
        match place.or_else(|| self.best(other, &found.object)) {
            Some(label) => diagnostic = diagnostic.at(label),
            None => diagnostic = diagnostic.in_file(file_of(self.migration)),
        }
        if found.name == "data-lost" {
            let lost = found.object.dotted();
            diagnostic = diagnostic.with_help(format!(
                "keep it, or say in the file that it may be lost, and why\n-- limosa: accepts-loss({lost}): reason"
            ));
        }
        Finding {
            object: Some(found.object),
            kind: Some(found.kind.name()),
            ..Finding::new(self.migration, diagnostic)
        }
    }

    /// A table that takes no row.
    pub(super) fn not_proved(&self, unproved: Unproved) -> Finding {
        let message = format!(
            "what becomes of the rows of {} is not proved: {}",
            unproved.key, unproved.reason
        );
        let mut diagnostic = Diagnostic::note("not-proved", message).with_help(
            "give it rows of your own, in a file beside the migration\nVERSION.given.sql",
        );
        if self.strictness == Strictness::Strict {
            diagnostic.severity = Severity::Error;
        }
        Finding {
            object: Some(unproved.key),
            ..Finding::new(self.migration, diagnostic)
        }
    }

    fn with_lines(
        &self,
        mut diagnostic: Diagnostic,
        lines: &[String],
        difference: &Difference,
    ) -> Finding {
        if lines.len() > 1 {
            for line in lines {
                diagnostic = diagnostic.with_note(line.clone());
            }
        }
        if matches!(difference.change, Change::OrderOnly { .. }) {
            diagnostic = diagnostic.with_note(
                "`SELECT *` and `INSERT` without a list of columns see the order, and nothing else does",
            );
            if self.strictness == Strictness::Usual {
                diagnostic.severity = Severity::Note;
            }
        }
        Finding {
            object: Some(difference.key.clone()),
            kind: Some(difference.change.name()),
            ..Finding::new(self.migration, diagnostic)
        }
    }

    /// A report about an object, with the statements that made and unmade it.
    pub(super) fn about(
        &self,
        name: &'static str,
        message: String,
        key: &Key,
        change: Option<&Change>,
    ) -> Diagnostic {
        let mut diagnostic = Diagnostic::error(name, Class::Finding, message);
        let up = self.best(&self.scripts.ups, key);
        let down = self.best(&self.scripts.downs, key);
        let is_there = down.is_some();
        match down.or_else(|| self.beginning(&self.scripts.downs)) {
            Some(label) => diagnostic = diagnostic.at(label),
            None => diagnostic = diagnostic.in_file(file_of(self.migration)),
        }
        if let Some(mut label) = up {
            let done = match change {
                Some(Change::LeftBehind) if !is_there => "made here, and not taken back",
                _ => "changed here",
            };
            label.text.push_str(done);
            diagnostic = diagnostic.at(label);
        }
        diagnostic
    }

    /// The statement that has most to do with an object, by the names in it.
    fn best(&self, scripts: &[Ready<'_>], key: &Key) -> Option<Label> {
        let mut best: Option<(u32, Label)> = None;
        let tables = key.path.iter().rev().skip(1);
        let tables: Vec<&String> = tables.collect();
        let mut each = |file: &str, planned: limosa_core::plan::Planned<'_>| {
            let text = planned.text.sql;
            let mut score = 0;
            let tokens = significant_tokens(self.target.dialect, text.as_bytes());
            for name in tokens.filter_map(|token| identifier(&token)) {
                if name.eq_ignore_ascii_case(bare(key.name())) {
                    score |= 4;
                } else if tables
                    .first()
                    .is_some_and(|one| name.eq_ignore_ascii_case(one))
                {
                    score |= 2;
                }
            }
            // Where nothing else is said, what is about the table is about its column.
            if score > best.as_ref().map_or(1, |(best, _)| *best) {
                let place = Place::of(file, &planned.text, self.target.dialect);
                best = Some((score, place.label(String::new(), None)));
            }
        };
        self.read(scripts, &mut each);
        best.map(|(_, label)| label)
    }

    /// The first statement.
    fn beginning(&self, scripts: &[Ready<'_>]) -> Option<Label> {
        let mut first = None;
        self.read(scripts, &mut |file, planned| {
            if first.is_none() {
                let place = Place::of(file, &planned.text, self.target.dialect);
                first = Some(place.label(String::new(), None));
            }
        });
        first
    }

    fn read(
        &self,
        scripts: &[Ready<'_>],
        tell: &mut dyn FnMut(&str, limosa_core::plan::Planned<'_>),
    ) {
        for ready in scripts {
            let mut each = |planned: limosa_core::plan::Planned<'_>| {
                tell(&ready.script.file, planned);
            };
            // It was read before; a place is not worth an error.
            let _ = statements(
                ready.script,
                &ready.units,
                &self.target,
                self.environment,
                &mut each,
            );
        }
    }
}

/// How many lines a note list has at most.
const NOTED: usize = 20;

/// The name of a routine, without the types of its arguments.
fn bare(name: &str) -> &str {
    name.split('(').next().unwrap_or(name)
}

fn file_of(migration: &Migration) -> String {
    let script = migration.down.as_ref().or(migration.up.as_ref());
    script.map_or_else(
        || migration.files.first().cloned().unwrap_or_default(),
        |script| script.file.clone(),
    )
}
