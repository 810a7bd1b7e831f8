//! What a statement reaches beyond the database that it runs in, judged from its text before anything runs.
//!
//! A statement is judged by its verb, by the functions that it calls, and, where it defines a program, by the
//! statements inside of that. What cannot be known from the text (SQL that is put together while it runs, a statement
//! that is not recognised) is unknown, never harmless.

mod mysql;
mod postgres;
mod sqlite;
mod text;

use limosa_core::{Class, Diagnostic, Label};
use limosa_sql::{Dialect, Facts, Modes, Target, classify_with_modes};

use text::Text;

/// How far a statement reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// To the rest of the server: roles, settings, other databases, files that it only reads.
    Server,
    /// Out of the server: files, programs, other servers.
    Outside,
    /// Nobody can tell from its text.
    Unknown,
}

/// A statement that reaches beyond its database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beyond {
    /// How far.
    pub reach: Reach,
    /// By what, as a fragment: `roles belong to the whole server`.
    pub why: String,
}

/// What there is around a shadow that a statement could reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ground {
    /// A server of our own: nothing but what is outside of it.
    Private,
    /// A server of others, which keeps its user from everything but the shadow.
    Confined,
    /// A server of others, where our user may do more.
    Shared,
}

/// Whether a statement may run in a shadow there. `modes` is how its session reads quotes by then.
///
/// # Errors
/// With what it reaches.
pub fn admit(
    sql: &str,
    facts: &Facts,
    target: &Target,
    modes: Modes,
    ground: Ground,
) -> Result<(), Beyond> {
    let Some(beyond) = beyond(&Text::new(sql, target, modes), facts) else {
        return Ok(());
    };
    let refused = match (ground, beyond.reach) {
        (_, Reach::Outside) | (Ground::Shared, _) => true,
        (Ground::Confined, Reach::Server) => true,
        (Ground::Private, Reach::Server | Reach::Unknown) | (Ground::Confined, Reach::Unknown) => {
            false
        }
    };
    if refused { Err(beyond) } else { Ok(()) }
}

/// What a statement reaches, if anything; the worst first.
fn beyond(text: &Text<'_>, facts: &Facts) -> Option<Beyond> {
    let found = match text.target.dialect {
        Dialect::Postgres => postgres::beyond(text, facts),
        Dialect::Mysql => mysql::beyond(text, facts),
        Dialect::Sqlite => sqlite::beyond(text, facts),
    };
    let rank = |one: &Beyond| match one.reach {
        Reach::Outside => 0,
        Reach::Server => 1,
        Reach::Unknown => 2,
    };
    found.into_iter().min_by_key(rank)
}

/// Programs inside of each other more often than this are not those of a person.
const DEEPEST: u32 = 4;

/// What a statement inside of a program reaches.
fn inside(sql: &str, program: &Text<'_>) -> Option<Beyond> {
    if program.depth >= DEEPEST {
        return Some(unknown("its programs are inside of each other"));
    }
    let text = program.inner(sql);
    let facts = classify_with_modes(sql.as_bytes(), &text.target, text.modes);
    let found = beyond(&text, &facts);
    // Half of a program's text is no statement of SQL, and is not recognised as one.
    found.filter(|one| facts.kind != "unknown" || one.reach != Reach::Unknown)
}

fn server(why: &str) -> Beyond {
    Beyond {
        reach: Reach::Server,
        why: why.to_owned(),
    }
}

fn outside(why: &str) -> Beyond {
    Beyond {
        reach: Reach::Outside,
        why: why.to_owned(),
    }
}

fn unknown(why: &str) -> Beyond {
    Beyond {
        reach: Reach::Unknown,
        why: why.to_owned(),
    }
}

impl Beyond {
    /// The report, with the place of the statement; `shadow` is what the shadow is.
    pub fn diagnostic(&self, place: Option<Label>, shadow: &str) -> Diagnostic {
        let message = match self.reach {
            Reach::Server | Reach::Outside => {
                format!("the statement reaches beyond the shadow: {}", self.why)
            }
            Reach::Unknown => format!(
                "nobody can tell whether the statement reaches beyond the shadow: {}",
                self.why
            ),
        };
        let diagnostic = Diagnostic::error("beyond-shadow", Class::Usage, message);
        let diagnostic = match place {
            Some(place) => diagnostic.at(place),
            None => diagnostic,
        };
        let diagnostic = diagnostic.with_note(format!("the shadow is {shadow}; nothing was run"));
        match self.reach {
            Reach::Outside => {
                diagnostic.with_help("what is outside of the server is not touched for a proof")
            }
            Reach::Server | Reach::Unknown => diagnostic.with_help(
                "leave `--shadow` out, so that the shadow is on a server of its own; that needs the programs of the server on this machine",
            ),
        }
    }
}

#[cfg(test)]
mod tests;
