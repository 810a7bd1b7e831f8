//! What is said about another tool and its history.

use limosa_core::foreign::Moved;
use limosa_core::{Diagnostic, Layout};
use limosa_db::Server;
use limosa_db::store::Foreign;

use crate::Database;

/// What is said when something was taken over.
pub(crate) fn taken_over(tool: Layout, moved: &Moved) -> Option<Diagnostic> {
    let message = match (moved.ahead.len(), moved.back.len()) {
        (0, 0) => return None,
        (ahead, 0) => format!("{tool} had applied {}: taken over", migrations(ahead)),
        (0, back) => format!("{tool} had undone {}: taken over", migrations(back)),
        (ahead, back) => format!(
            "{tool} had applied {} and undone {}: taken over",
            migrations(ahead),
            migrations(back)
        ),
    };
    Some(Diagnostic::note("taken-over", message))
}

/// What is said about a tool that nothing keeps from working at the same time.
pub(crate) fn no_lock(foreign: &Foreign, server: &Server) -> Option<Diagnostic> {
    let who = foreign.who_takes_no_lock(server)?;
    let message = format!("{who}: nothing keeps it from working at the same time");
    Some(Diagnostic::note("no-other-lock", message))
}

fn migrations(number: usize) -> String {
    match number {
        1 => "1 migration".to_owned(),
        number => format!("{number} migrations"),
    }
}

impl Database {
    /// What is to be said about what another tool did, before it is taken over.
    pub fn remark_about(&self, moved: &Moved) -> Option<Diagnostic> {
        let table = self.other_table()?;
        let (tool, shown) = (table.tool(), table.shown(self.session.dialect()));
        if !self.keeps_own() {
            return Some(Diagnostic::note(
                "foreign-history",
                format!(
                    "what is applied is what {shown} says, the table of {tool}; nothing of Limosa is kept"
                ),
            ));
        }
        let message = match (&self.tables, moved.ahead.len(), moved.back.len()) {
            (None, 0, _) if !table.exists() => return None,
            (None, 0, _) => {
                let message = format!("nothing is applied: {shown}, the table of {tool}, is empty");
                return Some(Diagnostic::note("not-adopted", message).with_help(
                    "if it lost its rows, write down what is applied before anything is run\nlimosa baseline VERSION",
                ));
            }
            (None, ..) => format!("what is applied is what {shown} says, the table of {tool}"),
            (_, 0, 0) => return None,
            (_, ahead, 0) => format!("{shown} says that {tool} applied {}", migrations(ahead)),
            (_, _, back) => format!("{shown} says that {tool} undid {}", migrations(back)),
        };
        let note = Diagnostic::note("not-adopted", message);
        Some(note.with_help(
            "the next `limosa up` takes that over, and so does, without running anything\nlimosa adopt",
        ))
    }

    /// What is to be said before the first run where the files are of another tool that has no table here.
    pub fn remark_about_new(&self) -> Option<Diagnostic> {
        let other = self.settings.other.as_ref()?;
        let tool = other.tool.filter(|tool| *tool != Layout::Native)?;
        if self.tables.is_some() || self.beside.is_some() || other.history.is_some() {
            return None;
        }
        let message = format!(
            "{tool} has no table here, so only Limosa's own history is kept: {tool} would apply everything again"
        );
        Some(Diagnostic::note("not-mirrored", message).with_help(format!(
            "if {tool} works on this database, too, its table is kept with\nlimosa up --history mirror"
        )))
    }

    /// What is to be said about a tool that nothing keeps from working at the same time.
    pub fn remark_about_lock(&self) -> Option<Diagnostic> {
        no_lock(self.other_table()?, self.server())
    }
}
