//! Schemas, extensions, languages, collations, conversions, casts, transforms, publications, event triggers.

use serde_json::Value;

use super::super::by_hand;
use super::super::order::Item;
use super::make::Maker;
use super::name::{dotted, literal, name, quoted};
use super::rank::Rank;
use super::{database, foreign, operator, rights, text_search};
use crate::{Kind, Object};

/// Statements for an object of one of the smaller kinds.
pub(super) fn items(maker: &Maker<'_>, object: &Object) -> Vec<Item> {
    let mut statements = match object.key.kind {
        Kind::Schema => schema(object),
        Kind::Extension => vec![extension(object)],
        Kind::Language => vec![language(object)],
        Kind::Collation => vec![collation(object)],
        Kind::Conversion => vec![conversion(object)],
        Kind::Cast => vec![cast(object)],
        Kind::Transform => vec![transform(object)],
        Kind::Operator => vec![operator::create(object)],
        Kind::OperatorFamily => return operator::family_items(maker, object),
        Kind::OperatorClass => vec![operator::class(object)],
        Kind::TextSearch => text_search::create(object),
        Kind::ForeignDataWrapper => vec![foreign::wrapper(object)],
        Kind::Server => vec![foreign::server(object)],
        Kind::UserMapping => foreign::user_mapping(object),
        Kind::Publication => vec![publication(object)],
        Kind::Subscription => vec![by_hand(&format!(
            "{} is not written: how it connects is not in the schema",
            object.key
        ))],
        Kind::EventTrigger => event_trigger(object),
        Kind::Database => database::settings(object),
        Kind::DefaultPrivileges => database::default_privileges(object),
        _ => vec![by_hand(&format!("{} is not written", object.key))],
    };
    statements.extend(rights::statements(maker.schema, object));
    vec![
        Item::makes(Rank::of(object.key.kind).number(), &object.key, statements)
            .after(&object.parent)
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

fn language(object: &Object) -> String {
    let trusted = if object.is("trusted") { "TRUSTED " } else { "" };
    let mut text = format!("CREATE {trusted}LANGUAGE {}", name(&object.key));
    for (property, word) in [
        ("handler", "HANDLER"),
        ("inline", "INLINE"),
        ("validator", "VALIDATOR"),
    ] {
        if let Some(function) = object.text_of(property) {
            text.push_str(&format!(" {word} {function}"));
        }
    }
    text
}

fn collation(object: &Object) -> String {
    let provider = object.text_of("provider").unwrap_or("libc");
    // One of the server's own is for all encodings, and so is a copy of it, and nothing else is.
    if let Some(own @ ("C" | "POSIX")) = object.text_of("collate")
        && provider == "libc"
        && object.text_of("encoding").is_none()
    {
        return format!(
            "CREATE COLLATION {} FROM {}",
            name(&object.key),
            dotted(&["pg_catalog", own])
        );
    }
    let mut options = Vec::new();
    let mut say = |option: &str, value: Option<&str>| {
        options.extend(value.map(|value| format!("{option} = {}", literal(value))));
    };
    match (
        object.text_of("locale"),
        object.text_of("collate"),
        object.text_of("ctype"),
    ) {
        (Some(locale), ..) => say("LOCALE", Some(locale)),
        (None, collate, None) => say("LOCALE", collate),
        (None, collate, ctype) => {
            say("LC_COLLATE", collate);
            say("LC_CTYPE", ctype);
        }
    }
    say("RULES", object.text_of("rules"));
    options.insert(0, format!("PROVIDER = {provider}"));
    if object.is("not_deterministic") {
        options.push("DETERMINISTIC = false".to_owned());
    }
    format!(
        "CREATE COLLATION {} ({})",
        name(&object.key),
        options.join(", ")
    )
}

fn conversion(object: &Object) -> String {
    let default = if object.is("default") { "DEFAULT " } else { "" };
    let text = |property: &str| object.text_of(property).unwrap_or_default();
    format!(
        "CREATE {default}CONVERSION {} FOR {} TO {} FROM {}",
        name(&object.key),
        literal(text("from")),
        literal(text("to")),
        text("function")
    )
}

fn cast(object: &Object) -> String {
    let how = match (object.text_of("function"), object.text_of("method")) {
        (Some(function), _) => format!("WITH FUNCTION {function}"),
        (None, Some("inout")) => "WITH INOUT".to_owned(),
        _ => "WITHOUT FUNCTION".to_owned(),
    };
    let context = match object.text_of("context") {
        Some(context) => format!(" AS {}", context.to_uppercase()),
        None => String::new(),
    };
    format!("CREATE CAST ({}) {how}{context}", object.key.name())
}

fn transform(object: &Object) -> String {
    let both = [("from", "FROM SQL"), ("to", "TO SQL")];
    let functions = both.iter().filter_map(|(property, word)| {
        Some(format!(
            "{word} WITH FUNCTION {}",
            object.text_of(property)?
        ))
    });
    let functions: Vec<String> = functions.collect();
    format!(
        "CREATE {} ({})",
        rights::target(object).unwrap_or_default(),
        functions.join(", ")
    )
}

fn publication(object: &Object) -> String {
    let mut text = format!("CREATE PUBLICATION {}", name(&object.key));
    let mut what: Vec<String> = Vec::new();
    let tables = object.properties.get("tables").and_then(Value::as_array);
    let tables: Vec<String> = tables.into_iter().flatten().map(published).collect();
    if !tables.is_empty() {
        what.push(format!("TABLE {}", tables.join(", ")));
    }
    let schemas = object.list_of("schemas").into_iter();
    what.extend(schemas.map(|schema| format!("TABLES IN SCHEMA {}", quoted(schema))));
    if object.is("all_tables") {
        what.push("ALL TABLES".to_owned());
    }
    if !what.is_empty() {
        text.push_str(&format!(" FOR {}", what.join(", ")));
    }
    let mut options = Vec::new();
    if object.properties.contains_key("publish") {
        options.push(format!(
            "publish = {}",
            literal(&object.list_of("publish").join(", "))
        ));
    }
    if object.is("via_root") {
        options.push("publish_via_partition_root = true".to_owned());
    }
    if let Some(kind) = object.text_of("generated_columns") {
        options.push(format!("publish_generated_columns = {kind}"));
    }
    if !options.is_empty() {
        text.push_str(&format!(" WITH ({})", options.join(", ")));
    }
    text
}

/// A table of a publication.
fn published(table: &Value) -> String {
    let texts = |property: &str| -> Vec<String> {
        let list = table.get(property).and_then(Value::as_array);
        let texts = list.into_iter().flatten().filter_map(Value::as_str);
        texts.map(str::to_owned).collect()
    };
    let mut text = format!("ONLY {}", dotted(&texts("table")));
    let columns: Vec<String> = texts("columns").iter().map(|one| quoted(one)).collect();
    if !columns.is_empty() {
        text.push_str(&format!(" ({})", columns.join(", ")));
    }
    if let Some(condition) = table.get("where").and_then(Value::as_str) {
        text.push_str(&format!(" WHERE ({condition})"));
    }
    text
}

fn event_trigger(object: &Object) -> Vec<String> {
    let (own, text) = (name(&object.key), |property: &str| {
        object.text_of(property).unwrap_or_default()
    });
    let mut create = format!("CREATE EVENT TRIGGER {own} ON {}", text("event"));
    let tags: Vec<String> = object.list_of("tags").into_iter().map(literal).collect();
    if !tags.is_empty() {
        create.push_str(&format!(" WHEN TAG IN ({})", tags.join(", ")));
    }
    create.push_str(&format!(" EXECUTE FUNCTION {}()", text("function")));
    let mut all = vec![create];
    match object.text_of("enabled") {
        Some("disabled") => all.push(format!("ALTER EVENT TRIGGER {own} DISABLE")),
        Some(how) => all.push(format!(
            "ALTER EVENT TRIGGER {own} ENABLE {}",
            how.to_uppercase()
        )),
        None => {}
    }
    all
}
