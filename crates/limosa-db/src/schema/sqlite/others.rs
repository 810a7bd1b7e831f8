//! What the statements say that made an index, a view, a trigger or a virtual table.

use limosa_schema::{Key, Kind, Object};

use super::part::{Part, parts};
use super::text::{Cursor, Names, as_written};
use crate::schema::build::{Build as _, object};

/// An index of a table with these columns.
pub(super) fn index(name: &str, table: &str, sql: &str, columns: &Names) -> Object {
    let mut names = columns.clone();
    names.add(table);
    let mut cursor = Cursor::new(sql);
    cursor.eat("CREATE");
    let unique = cursor.eat("UNIQUE");
    cursor.until("ON");
    cursor.eat("ON");
    cursor.name();
    let written = cursor.brackets().map(Cursor::by_commas).unwrap_or_default();
    let keys = written.into_iter().map(|part| Part::new(part, &names));
    let keys: Vec<Part> = keys.collect();
    let predicate = cursor.eat("WHERE").then(|| cursor.expression(&names));
    let index = object(Kind::Index, [name])
        .when("unique", unique)
        .with("predicate", predicate);
    let mut index = parts(index, "keys", keys);
    index.parent = Some(Key::new(Kind::Table, [table]));
    index
}

/// A view.
pub(super) fn view(name: &str, sql: &str, names: &Names) -> Object {
    let mut cursor = Cursor::new(sql);
    cursor.until("VIEW");
    cursor.eat("VIEW");
    cursor.eat("IF NOT EXISTS");
    cursor.name();
    let columns = cursor.brackets().map(Cursor::by_commas).unwrap_or_default();
    let columns: Vec<String> = columns
        .into_iter()
        .filter_map(|mut one| one.name())
        .collect();
    cursor.eat("AS");
    let query = cursor
        .offset()
        .map(|offset| as_written(&sql[offset..], names));
    object(Kind::View, [name])
        .with("columns", Some(columns))
        .with("definition", query)
}

/// A trigger; its parent is set by the caller, who knows whether it is a table or a view.
pub(super) fn trigger(name: &str, on: &str, sql: &str, names: &Names) -> Object {
    let mut cursor = Cursor::new(sql);
    cursor.until("TRIGGER");
    cursor.eat("TRIGGER");
    cursor.eat("IF NOT EXISTS");
    cursor.name();
    let timing = if cursor.eat("INSTEAD OF") {
        "instead of"
    } else if cursor.eat("AFTER") {
        "after"
    } else {
        cursor.eat("BEFORE");
        "before"
    };
    let event = cursor
        .next()
        .map(|token| String::from_utf8_lossy(token.text).to_lowercase());
    let columns = cursor.eat("OF").then(|| cursor.until("ON").by_commas());
    let columns: Vec<String> = columns
        .unwrap_or_default()
        .into_iter()
        .filter_map(|mut one| one.name())
        .map(|column| names.or_as_it_is(column))
        .collect();
    cursor.eat("ON");
    cursor.name();
    cursor.eat("FOR EACH ROW");
    let when = cursor
        .eat("WHEN")
        .then(|| cursor.until("BEGIN").expression(names));
    let body = cursor
        .offset()
        .map(|offset| as_written(&sql[offset..], names));
    object(Kind::Trigger, [on, name])
        .with("timing", Some(timing))
        .with("event", event)
        .with("columns", Some(columns))
        .with("when", when)
        .with("definition", body)
}

/// A virtual table.
pub(super) fn virtual_table(name: &str, sql: &str) -> Object {
    let mut cursor = Cursor::new(sql);
    cursor.until("USING");
    cursor.eat("USING");
    let module = cursor.name();
    let parts = cursor.brackets().map(Cursor::by_commas).unwrap_or_default();
    let arguments: Vec<String> = parts.iter().map(Cursor::plain).collect();
    object(Kind::Table, [name])
        .with("form", Some("virtual"))
        .with("module", module)
        .with("arguments", Some(arguments))
}
