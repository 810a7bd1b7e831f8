//! Names in place of the numbers that properties come with.

use std::collections::BTreeMap;

use serde_json::Value;

use super::assemble::Catalog;
use super::found::{Address, RELATION};
use limosa_schema::{Kind, Object};

/// Properties that are sets: the server keeps them in the order in which they were set.
const SETS: [&str; 12] = [
    "functions",
    "grants",
    "operators",
    "options",
    "publications",
    "roles",
    "schemas",
    "security_labels",
    "server_options",
    "settings",
    "tags",
    "toast_options",
];
/// Puts names into the properties of an object. `parent` is what it belongs to, `sub` the column of that.
pub(super) fn resolve(catalog: &Catalog<'_>, object: &mut Object, parent: Option<i64>, sub: i64) {
    for (name, value) in &mut object.properties {
        sort(name, value);
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
        Kind::Publication => published(catalog, object),
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

/// Sorts a property that is a set.
pub(super) fn sort(name: &str, value: &mut Value) {
    match value {
        Value::Array(list) if SETS.contains(&name) => {
            list.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
        }
        Value::Object(of_roles) if name == "role_settings" => {
            of_roles.values_mut().for_each(|one| sort("settings", one));
        }
        _ => {}
    }
}

/// The tables of a publication, without those that are not listed.
fn published(catalog: &Catalog<'_>, object: &mut Object) {
    let Some(Value::Array(tables)) = object.properties.get_mut("tables") else {
        return;
    };
    tables.retain_mut(|one| {
        let number = one["table"].as_i64().unwrap_or_default();
        if let Some(Value::Array(columns)) = one.get_mut("columns") {
            names(catalog, columns, number);
        }
        one["table"] = path(catalog, &one["table"]);
        catalog.is_listed(Address::of(RELATION, number))
    });
    tables.sort_by_key(|one| one["table"].to_string());
    if tables.is_empty() {
        object.properties.remove("tables");
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
    for key in keys {
        let number = key.as_i64().unwrap_or_default();
        *key = match catalog.column(table, number) {
            Some(name) => name.into(),
            None => expressions.next().cloned().unwrap_or_default(),
        };
    }
}

/// Adds what is told of the keys of an index by their numbers: a list for each property, beside that of the keys.
pub(super) fn of_keys(index: &mut Object, told: BTreeMap<String, Value>) {
    let keys = index.properties.get("keys").and_then(Value::as_array);
    let count = keys.map_or(0, Vec::len);
    for (name, value) in told {
        let of_key = |number: usize| value.get(number.to_string()).cloned().unwrap_or_default();
        let all: Vec<Value> = (1..=count).map(of_key).collect();
        // What is told of a constraint's index is told with the constraint.
        if !all.is_empty() {
            index.properties.insert(name, all.into());
        }
    }
}

/// The names of columns of a table, in place of their numbers.
fn columns(catalog: &Catalog<'_>, object: &mut Object, property: &str, table: i64) {
    let Some(Value::Array(numbers)) = object.properties.get_mut(property) else {
        return;
    };
    names(catalog, numbers, table);
}

fn names(catalog: &Catalog<'_>, numbers: &mut [Value], table: i64) {
    for number in numbers {
        let name = number
            .as_i64()
            .and_then(|number| catalog.column(table, number));
        if let Some(name) = name {
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
