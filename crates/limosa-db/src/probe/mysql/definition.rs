//! The definition of an object, such that time and settings of the session do not change it.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use super::object::{Kind, Object};
use crate::{DbError, Session, Value};

/// Settings that change what `SHOW CREATE` answers. `MySQL` cannot set them for one statement.
const PLAINLY: &str = "SET STATEMENT sql_mode = '', sql_quote_show_create = 1, time_zone = '+00:00', \
    character_set_results = utf8mb4 FOR ";
const SERVER: &str = include_str!("server.sql");
const PLUGIN: &str = include_str!("plugin.sql");

/// What the server says of an object that is not there.
const NOT_THERE: &[&str] = &["1049", "1133", "1141", "1146", "1305", "1360", "1539"];
/// Errors that pass: a lock that was waited for, a statement that was cancelled or took too long.
const PASSING: &[&str] = &["1205", "1213", "1317", "1969", "3024"];

/// Why an object cannot be looked at.
pub(super) enum Unseen {
    /// The server does not show it, in its words.
    Hidden(String),
    Db(DbError),
}

impl From<DbError> for Unseen {
    fn from(error: DbError) -> Self {
        match &error {
            DbError::Server(failure) if !PASSING.contains(&error.code()) => {
                Self::Hidden(failure.message.clone())
            }
            _ => Self::Db(error),
        }
    }
}

/// The definition of an object.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Definition {
    text: String,
    /// Whether its column with `AUTO_INCREMENT` has counted.
    pub(super) has_counted: bool,
}

/// The definition as the server shows it now; `None` when the object is not there.
pub(super) fn definition(
    session: &mut dyn Session,
    object: &Object,
) -> Result<Option<Definition>, Unseen> {
    let quoted = object.quoted();
    let sql = match object.kind {
        Kind::Server | Kind::Plugin => {
            let sql = if object.kind == Kind::Server {
                SERVER
            } else {
                PLUGIN
            };
            let name = object.path.first().cloned().map(Value::Text);
            let rows = session.query(sql, name.as_slice())?;
            return Ok(rows.first().map(|row| Definition::new(object, row.text(0))));
        }
        Kind::Role | Kind::Grants => format!("SHOW GRANTS FOR {quoted}"),
        kind => format!("SHOW CREATE {} {quoted}", kind.word()),
    };
    let plainly = if session.server().target.mariadb {
        PLAINLY
    } else {
        ""
    };
    let rows = match session.query(&format!("{plainly}{sql}"), &[]) {
        Err(error) if NOT_THERE.contains(&error.code()) => return Ok(None),
        rows => rows?,
    };
    let columns = match object.kind {
        // Its name is not part of it.
        Kind::Table => 1..2,
        // The last column says when it was made.
        Kind::Trigger => 0..3,
        _ => 0..usize::MAX,
    };
    let mut lines: Vec<String> = rows
        .iter()
        .flat_map(|row| columns.clone().take(row.0.len()).map(|at| row.text(at)))
        .flatten()
        .collect();
    if object.kind == Kind::Grants {
        lines.sort();
    }
    Ok(Some(Definition::new(object, Some(lines.join("\n")))))
}

impl Definition {
    fn new(object: &Object, text: Option<String>) -> Self {
        let text = text.unwrap_or_default();
        if object.kind != Kind::Table {
            return Self {
                text,
                has_counted: false,
            };
        }
        let mut has_counted = false;
        let mut lines = Vec::new();
        for line in text.lines() {
            let counted = without_counter(line);
            has_counted |= counted.is_some();
            let named = counted.or_else(|| without_name(line));
            lines.push(named.unwrap_or_else(|| line.to_owned()));
        }
        Self {
            text: lines.join("\n"),
            has_counted,
        }
    }

    /// What is kept of it.
    pub(super) fn digest(&self) -> String {
        let digest = Sha256::digest(self.text.as_bytes());
        let mut text = String::new();
        for byte in &digest[..16] {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
        }
        text
    }

    /// Whether the session's own temporary table hides what is behind it.
    pub(super) fn is_temporary(&self) -> bool {
        self.text
            .lines()
            .any(|line| line.starts_with("CREATE TEMPORARY "))
    }

    /// Whether it is not a view that was found under the name of a table.
    pub(super) fn is_of_table(&self) -> bool {
        self.text.starts_with("CREATE TABLE") || self.is_temporary()
    }

    /// The names of the columns of a table.
    pub(super) fn columns(&self) -> Vec<String> {
        let name = |line: &str| name_at(line.strip_prefix("  ")?);
        self.text.lines().filter_map(name).collect()
    }

    /// The names of the indexes of a table.
    pub(super) fn indexes(&self) -> Vec<String> {
        let name = |line: &str| {
            let line = line
                .strip_prefix("  ")
                .filter(|line| !line.starts_with('`'))?;
            name_at(&line[line.find("KEY ")? + 4..])
        };
        self.text.lines().filter_map(name).collect()
    }
}

/// The quoted name at the beginning of a text.
fn name_at(text: &str) -> Option<String> {
    let mut rest = text.strip_prefix('`')?;
    let mut name = String::new();
    loop {
        let end = rest.find('`')?;
        name.push_str(&rest[..end]);
        rest = &rest[end + 1..];
        match rest.strip_prefix('`') {
            Some(more) => {
                name.push('`');
                rest = more;
            }
            None => return Some(name),
        }
    }
}

/// The options of a table without the number that it counts to.
fn without_counter(line: &str) -> Option<String> {
    let (before, after) = line.split_once(" AUTO_INCREMENT=")?;
    // Behind the engine, and before what people write.
    if !before.starts_with(") ENGINE=") || before.contains('\'') {
        return None;
    }
    let rest = after.trim_start_matches(|digit: char| digit.is_ascii_digit());
    Some(format!("{before}{rest}"))
}

/// The first line without the name of the table, and a constraint without the one that it has from that name.
fn without_name(line: &str) -> Option<String> {
    const FIRST: &str = "CREATE TABLE ";
    if line.starts_with(FIRST) {
        return Some(FIRST.to_owned());
    }
    let name = name_at(line.strip_prefix("  CONSTRAINT ")?)?;
    let (_, number) = name.rsplit_once("_ibfk_")?;
    Some(line.replacen(&format!("`{}`", name.replace('`', "``")), number, 1))
}
