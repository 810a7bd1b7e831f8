//! Everything but tables, in short.

use serde_json::Value;

use super::markdown::{Anchors, block, code, paragraph, plain, table};
use super::phrase;
use crate::{Kind, Object, Schema};

/// Kinds that have a place of their own: with their table, in sections above, or in none.
const ELSEWHERE: &[Kind] = &[
    Kind::Database,
    Kind::Schema,
    Kind::Table,
    Kind::Column,
    Kind::Index,
    Kind::Constraint,
    Kind::Trigger,
    Kind::Rule,
    Kind::Policy,
    Kind::Statistics,
    Kind::View,
    Kind::MaterializedView,
    Kind::Type,
    Kind::Domain,
    Kind::Routine,
    Kind::Sequence,
    Kind::DefaultPrivileges,
];

/// Views and materialized views.
pub(super) fn views(schema: &Schema, anchors: &Anchors) -> String {
    let mut text = String::new();
    for view in (schema.of(Kind::View)).chain(schema.of(Kind::MaterializedView)) {
        text.push_str(&anchors.place(&view.key));
        text.push_str(&format!("### {}\n\n", plain(&view.key.dotted())));
        if view.key.kind == Kind::MaterializedView {
            text.push_str("A materialized view.\n\n");
        }
        if let Some(comment) = view.text_of("comment") {
            text.push_str(&format!("{}\n\n", paragraph(comment)));
        }
        let columns = schema.children(&view.key, Kind::Column);
        let rows: Vec<Vec<String>> = (columns.iter())
            .map(|column| {
                vec![
                    code(column.key.name()),
                    code(&phrase::short(column.text_of("type").unwrap_or_default())),
                    column.text_of("comment").map(plain).unwrap_or_default(),
                ]
            })
            .collect();
        if !rows.is_empty() {
            text.push_str(&table(&["Column", "Type", "Comment"], &rows));
            text.push('\n');
        }
        if let Some(definition) = view.text_of("definition") {
            text.push_str(&format!("{}\n", block("sql", definition.trim_start())));
        }
        for index in schema.children(&view.key, Kind::Index) {
            let (name, phrase) = (plain(index.key.name()), code(&phrase::index(index)));
            text.push_str(&format!("Index {name} {phrase}\n\n"));
        }
    }
    text
}

/// Types and domains.
pub(super) fn types(schema: &Schema) -> String {
    let types = schema.of(Kind::Type).map(|one| {
        let form = one.text_of("form").unwrap_or("type");
        let labels = one.list_of("labels");
        let what = if labels.is_empty() {
            let columns = schema.children(&one.key, Kind::Column);
            let columns = columns.iter().map(|column| {
                format!(
                    "{} {}",
                    column.key.name(),
                    column.text_of("type").unwrap_or_default()
                )
            });
            let mut attributes: Vec<String> = columns.collect();
            attributes.extend(parts(one));
            code(&attributes.join(", "))
        } else {
            labels
                .iter()
                .map(|label| code(label))
                .collect::<Vec<_>>()
                .join(", ")
        };
        row(one, form, what)
    });
    let domains = schema.of(Kind::Domain).map(|one| {
        let mut what = phrase::short(one.text_of("base").unwrap_or_default());
        if one.is("not_null") {
            what.push_str(" NOT NULL");
        }
        if let Some(default) = one.text_of("default") {
            what.push_str(&format!(" DEFAULT {}", phrase::short(default)));
        }
        for check in one.list_of("checks") {
            what.push_str(&format!(
                " CHECK {}",
                phrase::in_parentheses(&phrase::short(check))
            ));
        }
        row(one, "domain", code(&what))
    });
    let rows: Vec<Vec<String>> = types.chain(domains).collect();
    table(&["Name", "Kind", "Values", "Comment"], &rows)
}

/// The attributes of a composite type: `amount numeric`.
fn parts(one: &Object) -> Vec<String> {
    let list = one.properties.get("attributes").and_then(Value::as_array);
    let list = list.into_iter().flatten();
    list.map(|part| match part.as_str() {
        Some(text) => text.to_owned(),
        None => {
            let word = |name: &str| part.get(name).and_then(Value::as_str).unwrap_or_default();
            format!("{} {}", word("name"), phrase::short(word("type")))
        }
    })
    .collect()
}

/// Functions, procedures and aggregates.
pub(super) fn routines(schema: &Schema) -> String {
    let rows: Vec<Vec<String>> = (schema.of(Kind::Routine))
        .map(|one| {
            let word = |property: &str| one.text_of(property).unwrap_or_default();
            vec![
                code(&one.key.dotted()),
                code(word("returns")),
                plain(word("language")),
                phrase::comment(one).map(plain).unwrap_or_default(),
            ]
        })
        .collect();
    table(&["Name", "Returns", "Language", "Comment"], &rows)
}

/// Sequences that no column owns.
pub(super) fn sequences(schema: &Schema) -> String {
    let free = |one: &&Object| !one.properties.contains_key("owned_by") && one.parent.is_none();
    let rows: Vec<Vec<String>> = (schema.of(Kind::Sequence).filter(free))
        .map(|one| {
            vec![
                plain(&one.key.dotted()),
                code(one.text_of("type").unwrap_or_default()),
                phrase::comment(one).map(plain).unwrap_or_default(),
            ]
        })
        .collect();
    table(&["Name", "Type", "Comment"], &rows)
}

/// Everything that is in no other section.
pub(super) fn rest(schema: &Schema) -> String {
    let others = (schema.objects()).filter(|one| !ELSEWHERE.contains(&one.key.kind));
    let rows: Vec<Vec<String>> = others
        .map(|one| {
            vec![
                one.key.kind.name().to_owned(),
                plain(&one.key.dotted()),
                phrase::comment(one).map(plain).unwrap_or_default(),
            ]
        })
        .collect();
    table(&["Kind", "Name", "Comment"], &rows)
}

fn row(one: &Object, kind: &str, what: String) -> Vec<String> {
    vec![
        plain(&one.key.dotted()),
        plain(kind),
        what,
        phrase::comment(one).map(plain).unwrap_or_default(),
    ]
}
