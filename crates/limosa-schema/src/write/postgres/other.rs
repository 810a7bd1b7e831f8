//! Schemas, extensions, collations and whatever else is made in a line.

use super::super::by_hand;
use super::super::order::Item;
use super::name::{name, quoted};
use super::rank::Rank;
use super::rights;
use crate::{Kind, Object};

/// Statements for an object of one of the smaller kinds.
pub(super) fn items(object: &Object) -> Vec<Item> {
    let mut statements = match object.key.kind {
        Kind::Schema => schema(object),
        Kind::Extension => vec![extension(object)],
        _ => vec![by_hand(&format!("{} is not written", object.key))],
    };
    statements.extend(rights::statements(object));
    vec![
        Item::makes(Rank::of(object.key.kind).number(), &object.key, statements)
            .after(&object.needs),
    ]
}

/// A schema. `public` is there in a new database.
fn schema(object: &Object) -> Vec<String> {
    if object.key.name() == "public" {
        vec![]
    } else {
        vec![format!("CREATE SCHEMA {}", name(&object.key))]
    }
}

/// An extension, which may be there already, as `plpgsql` is in a new database.
fn extension(object: &Object) -> String {
    let mut text = format!("CREATE EXTENSION IF NOT EXISTS {}", name(&object.key));
    if let Some(schema) = object.text_of("schema") {
        text.push_str(&format!(" WITH SCHEMA {}", quoted(schema)));
    }
    text
}
