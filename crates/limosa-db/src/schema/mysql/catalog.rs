//! What the catalog says, in one query.
//!
//! Each part of the query gives rows of two columns: what it is about, and a JSON object, as bytes, so that no
//! setting of the session changes its letters. What a server does not have in its catalog is left out of the query.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::{DbError, Session};

const KNOWN_COLUMNS: &str = include_str!("sql/known_columns.sql");

/// The parts of the query.
const PARTS: &[&str] = &[
    include_str!("sql/session.sql"),
    include_str!("sql/tables.sql"),
    include_str!("sql/columns.sql"),
    include_str!("sql/indexes.sql"),
    include_str!("sql/foreign_keys.sql"),
    include_str!("sql/foreign_key_columns.sql"),
    include_str!("sql/checks_of_tables.sql"),
    include_str!("sql/checks.sql"),
    include_str!("sql/partitions.sql"),
    include_str!("sql/views.sql"),
    include_str!("sql/triggers.sql"),
    include_str!("sql/routines.sql"),
    include_str!("sql/parameters.sql"),
    include_str!("sql/events.sql"),
    include_str!("sql/grants.sql"),
];

/// What a session has set must not show: these decide how expressions are written, and how many rows come.
pub(super) const PLAINLY: &str = "/*M!100300 SET STATEMENT sql_mode = '', \
     sql_quote_show_create = 1, sql_select_limit = 18446744073709551615 FOR */ ";

/// A row of the catalog.
#[derive(Debug, Clone, Default)]
pub(super) struct Item(Map<String, Value>);

impl Item {
    /// A text or a number as text; empty where there is none.
    pub(super) fn text(&self, name: &str) -> String {
        self.some(name).unwrap_or_default()
    }

    /// A text or a number as text; `None` where there is none.
    pub(super) fn some(&self, name: &str) -> Option<String> {
        match self.0.get(name)? {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        }
    }

    /// A number; 0 where there is none.
    pub(super) fn number(&self, name: &str) -> u32 {
        self.text(name).parse().unwrap_or_default()
    }

    /// Whether it is true: servers differ in what a comparison becomes in JSON.
    pub(super) fn is_true(&self, name: &str) -> bool {
        matches!(self.text(name).as_str(), "1" | "true")
    }

    /// Whether it is this text.
    pub(super) fn says(&self, name: &str, text: &str) -> bool {
        self.some(name)
            .is_some_and(|said| said.eq_ignore_ascii_case(text))
    }
}

/// Everything that the catalog says about a database.
pub(super) struct Catalog {
    parts: BTreeMap<String, Vec<Item>>,
    known: BTreeSet<String>,
    /// The database.
    pub(super) database: String,
    /// The account as which we are here: `root@localhost`.
    pub(super) user: String,
    /// What new sessions have.
    pub(super) sql_mode: String,
    /// The collation that new tables get.
    pub(super) collation: String,
    /// The collation that new databases get.
    pub(super) server_collation: String,
}

impl Catalog {
    /// Asks the server.
    pub(super) fn read(session: &mut dyn Session) -> Result<Self, DbError> {
        let known: BTreeSet<String> = session
            .query(&format!("{PLAINLY}{KNOWN_COLUMNS}"), &[])?
            .iter()
            .filter_map(|row| row.text(0))
            .map(|name| name.to_uppercase())
            .collect();
        let parts: Vec<String> = PARTS
            .iter()
            .filter_map(|part| as_known(part, &known))
            .collect();
        let sql = format!("{PLAINLY}{}", parts.join("\nUNION ALL\n"));
        let mut parts: BTreeMap<String, Vec<Item>> = BTreeMap::new();
        for row in session.query(&sql, &[])? {
            let item: Map<String, Value> = serde_json::from_str(&row.text(1).unwrap_or_default())
                .map_err(|error| {
                DbError::Client(format!("the catalog cannot be read: {error}"))
            })?;
            let part = row.text(0).unwrap_or_default();
            parts.entry(part).or_default().push(Item(item));
        }
        let here = parts.remove("session").unwrap_or_default();
        let here = here.into_iter().next().unwrap_or_default();
        Ok(Self {
            parts,
            known,
            database: here.text("database"),
            user: here.text("user"),
            sql_mode: here.text("sql_mode"),
            collation: here.text("collation"),
            server_collation: here.text("server_collation"),
        })
    }

    /// The rows of a part.
    pub(super) fn of(&self, part: &str) -> impl Iterator<Item = &Item> {
        self.parts.get(part).into_iter().flatten()
    }

    /// The rows of a part in an order.
    pub(super) fn sorted<K: Ord>(&self, part: &str, by: impl Fn(&Item) -> K) -> Vec<&Item> {
        let mut all: Vec<&Item> = self.of(part).collect();
        all.sort_by_key(|item| by(item));
        all
    }

    /// Whether the server's catalog has a column: `COLUMNS.IS_GENERATED`.
    pub(super) fn has(&self, column: &str) -> bool {
        self.known.contains(column)
    }
}

/// A part without the lines that end in `-- with TABLE.COLUMN` where the catalog has no such column, and nothing
/// where this is a line of its own. `without` is the opposite.
fn as_known(part: &str, known: &BTreeSet<String>) -> Option<String> {
    let mut sql = String::with_capacity(part.len());
    for line in part.lines() {
        let Some((rest, remark)) = line.split_once("-- ") else {
            sql.push_str(line);
            sql.push('\n');
            continue;
        };
        let fits = match remark.split_once(' ') {
            Some(("with", column)) => known.contains(column),
            Some(("without", column)) => !known.contains(column),
            _ => true,
        };
        if fits {
            sql.push_str(rest);
            sql.push('\n');
        } else if rest.trim().is_empty() {
            return None;
        }
    }
    Some(sql)
}

#[cfg(test)]
impl Item {
    /// A row for tests.
    pub(super) fn of(value: &Value) -> Self {
        Self(value.as_object().cloned().unwrap_or_default())
    }
}

#[cfg(test)]
impl Catalog {
    /// A catalog for tests: that of a database `shop`, on a server with these columns.
    pub(super) fn of_server(known: &[&str]) -> Self {
        Self {
            parts: BTreeMap::new(),
            known: known.iter().map(|&one| one.to_owned()).collect(),
            database: "shop".to_owned(),
            user: "root@localhost".to_owned(),
            sql_mode: String::new(),
            collation: "utf8mb4_0900_ai_ci".to_owned(),
            server_collation: "utf8mb4_0900_ai_ci".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_catalog_does_not_have_is_not_asked_for() {
        let known = BTreeSet::from(["T.B".to_owned()]);
        let part = "-- A remark.\nSELECT a,\n  b, -- with T.B\n  c, -- with T.C\n  d\n";
        assert_eq!(
            as_known(part, &known).as_deref(),
            Some("\nSELECT a,\n  b, \n  d\n")
        );
        assert_eq!(as_known("-- with T.C\nSELECT 1\n", &known), None);
        assert_eq!(as_known("-- without T.B\nSELECT 1\n", &known), None);
        assert!(as_known("-- without T.C\nSELECT 1\n", &known).is_some());
    }
}
