//! Questions, asked on a terminal only.

use std::io::{BufRead, IsTerminal};

use super::{NAME, Terminal, clean_line, paint};
use crate::interrupt::Interrupt;

/// What became of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prompted {
    /// The name was typed.
    Confirmed,
    /// Something else was typed.
    Declined,
    /// A signal came, or the terminal went away.
    Interrupted,
    /// There is nobody to ask.
    Nobody,
}

/// Asks for the name of the database.
pub fn ask_for_name(terminal: &Terminal, name: &str, interrupt: &Interrupt) -> Prompted {
    if !terminal.interactive {
        return Prompted::Nobody;
    }
    let shown = clean_line(name);
    terminal.err(&format!(
        "Type the name of the database to go on ({}): ",
        paint(NAME, &shown)
    ));
    let mut line = String::new();
    if wait_for_line(interrupt) && std::io::stdin().lock().read_line(&mut line).is_err() {
        line.clear();
    }
    if interrupt.came() || !std::io::stdin().is_terminal() {
        terminal.err("\n");
        return Prompted::Interrupted;
    }
    if line.trim() == name.trim() {
        Prompted::Confirmed
    } else {
        Prompted::Declined
    }
}

/// Waits until there is something to read; false when a signal came before.
#[cfg(unix)]
fn wait_for_line(interrupt: &Interrupt) -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};

    let look = Timespec::try_from(crate::interrupt::LOOK).ok();
    let stdin = std::io::stdin();
    while !interrupt.came() {
        let mut files = [PollFd::new(&stdin, PollFlags::IN)];
        // A signal ends the wait with an error, and is seen above.
        if let Ok(1..) = poll(&mut files, look.as_ref()) {
            return true;
        }
    }
    false
}

/// Where nothing can be waited for, the reading itself waits.
#[cfg(not(unix))]
fn wait_for_line(_interrupt: &Interrupt) -> bool {
    true
}
