//! Renders a diagnostic as a compiler does: the place in its source, notes, and what to do next.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use limosa_core::{Diagnostic, Label, Severity};

use crate::terminal::{
    ERROR, HELP, NOTE, Terminal, WARNING, clean, clean_line, paint, printable_source,
};

/// The text, with colours, ending with a line end.
pub fn render(diagnostic: &Diagnostic, terminal: &Terminal) -> String {
    let mut text = if diagnostic.labels.is_empty() {
        headline(diagnostic)
    } else {
        with_places(diagnostic, terminal)
    };
    for help in &diagnostic.help {
        text.push_str(&paragraph(&paint(HELP, "help"), help, 6));
    }
    text
}

/// `error[no-url]: no database URL is given`, with its notes.
fn headline(diagnostic: &Diagnostic) -> String {
    let (style, word) = match diagnostic.severity {
        Severity::Error => (ERROR, "error"),
        Severity::Warning => (WARNING, "warning"),
        Severity::Note => (NOTE, "note"),
    };
    let name = match diagnostic.severity {
        Severity::Note => paint(style, word),
        _ => paint(style, format!("{word}[{}]", diagnostic.name)),
    };
    let mut text = format!("{name}: {}\n", clean(&diagnostic.message));
    for note in &diagnostic.notes {
        text.push_str(&paragraph(&paint(NOTE, "note"), note, 6));
    }
    text
}

/// A first line behind its word, the others indented: commands stand there.
fn paragraph(word: &str, body: &str, indent: usize) -> String {
    let cleaned = clean(body);
    let mut lines = cleaned.lines();
    let mut text = format!("{word}: {}\n", lines.next().unwrap_or_default());
    for line in lines {
        text.push_str(&format!("{:indent$}{line}\n", ""));
    }
    text
}

fn with_places(diagnostic: &Diagnostic, terminal: &Terminal) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let message = clean_line(&diagnostic.message);
    let mut group = match diagnostic.severity {
        Severity::Note => Group::with_title(level.primary_title(message)),
        _ => Group::with_title(level.primary_title(message).id(diagnostic.name)),
    };
    for (at, label) in diagnostic.labels.iter().enumerate() {
        group = add(group, label, at == 0);
    }
    for note in &diagnostic.notes {
        group = group.element(Level::NOTE.message(clean(note).into_owned()));
    }
    let decor = if terminal.unicode {
        DecorStyle::Unicode
    } else {
        DecorStyle::Ascii
    };
    let renderer = Renderer::styled()
        .decor_style(decor)
        .term_width(terminal.width);
    format!("{}\n", renderer.render(&[group]))
}

fn add<'a>(group: Group<'a>, label: &'a Label, primary: bool) -> Group<'a> {
    let file = clean_line(&label.file);
    let position = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let Some(excerpt) = &label.excerpt else {
        let origin = Origin::path(file);
        return group.element(match (label.line, label.column) {
            // A whole file has no place in it.
            (0 | 1, 0 | 1) => origin,
            (line, column) => origin.line(position(line)).char_column(position(column)),
        });
    };
    let kind = if primary {
        AnnotationKind::Primary
    } else {
        AnnotationKind::Context
    };
    let length = excerpt.text.len();
    let marked = excerpt.marked.start.min(length)..excerpt.marked.end.min(length);
    let mut annotation = kind.span(marked);
    if !label.text.is_empty() {
        annotation = annotation.label(clean_line(&label.text));
    }
    group.element(
        Snippet::source(printable_source(&excerpt.text))
            .line_start(position(excerpt.first_line))
            .path(file)
            .annotation(annotation),
    )
}

#[cfg(test)]
mod tests;
