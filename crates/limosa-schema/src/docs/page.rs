//! The page: its head, its table of contents and its sections.

use limosa_sql::Dialect;

use super::markdown::{Anchors, code, plain};
use super::objects;
use super::phrase;
use super::pictures::Pictures;
use super::relations::Relations;
use super::table::{Parts, section};
use crate::describe::plural;
use crate::{Kind, Object, Schema};

/// What the head of a page counts.
const COUNTED: [Kind; 7] = [
    Kind::Table,
    Kind::View,
    Kind::MaterializedView,
    Kind::Type,
    Kind::Domain,
    Kind::Routine,
    Kind::Extension,
];

/// The page of a schema, in Markdown.
///
/// `renewed_by` is the command that makes it again, which the page names; it should not name a machine or a secret.
pub fn page(schema: &Schema, title: &str, renewed_by: &str) -> String {
    let relations = Relations::of(schema);
    let pictures = Pictures::of(schema, &relations);
    let views: Vec<&Object> = (schema.of(Kind::View))
        .chain(schema.of(Kind::MaterializedView))
        .collect();
    let mut anchors = Anchors::default();
    for one in relations.tables.iter().chain(&views) {
        anchors.add(&one.key);
    }
    let (overview, titles) = pictures.overview(&anchors);
    let parts = Parts {
        schema,
        relations: &relations,
        pictures: &pictures,
        anchors: &anchors,
    };
    let tables: String = (relations.tables.iter())
        .map(|table| section(&parts, table))
        .collect();
    let sections = [
        ("Tables", tables),
        ("Views", objects::views(schema, &anchors)),
        ("Types", objects::types(schema)),
        ("Routines", objects::routines(schema)),
        ("Sequences", objects::sequences(schema)),
        ("Other objects", objects::rest(schema)),
    ];

    let mut text = format!("# {}\n\n", plain(title));
    let renewed_by = code(renewed_by);
    text.push_str(&format!(
        "Written by {renewed_by}; changes by hand are lost.\n\n"
    ));
    text.push_str(&format!("{}\n\n", head(schema, &relations)));
    text.push_str("## Contents\n\n");
    if !overview.is_empty() {
        text.push_str("- [Relations](#relations)\n");
    }
    for title in titles {
        text.push_str(&format!("  - {title}\n"));
    }
    for (title, body) in &sections {
        if body.is_empty() {
            continue;
        }
        text.push_str(&format!(
            "- [{title}](#{})\n",
            title.to_lowercase().replace(' ', "-")
        ));
        let listed: &[&Object] = match *title {
            "Tables" => &relations.tables,
            "Views" => &views,
            _ => &[],
        };
        for one in listed {
            let comment = phrase::comment(one).map(|text| format!(": {}", plain(text)));
            let link = anchors.link(&one.key);
            text.push_str(&format!("  - {link}{}\n", comment.unwrap_or_default()));
        }
    }
    text.push_str(&format!("\n{overview}"));
    for (title, body) in sections {
        if !body.is_empty() {
            text.push_str(&format!("## {title}\n\n{}\n\n", body.trim_end()));
        }
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

/// `PostgreSQL: 12 tables, 2 views`.
fn head(schema: &Schema, relations: &Relations<'_>) -> String {
    let product = match schema.dialect {
        Dialect::Postgres => "PostgreSQL",
        // MariaDB and MySQL differ in what they can have.
        Dialect::Mysql => schema.server.split(' ').next().unwrap_or("MySQL"),
        Dialect::Sqlite => "SQLite",
    };
    let counts: Vec<String> = COUNTED
        .into_iter()
        .filter_map(|kind| {
            let count = match kind {
                Kind::Table => relations.tables.len(),
                kind => schema.of(kind).count(),
            };
            (count > 0).then(|| format!("{count} {}", plural(kind, count)))
        })
        .collect();
    if counts.is_empty() {
        return format!("{product}: nothing is in it.");
    }
    format!("{product}: {}.", counts.join(", "))
}
