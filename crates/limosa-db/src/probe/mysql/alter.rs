//! The actions of `ALTER TABLE`.

use serde::{Deserialize, Serialize};

use super::aim::Does;
use super::object::{Kind, Object};
use super::reader::Reader;
use super::scene::Context;

/// The parts of a table that a statement names.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Parts {
    /// Columns that are there afterwards.
    pub(super) columns: Vec<String>,
    /// Columns that are gone, unless they are among those, too.
    pub(super) gone: Vec<String>,
    /// Indexes that are there, and such that are gone.
    pub(super) indexes: Vec<String>,
    pub(super) indexes_gone: Vec<String>,
}

impl Parts {
    pub(super) fn index(&mut self, name: String, drops: bool) {
        // It is shown without its name.
        if name.eq_ignore_ascii_case("primary") {
            return;
        }
        if drops {
            self.indexes_gone.push(name);
        } else {
            self.indexes.push(name);
        }
    }

    /// Whether a column goes and another one takes its name, so that the table may look as before.
    pub(super) fn may_look_the_same(&self) -> bool {
        self.gone
            .iter()
            .any(|gone| self.columns.iter().any(|name| same(name, gone)))
    }
}

/// Whether two names of columns or indexes are the same one.
pub(super) fn same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

/// What stands behind `ADD` or `DROP` and is neither a column nor an index with a name that can be looked for.
const NO_COLUMN: &[&str] = &[
    "primary",
    "foreign",
    "constraint",
    "check",
    "partition",
    "system",
    "period",
];
const INDEX: &[&str] = &[
    "unique index",
    "unique key",
    "unique",
    "fulltext index",
    "fulltext key",
    "fulltext",
    "spatial index",
    "spatial key",
    "spatial",
    "vector index",
    "vector key",
    "vector",
    "index",
    "key",
];
/// What may stand where the name of an index would.
const NO_NAME: &[&str] = &["using", "type"];

/// What the actions behind the table's name do, and the second table that they name.
pub(super) fn actions(
    reader: &mut Reader<'_>,
    context: &Context,
    database: &str,
) -> Option<(Does, Option<Object>)> {
    if reader.eat("wait") {
        reader.next();
    }
    reader.eat("nowait");
    let mut parts = Parts::default();
    let mut renamed = None;
    loop {
        if reader.eat("discard tablespace") {
            return Some((Does::Discard, None));
        } else if reader.eat("import tablespace") {
            return Some((Does::Import, None));
        } else if reader.eat_any(&["discard", "import"]) {
            // Of single partitions.
            return None;
        } else if reader.eat("truncate partition") {
            return Some((Does::Truncate(partitions(reader)), None));
        } else if reader.eat("exchange partition") {
            reader.behind("table");
            let (qualified, name) = reader.name()?;
            let database = qualified.or_else(|| context.database.clone())?;
            let table = Object::new(Kind::Table, [database, name]);
            return Some((Does::Exchange, Some(table)));
        } else if reader.eat("change") {
            reader.eat("column");
            let certain = !reader.eat("if exists");
            let (from, to) = (reader.part()?, reader.part()?);
            column_renamed(&mut parts, from, to, certain);
        } else if reader.eat("rename column") {
            let certain = !reader.eat("if exists");
            let from = reader.part()?;
            reader.eat("to");
            column_renamed(&mut parts, from, reader.part()?, certain);
        } else if reader.eat_any(&["rename index", "rename key"]) {
            let certain = !reader.eat("if exists");
            let from = reader.part()?;
            reader.eat("to");
            let to = reader.part()?;
            if certain {
                parts.index(from, true);
                parts.index(to, false);
            }
        } else if reader.eat("rename") {
            reader.eat_any(&["to", "as"]);
            reader.eat_symbol(b'=');
            let (qualified, name) = reader.name()?;
            // Without a database the new name is where the table is.
            let database = qualified.unwrap_or_else(|| database.to_owned());
            renamed = Some(Object::new(Kind::Table, [database, name]));
        } else if reader.eat("add") {
            added(reader, &mut parts)?;
        } else if reader.eat("drop") {
            dropped(reader, &mut parts)?;
        }
        if !reader.next_item() {
            break;
        }
    }
    Some(match renamed {
        Some(table) => (Does::ChangeAndRename, Some(table)),
        None => (Does::Change(parts), None),
    })
}

fn column_renamed(parts: &mut Parts, from: String, to: String, certain: bool) {
    if certain && !same(&from, &to) {
        parts.gone.push(from);
        parts.columns.push(to);
    }
}

fn added(reader: &mut Reader<'_>, parts: &mut Parts) -> Option<()> {
    if NO_COLUMN.iter().any(|word| reader.peek_is(word)) {
        return Some(());
    }
    if reader.eat_any(INDEX) {
        reader.eat("if not exists");
        let named =
            !reader.peek_is_symbol(b'(') && !NO_NAME.iter().any(|word| reader.peek_is(word));
        if named {
            parts.index(reader.part()?, false);
        }
        return Some(());
    }
    reader.eat("column");
    reader.eat("if not exists");
    if !reader.eat_symbol(b'(') {
        parts.columns.push(reader.part()?);
        return Some(());
    }
    while !reader.at_end() && !reader.peek_is_symbol(b')') {
        let is_column = !NO_COLUMN.iter().any(|word| reader.peek_is(word))
            && !["unique", "fulltext", "spatial", "vector", "index", "key"]
                .iter()
                .any(|word| reader.peek_is(word));
        if is_column {
            parts.columns.push(reader.part()?);
        }
        while !reader.at_end() && !reader.peek_is_symbol(b')') && !reader.eat_symbol(b',') {
            reader.skip();
        }
    }
    reader.eat_symbol(b')');
    Some(())
}

fn dropped(reader: &mut Reader<'_>, parts: &mut Parts) -> Option<()> {
    if NO_COLUMN.iter().any(|word| reader.peek_is(word)) {
        return Some(());
    }
    let index = reader.eat_any(&["index", "key"]);
    if !index {
        reader.eat("column");
    }
    reader.eat("if exists");
    let name = reader.part()?;
    if index {
        parts.index(name, true);
    } else {
        parts.gone.push(name);
    }
    Some(())
}

/// The names of partitions; none for `ALL`.
fn partitions(reader: &mut Reader<'_>) -> Vec<String> {
    let mut names = Vec::new();
    if reader.eat("all") {
        return names;
    }
    while let Some(name) = reader.part() {
        names.push(name);
        if !reader.eat_symbol(b',') {
            break;
        }
    }
    names
}
