//! One shape for everything that is reported to people: failed statements, findings, wrong
//! configuration. Renderers and the exit code are made from it elsewhere.

use std::ops::Range;

use serde::Serialize;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing; never changes an exit code.
    Note,
    /// Should be looked at.
    Warning,
    /// Stops the command, or is a finding of a check.
    Error,
}

/// What class of trouble it is. The exit code derives from it, in [`Class::exit_code`] only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Something failed while working.
    Failed,
    /// Wrong usage, configuration or files.
    Usage,
    /// A check has findings.
    Finding,
    /// Blocked before anything was done; safe to retry.
    Blocked,
    /// An interrupted statement needs a decision.
    Undecided,
    /// Stopped by Ctrl-C or a signal.
    Interrupted,
}

impl Class {
    /// The exit code of the process.
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Finding => 3,
            Self::Blocked => 4,
            Self::Undecided => 5,
            Self::Interrupted => 130,
        }
    }
}

/// A report: what happened, where, what is true now, and what to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Its name in `kebab-case`; `limosa explain NAME` tells more.
    pub name: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// Its class.
    pub class: Class,
    /// What happened: a lowercase fragment.
    pub message: String,
    /// Places in files; the first is the primary one.
    pub labels: Vec<Label>,
    /// What else is true now.
    pub notes: Vec<String>,
    /// What to do next; a command stands on a line of its own.
    pub help: Vec<String>,
}

/// A place in a file, with the text around it, so that a renderer needs no file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The file, as people know it (relative to the project where possible).
    pub file: String,
    /// Line of the place, from 1.
    pub line: u64,
    /// Column of the place in characters, from 1.
    pub column: u64,
    /// What is said about the place; may be empty.
    pub text: String,
    /// The source around it, where it can be shown.
    pub excerpt: Option<Excerpt>,
}

/// Whole lines of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    /// The line number of the first line.
    pub first_line: u64,
    /// The lines.
    pub text: String,
    /// What is marked, in bytes of `text`.
    pub marked: Range<usize>,
}

impl Diagnostic {
    /// An error of a class.
    pub fn error(name: &'static str, class: Class, message: impl Into<String>) -> Self {
        Self::new(name, Severity::Error, class, message)
    }

    /// A warning, which is a finding where a check asks for it.
    pub fn warning(name: &'static str, message: impl Into<String>) -> Self {
        Self::new(name, Severity::Warning, Class::Finding, message)
    }

    /// A note.
    pub fn note(name: &'static str, message: impl Into<String>) -> Self {
        Self::new(name, Severity::Note, Class::Finding, message)
    }

    fn new(
        name: &'static str,
        severity: Severity,
        class: Class,
        message: impl Into<String>,
    ) -> Self {
        let message = message.into();
        Self {
            name,
            severity,
            class,
            message,
            labels: vec![],
            notes: vec![],
            help: vec![],
        }
    }

    /// Adds a place in a file.
    #[must_use]
    pub fn at(mut self, label: Label) -> Self {
        self.labels.push(label);
        self
    }

    /// Adds a place that is a whole file.
    #[must_use]
    pub fn in_file(self, file: impl Into<String>) -> Self {
        self.at(Label {
            file: file.into(),
            line: 1,
            column: 1,
            text: String::new(),
            excerpt: None,
        })
    }

    /// Adds a note.
    #[must_use]
    pub fn with_note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Adds what to do next.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }
}
