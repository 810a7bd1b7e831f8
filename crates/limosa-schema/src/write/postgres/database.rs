//! What the database itself has, and privileges of what will be made in it.

use serde_json::Value;

use super::super::by_hand;
use super::grants::{Grant, Target, Way};
use super::name::{literal, quoted};
use crate::Object;

/// Settings whose value is a list of names, which are in quotes already where they need them.
const LISTS: [&str; 6] = [
    "local_preload_libraries",
    "search_path",
    "session_preload_libraries",
    "shared_preload_libraries",
    "temp_tablespaces",
    "unix_socket_directories",
];

/// A statement about the database, whatever it is called: `{}` is its name.
pub(super) fn about(statement: &str) -> String {
    let format = statement.replace('%', "%%").replacen("{}", "%I", 1);
    format!(
        "DO $limosa$BEGIN EXECUTE pg_catalog.format({}, pg_catalog.current_database()); END$limosa$",
        literal(&format)
    )
}

/// The settings that sessions in the database begin with.
pub(super) fn settings(object: &Object) -> Vec<String> {
    let everybody = object.list_of("settings").into_iter();
    let mut all: Vec<String> = everybody
        .map(|one| about(&format!("ALTER DATABASE {{}} SET {}", setting(one))))
        .collect();
    let roles = object
        .properties
        .get("role_settings")
        .and_then(Value::as_object);
    for (role, settings) in roles.into_iter().flatten() {
        let settings = settings
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str);
        let role = quoted(role);
        all.extend(settings.map(|one| {
            about(&format!(
                "ALTER ROLE {role} IN DATABASE {{}} SET {}",
                setting(one)
            ))
        }));
    }
    all
}

/// The statements that take settings away.
pub(super) fn resets(object: &Object) -> Vec<String> {
    let mut all = Vec::new();
    if object.properties.contains_key("settings") {
        all.push(about("ALTER DATABASE {} RESET ALL"));
    }
    let roles = object
        .properties
        .get("role_settings")
        .and_then(Value::as_object);
    let roles = roles.into_iter().flatten().map(|(role, _)| quoted(role));
    all.extend(roles.map(|role| about(&format!("ALTER ROLE {role} IN DATABASE {{}} RESET ALL"))));
    all
}

/// `name TO value`.
fn setting(text: &str) -> String {
    let (name, value) = text.split_once('=').unwrap_or((text, ""));
    let value = if LISTS.contains(&name) && !value.is_empty() {
        value.to_owned()
    } else {
        literal(value)
    };
    let parts: Vec<String> = name.split('.').map(quoted).collect();
    format!("{} TO {value}", parts.join("."))
}

/// `ALTER DEFAULT PRIVILEGES …` for each grant.
pub(super) fn default_privileges(object: &Object) -> Vec<String> {
    grants(object, Way::Made)
}

/// The same, taken back.
pub(super) fn no_default_privileges(object: &Object) -> Vec<String> {
    grants(object, Way::TakenBack)
}

fn grants(object: &Object, way: Way) -> Vec<String> {
    let (role, of, schema) = match object.key.path.as_slice() {
        [role, of] => (role, of, None),
        [role, of, schema] => (role, of, Some(schema)),
        _ => return vec![by_hand(&format!("{} is not written", object.key))],
    };
    let role = match role.as_str() {
        "owner" => None,
        "\"owner\"" => Some("\"owner\"".to_owned()),
        role => Some(quoted(role)),
    };
    let mut head = "ALTER DEFAULT PRIVILEGES".to_owned();
    if let Some(role) = &role {
        head.push_str(&format!(" FOR ROLE {role}"));
    }
    if let Some(schema) = schema {
        head.push_str(&format!(" IN SCHEMA {}", quoted(schema)));
    }
    let target = Target {
        what: of.to_uppercase(),
        column: None,
        owner: role,
    };
    let list = object.list_of("grants").into_iter();
    list.flat_map(|text| match Grant::of(text) {
        Some(grant) => grant
            .statements(&target, way)
            .into_iter()
            .map(|one| format!("{head} {one}"))
            .collect(),
        None => vec![by_hand(&format!("{}: {text}", object.key))],
    })
    .collect()
}
