//! `CREATE INDEX CONCURRENTLY`: interrupted, it leaves an index that is not valid.

use limosa_sql::TokenKind;
use serde::Serialize;

use super::words::Words;
use super::{drop_concurrently, numbers};
use crate::probe::{Effect, Finding, Snapshot};
use crate::{DbError, Row, Session};

const OF_TABLE: &str = include_str!("indexes_of_table.sql");
const NEW: &str = include_str!("new_indexes.sql");

/// Keeps which indexes the table has.
pub(super) fn look(session: &mut dyn Session, sql: &str) -> Result<Option<Snapshot>, DbError> {
    let Some(wanted) = Wanted::read(sql) else {
        return Ok(None);
    };
    let rows = session.query(OF_TABLE, &[wanted.table.as_str().into()])?;
    let Some(table) = rows.first().and_then(|row| row.int(0)) else {
        // There is no such table, which the server will say.
        return Ok(Some(Snapshot::default()));
    };
    let index = match wanted.name {
        Some(name) => ("name", name),
        None => ("shape", wanted.shape.to_json()),
    };
    let indexes = numbers(&rows, 1);
    let table = table.to_string();
    Ok(Some(Snapshot::of([
        ("table", table),
        ("indexes", indexes),
        index,
    ])))
}

/// Looks for an index that the table did not have and that is the one of the statement.
pub(super) fn judge(session: &mut dyn Session, before: &Snapshot) -> Result<Finding, DbError> {
    let (Some(table), Some(indexes)) = (before.get("table"), before.get("indexes")) else {
        return Ok(Effect::Absent.alone());
    };
    let rows = session.query(NEW, &[table.into(), indexes.into()])?;
    let found: Vec<Found> = rows.iter().map(Found::of).collect();
    let ours = || found.iter().filter(|index| index.is_of(before));
    if ours().any(|index| index.valid) {
        return Ok(Effect::Present.alone());
    }
    if let Some(session) = ours().find_map(|index| index.builder) {
        return Ok(Effect::Busy(session).alone());
    }
    Ok(Finding {
        effect: Effect::Absent,
        clean_up: ours()
            .map(|index| drop_concurrently(&index.schema, &index.name))
            .collect(),
    })
}

/// What the statement says about its index.
#[derive(Debug, PartialEq)]
struct Wanted {
    name: Option<String>,
    table: String,
    shape: Shape,
}

/// What an index without a name is recognised by.
#[derive(Debug, PartialEq, Serialize)]
struct Shape {
    unique: bool,
    method: String,
    /// Its columns, `None` for an expression; those that it only includes at the end.
    columns: Vec<Option<String>>,
    keys: usize,
    partial: bool,
}

impl Shape {
    fn to_json(&self) -> String {
        // Texts and numbers cannot fail to be written.
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl Wanted {
    fn read(sql: &str) -> Option<Self> {
        let mut words = Words::of(sql);
        words.eat("create");
        let unique = words.eat("unique");
        words.eat("index");
        words.eat("concurrently");
        words.eat("if not exists");
        let on = words.peek(0)?.is_word("on");
        let name = if on { None } else { Some(words.name()?) };
        if !words.eat("on") {
            return None;
        }
        words.eat("only");
        let table = words.qualified()?;
        let method = if words.eat("using") {
            words.name()?
        } else {
            "btree".to_owned()
        };
        let mut columns = columns(&mut words)?;
        let keys = columns.len();
        if words.eat("include") {
            columns.extend(self::columns(&mut words)?);
        }
        let partial = words.seek("where");
        let shape = Shape {
            unique,
            method,
            columns,
            keys,
            partial,
        };
        Some(Self { name, table, shape })
    }
}

/// The columns in parentheses.
fn columns(words: &mut Words<'_>) -> Option<Vec<Option<String>>> {
    if !words.eat_symbol(b'(') {
        return None;
    }
    let mut columns = Vec::new();
    loop {
        let follows = words.peek(1)?;
        let call = follows.is_symbol(b'(') || follows.is_symbol(b'.');
        let name = words
            .peek(0)
            .is_some_and(|token| token.kind != TokenKind::Symbol);
        columns.push(if name && !call {
            Some(words.name()?)
        } else {
            None
        });
        loop {
            if words.eat_symbol(b')') {
                return Some(columns);
            }
            if words.eat_symbol(b',') {
                break;
            }
            if !words.skip_parentheses() {
                words.peek(0)?;
                words.skip();
            }
        }
    }
}

/// Whether the server may have made up the name: `users_email_idx`, `users_email_idx1`.
fn is_generated(name: &str) -> bool {
    name.trim_end_matches(|c: char| c.is_ascii_digit())
        .ends_with("_idx")
}

/// An index that was not there before.
struct Found {
    schema: String,
    name: String,
    valid: bool,
    shape: Shape,
    /// The session that is building it.
    builder: Option<i64>,
}

impl Found {
    fn of(row: &Row) -> Self {
        let text = |at| row.text(at).unwrap_or_default();
        let columns: Vec<Option<String>> = serde_json::from_str(&text(7)).unwrap_or_default();
        Self {
            schema: text(0),
            name: text(1),
            valid: row.is_true(2),
            shape: Shape {
                unique: row.is_true(3),
                method: text(4),
                partial: row.is_true(5),
                keys: row
                    .int(6)
                    .and_then(|keys| usize::try_from(keys).ok())
                    .unwrap_or_default(),
                columns,
            },
            builder: row.int(8),
        }
    }

    /// Whether it is the index of the statement.
    fn is_of(&self, before: &Snapshot) -> bool {
        match (before.get("name"), before.get("shape")) {
            (Some(name), _) => self.name == name,
            (None, Some(shape)) => self.shape.to_json() == shape && is_generated(&self.name),
            (None, None) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(sql: &str) -> (Option<String>, String, String) {
        let wanted = Wanted::read(sql).expect("it can be read");
        let Shape {
            unique,
            method,
            columns,
            keys,
            partial,
        } = wanted.shape;
        let columns: Vec<_> = columns
            .iter()
            .map(|one| one.as_deref().unwrap_or("?"))
            .collect();
        let shape = format!("{unique} {method} {} {keys} {partial}", columns.join(","));
        (wanted.name, wanted.table, shape)
    }

    #[test]
    fn the_shape_of_an_index_is_read() {
        let named =
            shape("CREATE INDEX CONCURRENTLY IF NOT EXISTS By_Mail ON ONLY Shop.users (email)");
        assert_eq!(
            named,
            (
                Some("by_mail".into()),
                "Shop.users".into(),
                "false btree email 1 false".into()
            )
        );
        let sql = "create unique index concurrently on \"T\" using GiST (lower(a), \"B\" COLLATE \"C\" DESC, (c + f(1, 2)), \
                   s.f(d), e int4_ops) INCLUDE (x, y) WITH (fillfactor = 70) WHERE (a > 1)";
        let expected = "true gist ?,B,?,?,e,x,y 5 true";
        assert_eq!(shape(sql), (None, "\"T\"".into(), expected.into()));
    }

    #[test]
    fn what_cannot_be_read_has_no_probe() {
        for sql in [
            "CREATE INDEX CONCURRENTLY",
            "CREATE INDEX CONCURRENTLY x ON t",
            "CREATE INDEX CONCURRENTLY x ON t (a",
            "CREATE INDEX CONCURRENTLY U&\"x\" ON t (a)",
        ] {
            assert_eq!(Wanted::read(sql), None, "{sql}");
        }
    }

    #[test]
    fn generated_names_are_known() {
        assert!(is_generated("users_email_idx") && is_generated("users_email_idx12"));
        assert!(!is_generated("users_email") && !is_generated("users_email_key"));
    }
}
