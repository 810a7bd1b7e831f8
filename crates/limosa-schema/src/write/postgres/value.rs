//! Properties as they are written in statements.

use serde_json::Value;

use super::name::{dotted, literal, quoted};
use crate::Object;

/// `WITH (…)` and the like: settings that the catalog has as `name=value`, with the names of those of a `TOAST` table
/// after their prefix.
pub(super) fn settings(object: &Object, property: &str, prefix: &str) -> Vec<String> {
    let all = object.list_of(property).into_iter();
    all.map(|one| {
        let (name, value) = one.split_once('=').unwrap_or((one, ""));
        format!("{prefix}{} = {}", quoted(name), setting(value))
    })
    .collect()
}

/// Names of settings, for `RESET`.
pub(super) fn setting_names(object: &Object, property: &str, prefix: &str) -> Vec<String> {
    let all = object.list_of(property).into_iter();
    all.map(|one| {
        let (name, _) = one.split_once('=').unwrap_or((one, ""));
        format!("{prefix}{}", quoted(name))
    })
    .collect()
}

/// A value of a setting: a number or a plain word as it is.
fn setting(value: &str) -> String {
    let plain = !value.is_empty() && value.parse::<f64>().is_ok_and(f64::is_finite);
    if plain || ["true", "false", "on", "off"].contains(&value) {
        value.to_owned()
    } else {
        literal(value)
    }
}

/// `OPTIONS (…)` of what is foreign: pairs that the catalog has as `name=value`; nothing where there are none.
pub(super) fn foreign_options(object: &Object, property: &str) -> String {
    let all = object.list_of(property).into_iter();
    let all: Vec<String> = all
        .map(|one| {
            let (name, value) = one.split_once('=').unwrap_or((one, ""));
            format!("{} {}", quoted(name), literal(value))
        })
        .collect();
    if all.is_empty() {
        String::new()
    } else {
        format!(" OPTIONS ({})", all.join(", "))
    }
}

/// A name of something in a schema as the catalog's queries give it: with quotes where they are needed, or parts
/// with a dot between them.
pub(super) fn qualified(text: &str) -> String {
    match text.split_once('.') {
        _ if text.contains('"') => text.to_owned(),
        Some((schema, name)) => dotted(&[schema, name]),
        None => quoted(text),
    }
}

/// A number, or a text that is one.
pub(super) fn number(object: &Object, property: &str) -> Option<String> {
    match object.properties.get(property)? {
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => Some(text.clone()),
        _ => None,
    }
}
