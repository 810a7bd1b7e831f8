//! Text search.

use serde_json::Value;

use super::name::dotted;
use super::value::qualified;
use crate::{Key, Object};

/// `schema.name`, without what it is.
pub(super) fn own_name(key: &Key) -> String {
    match key.path.as_slice() {
        [schema, _, name] => dotted(&[schema, name]),
        path => dotted(path),
    }
}

/// The statements that make a parser, a template, a dictionary or a configuration.
pub(super) fn create(object: &Object) -> Vec<String> {
    let form = object.text_of("form").unwrap_or_default();
    let own = own_name(&object.key);
    let option =
        |option: &str, property: &str| Some(format!("{option} = {}", object.text_of(property)?));
    let options: Vec<Option<String>> = match form {
        "parser" => vec![
            option("START", "start"),
            option("GETTOKEN", "gettoken"),
            option("END", "end"),
            option("HEADLINE", "headline"),
            option("LEXTYPES", "lextypes"),
        ],
        "template" => vec![option("INIT", "init"), option("LEXIZE", "lexize")],
        "dictionary" => vec![
            object
                .text_of("template")
                .map(|one| format!("TEMPLATE = {}", qualified(one))),
            object.text_of("initial").map(str::to_owned),
        ],
        _ => vec![
            object
                .text_of("parser")
                .map(|one| format!("PARSER = {}", qualified(one))),
        ],
    };
    let options: Vec<String> = options.into_iter().flatten().collect();
    let what = format!("TEXT SEARCH {} {own}", form.to_uppercase());
    let mut all = vec![format!("CREATE {what} ({})", options.join(", "))];
    let mappings = object.properties.get("mappings").and_then(Value::as_object);
    for (token, dictionaries) in mappings.into_iter().flatten() {
        let list = dictionaries
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str);
        let list: Vec<&str> = list.collect();
        all.push(format!(
            "ALTER {what} ADD MAPPING FOR {token} WITH {}",
            list.join(", ")
        ));
    }
    all
}
