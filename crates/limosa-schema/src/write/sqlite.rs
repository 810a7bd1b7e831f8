//! The statements of SQLite.
//!
//! Everything has the text that it was made by. What `ALTER TABLE` cannot do is done as the manual says it
//! (<https://www.sqlite.org/lang_altertable.html>, "Making Other Kinds Of Table Schema Changes").

mod rebuild;
mod repair;
mod table;

use super::by_hand;
use super::order::{Item, ordered_anyway};
use limosa_sql::{Dialect, quote_identifier};

use crate::{Kind, Object, Schema};

pub(super) use repair::repair;

/// The statements that make the schema in an empty database.
pub(super) fn create(schema: &Schema) -> Vec<String> {
    made(schema.objects())
}

/// The statements that make some objects; whatever else they need is there.
fn made<'a>(objects: impl Iterator<Item = &'a Object>) -> Vec<String> {
    let items: Vec<Item> = objects.filter_map(item).collect();
    let order = ordered_anyway(&items).into_iter();
    order.flat_map(|one| one.statements.clone()).collect()
}

/// The statement for an object that stands for itself; columns and constraints come with their table.
fn item(object: &Object) -> Option<Item> {
    let rank = match object.key.kind {
        Kind::Table => 0,
        Kind::Index => 1,
        Kind::View => 2,
        Kind::Trigger => 3,
        _ => return None,
    };
    let statement = object.text.clone().unwrap_or_else(|| {
        by_hand(&format!(
            "{} is not written: its text is not known",
            object.key
        ))
    });
    let item = Item::makes(rank, &object.key, vec![statement]);
    Some(item.after(&object.needs).after(&object.parent))
}

/// A name in its quotes.
fn quoted(name: &str) -> String {
    quote_identifier(Dialect::Sqlite, name)
}

/// A text as a literal.
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
