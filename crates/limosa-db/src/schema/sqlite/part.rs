//! The parts of an index, a primary key or a unique constraint.

use limosa_schema::Object;

use super::text::{Cursor, Names};
use crate::schema::build::{Build as _, beside};

/// A part: a column or an expression.
pub(super) struct Part {
    /// The name of the column where it is no more than that.
    pub(super) key: String,
    collation: Option<String>,
    descends: bool,
}

impl Part {
    /// A part as it is written.
    pub(super) fn new(mut written: Cursor<'_>, names: &Names) -> Self {
        let descends = written.eat_last("DESC");
        written.eat_last("ASC");
        let collation = written.eat_last_collation();
        let column = written.only().and_then(|_| written.clone().name());
        Self {
            key: match column {
                Some(column) => names.or_as_it_is(column),
                None => written.expression(names),
            },
            collation,
            descends,
        }
    }

    /// A column.
    pub(super) fn of_column(name: &str, descends: bool) -> Self {
        Self {
            key: name.to_owned(),
            collation: None,
            descends,
        }
    }
}

/// An object with its parts, those that are columns or expressions under this name.
pub(super) fn parts(object: Object, name: &str, parts: Vec<Part>) -> Object {
    let order = |part: &Part| part.descends.then(|| "DESC".to_owned());
    let orders = beside(parts.iter().map(order));
    let collations = beside(parts.iter().map(|part| part.collation.clone()));
    let keys: Vec<String> = parts.into_iter().map(|part| part.key).collect();
    object
        .with(name, Some(keys))
        .with("orders", orders)
        .with("collations", collations)
}
