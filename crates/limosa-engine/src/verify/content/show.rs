//! Values and rows for people.

use super::{Cell, Table};

/// How many characters of a value are shown.
const SHOWN: usize = 60;

/// A value, shortened.
pub(super) fn value(cell: &Cell) -> String {
    let Some(text) = cell else {
        return "NULL".to_owned();
    };
    let mut shown = String::from("'");
    for (index, c) in text.chars().enumerate() {
        if index == SHOWN {
            shown.push('…');
            break;
        }
        match c {
            c if c.is_control()
                || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') =>
            {
                shown.extend(c.escape_default());
            }
            c => shown.push(c),
        }
    }
    shown.push('\'');
    shown
}

/// Two values such that what is different is seen.
pub(super) fn change(before: &Cell, after: &Cell) -> String {
    let (one, other) = (value(before), value(after));
    if let (Some(a), Some(b)) = (before, after)
        && one == other
    {
        let (a, b) = (a.chars().count(), b.chars().count());
        return format!("{one} ({a} characters) → {other} ({b} characters)");
    }
    format!("{one} → {other}")
}

/// What tells a row from the others: its key, else its first values.
pub(super) fn row(table: &Table, row: &[Cell]) -> String {
    let key = table.keys.iter().find(|key| {
        let mut cells = key.iter().map(|at| row.get(*at));
        cells.all(|cell| cell.is_some_and(Option::is_some))
    });
    let columns: Vec<usize> = match key {
        Some(key) => key.clone(),
        None => (0..table.columns.len().min(3)).collect(),
    };
    let parts = columns.iter().filter_map(|at| {
        let column = table.columns.get(*at)?;
        Some(format!("{} = {}", column.name, value(row.get(*at)?)))
    });
    let parts: Vec<String> = parts.collect();
    format!("({})", parts.join(", "))
}
