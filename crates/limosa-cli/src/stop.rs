//! A command that ends with problems.

use limosa_core::{Class, Diagnostic, Severity};

/// Why a command ended. Each is shown, and the first error decides the exit code.
#[derive(Debug)]
pub struct Stop(pub Vec<Diagnostic>);

impl Stop {
    /// Wrong usage.
    pub fn usage(message: impl Into<String>) -> Self {
        Self(vec![Diagnostic::error("usage", Class::Usage, message)])
    }

    /// Something about files of the program itself.
    pub fn failed(message: impl Into<String>) -> Self {
        Self(vec![Diagnostic::error("failed", Class::Failed, message)])
    }

    /// With what to do next.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        if let Some(last) = self.0.pop() {
            self.0.push(last.with_help(help));
        }
        self
    }
}

impl From<Diagnostic> for Stop {
    fn from(diagnostic: Diagnostic) -> Self {
        Self(vec![diagnostic])
    }
}

impl From<Vec<Diagnostic>> for Stop {
    fn from(diagnostics: Vec<Diagnostic>) -> Self {
        Self(diagnostics)
    }
}

/// The exit code of problems: that of the first error.
pub fn exit_code(problems: &[Diagnostic]) -> u8 {
    problems
        .iter()
        .find(|one| one.severity == Severity::Error)
        .or(problems.first())
        .map_or(1, |one| one.class.exit_code())
}

/// What an error says, and what its causes say.
pub fn with_cause(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(one) = cause {
        text.push_str(": ");
        text.push_str(&one.to_string());
        cause = one.source();
    }
    text
}
