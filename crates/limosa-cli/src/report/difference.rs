//! Differences of two schemas as text: the words of `limosa_schema::describe`, and a few lines of a body that differs.

use limosa_schema::describe::{Sides, describe_as, property, summary};
use limosa_schema::{Change, Difference, PropertyChange};
use serde_json::Value;
use similar::{ChangeTag, TextDiff};

use crate::terminal::{DIM, ERROR, GOOD, NAME, Terminal, WARNING, clean_line, paint};

/// The most lines of a body that are shown.
const LINES: usize = 24;

/// What is different, an object each, and a last line that counts.
pub fn difference_text(
    differences: &[Difference],
    sides: Sides<'_>,
    terminal: &Terminal,
) -> String {
    let mut text = String::new();
    for one in differences {
        text.push_str(&object(one, sides));
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text.push_str(&match differences {
        [] => "No difference\n".to_owned(),
        some => format!("{}\n", clean_line(&summary(some, sides))),
    });
    plain(&text, terminal)
}

fn object(difference: &Difference, sides: Sides<'_>) -> String {
    let (mark, style) = match &difference.change {
        Change::Lost => ("-", ERROR),
        Change::LeftBehind => ("+", GOOD),
        _ => ("~", WARNING),
    };
    let mark = paint(style, mark);
    match &difference.change {
        Change::Lost | Change::LeftBehind | Change::OrderOnly { .. } => {
            let lines = describe_as(difference, sides);
            format!("{mark} {}\n", clean_line(&lines.join("; ")))
        }
        Change::TextOnly(all) => {
            let words = "only blanks and comments differ";
            let mut text = format!("{mark} {}, {words}\n", name(difference));
            for one in all {
                text.push_str(&lines(one).unwrap_or_default());
            }
            text
        }
        Change::Changed(all) | Change::Privileges(all) => {
            let mut text = format!("{mark} {}\n", name(difference));
            for one in all {
                match lines(one) {
                    Some(lines) => {
                        let name = one.name.replace('_', " ");
                        text.push_str(&format!("    {name}:\n{lines}"));
                    }
                    None => {
                        for line in property(one, sides) {
                            text.push_str(&format!("    {}\n", clean_line(&line)));
                        }
                    }
                }
            }
            text
        }
    }
}

fn name(difference: &Difference) -> String {
    let key = clean_line(&difference.key.to_string());
    paint(NAME, key)
}

/// The lines in which two texts differ, with one around them; `None` where they have no lines.
fn lines(change: &PropertyChange) -> Option<String> {
    let (Some(Value::String(before)), Some(Value::String(after))) = (&change.before, &change.after)
    else {
        return None;
    };
    (before.contains('\n') || after.contains('\n')).then(|| line_diff(before, after, LINES))
}

/// The lines in which two texts differ, as `diff` marks them, indented.
pub fn line_diff(before: &str, after: &str, most: usize) -> String {
    let diff = TextDiff::from_lines(before, after);
    let mut text = String::new();
    let mut shown = 0;
    let mut more = 0;
    for (at, group) in diff.grouped_ops(1).iter().enumerate() {
        if at > 0 && shown < most {
            text.push_str(&format!("      {}\n", paint(DIM, "…")));
        }
        for change in group.iter().flat_map(|one| diff.iter_changes(one)) {
            if shown >= most {
                more += usize::from(change.tag() != ChangeTag::Equal);
                continue;
            }
            shown += 1;
            let line = clean_line(change.value().trim_end_matches(['\r', '\n']));
            text.push_str(&match change.tag() {
                ChangeTag::Equal => format!("        {}\n", paint(DIM, line)),
                ChangeTag::Delete => format!("      {} {line}\n", paint(ERROR, "-")),
                ChangeTag::Insert => format!("      {} {line}\n", paint(GOOD, "+")),
            });
        }
    }
    if more > 0 {
        let lines = crate::terminal::count(more, "more line");
        text.push_str(&format!("      {}\n", paint(DIM, format!("… and {lines}"))));
    }
    text
}

/// Without characters that the terminal does not show.
fn plain(text: &str, terminal: &Terminal) -> String {
    if terminal.unicode {
        text.to_owned()
    } else {
        text.replace('→', "->").replace('…', "...")
    }
}
