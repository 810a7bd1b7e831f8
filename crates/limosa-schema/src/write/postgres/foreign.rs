//! Foreign data wrappers, servers and user mappings.

use super::super::by_hand;
use super::name::{literal, name, quoted};
use super::value::{foreign_options, setting_names};
use crate::Object;

/// `CREATE FOREIGN DATA WRAPPER …`.
pub(super) fn wrapper(object: &Object) -> String {
    let mut text = format!("CREATE FOREIGN DATA WRAPPER {}", name(&object.key));
    for (property, word) in [("handler", "HANDLER"), ("validator", "VALIDATOR")] {
        if let Some(function) = object.text_of(property) {
            text.push_str(&format!(" {word} {function}"));
        }
    }
    text + &foreign_options(object, "server_options")
}

/// `CREATE SERVER …`.
pub(super) fn server(object: &Object) -> String {
    let mut text = format!("CREATE SERVER {}", name(&object.key));
    for (property, word) in [("type", "TYPE"), ("version", "VERSION")] {
        if let Some(value) = object.text_of(property) {
            text.push_str(&format!(" {word} {}", literal(value)));
        }
    }
    let wrapper = quoted(object.text_of("wrapper").unwrap_or_default());
    text.push_str(&format!(" FOREIGN DATA WRAPPER {wrapper}"));
    text + &foreign_options(object, "server_options")
}

/// `FOR user SERVER server`.
pub(super) fn mapped(object: &Object) -> String {
    let user = match object.key.name() {
        "PUBLIC" => "PUBLIC".to_owned(),
        user => quoted(user),
    };
    let server = object.parent.as_ref().map(name).unwrap_or_default();
    format!("FOR {user} SERVER {server}")
}

/// `CREATE USER MAPPING …`, without its secrets, of which the schema has only the names.
pub(super) fn user_mapping(object: &Object) -> Vec<String> {
    let mut told = object.clone();
    let is_told = |option: &&str| option.contains('=');
    let all = object.list_of("server_options");
    let (given, secret): (Vec<&str>, Vec<&str>) = all.into_iter().partition(is_told);
    told.properties
        .insert("server_options".to_owned(), given.into());
    let (who, options) = (mapped(object), foreign_options(&told, "server_options"));
    let mut statements = vec![format!("CREATE USER MAPPING {who}{options}")];
    if !secret.is_empty() {
        told.properties
            .insert("server_options".to_owned(), secret.into());
        let names = setting_names(&told, "server_options", "").join(", ");
        statements.push(by_hand(&format!(
            "the schema does not have the values of these options: ALTER USER MAPPING {who} OPTIONS ({names})"
        )));
    }
    statements
}
