//! The statements of SQLite.

use super::by_hand;
use crate::{Schema, diff};

/// The statements that make the schema in an empty database.
pub(super) fn create(schema: &Schema) -> Vec<String> {
    let all = schema.objects().filter(|one| one.parent.is_none());
    all.map(|one| by_hand(&format!("{} is not written", one.key)))
        .collect()
}

/// The statements that turn `from` into `to`.
pub(super) fn repair(from: &Schema, to: &Schema) -> Vec<String> {
    let all = diff(from, to).into_iter();
    all.map(|one| by_hand(&format!("{} is {}", one.key, one.change.name())))
        .collect()
}
