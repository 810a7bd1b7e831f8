//! Names in place of the numbers that properties come with.

use serde_json::Value;

use super::assemble::Catalog;
use super::found::{Address, RELATION};
use limosa_schema::{Kind, Object};

/// Properties that are sets, which the server keeps in the order in which they were set.
const SETS: [&str; 5] = [
    "options",
    "toast_options",
    "server_options",
    "settings",
    "roles",
];
/// What is told of the keys of an index by their numbers.
const OF_KEYS: [&str; 5] = [
    "orders",
    "collations",
    "operator_classes",
    "operator_class_options",
    "statistics",
];

/// Puts names into the properties of an object. `parent` is what it belongs to, `sub` the column of that.
pub(super) fn resolve(catalog: &Catalog<'_>, object: &mut Object, parent: Option<i64>, sub: i64) {
    for name in SETS {
        if let Some(Value::Array(list)) = object.properties.get_mut(name) {
            list.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
        }
    }
    let table = parent.unwrap_or_default();
    match object.key.kind {
        Kind::Table => {
            if let Some(Value::Array(parents)) = object.properties.get_mut("inherits") {
                for parent in parents {
                    *parent = path(catalog, parent);
                }
            }
            if let Some(value) = object.properties.get_mut("partition_of") {
                *value = path(catalog, &value[0]);
            }
        }
        Kind::Constraint => {
            for name in ["columns", "include", "on_delete_columns"] {
                columns(catalog, object, name, table);
            }
            if let Some(value) = object.properties.get_mut("references") {
                let other = value.as_i64().unwrap_or_default();
                *value = path(catalog, value);
                columns(catalog, object, "referenced_columns", other);
            }
        }
        Kind::Statistics => columns(catalog, object, "columns", table),
        Kind::Index => index(catalog, object, table),
        Kind::Sequence => {
            let column = catalog.column(table, sub);
            if let (Some(parent), Some(column)) = (&object.parent, column) {
                let mut path = parent.path.clone();
                path.push(column.to_owned());
                object.properties.insert("owned_by".to_owned(), path.into());
            }
        }
        _ => {}
    }
}

fn index(catalog: &Catalog<'_>, object: &mut Object, table: i64) {
    columns(catalog, object, "include", table);
    let expressions = object.properties.remove("expressions");
    let mut expressions = expressions
        .as_ref()
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let Some(Value::Array(keys)) = object.properties.get_mut("keys") else {
        return;
    };
    let count = keys.len();
    for key in keys {
        let number = key.as_i64().unwrap_or_default();
        *key = match catalog.column(table, number) {
            Some(name) => name.into(),
            None => expressions.next().cloned().unwrap_or_default(),
        };
    }
    for name in OF_KEYS {
        if let Some(value) = object.properties.get_mut(name) {
            let of_key = |number: usize| value.get(number.to_string()).cloned().unwrap_or_default();
            *value = (1..=count).map(of_key).collect();
        }
    }
}

/// The names of columns of a table, in place of their numbers.
fn columns(catalog: &Catalog<'_>, object: &mut Object, property: &str, table: i64) {
    let Some(Value::Array(numbers)) = object.properties.get_mut(property) else {
        return;
    };
    for number in numbers {
        if let Some(name) = number
            .as_i64()
            .and_then(|number| catalog.column(table, number))
        {
            *number = name.into();
        }
    }
}

/// The path of a relation, in place of its number.
fn path(catalog: &Catalog<'_>, number: &Value) -> Value {
    let path = number
        .as_i64()
        .and_then(|number| catalog.path(Address::of(RELATION, number)));
    path.map_or(Value::Null, |path| path.to_vec().into())
}
