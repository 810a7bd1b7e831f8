//! Questions, asked on a terminal only.

use std::io::BufRead;

use super::{NAME, Terminal, clean_line, paint};

/// What became of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prompted {
    /// The name was typed.
    Confirmed,
    /// Something else was typed.
    Declined,
    /// There is nobody to ask.
    Nobody,
}

/// Asks for the name of the database.
pub fn ask_for_name(terminal: &Terminal, name: &str) -> Prompted {
    if !terminal.interactive {
        return Prompted::Nobody;
    }
    let shown = clean_line(name);
    terminal.err(&format!(
        "Type the name of the database to go on ({}): ",
        paint(NAME, &shown)
    ));
    let mut line = String::new();
    match std::io::stdin().lock().read_line(&mut line) {
        Ok(_) if line.trim() == name.trim() => Prompted::Confirmed,
        _ => Prompted::Declined,
    }
}
