//! The statements of MariaDB and MySQL.
//!
//! What the server itself would write is taken as it is: the text of an object, and for a column, an index or a
//! constraint its part of the table's. So the schemas have to be read with their texts.

mod grants;
mod make;
mod repair;
mod table;

use super::order::{Item, ordered, ordered_anyway};
use limosa_sql::{Dialect, quote_identifier};

use crate::{Key, Kind, Object, Schema};

pub(super) use repair::repair;

/// The statements that make the schema in an empty database.
pub(super) fn create(schema: &Schema) -> Vec<String> {
    let objects: Vec<&Object> = schema.objects().collect();
    let mut all = in_order(schema, &objects);
    let grants = objects.iter().flat_map(|one| grants::given(one));
    all.extend(grants);
    all
}

/// The statements that make some of the objects of a schema; whatever else they need is there. Tables that refer to
/// each other are made without a look at what they refer to.
fn in_order(schema: &Schema, objects: &[&Object]) -> Vec<String> {
    let items: Vec<Item> = objects
        .iter()
        .filter_map(|one| make::item(schema, one))
        .collect();
    let flat = |order: Vec<&Item>| -> Vec<String> {
        order
            .into_iter()
            .flat_map(|one| one.statements.clone())
            .collect()
    };
    match ordered(&items) {
        Ok(order) => flat(order),
        Err(_) => {
            let mut all = vec!["SET foreign_key_checks = 0".to_owned()];
            all.extend(flat(ordered_anyway(&items)));
            all.push("SET foreign_key_checks = 1".to_owned());
            all
        }
    }
}

/// A name in its quotes.
fn quoted(name: &str) -> String {
    quote_identifier(Dialect::Mysql, name)
}

/// A text as a literal.
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}

/// The name of an object in its quotes. A procedure that shares its name has more in its path.
fn name(key: &Key) -> String {
    match key.kind {
        Kind::Routine => quoted(&key.path[0]),
        _ => quoted(key.name()),
    }
}
