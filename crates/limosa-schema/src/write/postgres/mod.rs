//! The statements of PostgreSQL.
//!
//! Names are written with their schemas, so that nothing depends on a search path. What the server says itself (an
//! index, a function, a view, a constraint) is taken as it says it, and the rest is written here.

mod alter;
mod code;
mod column;
mod constraint;
mod database;
mod datatype;
mod drop;
mod foreign;
mod grants;
mod known;
mod make;
mod name;
mod operator;
mod other;
mod rank;
mod relation;
mod repair;
mod rights;
mod routine;
mod sequence;
mod table;
mod text_search;
mod value;

use std::collections::BTreeSet;

use super::order::ordered_anyway;
use crate::{Key, Schema};
use make::Maker;
pub(in crate::write) use name::dotted;

/// What the statements depend on: bodies may speak of what comes later, and no name is looked for.
const HEAD: [&str; 4] = [
    "SET client_encoding = 'UTF8'",
    "SET standard_conforming_strings = on",
    "SET check_function_bodies = off",
    "SELECT pg_catalog.set_config('search_path', '', false)",
];

/// The statements that make the schema in an empty database.
pub(super) fn create(schema: &Schema) -> Vec<String> {
    let wanted: BTreeSet<Key> = schema.objects().map(|one| one.key.clone()).collect();
    let items = Maker::items(schema, &wanted);
    let order = ordered_anyway(&items).into_iter();
    let statements = order.flat_map(|one| one.statements.iter().cloned());
    HEAD.iter()
        .map(|&one| one.to_owned())
        .chain(statements)
        .collect()
}

/// The statements that turn `from` into `to`.
pub(super) fn repair(from: &Schema, to: &Schema) -> Vec<String> {
    let statements = repair::statements(from, to);
    if statements.is_empty() {
        return statements;
    }
    HEAD.iter()
        .map(|&one| one.to_owned())
        .chain(statements)
        .collect()
}
